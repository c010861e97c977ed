/* files.h - checks before work: no output is an input, and no two outputs are the same file. */
#ifndef N2V_CLI_FILES_H
#define N2V_CLI_FILES_H

#include <stdbool.h>

#include "cli/fail.h"

/* Whether two paths are the same regular file, or would be once it exists. */
bool files_same(const char *a, const char *b);

/* An output as messages name it; - is standard output. */
const char *files_name(const char *output);

/* The same for two outputs; - is standard output. */
bool files_same_output(const char *a, const char *b);

/* Refuses an output that is one of the files to be read; title names the output in the message. */
n2v_status files_check_output(const char *title, const char *output, const char *const *inputs, size_t count,
                              n2v_error *error);

#endif
