/* nearest.h - the k best of many scored words. */
#ifndef N2V_QUERY_NEAREST_H
#define N2V_QUERY_NEAREST_H

#include "corpus/vocabulary.h"

typedef struct n2v_neighbor {
    n2v_id id;
    float score;
} n2v_neighbor;

/* A heap with the farthest on top. Of equal scores the lower id is nearer, so that what is kept
 * does not depend on the order of the offers. */
typedef struct n2v_nearest {
    n2v_neighbor *items; /* borrowed: room of them */
    size_t room, count;
} n2v_nearest;

void n2v_nearest_offer(n2v_nearest *nearest, n2v_neighbor item);

/* Nearest first; no more offers after that. */
void n2v_nearest_sort(n2v_nearest *nearest);

#endif
