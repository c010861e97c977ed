#include "cli/commands.h"

#include <string.h>

static const cli_command *const commands[] = {
    &train_command,  &vocab_command,      &phrases_command, &neighbors_command, &analogy_command,    &similarity_command,
    &vector_command, &predict_command,    &likelihood_command, &info_command,   &convert_command,    &objectives_command,
    &check_objective_command, &help_command};

#define COMMANDS (sizeof commands / sizeof *commands)

const cli_command *command_at(size_t index)
{
    return index < COMMANDS ? commands[index] : NULL;
}

n2v_status command_find(const cli_command **found, const char *name, n2v_error *error)
{
    const char *names[COMMANDS + 1] = {NULL}, *nearest;

    for (size_t i = 0; (*found = command_at(i)); i++) {
        if (strcmp((*found)->name, name) == 0)
            return N2V_OK;
        names[i] = (*found)->name;
    }
    nearest = n2v_nearest_name(name, names);
    if (nearest)
        return fail(error, N2V_ERROR_ARGUMENT, "'%s' is not a command; did you mean %s?", name, nearest);
    return fail(error, N2V_ERROR_ARGUMENT, "'%s' is not a command; 'nce2vec help' lists them", name);
}
