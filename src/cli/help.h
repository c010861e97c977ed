/* help.h - help from the tables of commands and options. */
#ifndef N2V_CLI_HELP_H
#define N2V_CLI_HELP_H

#include <stdio.h>

#include "cli/options.h"

#define HELP_COLUMNS 80
#define HELP_INDENT  26 /* where the explanations begin */

void help_overview(FILE *out);
void help_command_page(FILE *out, const cli_command *command);

/* Prints text in words, each line indented, the first one from column at on; ends the line. */
void help_wrap(FILE *out, const char *text, int indent, int at);

/* Prints what came from outside and may hold anything: control characters become question marks. */
void help_plain(FILE *out, const char *text, size_t bytes);

#endif
