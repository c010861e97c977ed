/* finalfusion.c - the format that finalfusion.github.io/spec describes, version 0. Little-endian.
 *
 *     header     "FiFu", u32 version, u32 n, n x u32: what the n chunks are
 *     chunks     u32 what it is, u64 bytes, then the bytes:
 *         metadata (5)   TOML; may be missing
 *         words (1)      u64 count, then for each word: u32 bytes, the word
 *         array (2)      u64 rows, u32 columns, u32 type (10: floats), zeros, the rows
 *         norms (6)      u64 count, u32 type, zeros, a float for each row; may be missing
 * The zeros make floats begin at a multiple of 4 of the file. Where they would do so without, the
 * specification has none and finalfusion's own programs have four: read are both, and what is
 * written has metadata of such a length that there is no such case.
 * Where there are norms, the rows are of length 1 and the vectors are the rows times their norms. What
 * is written has none, so that the rows are the vectors to the bit. */
#include "model/formats/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "model/formats/matrix.h"

#define MAGIC       "FiFu"
#define MAGIC_BYTES (sizeof MAGIC - 1)
#define FLOATS      10 /* the type of an array or of norms */

enum { CHUNK_WORDS = 1, CHUNK_ARRAY = 2, CHUNK_METADATA = 5, CHUNK_NORMS = 6 };

static bool matches(const unsigned char *head, size_t count)
{
    /* A text that begins with such a word has no zero byte there. */
    return count >= MAGIC_BYTES + sizeof(uint32_t) && memcmp(head, MAGIC, MAGIC_BYTES) == 0 && !head[MAGIC_BYTES + 3];
}

/* Writing ------------------------------------------------------------------------------- */

typedef struct output {
    Writer *writer;
    uint64_t bytes; /* of the file, so far */
} output;

static n2v_status put(output *out, const void *bytes, size_t count, n2v_error *error)
{
    out->bytes += count;
    return writer_write(out->writer, bytes, count, error);
}

static n2v_status put32(output *out, uint32_t number, n2v_error *error)
{
    return put(out, &number, sizeof number, error);
}

static n2v_status put64(output *out, uint64_t number, n2v_error *error)
{
    return put(out, &number, sizeof number, error);
}

/* Bytes that the words need, their count among them. */
static uint64_t words_bytes(const Vocabulary *vocabulary, size_t words)
{
    uint64_t total = sizeof(uint64_t);

    for (size_t id = 0; id < words; id++) {
        size_t bytes;
        (void)vocabulary_word(vocabulary, (Id)id, &bytes);
        total += sizeof(uint32_t) + bytes;
    }
    return total;
}

/* The run's parameters as one string, whose escapes TOML and JSON share. There is a newline more where
 * what follows, with these bytes of words, would come to an array without zeros. */
static n2v_status put_metadata(output *out, const Record *record, uint64_t words, n2v_error *error)
{
    char *text = NULL, *lines;
    size_t bytes = 0;
    FILE *toml;
    n2v_status status;

    if ((status = record_lines(record, &lines, NULL, error)) != N2V_OK)
        return status;
    toml = open_memstream(&text, &bytes);
    if (!toml) {
        free(lines);
        return fail_memory(error, 1, "the metadata");
    }
    fputs("parameters = ", toml);
    json_string(toml, lines);
    free(lines);
    fputc('\n', toml);
    if (fflush(toml) == 0 && (bytes + words) % sizeof(float) == 0)
        fputc('\n', toml);
    if (!memory_stream_close(toml, &text))
        status = fail_memory(error, bytes, "the metadata");
    else if ((status = put32(out, CHUNK_METADATA, error)) == N2V_OK && (status = put64(out, bytes, error)) == N2V_OK)
        status = put(out, text, bytes, error);
    free(text);
    return status;
}

static n2v_status put_words(output *out, const Vocabulary *vocabulary, size_t words, uint64_t total, n2v_error *error)
{
    n2v_status status;

    if ((status = put32(out, CHUNK_WORDS, error)) != N2V_OK || (status = put64(out, total, error)) != N2V_OK ||
        (status = put64(out, words, error)) != N2V_OK)
        return status;
    for (size_t id = 0; status == N2V_OK && id < words; id++) {
        size_t bytes;
        const char *word = vocabulary_word(vocabulary, (Id)id, &bytes);
        if ((status = put32(out, (uint32_t)bytes, error)) == N2V_OK)
            status = put(out, word, bytes, error);
    }
    return status;
}

