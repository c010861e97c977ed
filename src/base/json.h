/* json.h - the two things of JSON that a printf cannot do: strings, and numbers that are not finite. */
#ifndef N2V_BASE_JSON_H
#define N2V_BASE_JSON_H

#include <stddef.h>
#include <stdio.h>

/* Writes the inside of a string, without its quotation marks. What could control a terminal (display.h) is escaped.
 * Malformed UTF-8, which a file's name may contain, becomes U+FFFD. */
void json_escape(FILE *out, const char *text, size_t bytes);

/* The same into out: as many whole characters as fit into room bytes, with a NUL. Returns how many bytes the whole
 * needs without the NUL. */
size_t json_escape_text(char *out, size_t room, const char *text, size_t bytes);

void json_string(FILE *out, const char *text); /* with its quotation marks */

/* With so many significant digits (17 at most) and a decimal point in every locale; null for NaN and the infinities,
 * which JSON does not have. */
void json_number(FILE *out, double value, int digits);

#endif
