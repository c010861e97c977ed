/* rows.h - lengths of rows and the angle between two, in double: no finite floats overflow or vanish. */
#ifndef N2V_MODEL_ROWS_H
#define N2V_MODEL_ROWS_H

#include <stddef.h>

/* Rows of stride floats: a multiple of ROW_FLOATS, padded with zeros. */
double row_product(const float *x, const float *y, size_t stride);
double row_norm(const float *x, size_t stride);

/* 0 where a row is zero. */
float row_cosine(const float *x, const float *y, size_t stride);

/* out (which may be x) is x scaled to length 1; zero stays zero. */
void row_normalize(const float *x, size_t stride, float *out);

#endif
