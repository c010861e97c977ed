#include "corpus/tokenizer_options.h"

#include <string.h>

#include "corpus/segmenter.h"
#include "settings/table.h"
#include "settings/tokenizers.h"

#define COMMAND "command"

/* The index of a value of a setting with choices. */
static bool choice_of(const char *setting, const char *value, size_t *index)
{
    const char *const *names = setting_find(N2V_FOR_TRAINING, setting)->choices;

    for (*index = 0; names[*index]; (*index)++)
        if (strcmp(names[*index], value) == 0)
            return true;
    return false;
}

n2v_status tokenizer_options_read(TokenizerOptions *options, const char *tokenizer, const char *letter_case,
                                  const char *form, n2v_error *error)
{
    size_t index = 0;

    *options = (TokenizerOptions){.kind = TOKENIZER_WORDS};
    if (tokenizer && !tokenizer_parse(tokenizer, &index, &options->command))
        return error_set(error, N2V_ERROR_FORMAT, "the tokenizer '%.64s' is not known", tokenizer);
    options->kind = (TokenizerKind)index;
    if (letter_case && !choice_of("case", letter_case, &index))
        return error_set(error, N2V_ERROR_FORMAT, "the letter case '%.64s' is not known", letter_case);
    if (letter_case)
        options->letter_case = (LetterCase)(index + 1);
    if (form && !choice_of("normal-form", form, &index))
        return error_set(error, N2V_ERROR_FORMAT, "the normalization form '%.64s' is not known", form);
    if (form)
        options->form = (NormalForm)index;
    return N2V_OK;
}

LetterCase tokenizer_options_case(const TokenizerOptions *o)
{
    if (o->letter_case != CASE_OWN)
        return o->letter_case;
    return o->kind == TOKENIZER_WORDS || o->kind == TOKENIZER_UNICODE ? CASE_LOWER : CASE_KEEP;
}

bool tokenizer_options_same(const TokenizerOptions *a, const TokenizerOptions *b)
{
    return a->kind == b->kind && a->form == b->form && tokenizer_options_case(a) == tokenizer_options_case(b);
}

n2v_status tokenizer_options_check(const TokenizerOptions *options, n2v_error *error)
{
    return options->kind == TOKENIZER_UNICODE ? segmenter_check(error) : N2V_OK;
}

const char *tokenizer_kind_name(TokenizerKind kind)
{
    return kind == TOKENIZER_COMMAND ? COMMAND : setting_find(N2V_FOR_TRAINING, "tokenizer")->choices[kind];
}

const char *tokenizer_case_name(const TokenizerOptions *options)
{
    return setting_find(N2V_FOR_TRAINING, "case")->choices[tokenizer_options_case(options) - CASE_KEEP];
}

const char *tokenizer_form_name(const TokenizerOptions *options)
{
    return setting_find(N2V_FOR_TRAINING, "normal-form")->choices[options->form];
}

n2v_status tokenizer_options_named(TokenizerOptions *options, const char *kind, const char *letter_case,
                                   const char *form, n2v_error *error)
{
    const bool command = strcmp(kind, COMMAND) == 0;
    const n2v_status status = tokenizer_options_read(options, command ? NULL : kind, letter_case, form, error);

    if (command)
        options->kind = TOKENIZER_COMMAND;
    return status;
}
