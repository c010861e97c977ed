/* among.h - a file of the words that may be answers to queries. */
#ifndef N2V_CLI_AMONG_H
#define N2V_CLI_AMONG_H

#include "cli/lookup.h"

/* The ids of the words of a file, one a line, malloc'ed; those that are not in the vocabulary are skipped with a
 * warning. N2V_ERROR_ARGUMENT: the file cannot be opened. N2V_ERROR_DATA: none of its words is in the vocabulary. */
n2v_status among_read(uint32_t **ids, size_t *count, const cli_vocabulary *vocabulary, const char *path,
                      n2v_error *error);

#endif
