/* compare.h - how much of vectors is left in others that were made of them. */
#ifndef N2V_QUERY_COMPARE_H
#define N2V_QUERY_COMPARE_H

#include "kernels/kernels.h"
#include "model/model.h"

typedef struct Comparison {
    size_t words;              /* that both have */
    double mean_cosine;        /* of a word's two vectors; NaN: they have not the same dimensions */
    size_t sampled, neighbors; /* words whose nearest words were looked up, and how many of each */
    double overlap;            /* the share of these that are the same; NaN: there are none */
} Comparison;

/* The words of `after` are the first of `before`, in the same order; N2V_ERROR_ARGUMENT otherwise. */
n2v_status compare_models(const Model *before, const Model *after, const Kernels *kernels, size_t threads,
                          Comparison *comparison, n2v_error *error);

#endif
