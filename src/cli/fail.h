/* fail.h - errors of the command line itself. */
#ifndef N2V_CLI_FAIL_H
#define N2V_CLI_FAIL_H

#include "nce2vec.h"

#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

/* Writes the sentence into *error and returns the status. */
n2v_status fail(n2v_error *error, n2v_status status, const char *format, ...) PRINTF_LIKE(3, 4);
n2v_status fail_memory(n2v_error *error, size_t bytes, const char *what);

#endif
