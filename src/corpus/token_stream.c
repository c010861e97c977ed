#include "corpus/token_stream.h"

#include <stdlib.h>

#include "base/memory.h"
#include "corpus/normalizer.h"
#include "corpus/segmenter.h"

#define MAX_STAGES 2

struct TokenStream {
    Stage stages[MAX_STAGES];
    size_t count;
    Tokenizer *tokenizer;
};

/* Case and form, where the tokenizer itself does not have them. */
static n2v_status add_normalizer(TokenStream *s, const TokenizerOptions *options, n2v_error *error)
{
    const LetterCase letter_case = tokenizer_options_case(options);
    const bool own = options->kind == TOKENIZER_WORDS && letter_case == CASE_LOWER;
    n2v_status status;

    if (options->form == FORM_NONE && (own || letter_case == CASE_KEEP))
        return N2V_OK;
    status = normalizer_create(&s->stages[s->count], letter_case, options->form, error);
    s->count += status == N2V_OK;
    return status;
}

static n2v_status add_segmenter(TokenStream *s, const TokenizerOptions *options, n2v_error *error)
{
    n2v_status status;

    if (options->kind != TOKENIZER_UNICODE)
        return N2V_OK;
    status = segmenter_create(&s->stages[s->count], error);
    s->count += status == N2V_OK;
    return status;
}

n2v_status token_stream_create(TokenStream **stream, const TokenizerOptions *options, n2v_error *error)
{
    const bool words = options->kind == TOKENIZER_WORDS;
    TokenStream *s = array_create_zero(1, sizeof *s);
    n2v_status status = N2V_OK;

    *stream = NULL;
    if (!s || !(s->tokenizer = tokenizer_create(words, tokenizer_options_case(options) != CASE_LOWER)))
        status = fail_memory(error, 0, "a tokenizer");
    if (status != N2V_OK || (status = add_normalizer(s, options, error)) != N2V_OK ||
        (status = add_segmenter(s, options, error)) != N2V_OK) {
        token_stream_destroy(s);
        return status;
    }
    *stream = s;
    return N2V_OK;
}

void token_stream_destroy(TokenStream *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->count; i++)
        s->stages[i].destroy(s->stages[i].state);
    tokenizer_destroy(s->tokenizer);
    free(s);
}

static n2v_status feed_tokenizer(TokenStream *s, const unsigned char *bytes, size_t count, TakeTokens take,
                                 void *context, n2v_error *error)
{
    n2v_status status = N2V_OK;

    while (count && status == N2V_OK) {
        Tokens tokens;
        const size_t taken = tokenizer_feed(s->tokenizer, bytes, count, &tokens);
        bytes += taken;
        count -= taken;
        status = take(context, &tokens, error);
    }
    return status;
}

static n2v_status feed_stage(TokenStream *s, size_t stage, const unsigned char *bytes, size_t count, TakeTokens take,
                             void *context, n2v_error *error)
{
    n2v_status status = N2V_OK;

    if (stage == s->count)
        return feed_tokenizer(s, bytes, count, take, context, error);
    while (count && status == N2V_OK) {
        size_t taken = 0;
        Piece out;
        status = s->stages[stage].feed(s->stages[stage].state, bytes, count, &taken, &out, error);
        bytes += taken;
        count -= taken;
        if (status == N2V_OK)
            status = feed_stage(s, stage + 1, out.bytes, out.count, take, context, error);
    }
    return status;
}

n2v_status token_stream_feed(TokenStream *s, const unsigned char *bytes, size_t count, TakeTokens take, void *context,
                             n2v_error *error)
{
    return feed_stage(s, 0, bytes, count, take, context, error);
}

n2v_status token_stream_flush(TokenStream *s, TakeTokens take, void *context, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t i = 0; i < s->count; i++) {
        Piece out = {.count = 1};
        while (out.count) {
            if ((status = s->stages[i].end(s->stages[i].state, &out, error)) != N2V_OK ||
                (status = feed_stage(s, i + 1, out.bytes, out.count, take, context, error)) != N2V_OK)
                return status;
        }
    }
    return status;
}

n2v_status token_stream_end(TokenStream *s, TakeTokens take, void *context, n2v_error *error)
{
    n2v_status status = token_stream_flush(s, take, context, error);
    Tokens tokens;

    if (status != N2V_OK)
        return status;
    tokenizer_end(s->tokenizer, &tokens);
    return take(context, &tokens, error);
}

TokenizerCounts token_stream_count(const TokenStream *s)
{
    TokenizerCounts counts = tokenizer_count(s->tokenizer);

    for (size_t i = 0; i < s->count; i++)
        counts.invalid_utf8 += s->stages[i].malformed(s->stages[i].state);
    return counts;
}

const CutTokens *token_stream_cut(const TokenStream *s)
{
    return tokenizer_cut(s->tokenizer);
}
