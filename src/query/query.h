/* query.h - what a query asks for: its query vectors and its words. */
#ifndef N2V_QUERY_QUERY_H
#define N2V_QUERY_QUERY_H

#include "model/model.h"
#include "nce2vec.h"

/* N2V_ERROR_ARGUMENT, with a sentence that names the query by its index. */
n2v_status query_check(const n2v_query *query, size_t index, const Model *model, n2v_error *error);

/* How many query vectors a valid query has: one with N2V_ADD, one for each word with N2V_MULTIPLY. */
size_t query_vectors(const n2v_query *query);

/* Writes them, each of length 1 (0 where nothing is left of a sum), `distance` floats from one to the next, as rows of
 * the model's stride that are 0 beyond dim: those of the plus words first. sum: scratch, dim. */
void query_make_vectors(const n2v_query *query, const Model *model, double *sum, float *vectors, size_t distance);

/* Whether it is one of the query's words, which are never answers. */
bool query_has_word(const n2v_query *query, Id id);

#endif
