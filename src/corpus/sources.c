#include "corpus/sources.h"

#include <string.h>

#include "base/clock.h"
#include "base/path.h"
#include "corpus/sentences.h"
#include "io/reader.h"

#define READING_SECONDS 0.2 /* between two reports */

/* One reading of the sources. */
typedef struct pass {
    const SourcesOptions *options;
    TakeTokens take;
    void *context;
    Tokenizer *tokenizer;
    SourcesCounts done;     /* of the sources that are read */
    uint64_t bytes_done;    /* of their files as they are */
    uint64_t bytes_total;   /* of all files as they are */
    double start, reported; /* when */
    uint64_t lines;         /* of the source that is being read, where they are told apart */
    bool in_line;           /* it has bytes after the last line feed */
} pass;

const char *text_source_name(const TextSource *source)
{
    if (source->name)
        return source->name;
    switch (source->kind) {
    case SOURCE_FILE:
        return path_input_name(source->path);
    case SOURCE_DESCRIPTOR:
        return "the file descriptor";
    case SOURCE_SENTENCES:
        break;
    }
    return "the source of sentences";
}

n2v_status text_source_check(const TextSource *source, n2v_error *error)
{
    switch (source->kind) {
    case SOURCE_FILE:
        return reader_check(source->path, error);
    case SOURCE_DESCRIPTOR:
        return reader_check_descriptor(source->descriptor, text_source_name(source), error);
    case SOURCE_SENTENCES:
        break;
    }
    if (!source->next)
        return error_set(error, N2V_ERROR_ARGUMENT, "%s: there is no function that hands over sentences",
                         text_source_name(source));
    return N2V_OK;
}

/* The bytes of all files, 0 when one of the sources has no size. */
static uint64_t total_bytes(const TextSource *sources, size_t count)
{
    uint64_t total = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t bytes = 0;
        if (sources[i].kind == SOURCE_FILE)
            bytes = reader_bytes(sources[i].path);
        else if (sources[i].kind == SOURCE_DESCRIPTOR)
            bytes = reader_bytes_of_descriptor(sources[i].descriptor);
        if (!bytes)
            return 0;
        total += bytes;
    }
    return total;
}

static n2v_status interrupted(n2v_error *error)
{
    return error_set(error, N2V_ERROR_INTERRUPTED, "interrupted while reading the text");
}

static n2v_status fail_empty(const TextSource *source, n2v_error *error)
{
    return error_set(error, N2V_ERROR_DATA, "%s is empty: give text", text_source_name(source));
}

static void report(pass *p, double now, uint64_t tokens, uint64_t bytes)
{
    if (!p->options->reading || now - p->reported < READING_SECONDS)
        return;
    p->reported = now;
    p->options->reading(p->options->reading_context, &(n2v_reading){.tokens = p->done.tokens + tokens,
                                                                .bytes = p->bytes_done + bytes,
                                                                .bytes_total = p->bytes_total,
                                                                .seconds = now - p->start});
}

/* Files ----------------------------------------------------------------------------------- */

static n2v_status take_bytes(pass *p, const unsigned char *bytes, size_t count, n2v_error *error)
{
    n2v_status status = N2V_OK;
    while (count && status == N2V_OK) {
        Tokens tokens;
        const size_t taken = tokenizer_feed(p->tokenizer, bytes, count, &tokens);
        bytes += taken;
        count -= taken;
        status = p->take(p->context, &tokens, error);
    }
    return status;
}

/* The same line by line. */
static n2v_status take_lines(pass *p, const TextSource *source, const unsigned char *bytes, size_t count,
                             n2v_error *error)
{
    const TakeLines *lines = p->options->lines;
    n2v_status status = N2V_OK;

    if (!lines)
        return take_bytes(p, bytes, count, error);
    while (count && status == N2V_OK) {
        const unsigned char *end = memchr(bytes, '\n', count);
        const size_t some = end ? (size_t)(end - bytes) + 1 : count;
        if ((status = take_bytes(p, bytes, some, error)) == N2V_OK && end)
            status = lines->line(p->context, text_source_name(source), ++p->lines, error);
        p->in_line = !end;
        bytes += some;
        count -= some;
    }
    return status == N2V_OK ? lines->pause(p->context, error) : status;
}

/* The last token, and a last line without a line feed. */
static n2v_status end_file(pass *p, const TextSource *source, n2v_error *error)
{
    Tokens tokens;
    n2v_status status;

    tokenizer_end(p->tokenizer, &tokens);
    if ((status = p->take(p->context, &tokens, error)) != N2V_OK || !p->options->lines)
        return status;
    if (p->in_line)
        status = p->options->lines->line(p->context, text_source_name(source), p->lines + 1, error);
    return status == N2V_OK ? p->options->lines->pause(p->context, error) : status;
}

static n2v_status open_source(Reader **reader, const TextSource *source, const Stop *stop, n2v_error *error)
{
    if (source->kind == SOURCE_FILE)
        return reader_open_text(reader, source->path, stop, error);
    return reader_open_descriptor(reader, source->descriptor, text_source_name(source), stop, error);
}

