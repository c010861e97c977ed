#include "settings/tokenizers.h"

#include <string.h>

#include "settings/choices.h"
#include "settings/table.h"

#define NAME_FIRST(name) #name
#define NAME_MORE(name)  ", " #name

bool tokenizer_parse(const char *text, size_t *kind, const char **command)
{
    const char *const *names = setting_find(N2V_FOR_TRAINING, "tokenizer")->choices;
    const size_t prefix = strlen(TOKENIZER_COMMAND_PREFIX);
    const bool runs = strncmp(text, TOKENIZER_COMMAND_PREFIX, prefix) == 0;

    *command = runs ? text + prefix : NULL;
    for (*kind = 0; names[*kind]; (*kind)++)
        if (runs ? strncmp(names[*kind], TOKENIZER_COMMAND_PREFIX, prefix) == 0 : strcmp(names[*kind], text) == 0)
            return !runs || text[prefix + strspn(text + prefix, " \t\r\n")];
    return false;
}

n2v_status tokenizer_check(const char *text, n2v_error *error)
{
    const char *command;
    size_t kind;

    if (tokenizer_parse(text, &kind, &command))
        return N2V_OK;
    if (command)
        return error_set(
            error, N2V_ERROR_ARGUMENT,
            SETTING("tokenizer") " %s: expected a program after command:, such as '" TOKENIZER_COMMAND_PREFIX
                                 "mecab -Owakati'",
            text);
    return error_set(error, N2V_ERROR_ARGUMENT,
                     SETTING("tokenizer") ": '%s' is not one of " CHOICES_TOKENIZER(NAME_FIRST, NAME_MORE), text);
}
