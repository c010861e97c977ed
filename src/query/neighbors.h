/* neighbors.h - the words whose vectors have the highest cosine with a given one. */
#ifndef N2V_QUERY_NEIGHBORS_H
#define N2V_QUERY_NEIGHBORS_H

#include "model/model.h"

typedef struct n2v_neighbor {
    n2v_id id;
    float cosine;
} n2v_neighbor;

/* Writes the min(k, words - 1) nearest of word id, the word itself left out, by
 * cosine of the input vectors, then id; *found says how many. Zero rows have cosine 0. */
n2v_status n2v_neighbors(const n2v_model *model, n2v_id id, size_t k, n2v_neighbor *nearest, size_t *found,
                         n2v_error *error);

#endif
