/* lines.h - a file of text, line by line: a list of words, of files, a vocabulary.
 *
 * A line has neither its end (\n or \r\n) nor the byte-order mark at the beginning of a file. */
#ifndef N2V_IO_LINES_H
#define N2V_IO_LINES_H

#include "base/status.h"

typedef struct Lines Lines;

/* Opens a file whose lines have at most longest bytes. form says in messages what a line is, as in "a line is a word".
 * path and form are kept by reference; stop may be NULL. The caller closes the lines. */
n2v_status lines_open(Lines **lines, const char *path, size_t longest, const char *form, const Stop *stop,
                      n2v_error *error);

/* The next line: bytes that may be changed, and a zero byte behind them, until the next call; NULL at the end. */
n2v_status lines_next(Lines *lines, char **line, size_t *bytes, n2v_error *error);

/* N2V_ERROR_FORMAT for the latest line: path, number, why, form. */
n2v_status lines_refuse(const Lines *lines, const char *why, n2v_error *error);

uint64_t lines_number(const Lines *lines); /* of the latest line, from 1 */

void lines_close(Lines *lines); /* accepts NULL */

#endif