static n2v_status put_array(output *out, const Selection *selection, n2v_error *error)
{
    const uint64_t floats = (uint64_t)selection->words * selection->dim * sizeof(float);
    const uint64_t head = 2 * sizeof(uint64_t) + 3 * sizeof(uint32_t); /* up to the zeros */
    const size_t zeros = (size_t)(-(out->bytes + head) % sizeof(float));
    n2v_status status;

    if ((status = put32(out, CHUNK_ARRAY, error)) != N2V_OK ||
        (status = put64(out, sizeof(uint64_t) + 2 * sizeof(uint32_t) + zeros + floats, error)) != N2V_OK ||
        (status = put64(out, selection->words, error)) != N2V_OK ||
        (status = put32(out, (uint32_t)selection->dim, error)) != N2V_OK ||
        (status = put32(out, FLOATS, error)) != N2V_OK || (status = put(out, "\0\0\0", zeros, error)) != N2V_OK)
        return status;
    return matrix_write(selection, selection_row, (MatrixPlace){.numbers = NUMBERS_FLOAT32}, out->writer, error);
}

static n2v_status write_finalfusion(const Selection *selection, Writer *writer, n2v_error *error)
{
    static const uint32_t header[] = {0, 3, CHUNK_METADATA, CHUNK_WORDS, CHUNK_ARRAY};
    const Vocabulary *vocabulary = selection->model->vocabulary;
    const uint64_t words = words_bytes(vocabulary, selection->words);
    output out = {.writer = writer};
    n2v_status status;

    if ((status = put(&out, MAGIC, MAGIC_BYTES, error)) != N2V_OK ||
        (status = put(&out, header, sizeof header, error)) != N2V_OK ||
        (status = put_metadata(&out, &selection->record, words, error)) != N2V_OK ||
        (status = put_words(&out, vocabulary, selection->words, words, error)) != N2V_OK)
        return status;
    return put_array(&out, selection, error);
}

/* Reading ------------------------------------------------------------------------------- */

static n2v_status get32(Source *source, uint32_t *number, n2v_error *error)
{
    return source_take(source, number, sizeof *number, error);
}

static n2v_status get64(Source *source, uint64_t *number, n2v_error *error)
{
    return source_take(source, number, sizeof *number, error);
}

static n2v_status skip(Source *source, uint64_t bytes, n2v_error *error)
{
    unsigned char passed[4096];
    n2v_status status = N2V_OK;

    while (status == N2V_OK && bytes) {
        const size_t some = bytes < sizeof passed ? (size_t)bytes : sizeof passed;
        status = source_take(source, passed, some, error);
        bytes -= some;
    }
    return status;
}

static n2v_status get_words(Model *model, Source *source, n2v_error *error)
{
    uint64_t words;
    n2v_status status = get64(source, &words, error);

    if (status != N2V_OK)
        return status;
    if (!words || words > MAX_WORDS)
        return source_fail(source, error, "the chunk declares %llu words; 1 to %zu are possible",
                           (unsigned long long)words, MAX_WORDS);
    model->vocabulary = vocabulary_create();
    if (!model->vocabulary)
        return fail_memory(error, sizeof *model, "the vocabulary");
    for (uint64_t i = 0; status == N2V_OK && i < words; i++) {
        char word[MAX_TOKEN_BYTES];
        uint32_t bytes;
        if ((status = get32(source, &bytes, error)) != N2V_OK)
            return status;
        if (bytes > sizeof word)
            return source_fail(source, error, "a word of %u bytes, where at most %zu are possible", bytes, sizeof word);
        if ((status = source_take(source, word, bytes, error)) == N2V_OK)
            status = load_word(source, model->vocabulary, word, bytes, 0, error);
    }
    return status;
}

/* The type of the floats that follow, and the zeros: all bytes of the chunk, which begins at begin, that the floats do
 * not need. */
static n2v_status get_type(Source *source, uint64_t begin, uint64_t bytes, uint64_t floats, n2v_error *error)
{
    uint64_t needed, zeros;
    uint32_t type;
    const n2v_status status = get32(source, &type, error);

    if (status != N2V_OK)
        return status;
    if (type != FLOATS)
        return source_fail(source, error, "numbers of the type %u, where %d (32-bit floats) can be read", type, FLOATS);
    needed = source->bytes - begin + floats * sizeof(float);
    zeros = bytes - needed;
    if (bytes < needed || zeros > sizeof(float) || (source->bytes + zeros) % sizeof(float))
        return source_fail(source, error, "a chunk of %llu bytes, where %llu and some zeros are needed",
                           (unsigned long long)bytes, (unsigned long long)needed);
    return skip(source, zeros, error);
}

