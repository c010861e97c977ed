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

static n2v_status append_tokens(void *context, const Tokens *tokens, n2v_error *error)
{
    (void)error;
    for (size_t i = 0; i < tokens->count; i++) {
        const Span span = tokens->spans[i];
        if (span.length)
            word_list_add(context, tokens->text + span.begin, span.length);
    }
    return N2V_OK;
}

n2v_status tokenize(const TokenizerOptions *options, const char *text, size_t bytes, WordList *list, n2v_error *error)
{
    TokenStream *stream;
    n2v_status status = token_stream_create(&stream, options, error);

    list->needed = list->words = 0;
    if (list->room)
        list->text[0] = '\0';
    if (status != N2V_OK)
        return status;
    status = token_stream_feed(stream, (const unsigned char *)text, bytes, append_tokens, list, error);
    if (status == N2V_OK)
        status = token_stream_end(stream, append_tokens, list, error);
    token_stream_destroy(stream);
    return status;
}
