/* corpus_start.c - what a corpus needs of the vectors that a training starts from: their words, counts and phrases. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "api/corpus_handle.h"
#include "api/rate_list.h"
#include "api/start.h"
#include "base/hash.h"
#include "corpus/unite.h"
#include "io/reader.h"
#include "model/formats/format.h"
#include "settings/files.h"

/* A file of words; only whether it can be read, and is in order. */
static n2v_status check_list(const char *path, bool with_factors, n2v_error *error)
{
    RateList list;
    const n2v_status status = path ? rate_list_read(&list, path, with_factors, error) : N2V_OK;

    if (path && status == N2V_OK)
        rate_list_free(&list);
    return status;
}

/* Whether the vectors can be read, which may be in a folder. */
static n2v_status check_vectors(const char *path, n2v_error *error)
{
    char *first;
    n2v_status status = format_first(path, &first, error);

    if (status != N2V_OK)
        return status;
    status = reader_check(first, error);
    free(first);
    return status;
}

n2v_status corpus_take_start(n2v_corpus *corpus, const Settings *values, n2v_error *error)
{
    const char *path = settings_text(values, "start"), *freeze = settings_text(values, "freeze");
    n2v_status status;

    if (corpus->given) /* of vectors: a checkpoint's, or of vectors that are evaluated */
        return N2V_OK;
    if ((status = check_list(freeze_is_file(freeze) ? freeze : NULL, false, error)) != N2V_OK ||
        (status = check_list(settings_text(values, "lr-of"), true, error)) != N2V_OK || !path)
        return status;
    corpus->start = array_create_zero(1, sizeof *corpus->start);
    if (!corpus->start)
        return fail_memory(error, sizeof *corpus->start, "the vectors to start from");
    return check_vectors(path, error);
}

void corpus_free_start(n2v_corpus *corpus)
{
    if (!corpus->start)
        return;
    n2v_vectors_destroy(atomic_load(&corpus->start->vectors));
    vocabulary_destroy(corpus->start->words.words ? (Vocabulary *)corpus->start->words.words : NULL);
    free(corpus->start);
}

/* Whether the words have counts: of a file without them all are 0. */
static bool has_counts(const Vocabulary *words)
{
    return vocabulary_total(words) > 0;
}

static n2v_status take_words(n2v_corpus *corpus, const n2v_vectors *vectors, VocabularyFrom from,
                             CorpusOptions *options, n2v_error *error)
{
    CorpusStart *start = corpus->start;
    n2v_status status;

    start->words = (StartWords){.words = vocabulary_hold(vectors->model->vocabulary), .only = from == VOCABULARY_OLD};
    if (from == VOCABULARY_NEW)
        return N2V_OK;
    if (from == VOCABULARY_BOTH || !has_counts(start->words.words)) {
        options->start = &start->words;
        return N2V_OK;
    }
    options->vocabulary = vocabulary_create();
    if (!options->vocabulary)
        return fail_memory(error, 0, "a vocabulary");
    options->min_count = options->max_words = 0;
    if ((status = start_words_add(options->vocabulary, &start->words, true, error)) != N2V_OK) {
        vocabulary_destroy(options->vocabulary);
        options->vocabulary = NULL;
    }
    return status;
}

n2v_status corpus_load_start(n2v_corpus *corpus, CorpusOptions *options, const n2v_observer *observer, n2v_error *error)
{
    const Settings *values = corpus->settings;
    n2v_vectors *vectors;
    n2v_status status;

    if (!corpus->start)
        return N2V_OK;
    if ((status = n2v_vectors_load(&vectors, settings_text(values, "start"), observer, error)) != N2V_OK)
        return status;
    atomic_store(&corpus->start->vectors, vectors);
    if ((status = start_check_model(vectors->model, values, error)) != N2V_OK)
        return status;
    if (!settings_text(values, "phrases") && (status = corpus_take_phrases(corpus, values, vectors, error)) != N2V_OK)
        return status;
    return take_words(corpus, vectors, (VocabularyFrom)settings_choice(values, "vocabulary"), options, error);
}

bool corpus_has_start_counts(const n2v_corpus *corpus)
{
    return corpus->start && corpus->start->words.only && has_counts(corpus->start->words.words);
}

/* Words of the text that the vectors have: of a vocabulary that begins with theirs, those that the text has. */
static size_t count_common(const n2v_corpus *corpus)
{
    const Vocabulary *words = corpus->start->words.words;
    size_t common = 0;

    for (size_t id = 0; id < vocabulary_size(corpus->vocabulary); id++) {
        size_t bytes;
        const char *word = vocabulary_word(corpus->vocabulary, (Id)id, &bytes);
        common += vocabulary_find(words, word, bytes) != NO_ID;
    }
    return common;
}

n2v_status corpus_check_start(n2v_corpus *corpus, n2v_error *error)
{
    const Settings *values = corpus->settings;
    const bool kept = settings_choice(values, "vocabulary") != VOCABULARY_NEW && !settings_flag(values, "drop-unseen");

    if (!corpus->start)
        return N2V_OK;
    corpus->start_words = count_common(corpus);
    if (corpus->start_words > (kept ? corpus->report.unseen.words : 0))
        return N2V_OK;
    return error_set(error, N2V_ERROR_DATA,
                     "%s: the vectors to start from have no word of the text: were they trained with the same "
                     SETTING("tokenizer") "?",
                     settings_text(values, "start"));
}

uint64_t corpus_start_hash(const n2v_corpus *corpus)
{
    const n2v_vectors *vectors = corpus->start ? atomic_load(&corpus->start->vectors) : NULL;
    const Model *model = vectors ? vectors->model : NULL;
    uint64_t hash = model ? unite_hash(model->vocabulary) : 0;

    for (size_t row = 0; model && row < model->words; row++)
        hash = hash_stable((const char *)(model->input + row * model->stride), model->dim * sizeof(float), hash);
    return hash;
}

n2v_status corpus_start_vectors(const n2v_corpus *corpus, n2v_vectors **vectors, n2v_error *error)
{
    *vectors = corpus->start ? atomic_exchange(&corpus->start->vectors, NULL) : NULL;
    return *vectors ? N2V_OK : n2v_vectors_load(vectors, settings_text(corpus->settings, "start"), NULL, error);
}
