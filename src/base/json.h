/* json.h - the two things of JSON that a printf cannot do: strings, and numbers that are none. */
#ifndef N2V_BASE_JSON_H
#define N2V_BASE_JSON_H

#include <stddef.h>
#include <stdio.h>

/* The inside of a string, without its quotation marks: for one that is put together. Malformed
 * UTF-8, which a file's name may hold, becomes U+FFFD. */
void json_escape(FILE *out, const char *text, size_t bytes);

void json_string(FILE *out, const char *text); /* with its quotation marks */

/* With so many significant digits (17 at most); null for NaN and the infinities, which JSON has not. */
void json_number(FILE *out, double value, int digits);

#endif
