/* commands.h - the table of commands: one file each, one row in commands.c. */
#ifndef N2V_CLI_COMMANDS_H
#define N2V_CLI_COMMANDS_H

#include "cli/options.h"

#define COMMAND_COLUMNS 15 /* that the longest name needs */

extern const cli_command train_command, vocab_command, phrases_command, neighbors_command, analogy_command,
    similarity_command, vector_command, predict_command, likelihood_command, info_command, convert_command,
    objectives_command, check_objective_command, help_command;

const cli_command *command_at(size_t index); /* NULL beyond the last */

/* N2V_ERROR_ARGUMENT, with the nearest name, for an unknown one. */
n2v_status command_find(const cli_command **found, const char *name, n2v_error *error);

#endif
