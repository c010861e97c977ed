/* The public functions of a corpus. */
#include "api/corpus_handle.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/observer.h"
#include "api/output_handle.h"
#include "api/phrases_handle.h"
#include "api/settings_handle.h"
#include "api/structure.h"
#include "api/vectors_handle.h"
#include "base/memory.h"
#include "base/path.h"
#include "corpus/tokenize.h"
#include "corpus/unite.h"
#include "io/reader.h"
#include "noise/window.h"
#include "phrases/rewriter.h"
#include "settings/files.h"

/* The size of n2v_corpus_info in the first public header. */
#define FIRST_INFO_SIZE (offsetof(n2v_corpus_info, seconds) + sizeof(double))

static n2v_status fail_null(const char *function, const char *name, n2v_error *error)
{
    return error_set(error, N2V_ERROR_ARGUMENT, "%s: %s is NULL", function, name);
}

/* Creating -------------------------------------------------------------------------------- */

/* A file that settings name. *copy stays NULL where there is none. */
static n2v_status take_path(char **copy, const char *path, n2v_error *error)
{
    n2v_status status;

    if (!path)
        return N2V_OK;
    if ((status = reader_check(path, error)) != N2V_OK)
        return status;
    *copy = strdup(path);
    return *copy ? N2V_OK : fail_memory(error, strlen(path) + 1, "a path");
}

/* The program of a command is in the corpus's own settings. */
static n2v_status take_tokenizer(n2v_corpus *corpus, n2v_error *error)
{
    const Settings *own = corpus->settings;
    const n2v_status status =
        tokenizer_options_read(&corpus->tokenizer, settings_text(own, "tokenizer"), settings_text(own, "case"),
                               settings_text(own, "normal-form"), error);
    return status == N2V_OK ? tokenizer_options_check(&corpus->tokenizer, error) : status;
}

static n2v_status take_settings(n2v_corpus *corpus, const Settings *values, n2v_error *error)
{
    const char *heldout = settings_text(values, "heldout");
    n2v_status status = settings_copy(&corpus->settings, values, error);

    if (status != N2V_OK || (status = take_tokenizer(corpus, error)) != N2V_OK)
        return status;
    corpus->min_count = settings_integer(values, "min-count", 0);
    corpus->max_words = (size_t)settings_integer(values, "max-vocab", 0);
    corpus->drop_unseen = settings_flag(values, "drop-unseen");
    corpus->seed = settings_integer(values, "seed", 0);
    if (heldout && heldout_is_share(heldout, &corpus->heldout_share))
        heldout = NULL;
    if ((status = take_path(&corpus->heldout_path, heldout, error)) != N2V_OK || corpus->given)
        return status;
    return take_path(&corpus->read_vocab, settings_text(values, "read-vocab"), error);
}

n2v_status n2v_corpus_create(n2v_corpus **result, const n2v_settings *settings, const n2v_vectors *vectors,
                             n2v_error *error)
{
    const Settings *values;
    n2v_corpus *corpus;
    n2v_status status;

    if (!result)
        return fail_null("n2v_corpus_create", "corpus", error);
    *result = NULL;
    if (!settings)
        return error_set(error, N2V_ERROR_ARGUMENT, "a corpus needs settings for training, not NULL");
    if ((status = settings_of(settings, N2V_FOR_TRAINING, &values, error)) != N2V_OK ||
        (status = n2v_settings_check(settings, error)) != N2V_OK)
        return status;
    corpus = array_create_zero(1, sizeof *corpus);
    if (!corpus)
        return fail_memory(error, sizeof *corpus, "a corpus");
    if (vectors)
        corpus->given = vocabulary_hold(vectors->model->vocabulary);
    if ((status = take_settings(corpus, values, error)) != N2V_OK ||
        (status = corpus_take_phrases(corpus, values, vectors, error)) != N2V_OK ||
        (status = corpus_take_start(corpus, values, error)) != N2V_OK) {
        n2v_corpus_destroy(corpus);
        return status;
    }
    *result = corpus;
    return N2V_OK;
}

