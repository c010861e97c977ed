#include "corpus/corpus.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/path.h"
#include "base/random.h"
#include "io/reader.h"

#define READING_SECONDS 0.2

/* Ids on their way into blocks. The last one waits: a sentence may end after it. */
typedef struct stream {
    Blocks *blocks; /* NULL: not wanted */
    Id run[BATCH_TOKENS + 1];
    size_t waiting; /* 0 or 1 */
} stream;

/* One reading of the files. */
typedef struct pass {
    const CorpusOptions *options;
    CorpusReport *report;
    Tokenizer *tokenizer;
    Vocabulary *vocabulary;  /* that counts the words */
    const Vocabulary *given; /* words are only looked up in it; NULL: they are counted */
    stream training, heldout;
    uint64_t sentence; /* the number of the one being read */
    bool keep_out;     /* it */
    uint64_t known;
    uint64_t bytes_done, bytes_total; /* of the files as they are */
    double start, told;
    Id ids[BATCH_TOKENS];
} pass;

/* The bytes of all files, 0 when one of them has no size. */
static uint64_t total_bytes(const char *const *paths, size_t count)
{
    uint64_t total = 0;
    for (size_t i = 0; i < count; i++) {
        struct stat info;
        if (path_is_standard(paths[i]) || stat(paths[i], &info) != 0 || !S_ISREG(info.st_mode))
            return 0;
        total += (uint64_t)info.st_size;
    }
    return total;
}

static n2v_status interrupted(n2v_error *error)
{
    return error_set(error, N2V_ERROR_INTERRUPTED, "interrupted while reading the text");
}

static void tell(pass *p, const Reader *reader)
{
    const double now = seconds_now();
    if (!p->options->reading || now - p->told < READING_SECONDS)
        return;
    p->told = now;
    p->options->reading(p->options->reading_context,
                        &(Reading){.tokens = tokenizer_count(p->tokenizer).tokens,
                                   .bytes = p->bytes_done + (reader ? reader_position(reader) : 0),
                                   .bytes_total = p->bytes_total,
                                   .seconds = now - p->start});
}

/* Whether the sentence that begins is kept out. */
static void begin_sentence(pass *p)
{
    Random random;

    random_seed(&random, p->options->seed, p->sentence, 0, STREAM_HELDOUT);
    p->keep_out = (double)(random_next(&random) >> 11) * 0x1p-53 < p->options->heldout;
}

/* Ids of words that do not count: those of sentences kept out. */
static n2v_status identify(pass *p, const char *text, const Span *spans, size_t count, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t i = 0; i < count && status == N2V_OK; i++) {
        p->ids[i] = NO_ID;
        if (spans[i].length)
            status = vocabulary_add(p->vocabulary, text + spans[i].begin, spans[i].length, 0, &p->ids[i], error);
    }
    return status;
}

/* Words to ids, and the ids to the stream's blocks. */
static n2v_status take_spans(pass *p, stream *to, const char *text, const Span *spans, size_t count, n2v_error *error)
{
    n2v_status status = N2V_OK;
    size_t used = to->waiting;

    if (p->given)
        vocabulary_find_spans(p->given, text, spans, count, p->ids);
    else if (to == &p->heldout)
        status = identify(p, text, spans, count, error);
    else
        status = vocabulary_add_spans(p->vocabulary, text, spans, count, p->ids, error);
    if (status != N2V_OK || (!to->blocks && !p->given))
        return status;
    for (size_t i = 0; i < count; i++) {
        const Id id = p->ids[i];
        if (!spans[i].length) {
            if (used)
                to->run[used - 1] |= SENTENCE_END;
            continue;
        }
        to->run[used] = id;
        used += id != NO_ID;
    }
    p->known += used - to->waiting;
    if (!to->blocks || !used)
        return N2V_OK;
    status = blocks_append(to->blocks, to->run, used - 1, error);
    to->run[0] = to->run[used - 1];
    to->waiting = 1;
    return status;
}

/* All tokens go to training, or each sentence where it belongs. */
static n2v_status take_tokens(pass *p, const Tokens *tokens, n2v_error *error)
{
    n2v_status status = N2V_OK;

    if (!(p->options->heldout > 0))
        return take_spans(p, &p->training, tokens->text, tokens->spans, tokens->count, error);
    for (size_t from = 0, to = 0; from < tokens->count && status == N2V_OK; from = to) {
        const bool keep_out = p->keep_out;
        while (to < tokens->count && p->keep_out == keep_out) {
            if (!tokens->spans[to++].length) {
                p->sentence++;
                begin_sentence(p);
            }
        }
        status =
            take_spans(p, keep_out ? &p->heldout : &p->training, tokens->text, tokens->spans + from, to - from, error);
    }
    return status;
}

