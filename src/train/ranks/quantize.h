/* quantize.h - rows of floats as they are sent: as floats, or as whole numbers of 16 or 8 bits with a scale a row. */
#ifndef N2V_TRAIN_RANKS_QUANTIZE_H
#define N2V_TRAIN_RANKS_QUANTIZE_H

#include <stddef.h>

/* The bytes of a row: a multiple of 4. bits is 32, 16 or 8. */
size_t quantized_bytes(size_t floats, unsigned bits);

/* What it loses is at most half a step, of which the largest number of the row has 32,767 or 127. */
void quantize(const float *row, size_t floats, unsigned bits, void *bytes);
void dequantize(const void *bytes, size_t floats, unsigned bits, float *row);

#endif
