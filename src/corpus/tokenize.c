#include "corpus/tokenize.h"

#include <string.h>

static void append(WordList *list, const char *bytes, size_t count)
{
    const size_t used = list->needed < list->room ? list->needed : list->room;
    const size_t left = list->room - used, fit = left && count > left - 1 ? left - 1 : count;

    if (left) {
        memcpy(list->text + used, bytes, fit);
        list->text[used + fit] = '\0';
    }
    list->needed += count;
}

void word_list_add(WordList *list, const char *word, size_t bytes)
{
    if (list->words++)
        append(list, " ", 1);
    append(list, word, bytes);
}

static void append_tokens(WordList *list, const Tokens *tokens)
{
    for (size_t i = 0; i < tokens->count; i++) {
        const Span span = tokens->spans[i];
        if (span.length)
            word_list_add(list, tokens->text + span.begin, span.length);
    }
}

n2v_status tokenize(TokenizerKind kind, const char *text, size_t bytes, WordList *list, n2v_error *error)
{
    Tokenizer *tokenizer = tokenizer_create(kind);
    Tokens tokens;

    list->needed = list->words = 0;
    if (list->room)
        list->text[0] = '\0';
    if (!tokenizer)
        return fail_memory(error, 0, "a tokenizer");
    for (size_t at = 0; at < bytes;) {
        at += tokenizer_feed(tokenizer, (const unsigned char *)text + at, bytes - at, &tokens);
        append_tokens(list, &tokens);
    }
    tokenizer_end(tokenizer, &tokens);
    append_tokens(list, &tokens);
    tokenizer_destroy(tokenizer);
    return N2V_OK;
}
