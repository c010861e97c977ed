#include "corpus/sources.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/path.h"
#include "corpus/line_weight.h"
#include "corpus/sentences.h"
#include "corpus/text_input.h"
#include "io/reader.h"

#define READING_SECONDS 0.2 /* between two reports */

/* One reading of the sources. */
typedef struct pass {
    const SourcesOptions *options;
    TakeTokens take;
    void *context;
    TokenStream *stream;
    Look *look;             /* NULL: it is not looked at */
    SourcesCounts done;     /* of the sources that are read */
    uint64_t bytes_done;    /* of their files as they are */
    uint64_t bytes_total;   /* of all files as they are */
    double start, reported; /* when */
    uint64_t lines;         /* of the source that is being read, where options.lines is set */
    bool in_line;           /* it has bytes after the last line feed */
    LineWeight weight;      /* of the line that is being read; 1 where lines have none */
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

/* Gives a batch the weight of its line. */
static n2v_status take_weighed(void *context, const Tokens *tokens, n2v_error *error)
{
    pass *p = context;
    Tokens weighed = *tokens;

    weighed.weight = p->weight.weight;
    return p->take(p->context, &weighed, error);
}

/* How many of the bytes are of the line under way, its line feed included. */
static size_t line_bytes(const unsigned char *bytes, size_t count)
{
    const unsigned char *end = memchr(bytes, '\n', count);
    return end ? (size_t)(end - bytes) + 1 : count;
}

/* Hands tokens over; line by line where the ends of lines matter or lines have weights. */
static n2v_status take_lines(pass *p, const TextSource *source, const unsigned char *bytes, size_t count,
                             n2v_error *error)
{
    const TakeLines *lines = p->options->lines;
    n2v_status status = N2V_OK;

    if (!lines && !p->options->weighted)
        return token_stream_feed(p->stream, bytes, count, p->take, p->context, error);
    while (count && status == N2V_OK) {
        size_t skipped = 0, some = 0;
        if (!p->options->weighted)
            some = line_bytes(bytes, count);
        else if ((status = line_weight_cut(&p->weight, bytes, count, &skipped, &some, error)) != N2V_OK)
            return status;
        p->in_line = !some || bytes[skipped + some - 1] != '\n';
        if ((status = token_stream_feed(p->stream, bytes + skipped, some, take_weighed, p, error)) == N2V_OK &&
            !p->in_line && (status = token_stream_flush(p->stream, take_weighed, p, error)) == N2V_OK && lines)
            status = lines->line(p->context, text_source_name(source), ++p->lines, error);
        bytes += skipped + some;
        count -= skipped + some;
    }
    return status == N2V_OK && lines ? lines->pause(p->context, error) : status;
}

/* The last token, and a last line without a line feed. whole: nothing follows in the file. */
static n2v_status end_file(pass *p, const TextSource *source, bool whole, n2v_error *error)
{
    n2v_status status = p->options->weighted && whole ? line_weight_end(&p->weight, error) : N2V_OK;

    if (status == N2V_OK)
        status = token_stream_end(p->stream, take_weighed, p, error);

    if (status != N2V_OK || !p->options->lines)
        return status;
    if (p->in_line)
        status = p->options->lines->line(p->context, text_source_name(source), p->lines + 1, error);
    return status == N2V_OK ? p->options->lines->pause(p->context, error) : status;
}

/* What the tokenizer counted in this file, and its bytes. */
static void add_counts(pass *p, TokenizerCounts before, uint64_t bytes)
{
    const TokenizerCounts now = token_stream_count(p->stream);

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

/* A source, or what the program made of it, has no byte. */
static n2v_status fail_nothing(const pass *p, const TextSource *source, n2v_error *error)
{
    const char *command = p->options->tokenizer.command;

    if (!command)
        return fail_empty(source, error);
    return error_set(error, N2V_ERROR_DATA, "the program `%s` printed nothing for %s", command,
                     text_source_name(source));
}

static void look_at(pass *p, const TextSource *source, const TextInput *input)
{
    const Codec *codec = text_input_codec(input);
    const bool is_file = source->kind == SOURCE_FILE && !path_is_standard(source->path);

    if (p->look)
        look_end(p->look, text_source_name(source), is_file ? source->path : NULL, codec ? codec->command : NULL);
}

static n2v_status read_file(pass *p, const TextSource *source, n2v_error *error)
{
    const TokenizerCounts before = token_stream_count(p->stream);
    uint64_t text_bytes = 0;
    bool whole = false; /* up to its end */
    TextInput input;
    n2v_status status =
        text_input_open(&input, source, p->options->tokenizer.command, &p->options->stop, error);

    if (status != N2V_OK)
        return status;
    p->lines = 0;
    p->in_line = false;
    p->weight = (LineWeight){.name = text_source_name(source), .weight = 1};
    for (;;) {
        const unsigned char *bytes;
        size_t count;
        if ((status = text_input_next(&input, &bytes, &count, error)) != N2V_OK)
            goto out;
        if ((whole = !count))
            break;
        text_bytes += count;
        if (p->look)
            look_feed(p->look, bytes, count);
        if ((status = take_lines(p, source, bytes, count, error)) != N2V_OK)
            goto out;
        if (stop_requested(&p->options->stop)) {
            status = interrupted(error);
            goto out;
        }
        report(p, seconds_now(), token_stream_count(p->stream).tokens - before.tokens, text_input_position(&input));
        if (is_enough(p, token_stream_count(p->stream).tokens - before.tokens))
            break;
    }
    if (!text_bytes) {
        status = fail_nothing(p, source, error);
        goto out;
    }
    if ((status = end_file(p, source, whole, error)) != N2V_OK)
        goto out;
    add_counts(p, before, text_bytes);
    look_at(p, source, &input);
    p->bytes_done += text_input_position(&input);
out:
    text_input_close(&input);
    return status;
}

/* Sentences ------------------------------------------------------------------------------- */

/* Takes a batch; where lines are taken apart it has one sentence at most. */
static n2v_status take_sentences(pass *p, Sentences *sentences, const TextSource *source, bool *ended, n2v_error *error)
{
    const TakeLines *lines = p->options->lines;
    const uint64_t before = sentences_count(sentences).lines;
    Tokens tokens;
    n2v_status status;

    if ((status = sentences_next(sentences, lines || p->options->weighted, &tokens, ended, error)) != N2V_OK ||
        (status = p->take(p->context, &tokens, error)) != N2V_OK || !lines)
        return status;
    if (sentences_count(sentences).lines > before)
        status = lines->line(p->context, text_source_name(source), before + 1, error);
    return status == N2V_OK && *ended ? lines->pause(p->context, error) : status;
}

static n2v_status read_sentences(pass *p, const TextSource *source, n2v_error *error)
{
    Sentences *sentences = sentences_create(source->next, source->context, text_source_name(source),
                                            p->options->weighted);
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

static bool splits_at_spaces(const TokenizerOptions *options)
{
    return options->kind == TOKENIZER_WORDS || options->kind == TOKENIZER_SPACE;
}

n2v_status sources_read(const TextSource *sources, size_t count, const SourcesOptions *options, TakeTokens take,
                        void *context, SourcesCounts *counts, n2v_error *error)
{
    pass p = {.options = options, .take = take, .context = context, .bytes_total = total_bytes(sources, count)};
    n2v_status status = token_stream_create(&p.stream, &options->tokenizer, error);

    if (status == N2V_OK && options->looks && !(p.look = look_create(splits_at_spaces(&options->tokenizer))))
        status = fail_memory(error, 0, "reading the text");
    p.start = p.reported = seconds_now();
    for (size_t i = 0; i < count && status == N2V_OK && !is_enough(&p, 0); i++)
        status = sources[i].kind == SOURCE_SENTENCES ? read_sentences(&p, &sources[i], error)
                                                     : read_file(&p, &sources[i], error);
    if (p.stream)
        p.done.cut = *token_stream_cut(p.stream);
    if (p.look)
        memcpy(p.done.findings, look_findings(p.look), sizeof p.done.findings);
    p.done.read = p.bytes_done;
    p.done.total = p.bytes_total;
    token_stream_destroy(p.stream);
    look_destroy(p.look);
    *counts = p.done;
    return status;
}