/* What the tokenizer counted in this file, and its bytes. */
static void add_counts(pass *p, TokenizerCounts before, uint64_t bytes)
{
    const TokenizerCounts now = tokenizer_count(p->tokenizer);

    p->done.bytes += bytes;
    p->done.lines += now.lines - before.lines;
    p->done.tokens += now.tokens - before.tokens;
    p->done.invalid_utf8 += now.invalid_utf8 - before.invalid_utf8;
    p->done.overlong += now.overlong - before.overlong;
}

/* Whether the limit is reached, with so many tokens of the source that is being read. */
static bool is_enough(const pass *p, uint64_t tokens)
{
    return p->options->limit && p->done.tokens + tokens >= p->options->limit;
}

static n2v_status read_file(pass *p, const TextSource *source, n2v_error *error)
{
    const TokenizerCounts before = tokenizer_count(p->tokenizer);
    uint64_t text_bytes = 0;
    Reader *reader;
    n2v_status status = open_source(&reader, source, &p->options->stop, error);

    if (status != N2V_OK)
        return status;
    p->lines = 0;
    p->in_line = false;
    for (;;) {
        const unsigned char *bytes;
        size_t count;
        if ((status = reader_next(reader, &bytes, &count, error)) != N2V_OK)
            goto out;
        if (!count)
            break;
        text_bytes += count;
        if ((status = take_lines(p, source, bytes, count, error)) != N2V_OK)
            goto out;
        if (stop_requested(&p->options->stop)) {
            status = interrupted(error);
            goto out;
        }
        report(p, seconds_now(), tokenizer_count(p->tokenizer).tokens - before.tokens, reader_position(reader));
        if (is_enough(p, tokenizer_count(p->tokenizer).tokens - before.tokens))
            break;
    }
    if (!text_bytes) {
        status = fail_empty(source, error);
        goto out;
    }
    if ((status = end_file(p, source, error)) != N2V_OK)
        goto out;
    add_counts(p, before, text_bytes);
    p->bytes_done += reader_position(reader);
out:
    reader_close(reader);
    return status;
}

/* Sentences ------------------------------------------------------------------------------- */

/* Takes a batch; where lines are told apart it has one sentence at most. */
static n2v_status take_sentences(pass *p, Sentences *sentences, const TextSource *source, bool *ended, n2v_error *error)
{
    const TakeLines *lines = p->options->lines;
    const uint64_t before = sentences_count(sentences).lines;
    Tokens tokens;
    n2v_status status;

    if ((status = sentences_next(sentences, lines != NULL, &tokens, ended, error)) != N2V_OK ||
        (status = p->take(p->context, &tokens, error)) != N2V_OK || !lines)
        return status;
    if (sentences_count(sentences).lines > before)
        status = lines->line(p->context, text_source_name(source), before + 1, error);
    return status == N2V_OK && *ended ? lines->pause(p->context, error) : status;
}

static n2v_status read_sentences(pass *p, const TextSource *source, n2v_error *error)
{
    Sentences *sentences = sentences_create(source->next, source->context, text_source_name(source));
    double asked = seconds_now(); /* whether to stop */
    SentencesCounts counts = {0};
    n2v_status status = N2V_OK;

    if (!sentences)
        return fail_memory(error, 0, "reading sentences");
    for (bool ended = false; !ended;) {
        double now;
        if ((status = take_sentences(p, sentences, source, &ended, error)) != N2V_OK)
            goto out;
        now = seconds_now();
        if (now - asked >= BATCH_SECONDS) {
            asked = now;
            if (p->options->lines && (status = p->options->lines->pause(p->context, error)) != N2V_OK)
                goto out;
            if (stop_requested(&p->options->stop)) {
                status = interrupted(error);
                goto out;
            }
        }
        counts = sentences_count(sentences);
        report(p, now, counts.tokens, counts.bytes);
    }
    if (!counts.lines) {
        status = fail_empty(source, error);
        goto out;
    }
    p->done.bytes += counts.bytes;
    p->done.lines += counts.lines;
    p->done.tokens += counts.tokens;
    p->bytes_done += counts.bytes;
out:
    sentences_destroy(sentences);
    return status;
}

n2v_status sources_read(const TextSource *sources, size_t count, const SourcesOptions *options, TakeTokens take,
                        void *context, SourcesCounts *counts, n2v_error *error)
{
    pass p = {.options = options, .take = take, .context = context, .bytes_total = total_bytes(sources, count)};
    n2v_status status = N2V_OK;

    p.tokenizer = tokenizer_create(options->tokenizer);
    if (!p.tokenizer)
        return fail_memory(error, 0, "reading the text");
    p.start = p.reported = seconds_now();
    for (size_t i = 0; i < count && status == N2V_OK && !is_enough(&p, 0); i++)
        status = sources[i].kind == SOURCE_SENTENCES ? read_sentences(&p, &sources[i], error)
                                                     : read_file(&p, &sources[i], error);
    p.done.cut = *tokenizer_cut(p.tokenizer);
    p.done.read = p.bytes_done;
    p.done.total = p.bytes_total;
    tokenizer_destroy(p.tokenizer);
    *counts = p.done;
    return status;
}
