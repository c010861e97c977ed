/* inputs.h - the files that inputs name: folders, patterns, lists of files. */
#ifndef N2V_CORPUS_INPUTS_H
#define N2V_CORPUS_INPUTS_H

#include <stddef.h>

#include "base/status.h"

typedef struct Inputs {
    char **paths;
    size_t count, room;
} Inputs;

/* Adds the files of one input, in this order: what exists under the name, of a folder its regular files that are not
 * hidden, in the order of their names as bytes; @LIST: the files and folders that a file has, one a line; a pattern of
 * glob(3): what matches, in the order of the names. Other names are added as they are: who opens them reports what
 * is missing. N2V_ERROR_ARGUMENT: a folder or list has no file, or cannot be read; nothing matches a pattern. */
n2v_status inputs_add(Inputs *inputs, const char *input, n2v_error *error);

void inputs_free(Inputs *inputs); /* frees the contents; accepts an all-zero struct */

#endif
