/* number.h - decimal texts and numbers: the same in every locale, and exact both ways. float_text.h is for floats,
 * many of them. */
#ifndef N2V_BASE_NUMBER_H
#define N2V_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NUMBER_BYTES 40 /* room for any text of these functions, with the NUL */

/* Reads a text that is a whole number or a decimal number from its first to its last byte: no blanks, no hexadecimal
 * digits, no words such as nan. False: it is something else, or out of range. */
bool number_read_integer(const char *text, uint64_t *value);
bool number_read(const char *text, double *value);

/* The value with the fewest digits, of 15, 16 and 17, that read back as the same double. Returns text. */
const char *number_text(double value, char text[NUMBER_BYTES]);

/* The value with at most so many significant digits (1 to 17), as printf's %.*g has it with a decimal point. */
const char *number_format(double value, int digits, char text[NUMBER_BYTES]);

/* A number in a message, as %g would have it but for the locale; valid to the end of the block. */
#define NUMBER_SHOWN(value) number_format((value), 6, (char[NUMBER_BYTES]){0})

/* The ending of a regular noun after this count: "" or "s". */
static inline const char *plural_s(uint64_t count)
{
    return count == 1 ? "" : "s";
}

/* The end of the decimal number that text begins with; text itself when there is none. */
const char *number_end(const char *text);

/* The same number as a whole number with an exponent, such as 15e-1 for 1.5: without a decimal point, strtod and
 * strtof read it alike in every locale. Digits that no rounding depends on are dropped. text must be a number up to
 * end, as number_end has it. Returns plain. */
#define NUMBER_PLAIN_BYTES 840
const char *number_plain(const char *text, const char *end, char plain[NUMBER_PLAIN_BYTES]);

#endif
