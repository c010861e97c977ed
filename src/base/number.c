#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLAIN_DIGITS 800      /* 767 decide how any decimal number rounds to a double (Clinger 1990) */
#define MAX_EXPONENT 1000000L /* beyond it every number is 0 or infinite */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool number_read_integer(const char *text, uint64_t *value)
{
    uint64_t number = 0;

    if (!*text)
        return false;
    for (; is_digit(*text); text++)
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(*text - '0'), &number))
            return false;
    *value = number;
    return !*text;
}

const char *number_end(const char *text)
{
    const char *at = text + (*text == '-' || *text == '+');
    size_t digits = 0;

    for (; is_digit(*at); at++)
        digits++;
    if (*at == '.')
        for (at++; is_digit(*at); at++)
            digits++;
    if (!digits)
        return text;
    if (*at == 'e' || *at == 'E') {
        const char *exponent = at + 1 + (at[1] == '-' || at[1] == '+');
        if (is_digit(*exponent))
            for (at = exponent; is_digit(*at); at++)
                continue;
    }
    return at;
}

const char *number_plain(const char *text, const char *end, char plain[NUMBER_PLAIN_BYTES])
{
    const char *at = text;
    long scale = 0, exponent = 0;
    size_t used = 0, first;
    bool fraction = false, down, dropped = false;

    if (*at == '-' || *at == '+')
        if (*at++ == '-')
            plain[used++] = '-';
    first = used;
    for (; at < end && (*at == '.' || is_digit(*at)); at++) {
        if (*at == '.') {
            fraction = true;
        } else {
            const bool leading = used == first && *at == '0', room = used < PLAIN_DIGITS;
            if (!leading && room)
                plain[used++] = *at;
            dropped = dropped || (!room && *at != '0');
            scale += (!leading && !room) - fraction;
        }
    }
    if (used == first)
        plain[used++] = '0';
    if (dropped) { /* it is above what the digits say: the same side of every middle between two doubles */
        plain[used++] = '1';
        scale--;
    }
    if (at < end) { /* at the e */
        down = *++at == '-';
        for (at += *at == '-' || *at == '+'; at < end; at++)
            exponent = exponent < MAX_EXPONENT ? exponent * 10 + (*at - '0') : exponent;
        scale += down ? -exponent : exponent;
    }
    (void)snprintf(plain + used, NUMBER_PLAIN_BYTES - used, "e%ld", scale);
    return plain;
}

bool number_read(const char *text, double *value)
{
    char plain[NUMBER_PLAIN_BYTES];
    const char *end = number_end(text);

    if (end == text || *end)
        return false;
    *value = strtod(number_plain(text, end, plain), NULL);
    return isfinite(*value);
}

const char *number_format(double value, int digits, char text[NUMBER_BYTES])
{
    char *point;
    size_t bytes;

    (void)snprintf(text, NUMBER_BYTES, "%.*g", digits, value);
    if (!isfinite(value))
        return text;
    point = text + strspn(text, "-0123456789");
    bytes = strcspn(point, "e0123456789"); /* of the locale's decimal point: none, one or several */
    if (bytes) {
        memmove(point + 1, point + bytes, strlen(point + bytes) + 1);
        *point = '.';
    }
    return text;
}

const char *number_text(double value, char text[NUMBER_BYTES])
{
    double again;

    for (int digits = 15; digits < 17; digits++)
        if (number_read(number_format(value, digits, text), &again) && again == value)
            return text;
    return number_format(value, 17, text);
}
