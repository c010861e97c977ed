/* phrases.c - the public functions of phrases. */
#include <stddef.h>
#include <stdlib.h>

#include "api/corpus_handle.h"
#include "api/observer.h"
#include "api/output_handle.h"
#include "api/phrases_handle.h"
#include "api/settings_handle.h"
#include "api/structure.h"
#include "base/memory.h"
#include "nce2vec.h"
#include "phrases/join.h"

/* The sizes in the first public header. */
#define FIRST_INFO   (offsetof(n2v_phrases_info, tokenizer) + sizeof(char *))
#define FIRST_PASS   (offsetof(n2v_phrases_pass, overlong) + sizeof(uint64_t))
#define FIRST_PHRASE (offsetof(n2v_phrase, score) + sizeof(double))

static n2v_status fail_null(const char *function, const char *name, n2v_error *error)
{
    return error_set(error, N2V_ERROR_ARGUMENT, "%s: %s is NULL", function, name);
}

/* A word that has no id would be missing in the joined text, and pairs would be found across it. */
static n2v_status check_corpus(const n2v_corpus *corpus, n2v_error *error)
{
    if (!corpus->blocks)
        return error_set(error, N2V_ERROR_ARGUMENT, "the corpus has no text yet: call n2v_corpus_read first");
    if (corpus->phrases)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "the corpus has joined phrases already: read it without " SETTING("phrases"));
    if (blocks_words(corpus->blocks) != corpus->report.tokens)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "the corpus has skipped words, and phrases need all of them: read it with " SETTING(
                             "min-count") " 1, without " SETTING("max-vocab") ", " SETTING("heldout") " and a given "
                                                                                                      "vocabulary");
    return N2V_OK;
}

/* Creating -------------------------------------------------------------------------------- */

n2v_status phrases_create(n2v_phrases **phrases, n2v_error *error)
{
    *phrases = array_create_zero(1, sizeof **phrases);
    return *phrases ? N2V_OK : fail_memory(error, sizeof **phrases, "the phrases");
}

JoiningWatch joining_watch(const n2v_observer *observer, const Stop *stop)
{
    return (JoiningWatch){.stop = stop, .joining = observer->joining, .context = observer->context};
}

static n2v_status find(n2v_phrases *phrases, const n2v_corpus *corpus, const Settings *values,
                       const JoiningWatch *watch, n2v_error *error)
{
    PhraseOptions options;
    n2v_status status = phrase_options_take(&options, values, watch->stop, error);

    if (status != N2V_OK)
        return status;
    phrases->table.tokenizer = corpus->tokenizer;
    phrases->table.tokenizer.command = NULL;
    status =
        phrases_find(&phrases->table, phrases->reports, corpus->vocabulary, corpus->blocks, &options, watch, error);
    phrase_options_free(&options);
    return status;
}

n2v_status n2v_phrases_find(n2v_phrases **phrases, const n2v_corpus *corpus, const n2v_settings *settings,
                            const n2v_observer *observer, n2v_error *error)
{
    const Settings *values;
    n2v_phrases *found;
    n2v_observer copy;
    JoiningWatch watch;
    Stop stop;
    n2v_status status;

    if (!phrases)
        return fail_null("n2v_phrases_find", "phrases", error);
    *phrases = NULL;
    if (!corpus)
        return fail_null("n2v_phrases_find", "corpus", error);
    if ((status = settings_of(settings, N2V_FOR_PHRASES, &values, error)) != N2V_OK ||
        (status = observer_take(&copy, observer, error)) != N2V_OK ||
        (status = check_corpus(corpus, error)) != N2V_OK || (status = phrases_create(&found, error)) != N2V_OK)
        return status;
    stop = observer_stop(&copy);
    watch = joining_watch(&copy, &stop);
    if ((status = find(found, corpus, values, &watch, error)) != N2V_OK)
        n2v_phrases_destroy(found);
    else
        *phrases = found;
    return status;
}

n2v_status n2v_phrases_load(n2v_phrases **phrases, const char *path, const n2v_observer *observer, n2v_error *error)
{
    n2v_phrases *loaded;
    n2v_observer copy;
    Stop stop;
    n2v_status status;

    if (!phrases)
        return fail_null("n2v_phrases_load", "phrases", error);
    *phrases = NULL;
    if (!path)
        return fail_null("n2v_phrases_load", "path", error);
    if ((status = observer_take(&copy, observer, error)) != N2V_OK ||
        (status = phrases_create(&loaded, error)) != N2V_OK)
        return status;
    stop = observer_stop(&copy);
    if ((status = phrase_table_read(&loaded->table, path, &stop, error)) != N2V_OK)
        n2v_phrases_destroy(loaded);
    else
        *phrases = loaded;
    return status;
}

