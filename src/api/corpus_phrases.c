/* corpus_phrases.c - which phrases a corpus joins: those of its text, of a file, or of vectors. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "api/corpus_handle.h"
#include "api/phrases_handle.h"
#include "api/vectors_handle.h"
#include "base/hash.h"
#include "io/reader.h"
#include "settings/files.h"

/* Phrases and text are cut into words in the same way. from: where the phrases are. */
static n2v_status check_tokenizer(const n2v_corpus *corpus, const char *from, n2v_error *error)
{
    const TokenizerOptions *own = &corpus->tokenizer, *other = &corpus->phrases->table.tokenizer;

    if (tokenizer_options_same(own, other))
        return N2V_OK;
    if (own->kind != other->kind)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("tokenizer") " %s: the phrases of %s were found with " SETTING("tokenizer") " %s",
                         tokenizer_kind_name(own->kind), from, tokenizer_kind_name(other->kind));
    return error_set(error, N2V_ERROR_ARGUMENT,
                     SETTING("case") " %s, " SETTING("normal-form") " %s: the phrases of %s were found with "
                     SETTING("case") " %s and " SETTING("normal-form") " %s",
                     tokenizer_case_name(own), tokenizer_form_name(own), from, tokenizer_case_name(other),
                     tokenizer_form_name(other));
}

static n2v_status take_file(n2v_corpus *corpus, const char *path, n2v_error *error)
{
    n2v_error cause = {.text = ""};
    n2v_status status = reader_check(path, &cause);

    if (status != N2V_OK)
        return error_set(error, status,
                         SETTING("phrases") " %s: it is no scorer (word2phrase, gensim, npmi), and as a file: %s", path,
                         cause.text);
    if ((status = phrases_create(&corpus->phrases, error)) != N2V_OK ||
        (status = phrase_table_read(&corpus->phrases->table, path, NULL, error)) != N2V_OK)
        return status;
    return check_tokenizer(corpus, path, error);
}

static n2v_status take_vectors(n2v_corpus *corpus, const Extra *extra, n2v_error *error)
{
    const MemoryFile file = {.name = "the phrases of the vectors", .bytes = extra->bytes, .count = extra->count};
    n2v_status status;

    if ((status = phrases_create(&corpus->phrases, error)) != N2V_OK ||
        (status = phrase_table_read_memory(&corpus->phrases->table, &file, NULL, error)) != N2V_OK)
        return status;
    return check_tokenizer(corpus, "the vectors", error);
}

n2v_status corpus_take_phrases(n2v_corpus *corpus, const Settings *values, const n2v_vectors *vectors,
                               n2v_error *error)
{
    const char *text = settings_text(values, "phrases");
    const Extra *extra = vectors ? &vectors->model->extras[EXTRA_PHRASES] : NULL;
    n2v_status status;

    if (extra && extra->bytes && !extra->damaged)
        return take_vectors(corpus, extra, error);
    if (text && !phrases_is_scorer(text, NULL))
        return take_file(corpus, text, error);
    if (vectors && record_find(&vectors->model->record, "phrases"))
        return error_set(error, N2V_ERROR_DATA,
                         "the vectors were trained on a text with joined phrases, and their file %s the phrases: take "
                         "the .n2v file of the training",
                         extra->damaged ? "has damaged" : "does not have");
    if (!text)
        return N2V_OK;
    if ((status = phrase_options_take(&corpus->phrase_options, values, NULL, error)) != N2V_OK ||
        (status = phrases_create(&corpus->phrases, error)) != N2V_OK)
        return status;
    corpus->phrases->table.tokenizer = corpus->tokenizer;
    corpus->phrases->table.tokenizer.command = NULL;
    corpus->finds_phrases = true;
    return N2V_OK;
}

void corpus_free_phrases(n2v_corpus *corpus)
{
    n2v_phrases_destroy(corpus->phrases);
    phrase_options_free(&corpus->phrase_options);
}

n2v_status corpus_check_phrases(const n2v_corpus *corpus, n2v_error *error)
{
    if (!corpus->finds_phrases || !corpus->own || n2v_ranks_count(corpus->ranks) == 1)
        return N2V_OK;
    return phrases_fail_part(settings_text(corpus->settings, "phrases"), error);
}

n2v_status corpus_phrases_hash(const n2v_corpus *corpus, uint64_t *hash, n2v_error *error)
{
    char *text;
    size_t bytes;
    n2v_status status;

    *hash = 0;
    if (!corpus->phrases || corpus->finds_phrases)
        return N2V_OK;
    if ((status = phrase_table_text(&corpus->phrases->table, &text, &bytes, error)) != N2V_OK)
        return status;
    *hash = hash_stable(text, bytes, 1);
    free(text);
    return N2V_OK;
}

const n2v_phrases *n2v_corpus_phrases(const n2v_corpus *corpus)
{
    return corpus && corpus->vocabulary ? corpus->phrases : NULL;
}