static n2v_status take_bytes(pass *p, const unsigned char *bytes, size_t count, n2v_error *error)
{
    n2v_status status = N2V_OK;
    while (count && status == N2V_OK) {
        Tokens tokens;
        const size_t taken = tokenizer_feed(p->tokenizer, bytes, count, &tokens);
        bytes += taken;
        count -= taken;
        status = take_tokens(p, &tokens, error);
    }
    return status;
}

static n2v_status read_file(pass *p, const char *path, n2v_error *error)
{
    const uint64_t before = p->report->bytes;
    Tokens tokens;
    Reader *reader;
    n2v_status status = reader_open(&reader, path, &p->options->stop, error);

    if (status != N2V_OK)
        return status;
    for (;;) {
        const unsigned char *bytes;
        size_t count;
        if ((status = reader_next(reader, &bytes, &count, error)) != N2V_OK)
            goto out;
        if (!count)
            break;
        p->report->bytes += count;
        if ((status = take_bytes(p, bytes, count, error)) != N2V_OK)
            goto out;
        if (stop_requested(&p->options->stop)) {
            status = interrupted(error);
            goto out;
        }
        tell(p, reader);
    }
    if (p->report->bytes == before) {
        status = error_set(error, N2V_ERROR_DATA, "%s is empty: give text", path_input_name(path));
        goto out;
    }
    tokenizer_end(p->tokenizer, &tokens);
    status = take_tokens(p, &tokens, error);
    p->bytes_done += reader_position(reader);
out:
    reader_close(reader);
    return status;
}

static n2v_status finish_stream(stream *from, const Id *map, const Stop *stop, n2v_error *error)
{
    n2v_status status = N2V_OK;

    if (!from->blocks)
        return N2V_OK;
    if (from->waiting)
        status = blocks_append(from->blocks, from->run, 1, error);
    return status == N2V_OK ? blocks_finish(from->blocks, map, stop, error) : status;
}

/* Sorts and prunes the vocabulary, and gives the ids their final numbers. */
static n2v_status finish(pass *p, n2v_error *error)
{
    const CorpusOptions *options = p->options;
    const bool uncounted = options->heldout > 0 && !p->given && !options->min_count; /* must not become words */
    n2v_status status = N2V_OK;
    Id *map = NULL;

    if (p->vocabulary)
        status = vocabulary_finish(p->vocabulary, uncounted ? 1 : options->min_count, options->max_words,
                                   p->training.blocks ? &map : NULL, error);
    if (status == N2V_OK)
        status = finish_stream(&p->training, map, &options->stop, error);
    if (status == N2V_OK)
        status = finish_stream(&p->heldout, map, &options->stop, error);
    free(map);
    return status;
}

static n2v_status check_result(const pass *p, const char *first, size_t files, uint64_t most, n2v_error *error)
{
    const char *others = files > 1 ? " and the other files" : "";
    const CorpusReport *report = p->report;
    const Vocabulary *vocabulary = p->vocabulary ? p->vocabulary : p->given;

    if (!report->tokens && report->overlong)
        return error_set(error, N2V_ERROR_DATA, "there is no word in %s%s: all %" PRIu64 " are longer than %d bytes",
                         path_input_name(first), others, report->overlong, MAX_TOKEN_BYTES);
    if (!report->tokens)
        return error_set(error, N2V_ERROR_DATA, "there is no word in %s%s: only %s", path_input_name(first), others,
                         p->options->tokenizer == TOKENIZER_WORDS ? "space, signs and malformed bytes" : "white space");
    if (!vocabulary_size(vocabulary))
        return error_set(error, N2V_ERROR_DATA,
                         "no word reaches the minimum count of %" PRIu64 ": the most frequent one stands %" PRIu64
                         " times; lower the minimum count or give more text",
                         p->options->min_count, most);
    if (p->given && (p->training.blocks ? !blocks_words(p->training.blocks) : !p->known))
        return error_set(
            error, N2V_ERROR_DATA,
            "the vocabulary shares no word with %s%s: was it made from this text, with the same tokenizer?",
            path_input_name(first), others);
    if (p->heldout.blocks && !blocks_words(p->heldout.blocks))
        return error_set(error, N2V_ERROR_DATA,
                         "nothing is held out: a share of %g of %" PRIu64
                         " sentences has no word of the vocabulary; hold out more, or give more text",
                         p->options->heldout, p->sentence);
    return N2V_OK;
}

