/* rows.h - lengths of rows and the angle between two, in double: no finite floats overflow or vanish. */
#ifndef N2V_MODEL_ROWS_H
#define N2V_MODEL_ROWS_H

#include <stddef.h>

/* The first dim floats of rows; what follows them (a bias, padding) does not count. */
double row_product(const float *x, const float *y, size_t dim);
double row_norm(const float *x, size_t dim);

/* 0 where a row is zero. */
float row_cosine(const float *x, const float *y, size_t dim);

/* out (which may be x) becomes x scaled to length 1; zero stays zero. Writes dim floats. */
void row_normalize(const float *x, size_t dim, float *out);

#endif
