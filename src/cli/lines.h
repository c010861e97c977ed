/* lines.h - the lines of standard input, as they come. */
#ifndef N2V_CLI_LINES_H
#define N2V_CLI_LINES_H

#include <stdbool.h>

#include "cli/fail.h"

typedef struct cli_lines {
    char *bytes; /* owned */
    size_t begin, end;
    bool ended;
    uint64_t number; /* of the latest line, from 1 on */
} cli_lines;

/* Waits for the next line, *count bytes without the newline and a byte-order mark; *line is NULL at the end. It stays
 * valid while lines_available is true. N2V_ERROR_DATA for a line of more than 64 kB. */
n2v_status lines_next(cli_lines *lines, const char **line, size_t *count, n2v_error *error);

/* Whether lines_next has a line without waiting: a query before a pause must be answered at once, queries that
 * come together may be answered together. */
bool lines_available(const cli_lines *lines);

void lines_free(cli_lines *lines); /* frees the contents; accepts an all-zero struct */

#endif
