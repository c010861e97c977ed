/* search.h - exact search among the words of a model, which is not changed. */
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
    size_t count;       /* of candidates: the words that may be answers */
    Id *among;          /* their ids, which rise; NULL: all words */
    float *lengths;     /* of their rows; 1 for a row that is zero or has a copy */
    size_t *copied;     /* candidates with extreme rows, which have copies; they rise */
    float *copied_rows; /* copies x the model's stride */
    size_t copies;
    float floor;        /* answers have scores above it; -INFINITY: all do */
} Search;

/* The words that may be answers, in any order, also several times. */
typedef struct Candidates {
    const Id *ids;
    size_t count;
} Candidates;

/* Keeps the model by reference. Its vectors must stay as they are. candidates NULL: all words. N2V_ERROR_ARGUMENT: an
 * id is out of range, or there is no candidate. N2V_ERROR_MEMORY. */
n2v_status search_create(Search *search, const Model *model, const Candidates *candidates, const Kernels *kernels,
                         size_t threads, n2v_error *error);
void search_free(Search *search); /* accepts an all-zero struct */

/* The word of a candidate, and its row in the model. */
static inline Id search_word(const Search *search, size_t candidate)
{
    return search->among ? search->among[candidate] : (Id)candidate;
}

static inline const float *search_row(const Search *search, size_t candidate)
{
    return search->model->input + search_word(search, candidate) * search->model->stride;
}

/* n2v_search_run, with the same refusals. */
n2v_status search_run(const Search *search, const n2v_query *queries, size_t count, size_t k, n2v_neighbor *neighbors,
                      size_t *found, n2v_error *error);

#endif
