#include "model/formats/half.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define BIAS 112 /* what the exponent of a float has more: 127 - 15 */

static uint32_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

uint16_t half_of_float(float value)
{
    const uint32_t bits = bits_of(value), magnitude = bits & 0x7fffffff;
    const uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
    uint32_t kept, dropped, middle;

    if (magnitude > 0x7f800000)
        return sign | 0x7e00; /* NaN */
    if (magnitude >= (uint32_t)(BIAS + 31) << 23)
        return sign | HALF_INFINITY;
    if (magnitude >= (uint32_t)(BIAS + 1) << 23) {
        kept = (magnitude >> 13) - (BIAS << 10);
        dropped = magnitude & 0x1fff;
        middle = 0x1000;
    } else { /* a subnormal: the leading bit is explicit; the exponent is too small by the shift */
        const uint32_t shift = BIAS + 14 - (magnitude >> 23);
        const uint32_t digits = (magnitude & 0x7fffff) | 0x800000;
        if (shift > 24)
            return sign;
        kept = digits >> shift;
        dropped = digits & ((UINT32_C(1) << shift) - 1);
        middle = UINT32_C(1) << (shift - 1);
    }
    kept += dropped > middle || (dropped == middle && kept & 1); /* may carry into the exponent: as it should */
    return (uint16_t)(sign | kept);
}

float float_of_half(uint16_t half)
{
    const uint32_t exponent = half >> 10 & 0x1f, digits = half & 0x3ff;
    const bool negative = half >> 15;
    uint32_t bits = (exponent + BIAS) << 23 | digits << 13;
    float value;

    if (exponent == 0x1f)
        bits = 0x7f800000 | digits << 13;
    memcpy(&value, &bits, sizeof value);
    if (exponent == 0)
        value = (float)digits * 0x1p-24F;
    return negative ? -value : value;
}
