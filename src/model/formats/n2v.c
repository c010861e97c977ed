/* n2v.c - the whole model in one file.
 *
 *     magic       8 bytes
 *     u32 version, u32 0
 *     u64 words, u64 dim
 *     sections    u32 name, u32 0, u64 bytes, then the bytes:
 *         VOCB    for each word: u64 count, u32 bytes, the word
 *         PARM    "key=value\n" lines
 *         INPT    words x dim floats        OUTP  the same, may be missing
 *         BIAS    words floats, may be missing
 *         CRC3    u32, the CRC-32 of all bytes before it; the last section
 * All numbers are little-endian. A reader refuses versions and sections that it does not know. */
#include "model/formats/registry.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/formats/matrix.h"

#define VERSION      1
#define MAX_SECTIONS ((size_t)16)

static const unsigned char magic[8] = {0x89, 'N', '2', 'V', '\r', '\n', 0x1a, '\n'};

enum section_name {
    SECTION_VOCABULARY = 0x42434f56, /* VOCB */
    SECTION_PARAMETERS = 0x4d524150, /* PARM */
    SECTION_INPUT = 0x54504e49,      /* INPT */
    SECTION_OUTPUT = 0x5054554f,     /* OUTP */
    SECTION_BIAS = 0x53414942,       /* BIAS */
    SECTION_CHECKSUM = 0x33435243    /* CRC3 */
};

typedef struct header {
    unsigned char magic[8];
    uint32_t version, zero;
    uint64_t words, dim;
} header;

typedef struct section {
    uint32_t name, zero;
    uint64_t bytes;
} section;

_Static_assert(sizeof(header) == 32 && sizeof(section) == 16, "written as they lie in memory: no padding");

static bool matches(const unsigned char *head, size_t count)
{
    return count >= sizeof magic && memcmp(head, magic, sizeof magic) == 0;
}

/* Writing ------------------------------------------------------------------------------- */

typedef struct output {
    Writer *writer;
    uLong crc;
} output;

static n2v_status put(output *out, const void *bytes, size_t count, n2v_error *error)
{
    out->crc = crc32_z(out->crc, bytes, count);
    return writer_write(out->writer, bytes, count, error);
}

static n2v_status put_section(output *out, uint32_t name, uint64_t bytes, n2v_error *error)
{
    const section head = {.name = name, .bytes = bytes};
    return put(out, &head, sizeof head, error);
}

static n2v_status put_vocabulary(output *out, const Vocabulary *vocabulary, size_t words, n2v_error *error)
{
    uint64_t total = 0;
    n2v_status status;

    for (size_t id = 0; id < words; id++) {
        size_t bytes;
        (void)vocabulary_word(vocabulary, (Id)id, &bytes);
        total += sizeof(uint64_t) + sizeof(uint32_t) + bytes;
    }
    status = put_section(out, SECTION_VOCABULARY, total, error);
    for (size_t id = 0; status == N2V_OK && id < words; id++) {
        const uint64_t count = vocabulary_count(vocabulary, (Id)id);
        size_t bytes;
        const char *word = vocabulary_word(vocabulary, (Id)id, &bytes);
        const uint32_t length = (uint32_t)bytes;
        status = put(out, &count, sizeof count, error);
        if (status == N2V_OK)
            status = put(out, &length, sizeof length, error);
        if (status == N2V_OK)
            status = put(out, word, bytes, error);
    }
    return status;
}

static n2v_status put_matrix(output *out, uint32_t name, const Selection *selection, SelectedRow row, n2v_error *error)
{
    const uint64_t bytes = (uint64_t)selection->words * selection->dim * sizeof(float);
    const n2v_status status = put_section(out, name, bytes, error);

    return status != N2V_OK ? status
                            : matrix_write(selection, row, (MatrixPlace){.crc = &out->crc}, out->writer, error);
}

static n2v_status put_record(output *out, const Record *record, n2v_error *error)
{
    char *lines = NULL;
    size_t bytes;
    n2v_status status;

    if ((status = record_lines(record, &lines, &bytes, error)) == N2V_OK &&
        (status = put_section(out, SECTION_PARAMETERS, bytes, error)) == N2V_OK)
        status = put(out, lines, bytes, error);
    free(lines);
    return status;
}