void n2v_corpus_destroy(n2v_corpus *corpus)
{
    if (!corpus)
        return;
    vocabulary_destroy(corpus->vocabulary);
    blocks_destroy(corpus->blocks);
    blocks_destroy(corpus->heldout);
    vocabulary_destroy(corpus->given);
    corpus_free_phrases(corpus);
    corpus_free_start(corpus);
    for (size_t i = 0; i < corpus->source_count; i++)
        free((char *)corpus->names[i]);
    free(corpus->names);
    free(corpus->all_names);
    free(corpus->sources);
    settings_destroy(corpus->settings);
    free(corpus->heldout_path);
    free(corpus->read_vocab);
    free(corpus);
}

/* Sources --------------------------------------------------------------------------------- */

/* -1: the source is not an open descriptor. */
static int descriptor_of(const TextSource *source)
{
    if (source->kind == SOURCE_DESCRIPTOR)
        return source->descriptor;
    return source->kind == SOURCE_FILE && path_is_standard(source->path) ? STDIN_FILENO : -1;
}

/* What is read from a descriptor once is not there a second time. */
static n2v_status check_once(const n2v_corpus *corpus, const TextSource *source, n2v_error *error)
{
    const int descriptor = descriptor_of(source);

    for (size_t i = 0; descriptor >= 0 && i < corpus->source_count; i++)
        if (descriptor_of(&corpus->sources[i]) == descriptor)
            return error_set(error, N2V_ERROR_ARGUMENT, "%s%s can be read only once", text_source_name(source),
                             source->kind == SOURCE_FILE ? " (-)" : "");
    return N2V_OK;
}

static n2v_status check_source(const n2v_corpus *corpus, const TextSource *source, n2v_error *error)
{
    n2v_status status;

    if (!corpus)
        return error_set(error, N2V_ERROR_ARGUMENT, "%s: the corpus to add it to is NULL", text_source_name(source));
    if (corpus->was_read)
        return error_set(error, N2V_ERROR_ARGUMENT, "%s: the corpus has been read already; add all sources before",
                         text_source_name(source));
    if ((status = text_source_check(source, error)) != N2V_OK ||
        (status = check_once(corpus, source, error)) != N2V_OK)
        return status;
    if (source->kind == SOURCE_FILE && corpus->heldout_path && path_same_file(source->path, corpus->heldout_path))
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("heldout") " %s is the same file as the input %s: nothing would be held out",
                         corpus->heldout_path, source->path);
    return N2V_OK;
}

/* Adds a source, with a copy of its name. */
static n2v_status add_source(n2v_corpus *corpus, const TextSource *source, const char *name, n2v_error *error)
{
    TextSource *added;
    n2v_status status;
    size_t count;
    char *copy;

    if ((status = check_source(corpus, source, error)) != N2V_OK)
        return status;
    count = corpus->source_count;
    if ((status = array_grow((void **)&corpus->sources, &corpus->source_room, count + 1, sizeof *corpus->sources,
                             "the sources", error)) != N2V_OK ||
        (status = array_grow((void **)&corpus->names, &corpus->name_room, count + 1, sizeof *corpus->names,
                             "the sources", error)) != N2V_OK)
        return status;
    copy = strdup(name);
    if (!copy)
        return fail_memory(error, strlen(name) + 1, "a name");
    corpus->names[count] = copy;
    added = &corpus->sources[count];
    *added = *source;
    added->path = source->kind == SOURCE_FILE ? copy : NULL;
    added->name = source->kind == SOURCE_FILE ? NULL : copy;
    corpus->source_count++;
    return N2V_OK;
}

n2v_status n2v_corpus_add_file(n2v_corpus *corpus, const char *path, n2v_error *error)
{
    return add_source(corpus, &(TextSource){.kind = SOURCE_FILE, .path = path ? path : ""}, path, error);
}

