#include "phrases/join.h"

#include <string.h>

#include "phrases/joining.h"

#define TEXT_BYTES ((size_t)8192)

typedef struct writing {
    const Lexicon *lexicon;
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

static n2v_status write_ids(void *context, const Id *ids, size_t count, n2v_error *error)
{
    writing *w = context;
    n2v_status status = N2V_OK;

    for (size_t i = 0; i < count && status == N2V_OK; i++) {
        size_t bytes;
        const char *word = lexicon_text(w->lexicon, ids[i] & ~SENTENCE_END, &bytes);
        if (bytes >= TEXT_BYTES - w->used)
            status = write_out(w, error);
        memcpy(w->text + w->used, word, bytes);
        w->text[w->used + bytes] = ids[i] & SENTENCE_END ? '\n' : ' ';
        w->used += bytes + 1;
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
        status = joining_run(&joining, blocks, stop, write_ids, &w, error);
    if (status == N2V_OK)
        status = write_out(&w, error);
    *report = (JoinReport){.tokens = w.tokens};
    for (size_t pass = 0; pass < joining.passes; pass++)
        report->joined += joining.joiners[pass]->joined;
    vocabulary_destroy(connectors);
    joining_close(&joining);
    return status;
}