static n2v_status write_n2v(const Selection *selection, Writer *writer, n2v_error *error)
{
    output out = {.writer = writer};
    header head = {.version = VERSION, .words = selection->words, .dim = selection->dim};
    n2v_status status;
    uint32_t crc;

    memcpy(head.magic, magic, sizeof magic);
    if ((status = put(&out, &head, sizeof head, error)) != N2V_OK ||
        (status = put_vocabulary(&out, selection->model->vocabulary, selection->words, error)) != N2V_OK ||
        (status = put_record(&out, &selection->record, error)) != N2V_OK ||
        (status = put_matrix(&out, SECTION_INPUT, selection, selection_row, error)) != N2V_OK)
        return status;
    if (selection->has_output &&
        (status = put_matrix(&out, SECTION_OUTPUT, selection, selection_output, error)) != N2V_OK)
        return status;
    if (selection->has_bias &&
        ((status = put_section(&out, SECTION_BIAS, selection->words * sizeof(float), error)) != N2V_OK ||
         (status = biases_write(selection, &out.crc, writer, error)) != N2V_OK))
        return status;
    if ((status = put_section(&out, SECTION_CHECKSUM, sizeof crc, error)) != N2V_OK)
        return status;
    crc = (uint32_t)out.crc;
    return put(&out, &crc, sizeof crc, error);
}

/* Reading ------------------------------------------------------------------------------- */

typedef struct input {
    Source *source;
    uLong crc;     /* of all bytes taken */
    float *biases; /* the section, until the checksum is known to be right */
} input;

static n2v_status get(input *in, void *bytes, size_t count, n2v_error *error)
{
    const n2v_status status = source_take(in->source, bytes, count, error);

    if (status == N2V_OK)
        in->crc = crc32_z(in->crc, bytes, count);
    return status;
}

static n2v_status wrong_length(const input *in, const char *what, n2v_error *error)
{
    return source_fail(in->source, error, "the file is corrupt: wrong length of the %s", what);
}

static n2v_status get_vocabulary(input *in, Model *model, uint64_t bytes, n2v_error *error)
{
    const uint64_t fixed = sizeof(uint64_t) + sizeof(uint32_t);

    if (bytes / (fixed + 1) < model->words)
        return wrong_length(in, "vocabulary", error);
    for (size_t id = 0; id < model->words; id++) {
        char word[MAX_TOKEN_BYTES + 1];
        uint64_t count;
        uint32_t length;
        n2v_status status;
        if (bytes < fixed)
            return wrong_length(in, "vocabulary", error);
        if ((status = get(in, &count, sizeof count, error)) != N2V_OK ||
            (status = get(in, &length, sizeof length, error)) != N2V_OK)
            return status;
        bytes -= fixed;
        if (length > MAX_TOKEN_BYTES || length > bytes)
            return wrong_length(in, "vocabulary", error);
        if ((status = get(in, word, length, error)) != N2V_OK)
            return status;
        bytes -= length;
        word[length] = '\0';
        if ((status = load_word(in->source, model->vocabulary, word, length, count, error)) != N2V_OK)
            return status;
    }
    return bytes ? wrong_length(in, "vocabulary", error) : N2V_OK;
}

static n2v_status get_parameters(input *in, Model *model, uint64_t bytes, n2v_error *error)
{
    bool malformed = false;
    char *lines;
    n2v_status status;

    if (bytes > MAX_RECORD_BYTES || !source_plausible(in->source, (double)bytes))
        return wrong_length(in, "parameters", error);
    lines = array_create((size_t)bytes + 1, 1);
    if (!lines)
        return fail_memory(error, (size_t)bytes + 1, "the parameters");
    if ((status = get(in, lines, (size_t)bytes, error)) != N2V_OK)
        goto out;
    lines[bytes] = '\0';
    if (strlen(lines) != bytes)
        status = wrong_length(in, "parameters", error);
    else if ((status = record_add_lines(&model->record, lines, &malformed, error)) == N2V_ERROR_ARGUMENT)
        status = wrong_length(in, "parameters", error);
    else if (status == N2V_OK && malformed)
        status = source_fail(in->source, error, "the file is corrupt: a parameter is not NAME=VALUE");
out:
    free(lines);
    return status;
}

/* rows x width floats; not looked into before the checksum is known to be right. */
static n2v_status get_floats(input *in, float **floats, size_t rows, size_t width, size_t stride, uint64_t bytes,
                             const char *what, n2v_error *error)
{
    uint64_t expected;

    if (__builtin_mul_overflow((uint64_t)rows, (uint64_t)width * sizeof(float), &expected) || bytes != expected)
        return wrong_length(in, what, error);
    return matrix_read(floats, rows, width, stride, (MatrixPlace){.crc = &in->crc}, NULL, in->source, error);
}

