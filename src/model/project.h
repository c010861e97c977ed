/* project.h - fewer or flatter dimensions: principal components of rows, kept or removed. */
#ifndef N2V_MODEL_PROJECT_H
#define N2V_MODEL_PROJECT_H

#include <stddef.h>

#include "base/status.h"

/* Rows to project, of dim floats, `stride` floats apart. */
typedef struct RowsView {
    const float *floats;
    size_t count, dim, stride;
} RowsView;

/* The mean of the rows, and principal components of the rows without it, those of the largest variance first. */
typedef struct Projection {
    size_t dim, removed, kept;
    double *mean;       /* dim */
    double *components; /* removed + kept rows of dim doubles */
    double share;       /* of the variance that the removed components leave: what the kept ones have */
} Projection;

/* Finds `removed` components to be taken away and, after them, `kept` ones that become the new dimensions; kept 0: the
 * dimensions stay. Both together are at most dim. The result does not depend on the number of threads. stop (may
 * be NULL) is asked from the calling thread. */
n2v_status projection_create(Projection *projection, const RowsView *rows, size_t removed, size_t kept,
                             const Stop *stop, n2v_error *error);
void projection_free(Projection *projection); /* accepts an all-zero struct */

/* The dimensions of projected rows. */
size_t projection_dim(const Projection *projection);

/* Writes the projected rows into out, `stride` floats apart. stop as above. N2V_ERROR_MEMORY. */
n2v_status projection_apply(const Projection *projection, const RowsView *rows, float *out, size_t stride,
                            const Stop *stop, n2v_error *error);

#endif
