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

typedef struct writing {
    const Lexicon *lexicon;
    short_token *tokens_short; /* of each token */
    Writer *writer;
    uint64_t tokens;
    size_t used;
    char text[TEXT_BYTES]; /* on its way to the writer */
} writing;

static n2v_status write_out(writing *w, n2v_error *error)
{
    const size_t count = w->used;

    w->used = 0;
    return writer_write(w->writer, w->text, count, error);
}

static n2v_status shorten(writing *w, n2v_error *error)
{
    const size_t tokens = lexicon_size(w->lexicon);

    w->tokens_short = array_create_zero(tokens, sizeof *w->tokens_short);
    if (!w->tokens_short)
        return fail_memory(error, tokens * sizeof *w->tokens_short, "the tokens of the joined text");
    for (size_t i = 0; i < tokens; i++) {
        short_token *token = &w->tokens_short[i];
        size_t bytes;
        const char *text = lexicon_text(w->lexicon, (Id)i, &bytes);
        if (bytes >= sizeof token->text)
            continue;
        memcpy(token->text, text, bytes);
        token->text[bytes] = ' ';
        token->bytes = (unsigned char)(bytes + 1);
    }
    return N2V_OK;
}

/* Puts a token and a space behind the text; there is room. */
static inline void put_token(writing *w, Id id)
{
    const short_token *token = &w->tokens_short[id];
    size_t bytes;

    if (token->bytes) {
        memcpy(w->text + w->used, token->text, sizeof token->text);
        w->used += token->bytes;
        return;
    }
    const char *text = lexicon_text(w->lexicon, id, &bytes);
    memcpy(w->text + w->used, text, bytes);
    w->text[w->used + bytes] = ' ';
    w->used += bytes + 1;
}

static n2v_status write_ids(void *context, const Id *ids, size_t count, n2v_error *error)
{
    writing *w = context;
    n2v_status status = N2V_OK;

    for (size_t i = 0; i < count && status == N2V_OK; i++) {
        put_token(w, ids[i] & ~SENTENCE_END);
        if (ids[i] & SENTENCE_END)
            w->text[w->used - 1] = '\n';
        if (w->used > TEXT_BYTES - ROOM)
            status = write_out(w, error);
    }
    w->tokens += count;
    return status;
}

n2v_status phrases_join(const PhraseTable *table, const Vocabulary *words, const Blocks *blocks, Writer *writer,
                        const Stop *stop, JoinReport *report, n2v_error *error)
{
    Joining joining;
    writing w = {.lexicon = &joining.lexicon, .writer = writer};
    Vocabulary *connectors = NULL;
    n2v_status status = joining_open(&joining, words, error);

    if (status == N2V_OK)
        status = phrase_table_connectors(table, &connectors, error);
    for (size_t pass = 0; pass < table->passes && status == N2V_OK; pass++)
        status = joining_add(&joining, table, connectors, error);
    if (status == N2V_OK)
        status = shorten(&w, error);
    if (status == N2V_OK)
        status = joining_run(&joining, blocks, stop, write_ids, &w, error);
    if (status == N2V_OK)
        status = write_out(&w, error);
    *report = (JoinReport){.tokens = w.tokens};
    for (size_t pass = 0; pass < joining.passes; pass++)
        report->joined += joining.joiners[pass]->joined;
    free(w.tokens_short);
    vocabulary_destroy(connectors);
    joining_close(&joining);
    return status;
}
