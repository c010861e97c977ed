/* norms.h - how long the vectors of a model are. */
#ifndef N2V_QUERY_NORMS_H
#define N2V_QUERY_NORMS_H

#include "model/model.h"

typedef struct n2v_norms {
    double least, median, mean, most; /* Euclidean lengths */
    n2v_id shortest, longest;         /* whose they are; of equals the first */
    size_t zeros;                     /* vectors of length 0 */
} n2v_norms;

/* Of rows: model->words of them, model->stride floats apart. N2V_ERROR_MEMORY. */
n2v_status n2v_norms_measure(n2v_norms *norms, const n2v_model *model, const float *rows, n2v_error *error);

#endif
