#include "phrases/join.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "phrases/joining.h"

#define TEXT_BYTES ((size_t)16384)
#define ROOM       ((size_t)MAX_TOKEN_BYTES + 1)

/* A short token with what separates it from the next one, so that most are copied without a look at the lexicon. */
typedef struct short_token {
    char text[15];
    unsigned char bytes; /* with the separator; 0: it is longer */
} short_token;

/* Tokens on their way to who takes them. */
typedef struct spelling {
    const Lexicon *lexicon;
    short_token *tokens_short; /* of each token */
    TakeTokens take;
    void *context;
    uint64_t tokens;
    size_t used, count; /* of the text, of the spans */
    Span spans[BATCH_TOKENS];
    char text[TEXT_BYTES + SPAN_PADDING];
} spelling;

static n2v_status hand_over(spelling *s, n2v_error *error)
{
    const Tokens tokens = {.text = s->text, .spans = s->spans, .count = s->count};

    s->used = s->count = 0;
    return tokens.count ? s->take(s->context, &tokens, error) : N2V_OK;
}

static n2v_status shorten(spelling *s, n2v_error *error)
{
    const size_t tokens = lexicon_size(s->lexicon);

    s->tokens_short = array_create_zero(tokens, sizeof *s->tokens_short);
    if (!s->tokens_short)
        return fail_memory(error, tokens * sizeof *s->tokens_short, "the tokens of the joined text");
    for (size_t i = 0; i < tokens; i++) {
        short_token *token = &s->tokens_short[i];
        size_t bytes;
        const char *text = lexicon_text(s->lexicon, (Id)i, &bytes);
        if (bytes >= sizeof token->text)
            continue;
        memcpy(token->text, text, bytes);
        token->text[bytes] = ' ';
        token->bytes = (unsigned char)(bytes + 1);
    }
    return N2V_OK;
}

/* Puts a token and a space behind the text, which has room for them. */
static inline void put_token(spelling *s, Id id)
{
    const short_token *token = &s->tokens_short[id];
    const char *text;
    size_t bytes;

    if (token->bytes) {
        memcpy(s->text + s->used, token->text, sizeof token->text);
        bytes = token->bytes - 1U;
    } else {
        text = lexicon_text(s->lexicon, id, &bytes);
        memcpy(s->text + s->used, text, bytes);
        s->text[s->used + bytes] = ' ';
    }
    s->spans[s->count++] = (Span){.begin = (uint32_t)s->used, .length = (uint32_t)bytes};
    s->used += bytes + 1;
}

static n2v_status spell_ids(void *context, const Id *ids, size_t count, n2v_error *error)
{
    spelling *s = context;
    n2v_status status = N2V_OK;

    for (size_t i = 0; i < count && status == N2V_OK; i++) {
        put_token(s, ids[i] & ~SENTENCE_END);
        if (ids[i] & SENTENCE_END) {
            s->text[s->used - 1] = '\n';
            s->spans[s->count++] = (Span){.begin = (uint32_t)s->used, .length = 0};
        }
        if (s->used > TEXT_BYTES - ROOM || s->count > BATCH_TOKENS - 2)
            status = hand_over(s, error);
    }
    s->tokens += count;
    return status;
}

static n2v_status join(spelling *s, Joining *joining, const PhraseTable *table, const Blocks *blocks,
                       const JoiningWatch *watch, n2v_error *error)
{
    Vocabulary *connectors = NULL;
    n2v_status status = phrase_table_connectors(table, &connectors, error);

    for (size_t pass = 0; pass < table->passes && status == N2V_OK; pass++)
        status = joining_add(joining, table, connectors, error);
    vocabulary_destroy(connectors);
    if (status != N2V_OK || (status = shorten(s, error)) != N2V_OK ||
        (status = joining_run(joining, blocks, 0, watch, spell_ids, s, error)) != N2V_OK)
        return status;
    return hand_over(s, error);
}

n2v_status phrases_join(const PhraseTable *table, const Vocabulary *words, const Blocks *blocks,
                        const JoiningWatch *watch, TakeTokens take, void *context, JoinReport *report,
                        n2v_error *error)
{
    Joining joining;
    spelling s = {.lexicon = &joining.lexicon, .take = take, .context = context};
    n2v_status status = joining_open(&joining, words, error);

    if (status == N2V_OK)
        status = join(&s, &joining, table, blocks, watch, error);
    *report = (JoinReport){.tokens = s.tokens};
    for (size_t pass = 0; pass < joining.passes; pass++)
        report->joined += joining.joiners[pass]->joined;
    free(s.tokens_short);
    joining_close(&joining);
    return status;
}

static n2v_status write_tokens(void *context, const Tokens *tokens, n2v_error *error)
{
    const Span last = tokens->spans[tokens->count - 1];
    return writer_write(context, tokens->text, last.begin + last.length + (last.length > 0), error);
}

n2v_status phrases_write(const PhraseTable *table, const Vocabulary *words, const Blocks *blocks,
                         const JoiningWatch *watch, Writer *writer, JoinReport *report, n2v_error *error)
{
    return phrases_join(table, words, blocks, watch, write_tokens, writer, report, error);
}
