/* correlation.h - how well two lists of numbers agree. */
#ifndef N2V_QUERY_CORRELATION_H
#define N2V_QUERY_CORRELATION_H

#include <stddef.h>

#include "base/status.h"

/* Pearson's r; NaN for fewer than two numbers, or where one list is constant. */
double correlation_pearson(const double *x, const double *y, size_t count);

/* Spearman's rho: Pearson's r of the ranks. Equal numbers have the mean of their ranks. */
n2v_status correlation_spearman(const double *x, const double *y, size_t count, double *rho, n2v_error *error);

#endif