static void fill_report(pass *p)
{
    const TokenizerCounts counts = tokenizer_count(p->tokenizer);
    CorpusReport *report = p->report;

    report->lines = counts.lines;
    report->tokens = counts.tokens;
    report->invalid_utf8 = counts.invalid_utf8;
    report->overlong = counts.overlong;
    report->types = vocabulary_size(p->vocabulary ? p->vocabulary : p->given); /* not pruned yet */
}

static uint64_t highest_count(const Vocabulary *vocabulary)
{
    uint64_t most = 0;
    for (size_t id = 0; id < vocabulary_size(vocabulary); id++) {
        const uint64_t count = vocabulary_count(vocabulary, (Id)id);
        if (count > most)
            most = count;
    }
    return most;
}

static n2v_status create_blocks(pass *p, n2v_error *error)
{
    const CorpusOptions *options = p->options;
    const double kept_out = options->heldout > 0 ? options->heldout : 0;
    const size_t part = (size_t)((double)options->memory_limit * kept_out);
    n2v_status status = N2V_OK;

    if (options->count_only)
        return N2V_OK;
    if (kept_out > 0)
        status = blocks_create(&p->heldout.blocks, part, options->temporary_folder, error);
    if (status == N2V_OK)
        status = blocks_create(&p->training.blocks, options->memory_limit - part, options->temporary_folder, error);
    return status;
}

static n2v_status read_files(pass *p, const char *const *paths, size_t count, n2v_error *error)
{
    const CorpusOptions *options = p->options;
    n2v_status status;
    uint64_t most;

    p->start = p->told = seconds_now();
    p->tokenizer = tokenizer_create(options->tokenizer);
    if (!p->given && !p->vocabulary)
        p->vocabulary = vocabulary_create();
    if (!p->tokenizer || (!p->given && !p->vocabulary))
        return fail_memory(error, 0, "reading the text");
    if ((status = create_blocks(p, error)) != N2V_OK)
        return status;
    p->bytes_total = total_bytes(paths, count);
    begin_sentence(p);
    for (size_t i = 0; i < count; i++)
        if ((status = read_file(p, paths[i], error)) != N2V_OK)
            return status;
    fill_report(p);
    most = p->vocabulary ? highest_count(p->vocabulary) : 0;
    if ((status = finish(p, error)) != N2V_OK)
        return status;
    p->report->seconds = seconds_now() - p->start;
    if (stop_requested(&options->stop))
        return interrupted(error);
    return check_result(p, count ? paths[0] : "-", count, most, error);
}

n2v_status corpus_read(Corpus *corpus, const char *const *paths, size_t count, const CorpusOptions *options,
                       n2v_error *error)
{
    pass *p = array_create_zero(1, sizeof *p);
    n2v_status status;

    memset(corpus, 0, sizeof *corpus);
    if (!p) {
        vocabulary_destroy(options->vocabulary);
        return fail_memory(error, sizeof *p, "reading the text");
    }
    p->options = options;
    p->report = &corpus->report;
    p->given = p->vocabulary = options->vocabulary;
    status = read_files(p, paths, count, error);
    corpus->vocabulary = p->vocabulary;
    corpus->blocks = p->training.blocks;
    corpus->heldout = p->heldout.blocks;
    tokenizer_destroy(p->tokenizer);
    free(p);
    if (status != N2V_OK)
        corpus_free(corpus);
    return status;
}

n2v_status corpus_encode(Blocks **blocks, CorpusReport *report, const Vocabulary *vocabulary, const char *const *paths,
                         size_t count, const CorpusOptions *options, n2v_error *error)
{
    CorpusOptions reading = *options;
    pass *p = array_create_zero(1, sizeof *p);
    n2v_status status;

    *blocks = NULL;
    memset(report, 0, sizeof *report);
    if (!p)
        return fail_memory(error, sizeof *p, "reading the text");
    reading.count_only = false;
    reading.heldout = 0;
    p->options = &reading;
    p->report = report;
    p->given = vocabulary;
    status = read_files(p, paths, count, error);
    if (status == N2V_OK)
        *blocks = p->training.blocks;
    else
        blocks_destroy(p->training.blocks);
    tokenizer_destroy(p->tokenizer);
    free(p);
    return status;
}

void corpus_free(Corpus *corpus)
{
    vocabulary_destroy(corpus->vocabulary);
    blocks_destroy(corpus->blocks);
    blocks_destroy(corpus->heldout);
    memset(corpus, 0, sizeof *corpus);
}