static n2v_status get_checksum(input *in, uint64_t bytes, uLong expected, n2v_error *error)
{
    uint32_t crc;
    n2v_status status;

    if (bytes != sizeof crc)
        return wrong_length(in, "checksum", error);
    if ((status = get(in, &crc, sizeof crc, error)) != N2V_OK)
        return status;
    if (crc != (uint32_t)expected)
        return source_fail(in->source, error, "the file is corrupt: its checksum is wrong");
    return source_end(in->source, error);
}

static n2v_status get_section(input *in, Model *model, section head, n2v_error *error)
{
    const size_t words = model->words, dim = model->dim, stride = model->stride;
    const bool again = (head.name == SECTION_VOCABULARY && vocabulary_size(model->vocabulary)) ||
                       (head.name == SECTION_INPUT && model->input) || (head.name == SECTION_OUTPUT && model->output) ||
                       (head.name == SECTION_BIAS && in->biases) ||
                       (head.name == SECTION_PARAMETERS && model->record.count);

    if (again)
        return source_fail(in->source, error, "the file is corrupt: a section stands there twice");
    switch (head.name) {
    case SECTION_VOCABULARY:
        return get_vocabulary(in, model, head.bytes, error);
    case SECTION_PARAMETERS:
        return get_parameters(in, model, head.bytes, error);
    case SECTION_INPUT:
        return get_floats(in, &model->input, words, dim, stride, head.bytes, "input vectors", error);
    case SECTION_OUTPUT:
        return get_floats(in, &model->output, words, dim, stride, head.bytes, "output vectors", error);
    case SECTION_BIAS:
        return get_floats(in, &in->biases, 1, words, words, head.bytes, "output biases", error);
    default:
        return source_fail(in->source, error, "the file is corrupt: an unknown section, %08" PRIx32, head.name);
    }
}

/* The rows, once the checksum is right. */
static n2v_status check_rows(const input *in, const Model *model, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t id = 0; status == N2V_OK && id < model->words; id++) {
        const char *word = vocabulary_word(model->vocabulary, (Id)id, NULL);
        status = load_check_row(in->source, model->input + id * model->stride, model->dim, word, error);
        if (status == N2V_OK && model->output)
            status = load_check_row(in->source, model->output + id * model->stride, model->dim, word, error);
    }
    return status;
}

static n2v_status get_sections(input *in, Model *model, n2v_error *error)
{
    n2v_status status;

    for (size_t sections = 0; sections < MAX_SECTIONS; sections++) {
        section next;
        if ((status = get(in, &next, sizeof next, error)) != N2V_OK)
            return status;
        if (next.name != SECTION_CHECKSUM) {
            if ((status = get_section(in, model, next, error)) != N2V_OK)
                return status;
            continue;
        }
        if ((status = get_checksum(in, next.bytes, in->crc, error)) != N2V_OK)
            return status;
        if (!vocabulary_size(model->vocabulary) || !model->input)
            return source_fail(in->source, error, "the file is corrupt: no vocabulary, or no input vectors");
        if ((status = check_rows(in, model, error)) != N2V_OK)
            return status;
        return in->biases ? load_biases(model, in->source, in->biases, error) : N2V_OK;
    }
    return source_fail(in->source, error, "the file is corrupt: too many sections");
}

static n2v_status read_n2v(Model *model, Source *source, n2v_error *error)
{
    input in = {.source = source};
    header head;
    n2v_status status;

    if ((status = get(&in, &head, sizeof head, error)) != N2V_OK)
        return status;
    if (head.version != VERSION)
        return source_fail(source, error, "version %" PRIu32 " of the format; this program reads version %d",
                           head.version, VERSION);
    if ((status = load_begin(model, source, head.words, head.dim, error)) != N2V_OK)
        return status;
    model->stride = row_stride(model->dim + 1); /* the biases come after the rows */
    status = get_sections(&in, model, error);
    floats_destroy(in.biases, model->words);
    return status;
}

const Format format_n2v = {
    .name = "n2v",
    .endings = ".n2v",
    .summary = "the whole model: words, counts, input and output vectors, biases, parameters",
    .write = write_n2v,
    .matches = matches,
    .read = read_n2v,
};
