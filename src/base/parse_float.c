/* parse_float.c - decimal to float.
 *
 * Up to 19 digits fit an integer; where that integer and the power of ten are exact
 * in double, one operation gives the double nearest to the number, and rounding that
 * to float is right unless it lies at the middle between two floats. Those, and
 * whatever is out of the ordinary, go to strtof, without a decimal point. */
#include "base/float_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
#define MAX_POWER 22

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Within a few units of the middle between two neighbouring floats, where rounding
 * twice may differ from rounding once; or too small or large to be an ordinary float. */
static bool doubtful(double value)
{
    uint64_t bits, tail;
    memcpy(&bits, &value, sizeof bits);
    tail = bits & ((UINT64_C(1) << 29) - 1);
    return value < 1e-37 || value > 3e38 || (tail >= (UINT64_C(1) << 28) - 4 && tail <= (UINT64_C(1) << 28) + 4);
}

static float parse_slowly(const char *text, const char *end)
{
    char plain[NUMBER_PLAIN_BYTES];
    return strtof(number_plain(text, end, plain), NULL);
}

float float_parse(const char *text, const char **end)
{
    const char *at = text;
    const bool negative = *at == '-';
    uint64_t digits = 0;
    int count = 0, scale = 0, exponent = 0;
    bool any = false;
    double value;

    if (*at == '-' || *at == '+')
        at++;
    for (bool fraction = false;; at++) {
        if (*at == '.' && !fraction) {
            fraction = true;
            continue;
        }
        if (!is_digit(*at))
            break;
        any = true;
        if (digits || *at != '0')
            count++;
        if (count <= 19)
            digits = digits * 10 + (uint64_t)(*at - '0');
        if (fraction && scale < 10000)
            scale++;
    }
    if (!any) {
        *end = text;
        return 0;
    }
    if (*at == 'e' || *at == 'E') {
        const char *mark = at++;
        const bool down = *at == '-';
        if (*at == '-' || *at == '+')
            at++;
        if (is_digit(*at))
            for (; is_digit(*at); at++)
                exponent = exponent < 10000 ? exponent * 10 + (*at - '0') : exponent;
        else
            at = mark; /* no exponent after all */
        exponent = down ? -exponent : exponent;
    }
    *end = at;
    if (!digits)
        return negative ? -0.0F : 0.0F;
    exponent -= scale;
    if (count > 19 || digits > UINT64_C(1) << 53 || exponent > MAX_POWER || exponent < -MAX_POWER)
        return parse_slowly(text, at);
    value = exponent < 0 ? (double)digits / powers[-exponent] : (double)digits * powers[exponent];
    if (doubtful(value))
        return parse_slowly(text, at);
    return (float)(negative ? -value : value);
}