static n2v_status get_array(Model *model, Source *source, uint64_t bytes, n2v_error *error)
{
    const uint64_t begin = source->bytes;
    uint64_t rows;
    uint32_t columns;
    n2v_status status;

    if ((status = get64(source, &rows, error)) != N2V_OK || (status = get32(source, &columns, error)) != N2V_OK ||
        (status = load_begin(model, source, rows, columns, error)) != N2V_OK ||
        (status = get_type(source, begin, bytes, rows * columns, error)) != N2V_OK) /* below 2^31 * 2^20 */
        return status;
    return matrix_read(&model->input, model->words, model->dim, model->stride,
                       (MatrixPlace){.numbers = NUMBERS_FLOAT32}, model->vocabulary, source, error);
}

static n2v_status get_norms(Model *model, Source *source, uint64_t bytes, n2v_error *error)
{
    const uint64_t begin = source->bytes;
    uint64_t count;
    n2v_status status;

    if ((status = get64(source, &count, error)) != N2V_OK)
        return status;
    if (count != model->words)
        return source_fail(source, error, "expected a norm for each of the %zu rows, found %llu", model->words,
                           (unsigned long long)count);
    status = get_type(source, begin, bytes, count, error);
    for (size_t id = 0; status == N2V_OK && id < model->words; id++) {
        float *row = model->input + id * model->stride, norm;
        if ((status = source_take(source, &norm, sizeof norm, error)) != N2V_OK)
            return status;
        for (size_t i = 0; i < model->dim; i++)
            row[i] *= norm;
        status = load_check_row(source, row, model->dim, vocabulary_word(model->vocabulary, (Id)id, NULL), error);
    }
    return status;
}

/* Its place among the chunks, from 1; 0: none that is read. */
static unsigned place_of(uint32_t chunk)
{
    return chunk == CHUNK_METADATA ? 1
           : chunk == CHUNK_WORDS  ? 2
           : chunk == CHUNK_ARRAY  ? 3
           : chunk == CHUNK_NORMS  ? 4
                                   : 0;
}

/* The next chunk; the header declares its kind. last: the place of the chunk before it. */
static n2v_status get_chunk(Model *model, uint32_t declared, unsigned last, Source *source, n2v_error *error)
{
    const unsigned place = place_of(declared);
    uint32_t chunk;
    uint64_t bytes, begin;
    n2v_status status;

    if ((status = get32(source, &chunk, error)) != N2V_OK || (status = get64(source, &bytes, error)) != N2V_OK)
        return status;
    begin = source->bytes;
    if (chunk != declared)
        return source_fail(source, error, "a chunk of the kind %u, where the header declares %u", chunk, declared);
    if (place <= last || (place > 2 && place != last + 1))
        return source_fail(source, error,
                           "a chunk of the kind %u, where metadata (5), words (1), an array (2) and norms (6) can "
                           "be read, in this order",
                           chunk);
    status = chunk == CHUNK_METADATA ? skip(source, bytes, error)
             : chunk == CHUNK_WORDS  ? get_words(model, source, error)
             : chunk == CHUNK_ARRAY  ? get_array(model, source, bytes, error)
                                     : get_norms(model, source, bytes, error);
    if (status == N2V_OK && source->bytes - begin != bytes)
        return source_fail(source, error, "a chunk that should have %llu bytes has %llu", (unsigned long long)bytes,
                           (unsigned long long)(source->bytes - begin));
    return status;
}

static n2v_status read_finalfusion(Model *model, Source *source, n2v_error *error)
{
    uint32_t version, count, chunks[4];
    n2v_status status;

    if ((status = skip(source, MAGIC_BYTES, error)) != N2V_OK || (status = get32(source, &version, error)) != N2V_OK ||
        (status = get32(source, &count, error)) != N2V_OK)
        return status;
    if (version)
        return source_fail(source, error, "version %u of the format, where 0 can be read", version);
    if (count < 2 || count > sizeof chunks / sizeof *chunks)
        return source_fail(source, error, "expected 2 to 4 chunks, found %u", count);
    if ((status = source_take(source, chunks, count * sizeof *chunks, error)) != N2V_OK)
        return status;
    for (uint32_t i = 0; status == N2V_OK && i < count; i++)
        status = get_chunk(model, chunks[i], i ? place_of(chunks[i - 1]) : 0, source, error);
    if (status == N2V_OK && !model->input)
        return source_fail(source, error, "there is no array");
    return status != N2V_OK ? status : source_end(source, error);
}

const Format format_finalfusion = {
    .name = "finalfusion",
    .endings = ".fifu",
    .summary = "finalfusion's chunks of words and of an array",
    .write = write_finalfusion,
    .matches = matches,
    .read = read_finalfusion,
};
