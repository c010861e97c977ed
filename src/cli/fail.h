/* fail.h - errors of the command line, and the spelling of settings in errors of the library. */
#ifndef N2V_CLI_FAIL_H
#define N2V_CLI_FAIL_H

#include "nce2vec.h"

#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

/* Writes the sentence into *error and returns the status. */
n2v_status fail(n2v_error *error, n2v_status status, const char *format, ...) PRINTF_LIKE(3, 4);
n2v_status fail_memory(n2v_error *error, size_t bytes, const char *what);

/* Spells the settings in the error as options: "epochs" becomes "--epochs", and the setting `name` (NULL: none)
 * becomes `given`, what the user typed, of so many bytes. */
void fail_spell(n2v_error *error, const char *name, const char *given, size_t bytes);

#endif
