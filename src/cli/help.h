/* help.h - help from the tables of commands and options. */
#ifndef N2V_CLI_HELP_H
#define N2V_CLI_HELP_H

#include "cli/options.h"

#define HELP_INDENT 26 /* the column at which explanations begin */

void help_overview(FILE *out);
n2v_status help_command_page(FILE *out, const cli_command *command, n2v_error *error);

#endif
