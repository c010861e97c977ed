/* floret.c - the table of floret, which spaCy reads: a line "BUCKETS DIM MINN MAXN HASHES SEED < >", then a line for
 * each bucket: its number and its row. The words are in the second file. */
#include "model/formats/registry.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/float_text.h"
#include "base/number.h"
#include "model/formats/bucket_rows.h"
#include "model/formats/text_rows.h"

#define NUMBERS      6
#define HEADER_BYTES ((size_t)100)
#define BOUNDARIES   "< >"

/* Six whole numbers and the boundaries of words. The line has no NUL and no line feed. */
static bool parse_header(const char *line, size_t bytes, uint64_t numbers[NUMBERS])
{
    const char *end = line + bytes;
    char number[24];

    for (size_t i = 0; i < NUMBERS; i++) {
        const char *blank = memchr(line, ' ', (size_t)(end - line));
        const size_t length = blank ? (size_t)(blank - line) : sizeof number;
        if (length >= sizeof number)
            return false;
        memcpy(number, line, length);
        number[length] = '\0';
        if (!number_read_integer(number, &numbers[i]))
            return false;
        line = blank + 1;
    }
    while (end > line && (end[-1] == '\r' || end[-1] == ' '))
        end--;
    return (size_t)(end - line) == strlen(BOUNDARIES) && memcmp(line, BOUNDARIES, strlen(BOUNDARIES)) == 0;
}

static bool matches(const unsigned char *head, size_t count)
{
    const char *text = (const char *)head, *newline = memchr(text, '\n', count < HEADER_BYTES ? count : HEADER_BYTES);
    uint64_t numbers[NUMBERS];

    return newline && !memchr(text, '\0', (size_t)(newline - text)) &&
           parse_header(text, (size_t)(newline - text), numbers);
}

/* Writing ------------------------------------------------------------------------------- */

typedef struct output {
    Writer *writer;
    char *line;
    size_t dim;
} output;

static n2v_status put_bucket(void *context, uint32_t bucket, const float *row, n2v_error *error)
{
    const output *out = context;
    size_t bytes = (size_t)sprintf(out->line, "%" PRIu32, bucket);

    for (size_t i = 0; i < out->dim; i++) {
        out->line[bytes++] = ' ';
        bytes += float_format(row[i], out->line + bytes);
    }
    out->line[bytes++] = '\n';
    return writer_write(out->writer, out->line, bytes, error);
}

static n2v_status write_floret(const Selection *selection, Writer *writer, n2v_error *error)
{
    const SubwordOptions *o = subwords_options(selection->model->subwords);
    const size_t room = NUMBER_BYTES + selection->dim * (FLOAT_TEXT_BYTES + 1);
    output out = {.writer = writer, .line = array_create(room, 1), .dim = selection->dim};
    n2v_status status = out.line ? writer_print(writer, error, "%u %zu %u %u %u %u " BOUNDARIES "\n", o->buckets,
                                                selection->dim, o->minn, o->maxn, o->hash_count, o->seed)
                                 : fail_memory(error, room, "a line");

    if (status == N2V_OK)
        status = bucket_rows_write(selection, put_bucket, &out, error);
    free(out.line);
    return status;
}

/* Reading ------------------------------------------------------------------------------- */

static n2v_status get_header(Source *source, SubwordOptions *options, uint64_t *dim, n2v_error *error)
{
    uint64_t numbers[NUMBERS];
    char *line;
    size_t bytes;
    const n2v_status status = source_until(source, '\n', HEADER_BYTES, "the header", &line, &bytes, NULL, error);

    if (status != N2V_OK)
        return status;
    if (!line || !parse_header(line, bytes, numbers))
        return source_fail(source, error,
                           "no header: \"BUCKETS DIM MINN MAXN HASHES SEED " BOUNDARIES "\" is expected");
    if (!numbers[0] || numbers[0] > MAX_WORDS || numbers[2] > numbers[3] || numbers[3] > UINT32_MAX || !numbers[4] ||
        numbers[4] > MAX_HASHES || numbers[5] > UINT32_MAX)
        return source_fail(source, error, "the header has numbers that are not possible");
    *dim = numbers[1];
    *options = (SubwordOptions){.kind = SUBWORDS_FLORET,
                                .buckets = (uint32_t)numbers[0],
                                .minn = (uint32_t)numbers[2],
                                .maxn = (uint32_t)numbers[3],
                                .hash_count = (uint32_t)numbers[4],
                                .seed = (uint32_t)numbers[5]};
    return N2V_OK;
}

/* The lines of the table, as vectors of words that are the numbers of buckets. */
static n2v_status get_table(Model *table, const SubwordOptions *options, uint64_t dim, Source *source, n2v_error *error)
{
    const TextShape shape = {
        .named = true, .words = options->buckets, .dim = (size_t)dim, .from = "the header declares"};
    char number[NUMBER_BYTES];
    n2v_status status;

    if ((status = load_begin(table, source, options->buckets, dim, error)) != N2V_OK ||
        (status = text_rows_read(table, source, shape, error)) != N2V_OK)
        return status;
    for (uint32_t bucket = 0; bucket < options->buckets; bucket++) {
        const char *name = vocabulary_word(table->vocabulary, bucket, NULL);
        (void)snprintf(number, sizeof number, "%" PRIu32, bucket);
        if (strcmp(name, number) != 0)
            return error_set(error, N2V_ERROR_FORMAT, "%s: line %" PRIu64 ": expected the row of bucket %s, found '%s'",
                             source->path, (uint64_t)bucket + 2, number, name);
    }
    return N2V_OK;
}

static n2v_status take_rows(BucketRows *rows, const Model *table, n2v_error *error)
{
    n2v_status status;

    for (size_t bucket = 0; bucket < table->words; bucket++) {
        float *row;
        if ((status = bucket_rows_place(rows, &row, error)) != N2V_OK)
            return status;
        memcpy(row, table->input + bucket * table->stride, table->dim * sizeof *row);
        if ((status = bucket_rows_keep(rows, (uint32_t)bucket, row, error)) != N2V_OK)
            return status;
    }
    return bucket_rows_finish(rows, error);
}

static n2v_status read_floret(Model *model, Source *source, n2v_error *error)
{
    Model table = {.words = 0};
    SubwordOptions options;
    BucketRows rows = {.model = NULL};
    uint64_t dim = 0;
    n2v_status status;

    source->by_line = true;
    source->bad = NULL; /* a bucket without a row would change words */
    if ((status = get_header(source, &options, &dim, error)) != N2V_OK ||
        (status = load_begin(model, source, vocabulary_size(model->vocabulary), dim, error)) != N2V_OK)
        return status;
    if ((status = get_table(&table, &options, dim, source, error)) == N2V_OK &&
        (status = bucket_rows_begin(&rows, model, source, &options, 2 * (double)dim, error)) == N2V_OK)
        status = take_rows(&rows, &table, error);
    bucket_rows_free(&rows);
    model_free(&table);
    return status;
}

const Format format_floret = {
    .name = "floret",
    .endings = ".floret",
    .beside = ".vocab.txt",
    .summary = "floret's table of a model with the subwords floret, for spaCy; words in .vocab.txt",
    .subwords = SUBWORDS_FLORET,
    .write = write_floret,
    .matches = matches,
    .read = read_floret,
};
