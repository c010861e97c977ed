/* format_float.c - float to decimal.
 *
 * A float is within 3e-8 (half a unit in the last place) of all numbers that round
 * to it, and nine digits are within 5e-9 of it: scaling in double, whose error is
 * 1e-15, always leaves room. Fewer digits are taken while they stay inside. */
#include "base/float_text.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define DIGITS 9

static const double powers[] = {1e-30, 1e-29, 1e-28, 1e-27, 1e-26, 1e-25, 1e-24, 1e-23, 1e-22, 1e-21, 1e-20, 1e-19,
                                1e-18, 1e-17, 1e-16, 1e-15, 1e-14, 1e-13, 1e-12, 1e-11, 1e-10, 1e-9,  1e-8,  1e-7,
                                1e-6,  1e-5,  1e-4,  1e-3,  1e-2,  1e-1,  1e0,   1e1,   1e2,   1e3,   1e4,   1e5,
                                1e6,   1e7,   1e8,   1e9,   1e10,  1e11,  1e12,  1e13,  1e14,  1e15,  1e16,  1e17,
                                1e18,  1e19,  1e20,  1e21,  1e22,  1e23,  1e24,  1e25,  1e26,  1e27,  1e28,  1e29,
                                1e30,  1e31,  1e32,  1e33,  1e34,  1e35,  1e36,  1e37,  1e38,  1e39,  1e40,  1e41,
                                1e42,  1e43,  1e44,  1e45,  1e46,  1e47,  1e48,  1e49,  1e50,  1e51,  1e52,  1e53};

static double power_of_ten(int exponent)
{
    return powers[exponent + 30];
}

static double power_of_two(int exponent)
{
    const uint64_t bits = (uint64_t)(exponent + 1023) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return power;
}

/* The e of m * 2^e with m in [1, 2). */
static int binary_exponent(double magnitude)
{
    uint64_t bits;
    memcpy(&bits, &magnitude, sizeof bits);
    return (int)(bits >> 52) - 1023;
}

/* The distance within which a decimal surely rounds to the float: a bit less than
 * half of the spacing, and half of that at a power of two, whose lower neighbour is nearer. */
static double reach(double magnitude, int binary)
{
    if (binary <= -126)
        return 0.4999 * power_of_two(-149); /* subnormals share one spacing */
    return 0.4999 * power_of_two(binary - (magnitude == power_of_two(binary) ? 24 : 23));
}

static void put_digits(uint32_t digits, int count, char *text)
{
    for (int i = count - 1; i >= 0; i--) {
        text[i] = (char)('0' + digits % 10);
        digits /= 10;
    }
}

static size_t put_scientific(const char *digits, int count, int exponent, char *text)
{
    size_t at = 0;

    text[at++] = digits[0];
    if (count > 1) {
        text[at++] = '.';
        memcpy(text + at, digits + 1, (size_t)(count - 1));
        at += (size_t)(count - 1);
    }
    text[at++] = 'e';
    text[at++] = exponent < 0 ? '-' : '+';
    exponent = exponent < 0 ? -exponent : exponent;
    text[at++] = (char)('0' + exponent / 10);
    text[at++] = (char)('0' + exponent % 10);
    return at;
}

static size_t put_plain(const char *digits, int count, int exponent, char *text)
{
    size_t at = 0;
    int i = 0;

    if (exponent < 0) {
        text[at++] = '0';
        text[at++] = '.';
        for (int zero = exponent + 1; zero < 0; zero++)
            text[at++] = '0';
    }
    for (; i < count || (exponent >= 0 && i <= exponent); i++) {
        if (i && i == exponent + 1 && exponent >= 0)
            text[at++] = '.';
        text[at++] = i < count ? digits[i] : '0';
    }
    return at;
}

size_t float_format(float value, char text[FLOAT_TEXT_BYTES])
{
    const double magnitude = fabs((double)value);
    char digits[DIGITS];
    size_t at = 0;
    uint32_t mantissa, limit = 1000000000;
    int exponent, binary, count = DIGITS;
    double scaled, near;

    if (signbit(value))
        text[at++] = '-';
    if (magnitude == 0) {
        text[at++] = '0';
        return at;
    }
    binary = binary_exponent(magnitude);
    exponent = (binary * 1233) >> 12; /* 1233 / 4096 = log10(2): the decimal exponent, or one less */
    scaled = magnitude * power_of_ten(DIGITS - 1 - exponent);
    if (scaled >= 999999999.5) {
        exponent++;
        scaled = magnitude * power_of_ten(DIGITS - 1 - exponent);
    }
    mantissa = (uint32_t)(scaled + 0.5);
    near = reach(magnitude, binary) * power_of_ten(DIGITS - 1 - exponent);
    for (uint32_t step = 10; count > 1; step *= 10) {
        const uint32_t shorter = (uint32_t)(scaled / step + 0.5);
        if (fabs((double)shorter * step - scaled) >= near)
            break;
        mantissa = shorter;
        limit /= 10;
        count--;
    }
    if (mantissa >= limit) { /* rounded up to the next power of ten */
        mantissa /= 10;
        exponent++;
    }
    while (count > 1 && mantissa % 10 == 0) {
        mantissa /= 10;
        count--;
    }
    put_digits(mantissa, count, digits);
    if (exponent < -5 || exponent >= DIGITS)
        at += put_scientific(digits, count, exponent, text + at);
    else
        at += put_plain(digits, count, exponent, text + at);
    return at;
}
