#include "corpus/sentences.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/word.h"

#define TEXT_BYTES ((size_t)16384 + MAX_TOKEN_BYTES)

struct Sentences {
    n2v_next_sentence next;
    void *context;
    const char *name;
    const n2v_token *tokens; /* of the sentence under way */
    size_t token_count, at;  /* its length; the token that comes next */
    bool in_sentence, ended;
    SentencesCounts counts;
    size_t count, used; /* of spans, of text */
    Span spans[BATCH_TOKENS];
    char text[TEXT_BYTES + SPAN_PADDING];
};

Sentences *sentences_create(n2v_next_sentence next, void *context, const char *name)
{
    Sentences *s = array_create_zero(1, sizeof *s);
    if (s) {
        s->next = next;
        s->context = context;
        s->name = name;
    }
    return s;
}

void sentences_destroy(Sentences *sentences)
{
    free(sentences);
}

static n2v_status begin_sentence(Sentences *s, n2v_error *error)
{
    int result;

    s->tokens = NULL;
    s->token_count = s->at = 0;
    result = s->next(s->context, &s->tokens, &s->token_count);
    if (result < 0)
        return error_set(error, N2V_ERROR_INTERRUPTED, "interrupted: %s gave up after %" PRIu64 " sentence%s", s->name,
                         s->counts.lines, plural_s(s->counts.lines));
    s->ended = result == 0;
    s->in_sentence = result > 0;
    if (s->in_sentence && s->token_count && !s->tokens)
        return error_set(error, N2V_ERROR_DATA, "%s, sentence %" PRIu64 ": there is no pointer to its %zu tokens",
                         s->name, s->counts.lines + 1, s->token_count);
    return N2V_OK;
}

static void end_sentence(Sentences *s)
{
    if (s->token_count)
        s->spans[s->count++] = (Span){(uint32_t)s->used, 0};
    else
        s->counts.bytes++;
    s->counts.lines++;
    s->in_sentence = false;
}

static n2v_status take_token(Sentences *s, n2v_error *error)
{
    const n2v_token token = s->tokens[s->at];
    const char *fault = token.text || !token.bytes ? word_fault(token.text, token.bytes) : "has no text";

    if (fault) {
        char shown[64] = "";
        if (token.text)
            word_printable(token.text, token.bytes, shown, sizeof shown);
        return error_set(error, N2V_ERROR_DATA,
                         "%s, sentence %" PRIu64 ", token %zu: the word '%s' %s; correct it or leave it out", s->name,
                         s->counts.lines + 1, s->at + 1, shown, fault);
    }
    memcpy(s->text + s->used, token.text, token.bytes);
    s->spans[s->count++] = (Span){(uint32_t)s->used, (uint32_t)token.bytes};
    s->used += token.bytes;
    s->counts.bytes += token.bytes + 1;
    s->counts.tokens++;
    s->at++;
    return N2V_OK;
}

n2v_status sentences_next(Sentences *s, bool single, Tokens *tokens, bool *ended, n2v_error *error)
{
    const double start = seconds_now();
    n2v_status status = N2V_OK;

    s->count = s->used = 0;
    /* Room for a token and a sentence's end. */
    while (!s->ended && s->count + 2 <= BATCH_TOKENS && s->used + MAX_TOKEN_BYTES <= TEXT_BYTES) {
        if (!s->in_sentence) {
            if (seconds_since(start) >= BATCH_SECONDS)
                break;
            status = begin_sentence(s, error);
        } else if (s->at < s->token_count) {
            status = take_token(s, error);
        }
        if (status != N2V_OK)
            return status;
        if (s->in_sentence && s->at == s->token_count) {
            end_sentence(s);
            if (single)
                break;
        }
    }
    *tokens = (Tokens){.text = s->text, .spans = s->spans, .count = s->count};
    *ended = s->ended;
    return N2V_OK;
}

SentencesCounts sentences_count(const Sentences *sentences)
{
    return sentences->counts;
}