n2v_status n2v_corpus_add_descriptor(n2v_corpus *corpus, int descriptor, const char *name, n2v_error *error)
{
    const TextSource source = {.kind = SOURCE_DESCRIPTOR, .descriptor = descriptor, .name = name};
    return add_source(corpus, &source, text_source_name(&source), error);
}

n2v_status n2v_corpus_add_sentences(n2v_corpus *corpus, n2v_next_sentence next, void *context, const char *name,
                                    n2v_error *error)
{
    const TextSource source = {.kind = SOURCE_SENTENCES, .next = next, .context = context, .name = name};
    return add_source(corpus, &source, text_source_name(&source), error);
}

n2v_status n2v_corpus_share(n2v_corpus *corpus, n2v_ranks *ranks, int own, n2v_error *error)
{
    if (!corpus)
        return fail_null("n2v_corpus_share", "corpus", error);
    if (corpus->was_read)
        return error_set(error, N2V_ERROR_ARGUMENT, "the corpus has been read already; share it before");
    corpus->ranks = ranks;
    corpus->own = own;
    return N2V_OK;
}

void n2v_corpus_limit(n2v_corpus *corpus, uint64_t tokens)
{
    if (corpus)
        corpus->limit = tokens;
}

/* Reading --------------------------------------------------------------------------------- */

/* Ids of ranks are the same only with the same words and phrases. what: which of them is compared. */
static n2v_status compare_given(Ranks *ranks, uint64_t own, const char *what, n2v_error *error)
{
    size_t other;
    const n2v_status status = ranks_compare(ranks, &own, sizeof own, &other, error);

    if (status != N2V_OK || other == ranks_count(ranks))
        return status;
    return error_set(error, N2V_ERROR_DATA, "rank %zu has %s than rank 0: give the same to all ranks", other, what);
}

/* A reference to the vocabulary that was given, or NULL. Ranks with texts of their own have the same one, or all
 * fail. */
static n2v_status given_vocabulary(n2v_corpus *corpus, CorpusOptions *options, const n2v_observer *observer,
                                   n2v_error *error)
{
    Ranks *ranks = options->ranks;
    uint64_t phrases = 0;
    n2v_status status = corpus_load_start(corpus, options, observer, error);

    if (status == N2V_OK)
        status = corpus_check_phrases(corpus, error);

    if (status == N2V_OK)
        status = corpus_phrases_hash(corpus, &phrases, error);
    if (corpus->given)
        options->vocabulary = vocabulary_hold(corpus->given);
    if (status == N2V_OK && !options->vocabulary && corpus->read_vocab)
        status = vocabulary_read(&options->vocabulary, corpus->read_vocab, &options->stop, error);
    if ((status = ranks_agree(ranks, status, error)) == N2V_OK &&
        (status = ranks_agree(ranks, compare_given(ranks, options->vocabulary ? unite_hash(options->vocabulary) : 0,
                                                   "another vocabulary", error), error)) == N2V_OK &&
        (status = ranks_agree(ranks, compare_given(ranks, ranks ? corpus_start_hash(corpus) : 0,
                                                   "other vectors to start from", error), error)) == N2V_OK)
        status = ranks_agree(ranks, compare_given(ranks, phrases, "other phrases", error), error);
    if (status != N2V_OK)
        vocabulary_destroy(options->vocabulary);
    return status;
}

