/* float_text.h - floats as decimal text and back, exactly, ten times as fast as printf
 * and whatever the locale. */
#ifndef N2V_BASE_FLOAT_TEXT_H
#define N2V_BASE_FLOAT_TEXT_H

#include <stddef.h>

#define FLOAT_TEXT_BYTES 16 /* the longest: -1.23456789e-38 */

/* Writes a finite value with the fewest digits (at most 9) that read back as the
 * same float, halves between two floats aside; no NUL. Returns the number of characters. */
size_t float_format(float value, char text[FLOAT_TEXT_BYTES]);

/* Reads a decimal number, rounded correctly; *end is where it stops, or text when
 * there is no number. Too large a number gives infinity. text is NUL-terminated. */
float float_parse(const char *text, const char **end);

#endif
