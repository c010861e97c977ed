#include "train/ranks/quantize.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

size_t quantized_bytes(size_t floats, unsigned bits)
{
    const size_t bytes = floats * (bits / 8);
    return bits == 32 ? bytes : sizeof(float) + (bytes + 3) / 4 * 4;
}

static float largest(const float *row, size_t floats)
{
    float most = 0;

    for (size_t i = 0; i < floats; i++)
        most = fmaxf(most, fabsf(row[i]));
    return most;
}

/* Adding and taking this away rounds a float below 2^22 to a whole number, the nearest one. */
#define ROUNDING 12582912.0F

void quantize(const float *row, size_t floats, unsigned bits, void *bytes)
{
    const float most = bits == 32 ? 0 : largest(row, floats), steps = bits == 16 ? INT16_MAX : INT8_MAX;
    const float scale = most / steps, factor = scale > 0 ? 1 / scale : 0; /* 0 where scale is too small to divide by */
    unsigned char *to = bytes;

    if (bits == 32) {
        memcpy(bytes, row, floats * sizeof *row);
        return;
    }
    memcpy(to, &scale, sizeof scale);
    to += sizeof scale;
    for (size_t i = 0; i < floats; i++) {
        const float whole = row[i] * (isfinite(factor) ? factor : 0) + ROUNDING - ROUNDING;
        const int16_t number = fabsf(whole) <= steps ? (int16_t)whole : 0; /* not a number: the rank itself finds it */
        if (bits == 16)
            memcpy(to + i * sizeof number, &number, sizeof number);
        else
            to[i] = (unsigned char)(int8_t)number;
    }
}

void dequantize(const void *bytes, size_t floats, unsigned bits, float *row)
{
    const unsigned char *from = bytes;
    float scale;

    if (bits == 32) {
        memcpy(row, bytes, floats * sizeof *row);
        return;
    }
    memcpy(&scale, from, sizeof scale);
    from += sizeof scale;
    for (size_t i = 0; i < floats; i++) {
        int16_t number;
        if (bits == 16)
            memcpy(&number, from + i * sizeof number, sizeof number);
        else
            number = (int8_t)from[i];
        row[i] = scale * (float)number;
    }
}