/* The file of held-out text, with the vocabulary that reading made. */
static n2v_status read_heldout(n2v_corpus *corpus, Corpus *text, const CorpusOptions *options, n2v_error *error)
{
    const TextSource source = {.kind = SOURCE_FILE, .path = corpus->heldout_path};
    CorpusReport report;
    n2v_status status =
        corpus_encode(&text->heldout, &report, text->vocabulary, &source, 1, options, error);

    if (status != N2V_OK)
        return status;
    text->report.heldout_words = blocks_stored_words(text->heldout);
    text->report.heldout_sentences = blocks_sentences(text->heldout);
    corpus->heldout_unknown = report.tokens - blocks_stored_words(text->heldout);
    text->report.invalid_utf8 += report.invalid_utf8;
    text->report.overlong += report.overlong;
    for (size_t kind = 0; kind < FINDINGS; kind++)
        if (!text->report.findings[kind].what)
            text->report.findings[kind] = report.findings[kind];
    return N2V_OK;
}

/* The example of a token that was cut, with its words. */
static n2v_status show_cut(n2v_corpus *corpus, n2v_error *error)
{
    const char *example = corpus->report.cut.example;
    WordList list = {.text = corpus->cut_result, .room = sizeof corpus->cut_result};
    return tokenize(&corpus->tokenizer, example, strlen(example), &list, error);
}

/* The text, and the file of held-out text. */
static n2v_status read_texts(n2v_corpus *corpus, CorpusOptions *options, const n2v_observer *observer, n2v_error *error)
{
    PhraseRewriter phrases = {.find = corpus->finds_phrases ? &corpus->phrase_options : NULL,
                              .table = corpus->phrases ? &corpus->phrases->table : NULL,
                              .reports = corpus->phrases ? corpus->phrases->reports : NULL,
                              .watch = joining_watch(observer, &options->stop)};
    const TextRewriter rewriter = {.rewrite = phrases_rewrite, .context = &phrases};
    n2v_status status;
    Corpus text = {0};

    options->rewriter = corpus->phrases ? &rewriter : NULL;
    if ((status = corpus_read(&text, corpus->sources, corpus->source_count, options, error)) != N2V_OK)
        return status;
    corpus->joined = phrases.joined;
    if (corpus->heldout_path && !options->count_only &&
        (status = read_heldout(corpus, &text, options, error)) != N2V_OK) {
        corpus_free(&text);
        return status;
    }
    corpus->vocabulary = text.vocabulary;
    corpus->blocks = text.blocks;
    corpus->heldout = text.heldout;
    corpus->report = text.report;
    return N2V_OK;
}

static n2v_status read_sources(n2v_corpus *corpus, bool count_only, const n2v_observer *given, n2v_error *error)
{
    CorpusOptions options = {.tokenizer = corpus->tokenizer,
                             .min_count = corpus->min_count,
                             .max_words = corpus->max_words,
                             .final_vocabulary = corpus->given != NULL,
                             .drop_unseen = corpus->drop_unseen,
                             .memory_limit = MEMORY_FOR_IDS,
                             .count_only = count_only,
                             .limit = corpus->limit,
                             .heldout = corpus->heldout_share,
                             .seed = corpus->seed,
                             .weighted = settings_flag(corpus->settings, "weighted"),
                             .mix_long = settings_choice(corpus->settings, "window-weights") == WINDOW_LINE,
                             .ranks = corpus->own ? ranks_of(corpus->ranks) : NULL};
    n2v_observer observer;
    n2v_status status;

    if ((status = observer_take(&observer, given, error)) != N2V_OK)
        return status;
    if (corpus->was_read)
        return error_set(error, N2V_ERROR_ARGUMENT, "the corpus has been read already: a text is read once");
    if (!corpus->source_count && !corpus->own)
        return error_set(error, N2V_ERROR_ARGUMENT, "the corpus has no text: add files or sentences");
    corpus->was_read = true;
    options.stop = observer_stop(&observer);
    options.reading = observer.reading;
    options.reading_context = observer.context;
    if ((status = given_vocabulary(corpus, &options, &observer, error)) != N2V_OK ||
        (status = read_texts(corpus, &options, &observer, error)) != N2V_OK ||
        (status = corpus_check_start(corpus, error)) != N2V_OK)
        return status;
    return show_cut(corpus, error);
}

