#include "cli/commands.h"

#include <string.h>

#include "base/names.h"

static const cli_command *const commands[] = {
    &train_command,      &vocab_command, &neighbors_command, &analogy_command,    &similarity_command,
    &likelihood_command, &info_command,  &convert_command,   &objectives_command, &help_command};

const cli_command *command_at(size_t index)
{
    return index < sizeof commands / sizeof *commands ? commands[index] : NULL;
}

static const char *command_name(const void *list, size_t index)
{
    const cli_command *at = command_at(index);
    (void)list;
    return at ? at->name : NULL;
}

n2v_status command_find(const cli_command **found, const char *name, n2v_error *error)
{
    const char *nearest;

    for (size_t i = 0; (*found = command_at(i)); i++)
        if (strcmp((*found)->name, name) == 0)
            return N2V_OK;
    nearest = names_nearest(name, strlen(name), command_name, NULL);
    if (nearest)
        return error_set(error, N2V_ERROR_ARGUMENT, "'%s' is not a command; did you mean %s?", name, nearest);
    return error_set(error, N2V_ERROR_ARGUMENT, "'%s' is not a command; 'nce2vec help' lists them", name);
}
