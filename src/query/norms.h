/* norms.h - how long the vectors of a model are. */
#ifndef N2V_QUERY_NORMS_H
#define N2V_QUERY_NORMS_H

#include "model/model.h"

typedef struct Norms {
    double min, median, mean, max; /* Euclidean lengths */
    Id shortest, longest;          /* the words of min and max; of equal ones the first */
    size_t zeros;                  /* vectors of length 0 */
} Norms;

/* Of rows: model->words of them, model->stride floats apart. N2V_ERROR_MEMORY. */
n2v_status norms_measure(Norms *norms, const Model *model, const float *rows, n2v_error *error);

#endif
