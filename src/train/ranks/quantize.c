#include "train/ranks/quantize.h"

#include <float.h>
#include <stdint.h>
#include <string.h>

size_t quantized_bytes(size_t floats, unsigned bits)
{
    const size_t bytes = floats * (bits / 8);
    return bits == 32 ? bytes : sizeof(float) + (bytes + 3) / 4 * 4;
}

/* Numbers at any address, in bytes of a message. */
typedef int16_t Short __attribute__((may_alias, aligned(1)));
typedef int8_t Byte __attribute__((may_alias, aligned(1)));
typedef int32_t Bits __attribute__((may_alias));

#define INFINITE 0x7f800000 /* the bits of infinity; those of what is no number are above */

/* The largest magnitude, as bits, which are in the order of what they mean. */
static int32_t largest_bits(const float *row, size_t floats)
{
    const Bits *bits = (const Bits *)row;
    int32_t most = 0;

    for (size_t i = 0; i < floats; i++) {
        const int32_t magnitude = bits[i] & 0x7fffffff;
        most = magnitude > most ? magnitude : most;
    }
    return most;
}

/* Adding and taking this away rounds a float below 2^22 to a whole number, the nearest one. */
#define ROUNDING 12582912.0F

/* The factor of the numbers, and of what they become. Zeros become of a row that is not finite, which the rank itself
 * finds, and of one whose numbers are too small to divide by them. */
static float choose_scale(const float *row, size_t floats, float steps, float *factor)
{
    const int32_t bits = largest_bits(row, floats);
    float most, scale;

    memcpy(&most, &bits, sizeof most);
    scale = bits < INFINITE ? most / steps : 0;
    *factor = 1 / scale;
    if (!(*factor <= FLT_MAX)) {
        *factor = 0;
        return 0;
    }
    return scale;
}

void quantize(const float *row, size_t floats, unsigned bits, void *bytes)
{
    float factor, scale;
    Short *shorts = (Short *)((unsigned char *)bytes + sizeof scale);
    Byte *numbers = (Byte *)shorts;

    if (bits == 32) {
        memcpy(bytes, row, floats * sizeof *row);
        return;
    }
    scale = choose_scale(row, floats, bits == 16 ? INT16_MAX : INT8_MAX, &factor);
    memcpy(bytes, &scale, sizeof scale);
    if (scale == 0) {
        memset(shorts, 0, floats * (bits / 8));
        return;
    }
    if (bits == 16)
        for (size_t i = 0; i < floats; i++)
            shorts[i] = (int16_t)(row[i] * factor + ROUNDING - ROUNDING);
    else
        for (size_t i = 0; i < floats; i++)
            numbers[i] = (int8_t)(row[i] * factor + ROUNDING - ROUNDING);
}

void dequantize(const void *bytes, size_t floats, unsigned bits, float *row)
{
    const Short *shorts = (const Short *)((const unsigned char *)bytes + sizeof(float));
    const Byte *numbers = (const Byte *)shorts;
    float scale;

    if (bits == 32) {
        memcpy(row, bytes, floats * sizeof *row);
        return;
    }
    memcpy(&scale, bytes, sizeof scale);
    if (bits == 16)
        for (size_t i = 0; i < floats; i++)
            row[i] = scale * (float)shorts[i];
    else
        for (size_t i = 0; i < floats; i++)
            row[i] = scale * (float)numbers[i];
}