void n2v_phrases_destroy(n2v_phrases *phrases)
{
    if (!phrases)
        return;
    phrase_table_free(&phrases->table);
    free(phrases);
}

/* What they are --------------------------------------------------------------------------- */

n2v_status n2v_phrases_describe(const n2v_phrases *phrases, n2v_phrases_info *info, n2v_error *error)
{
    n2v_status status;

    if (!phrases || !info)
        return fail_null("n2v_phrases_describe", phrases ? "info" : "phrases", error);
    if ((status = structure_check(info->size, FIRST_INFO, "n2v_phrases_info", error)) != N2V_OK)
        return status;
    const n2v_phrases_info filled = {
        .size = info->size,
        .phrases = phrases->table.count,
        .passes = phrases->table.passes,
        .delimiter = phrases->table.delimiter,
        .tokenizer = tokenizer_kind_name(phrases->table.tokenizer.kind),
        .letter_case = tokenizer_case_name(&phrases->table.tokenizer),
        .normal_form = tokenizer_form_name(&phrases->table.tokenizer),
    };
    structure_hand_out(info, info->size, &filled, sizeof filled);
    return N2V_OK;
}

n2v_status n2v_phrases_describe_pass(const n2v_phrases *phrases, size_t pass, n2v_phrases_pass *info, n2v_error *error)
{
    const PassReport *report;
    n2v_status status;

    if (!phrases || !info)
        return fail_null("n2v_phrases_describe_pass", phrases ? "info" : "phrases", error);
    if ((status = structure_check(info->size, FIRST_PASS, "n2v_phrases_pass", error)) != N2V_OK)
        return status;
    if (pass >= phrases->table.passes)
        return error_set(error, N2V_ERROR_ARGUMENT, "there is no pass %zu: there are %zu, counted from 0", pass,
                         phrases->table.passes);
    report = &phrases->reports[pass];
    const n2v_phrases_pass filled = {
        .size = info->size,
        .phrases = phrases->table.ends[pass] - phrase_table_begin(&phrases->table, pass),
        .tokens = report->tokens,
        .pairs = report->pairs,
        .dropped = report->dropped,
        .max_error = report->bound,
        .overlong = report->overlong,
    };
    structure_hand_out(info, info->size, &filled, sizeof filled);
    return N2V_OK;
}

n2v_status n2v_phrases_at(const n2v_phrases *phrases, size_t index, n2v_phrase *phrase, n2v_error *error)
{
    size_t pass = 0;
    n2v_status status;

    if (!phrases || !phrase)
        return fail_null("n2v_phrases_at", phrases ? "phrase" : "phrases", error);
    if ((status = structure_check(phrase->size, FIRST_PHRASE, "n2v_phrase", error)) != N2V_OK)
        return status;
    if (index >= phrases->table.count)
        return error_set(error, N2V_ERROR_ARGUMENT, "there is no phrase %zu: there are %zu, counted from 0", index,
                         phrases->table.count);
    while (index >= phrases->table.ends[pass])
        pass++;
    const n2v_phrase filled = {
        .size = phrase->size,
        .text = phrase_text(&phrases->table, index),
        .pass = pass,
        .count = phrases->table.phrases[index].count,
        .score = phrases->table.phrases[index].score,
    };
    structure_hand_out(phrase, phrase->size, &filled, sizeof filled);
    return N2V_OK;
}

/* Writing --------------------------------------------------------------------------------- */

n2v_status n2v_output_phrases(n2v_output *output, const n2v_phrases *phrases, n2v_error *error)
{
    Writer *writer;
    n2v_status status;

    if (!output || !phrases)
        return fail_null("n2v_output_phrases", output ? "phrases" : "output", error);
    if ((status = output_writer(output, &writer, error)) != N2V_OK)
        return status;
    return phrase_table_write(&phrases->table, writer, error);
}

n2v_status n2v_output_joined(n2v_output *output, const n2v_corpus *corpus, const n2v_phrases *phrases, uint64_t *tokens,
                             uint64_t *joined, n2v_error *error)
{
    JoinReport report;
    JoiningWatch watch;
    Writer *writer;
    n2v_status status;

    if (!output || !corpus || !phrases)
        return fail_null("n2v_output_joined", !output ? "output" : corpus ? "phrases" : "corpus", error);
    if ((status = output_writer(output, &writer, error)) != N2V_OK || (status = check_corpus(corpus, error)) != N2V_OK)
        return status;
    watch = joining_watch(&output->observer, &output->stop);
    if ((status = phrases_write(&phrases->table, corpus->vocabulary, corpus->blocks, &watch, writer, &report, error)) !=
        N2V_OK)
        return status;
    if (tokens)
        *tokens = report.tokens;
    if (joined)
        *joined = report.joined;
    return N2V_OK;
}