static n2v_status join_names(n2v_corpus *corpus, n2v_error *error)
{
    char *to;

    for (size_t i = 0; i < corpus->source_count; i++)
        corpus->all_bytes += strlen(corpus->names[i]) + 1;
    corpus->all_names = to = array_create(corpus->all_bytes, 1);
    if (!to)
        return fail_memory(error, corpus->all_bytes, "the names of the sources");
    for (size_t i = 0; i < corpus->source_count; i++)
        to = stpcpy(to, corpus->names[i]) + 1;
    corpus->all_sources = corpus->source_count;
    return N2V_OK;
}

static n2v_status gather_names(n2v_corpus *corpus, n2v_error *error)
{
    Ranks *ranks = ranks_of(corpus->ranks);
    const size_t count = ranks_count(ranks);
    size_t *sizes = array_create(count, sizeof *sizes);
    unsigned char *all = NULL;
    n2v_status status;

    if (!sizes)
        return fail_memory(error, count * sizeof *sizes, "the names of the sources");
    if ((status = ranks_gather_any(ranks, corpus->all_names, corpus->all_bytes, &all, sizes, error)) == N2V_OK) {
        free(corpus->all_names);
        corpus->all_names = (char *)all;
        corpus->all_bytes = corpus->all_sources = 0;
        for (size_t r = 0; r < count; r++)
            corpus->all_bytes += sizes[r];
        for (size_t i = 0; i < corpus->all_bytes; i++)
            corpus->all_sources += !all[i];
    }
    free(sizes);
    return status;
}

/* Ranks that read the same text, or share it, have counted the same. */
static n2v_status check_same(const n2v_corpus *corpus, n2v_error *error)
{
    Ranks *ranks = ranks_of(corpus->ranks);
    const CorpusReport *report = &corpus->report;
    const uint64_t own[] = {report->tokens,        report->words,
                            report->sentences,     report->heldout_words,
                            report->heldout_sentences, unite_hash(corpus->vocabulary),
                            n2v_ranks_count(corpus->ranks) > 1 ? corpus_start_hash(corpus) : 0};
    size_t other;
    const n2v_status status = ranks_compare(ranks, own, sizeof own, &other, error);

    if (status != N2V_OK || other == ranks_count(ranks))
        return status;
    return error_set(error, N2V_ERROR_DATA,
                     "rank %zu has read another text than rank 0: give the same files to all ranks, or to each its own "
                     "share",
                     other);
}

n2v_status n2v_corpus_read(n2v_corpus *corpus, const n2v_observer *observer, n2v_error *error)
{
    n2v_status status;

    if (!corpus)
        return fail_null("n2v_corpus_read", "corpus", error);
    status = read_sources(corpus, false, observer, error);
    if (status == N2V_OK)
        status = join_names(corpus, error);
    if ((status = ranks_agree(ranks_of(corpus->ranks), status, error)) != N2V_OK)
        return status;
    status = check_same(corpus, error);
    if (status == N2V_OK && corpus->own)
        status = gather_names(corpus, error);
    return ranks_agree(ranks_of(corpus->ranks), status, error);
}

n2v_status n2v_corpus_count(n2v_corpus *corpus, const n2v_observer *observer, n2v_error *error)
{
    return corpus ? read_sources(corpus, true, observer, error) : fail_null("n2v_corpus_count", "corpus", error);
}

/* The seed chooses the sentences of a held-out share. */
static bool decides_reading(const n2v_corpus *corpus, const Setting *setting)
{
    return setting->stage == N2V_STAGE_TEXT || (corpus->heldout_share > 0 && strcmp(setting->name, "seed") == 0);
}

