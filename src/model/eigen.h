/* eigen.h - eigenvalues and eigenvectors of symmetric matrices. */
#ifndef N2V_MODEL_EIGEN_H
#define N2V_MODEL_EIGEN_H

#include <stddef.h>

#include "base/status.h"

#define COMPONENTS_INTERRUPTED "interrupted while the principal components were computed"

/* The `count` largest eigenvalues of a symmetric n x n matrix, which is overwritten: values[0] >= values[1] ..., and
 * vectors, count x n, their eigenvectors of length 1. The entry of largest magnitude (the first of equal ones) is
 * positive in each, so that a result does not depend on the path to it. stop may be NULL. N2V_ERROR_NUMERIC: the matrix
 * has an entry that is not finite, or the iteration does not converge. */
n2v_status eigen_symmetric(double *matrix, size_t n, size_t count, double *values, double *vectors, const Stop *stop,
                           n2v_error *error);

#endif
