/* epoch_files.h - names of the vectors after an epoch. */
#ifndef N2V_CLI_EPOCH_FILES_H
#define N2V_CLI_EPOCH_FILES_H

#include <stdint.h>

#include "cli/fail.h"

/* vectors.txt.gz becomes vectors.epoch-3.txt.gz. The caller frees it. */
n2v_status epoch_file(char **path, const char *output, uint64_t epoch, n2v_error *error);

#endif