n2v_status corpus_check_settings(const n2v_corpus *corpus, const Settings *values, n2v_error *error)
{
    for (size_t i = 0; i < setting_count(N2V_FOR_TRAINING); i++) {
        const Setting *setting = setting_at(N2V_FOR_TRAINING, i);
        const char *name = setting->name, *read = settings_text(corpus->settings, name);
        const char *given = settings_text(values, name);
        if (decides_reading(corpus, setting) && read != given && (!read || !given || strcmp(read, given) != 0))
            return error_set(error, N2V_ERROR_ARGUMENT,
                             "\1%s\2 is %s, but the text was read with %s: give the trainer the settings of the corpus",
                             name, given ? given : "not set", read ? read : "no value");
    }
    return N2V_OK;
}

/* What reading made ----------------------------------------------------------------------- */

static const char *text_or_null(const char *text)
{
    return *text ? text : NULL;
}

n2v_status n2v_corpus_describe(const n2v_corpus *corpus, n2v_corpus_info *info, n2v_error *error)
{
    const CorpusReport *report;
    n2v_status status;

    if (!corpus || !info)
        return fail_null("n2v_corpus_describe", corpus ? "info" : "corpus", error);
    if ((status = structure_check(info->size, FIRST_INFO_SIZE, "n2v_corpus_info", error)) != N2V_OK)
        return status;
    report = &corpus->report;
    const n2v_corpus_info known = {
        .size = info->size,
        .bytes = report->bytes,
        .lines = report->lines,
        .tokens = report->tokens,
        .types = report->types,
        .vocabulary = corpus->vocabulary ? vocabulary_size(corpus->vocabulary) : 0,
        .words = report->words,
        .sentences = report->sentences,
        .heldout_words = report->heldout_words,
        .heldout_sentences = report->heldout_sentences,
        .heldout_unknown = corpus->heldout_unknown,
        .invalid_utf8 = report->invalid_utf8,
        .overlong = report->overlong,
        .seconds = report->seconds,
        .given = corpus->vocabulary && (corpus->given || corpus->read_vocab || corpus_has_start_counts(corpus)),
        .dropped = corpus->drop_unseen && !corpus->given,
        .unseen = report->unseen.words,
        .unseen_word = text_or_null(report->unseen.word),
        .cut_tokens = report->cut.tokens,
        .cut_words = report->cut.words,
        .cut_underscores = report->cut.underscores,
        .cut_example = text_or_null(report->cut.example),
        .cut_result = text_or_null(corpus->cut_result),
        .source_bytes = report->source_bytes,
        .source_bytes_total = report->source_bytes_total,
        .text_tokens = report->text_tokens,
        .joined = corpus->joined,
        .start_words = corpus->start_words,
        .warnings = corpus_count_warnings(corpus),
        .weighted = report->weighted,
        .plain_words = report->plain_words,
    };
    structure_hand_out(info, info->size, &known, sizeof known);
    return N2V_OK;
}

static bool has_word(const n2v_corpus *corpus, uint32_t id)
{
    return corpus && corpus->vocabulary && id < vocabulary_size(corpus->vocabulary);
}

const char *n2v_corpus_word(const n2v_corpus *corpus, uint32_t id, size_t *bytes)
{
    return has_word(corpus, id) ? vocabulary_word(corpus->vocabulary, id, bytes) : NULL;
}

uint64_t n2v_corpus_word_count(const n2v_corpus *corpus, uint32_t id)
{
    return has_word(corpus, id) ? vocabulary_count(corpus->vocabulary, id) : 0;
}

n2v_status n2v_output_vocabulary(n2v_output *output, const n2v_corpus *corpus, n2v_error *error)
{
    Writer *writer;
    n2v_status status;

    if (!output || !corpus)
        return fail_null("n2v_output_vocabulary", output ? "corpus" : "output", error);
    if (!corpus->vocabulary)
        return error_set(error, N2V_ERROR_ARGUMENT, "the corpus has no vocabulary: read it first");
    if ((status = output_writer(output, &writer, error)) != N2V_OK)
        return status;
    return vocabulary_write(corpus->vocabulary, writer, error);
}
