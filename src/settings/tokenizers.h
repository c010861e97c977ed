/* tokenizers.h - the setting tokenizer: a name, or command: and a program. */
#ifndef N2V_SETTINGS_TOKENIZERS_H
#define N2V_SETTINGS_TOKENIZERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

#define TOKENIZER_COMMAND_PREFIX "command:"

/* *kind: the index of its name in the list of choices; *command: the program, or NULL. False: it is not known. */
bool tokenizer_parse(const char *text, size_t *kind, const char **command);

/* Refuses an unknown name and a command without a program. */
n2v_status tokenizer_check(const char *text, n2v_error *error);

#endif
