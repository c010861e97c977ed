/* prompt.h - asking a person at a terminal for lines: with editing and history where libedit is built in. */
#ifndef N2V_CLI_PROMPT_H
#define N2V_CLI_PROMPT_H

#include <stdbool.h>

/* Whether a person sits there: standard input and output are terminals. */
bool prompt_possible(void);

/* Once, before the first line. */
void prompt_start(void);

/* The next line, without its newline, malloc'ed; NULL at the end (Ctrl-D). */
char *prompt_line(const char *prompt);

#endif
