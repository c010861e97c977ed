/* search.h - exact search among all words of a model, which is not changed. */
#ifndef N2V_QUERY_SEARCH_H
#define N2V_QUERY_SEARCH_H

#include "kernels/kernels.h"
#include "model/model.h"
#include "nce2vec.h"

/* Rows are read as they are, and their scores are divided by the rows' lengths. Products of extreme rows would
 * overflow or lose digits: these rows have copies of length 1. */
typedef struct Search {
    const Model *model;
    const Kernels *kernels;
    size_t threads;
    float *lengths;     /* of the model's rows; 1 for a row that is zero or has a copy */
    Id *copied;         /* copies words with extreme rows, by id */
    float *copied_rows; /* copies x the model's stride */
    size_t copies;
} Search;

/* Keeps the model by reference. Its vectors must stay as they are. N2V_ERROR_MEMORY. */
n2v_status search_create(Search *search, const Model *model, const Kernels *kernels, size_t threads, n2v_error *error);
void search_free(Search *search); /* accepts an all-zero struct */

/* n2v_search_run, with the same refusals. */
n2v_status search_run(const Search *search, const n2v_query *queries, size_t count, size_t k, n2v_neighbor *neighbors,
                      size_t *found, n2v_error *error);

#endif
