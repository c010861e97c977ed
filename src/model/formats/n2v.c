/* n2v.c - the whole model in one file.
 *
 *     header      8 bytes of magic, u32 version 2, u32 CRC-32 of the header with 0 in this place, u64 words, u64 dim
 *     sections    u32 name, u32 flags, u64 bytes, u32 CRC-32 of these 16 bytes; the bytes; u32 CRC-32 of the bytes
 *         VOCB    for each word: u64 count, u32 bytes, the word
 *         PARM    the record: "name=value\n" lines
 *         SHAP    u64 input rows, output rows, vectors side by side in an output row, flags (bit 0: output rows are not
 *                 vectors of the words); missing where there is a row for each word
 *         SUBW    subwords_write, of a model with subwords: the rows of parts follow those of words
 *         INPT    rows x dim floats         OUTP  rows x vectors x dim floats, may be missing
 *         BIAS    a float for each output row, may be missing; then SHRD, one float that is added to all scores
 *         STAT, TEXT, NOTE, RULE    of a checkpoint (train/checkpoint.h), ancillary
 *         PHRS    the phrases of the text (phrases/table.h), may be missing, ancillary
 *         END     no bytes; the last section
 * All numbers are little-endian. A section whose flags have bit 0 is ancillary: a reader that does not know it, or
 * finds its bytes damaged, goes on without it. Everything else that a reader does not know is refused.
 *
 * Version 1 had 0 for the CRC-32 in the header and in the place of the flags, no CRC-32 in sections, the shared bias
 * within BIAS, and at the end CRC3: u32, the CRC-32 of all bytes before it. */
#include "model/formats/sections.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/formats/matrix.h"

#define MAX_SECTIONS ((size_t)64)

const unsigned char sections_magic[8] = {0x89, 'N', '2', 'V', '\r', '\n', 0x1a, '\n'};

const uint32_t extra_sections[EXTRA_KINDS] = {
    [EXTRA_STATE] = 0x54415453, /* STAT */
    [EXTRA_TEXT] = 0x54584554,  /* TEXT */
    [EXTRA_NOTES] = 0x45544f4e, /* NOTE */
    [EXTRA_RULE] = 0x454c5552,  /* RULE */
    [EXTRA_OPTIMIZER] = 0x4954504f, /* OPTI */
    [EXTRA_RATES] = 0x45544152, /* RATE */
    [EXTRA_PHRASES] = 0x53524850 /* PHRS */
};

uint32_t sections_header_crc(FileHead head)
{
    head.crc = 0;
    return (uint32_t)crc32_z(0, (const unsigned char *)&head, sizeof head);
}

static bool matches(const unsigned char *head, size_t count)
{
    return count >= sizeof sections_magic && memcmp(head, sections_magic, sizeof sections_magic) == 0;
}

typedef struct input {
    Source *source;
    uLong crc;     /* of the section's bytes; in version 1 of all bytes taken */
    float *biases; /* the section, until the checksum is known to be right */
    float shared_bias;
    bool has_shared_bias, has_shape;
    char *subwords; /* the same of subwords */
    size_t subwords_bytes;
} input;

static n2v_status get(input *in, void *bytes, size_t count, n2v_error *error)
{
    const n2v_status status = source_take(in->source, bytes, count, error);

    if (status == N2V_OK)
        in->crc = crc32_z(in->crc, bytes, count);
    return status;
}

/* Takes a checksum; *right: it is that of the bytes since the one before. */
static n2v_status get_crc(input *in, bool *right, n2v_error *error)
{
    const uint32_t expected = (uint32_t)in->crc;
    uint32_t crc;
    const n2v_status status = source_take(in->source, &crc, sizeof crc, error);

    *right = status == N2V_OK && crc == expected;
    in->crc = 0;
    return status;
}

/* A name as people read it: VOCB. */
static const char *shown(uint32_t name, char text[5])
{
    for (size_t i = 0; i < 4; i++) {
        const unsigned char letter = (unsigned char)(name >> 8 * i);
        text[i] = (char)(letter > ' ' && letter < 0x7f ? letter : letter == ' ' && i ? '\0' : '?');
    }
    text[4] = '\0';
    return text;
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

static n2v_status get_shape(input *in, Model *model, uint64_t bytes, n2v_error *error)
{
    FileShape rows;
    n2v_status status;

    if (bytes != sizeof rows || model->input || model->output || in->biases)
        return wrong_length(in, "shape, or its place", error);
    if ((status = get(in, &rows, sizeof rows, error)) != N2V_OK)
        return status;
    if (rows.flags & ~SHAPE_OTHER_OUTPUTS)
        return source_fail(in->source, error,
                           "it has rows of a kind that this version of nce2vec does not know; take a later one");
    if (rows.input_rows < model->words || rows.output_rows < model->words || !rows.output_vectors ||
        rows.input_rows > UINT32_MAX || rows.output_rows > UINT32_MAX || rows.output_vectors > UINT32_MAX)
        return source_fail(in->source, error, "the file is corrupt: there are not so many rows");
    in->has_shape = true;
    model->other_outputs = rows.flags & SHAPE_OTHER_OUTPUTS;
    return model_set_rows(model, (size_t)rows.input_rows, (size_t)rows.output_rows, (size_t)rows.output_vectors, error);
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

static n2v_status get_subwords(input *in, const Model *model, uint64_t bytes, n2v_error *error)
{
    if (vocabulary_size(model->vocabulary) != model->words || !source_plausible(in->source, (double)bytes))
        return wrong_length(in, "table of subwords", error);
    in->subwords_bytes = (size_t)bytes;
    in->subwords = array_create(in->subwords_bytes, 1);
    if (!in->subwords)
        return fail_memory(error, in->subwords_bytes, "the table of subwords");
    return get(in, in->subwords, in->subwords_bytes, error);
}

/* Once the checksum is known to be right. */
static n2v_status take_subwords(const input *in, Model *model, n2v_error *error)
{
    n2v_error problem = {.text = ""};
    const n2v_status status =
        subwords_read(&model->subwords, model->vocabulary, in->subwords, in->subwords_bytes, &problem);

    if (status == N2V_ERROR_MEMORY)
        return error_set(error, status, "%s", problem.text);
    if (status != N2V_OK)
        return source_fail(in->source, error, "the file is corrupt: %s", problem.text);
    if (model->input_rows != model->words + subwords_parts(model->subwords))
        return source_fail(in->source, error, "the file is corrupt: its parts of words are not as many as its rows");
    return N2V_OK;
}

/* The bytes of an ancillary section, into extra; NULL: they are skipped. */
static n2v_status get_ancillary(input *in, Extra *extra, uint64_t bytes, uint64_t limit, n2v_error *error)
{
    unsigned char scratch[4096];
    n2v_status status = N2V_OK;

    if (extra) {
        if (bytes > limit || !source_plausible(in->source, (double)bytes))
            return wrong_length(in, "state of a training", error);
        extra->bytes = array_create_zero((size_t)bytes + 1, 1);
        extra->count = (size_t)bytes;
        if (!extra->bytes)
            return fail_memory(error, (size_t)bytes + 1, "the state of a training");
        return get(in, extra->bytes, extra->count, error);
    }
    for (uint64_t left = bytes; left && status == N2V_OK;) {
        const size_t some = left < sizeof scratch ? (size_t)left : sizeof scratch;
        status = get(in, scratch, some, error);
        left -= some;
    }
    return status;
}

static Extra *find_extra(Model *model, uint32_t name)
{
    for (size_t kind = 0; kind < EXTRA_KINDS; kind++)
        if (extra_sections[kind] == name)
            return &model->extras[kind];
    return NULL;
}

static bool is_there(const input *in, const Model *model, uint32_t name)
{
    return (name == SECTION_VOCABULARY && vocabulary_size(model->vocabulary)) ||
           (name == SECTION_SHAPE && in->has_shape) || (name == SECTION_SUBWORDS && in->subwords) ||
           (name == SECTION_INPUT && model->input) || (name == SECTION_OUTPUT && model->output) ||
           (name == SECTION_BIAS && in->biases) || (name == SECTION_SHARED && in->has_shared_bias) ||
           (name == SECTION_PARAMETERS && model->record.count);
}

static n2v_status get_essential(input *in, Model *model, const SectionHead *head, n2v_error *error)
{
    const size_t dim = model->dim, stride = model->stride, outputs = model->output_rows;
    char name[5];

    if (is_there(in, model, head->name))
        return source_fail(in->source, error, "the file is corrupt: it has the section %s twice",
                           shown(head->name, name));
    switch (head->name) {
    case SECTION_VOCABULARY:
        return get_vocabulary(in, model, head->bytes, error);
    case SECTION_PARAMETERS:
        return get_parameters(in, model, head->bytes, error);
    case SECTION_SHAPE:
        return get_shape(in, model, head->bytes, error);
    case SECTION_SUBWORDS:
        return get_subwords(in, model, head->bytes, error);
    case SECTION_INPUT:
        return get_floats(in, &model->input, model->input_rows, dim, stride, head->bytes, "input vectors", error);
    case SECTION_OUTPUT:
        return get_floats(in, &model->output, outputs * model_output_vectors(model), dim, stride, head->bytes,
                          "output vectors", error);
    case SECTION_BIAS:
        return get_floats(in, &in->biases, 1, outputs, outputs, head->bytes, "output biases", error);
    case SECTION_SHARED:
        if (head->bytes != sizeof in->shared_bias)
            return wrong_length(in, "shared bias", error);
        in->has_shared_bias = true;
        return get(in, &in->shared_bias, sizeof in->shared_bias, error);
    default:
        return source_fail(in->source, error,
                           "it has the section %s, which this version of nce2vec does not know; take a later one",
                           shown(head->name, name));
    }
}

static void note_damage(Model *model, uint32_t name)
{
    const size_t used = strlen(model->damaged);
    char text[5];

    if (used + sizeof text < sizeof model->damaged)
        (void)snprintf(model->damaged + used, sizeof model->damaged - used, "%s%s", used ? " " : "",
                       shown(name, text));
}

/* The bytes of a section of version 2, and their checksum. */
static n2v_status get_section(input *in, Model *model, const SectionHead *head, n2v_error *error)
{
    const bool ancillary = head->flags & FLAG_ANCILLARY;
    const bool large = head->name == extra_sections[EXTRA_RULE] || head->name == extra_sections[EXTRA_OPTIMIZER] ||
                       head->name == extra_sections[EXTRA_RATES] || head->name == extra_sections[EXTRA_PHRASES];
    const uint64_t limit = large ? UINT64_MAX - 1 : MAX_EXTRA_BYTES;
    Extra *extra = ancillary ? find_extra(model, head->name) : NULL;
    char name[5];
    bool right;
    n2v_status status;

    if (extra && extra->bytes)
        extra = NULL; /* the first one is kept */
    status = ancillary ? get_ancillary(in, extra, head->bytes, limit, error) : get_essential(in, model, head, error);
    if (status != N2V_OK || (status = get_crc(in, &right, error)) != N2V_OK || right)
        return status;
    if (!ancillary)
        return source_fail(in->source, error, "the file is corrupt: the checksum of the section %s is wrong",
                           shown(head->name, name));
    if (extra)
        extra->damaged = true;
    note_damage(model, head->name);
    return N2V_OK;
}

/* All sections up to the last one, which is complete. */
static n2v_status get_sections(input *in, Model *model, n2v_error *error)
{
    for (size_t sections = 0; sections < MAX_SECTIONS; sections++) {
        SectionHead next;
        bool right;
        n2v_status status;
        in->crc = 0;
        if ((status = get(in, &next, sizeof next, error)) != N2V_OK ||
            (status = get_crc(in, &right, error)) != N2V_OK)
            return status;
        if (!right)
            return source_fail(in->source, error, "the file is corrupt: the checksum of a section's head is wrong");
        if (next.flags & ~FLAG_ANCILLARY)
            return source_fail(in->source, error,
                               "it has a section with flags that this version of nce2vec does not know; take a later "
                               "one");
        if (next.name == SECTION_END) {
            if ((status = get_crc(in, &right, error)) != N2V_OK)
                return status;
            if (next.bytes || !right)
                return source_fail(in->source, error, "the file is corrupt: its last section is wrong");
            return source_end(in->source, error);
        }
        if ((status = get_section(in, model, &next, error)) != N2V_OK)
            return status;
    }
    return source_fail(in->source, error, "the file is corrupt: too many sections");
}

/* The same of version 1. */
static n2v_status get_old_sections(input *in, Model *model, n2v_error *error)
{
    for (size_t sections = 0; sections < MAX_SECTIONS; sections++) {
        SectionHead next;
        bool right;
        n2v_status status;
        if ((status = get(in, &next, sizeof next, error)) != N2V_OK)
            return status;
        if (next.name != SECTION_CHECKSUM) {
            if ((status = get_essential(in, model, &next, error)) != N2V_OK)
                return status;
            continue;
        }
        if (next.bytes != sizeof(uint32_t))
            return wrong_length(in, "checksum", error);
        if ((status = get_crc(in, &right, error)) != N2V_OK)
            return status;
        return right ? source_end(in->source, error)
                     : source_fail(in->source, error, "the file is corrupt: its checksum is wrong");
    }
    return source_fail(in->source, error, "the file is corrupt: too many sections");
}

/* The rows, once their checksums are right. */
static n2v_status check_rows(const input *in, const Model *model, n2v_error *error)
{
    const size_t rows = model->output ? model_rows(model) : model->input_rows;
    n2v_status status = N2V_OK;

    for (size_t row = 0; status == N2V_OK && row < rows; row++) {
        const char *word = model_row_name(model, row);
        for (size_t v = 0; status == N2V_OK && v < model_row_floats(model, row) / model->stride; v++)
            status = load_check_row(in->source, model_row(model, row) + v * model->stride, model->dim, word, error);
    }
    return status;
}

static n2v_status finish(const input *in, Model *model, n2v_error *error)
{
    n2v_status status;

    if (!vocabulary_size(model->vocabulary) || !model->input)
        return source_fail(in->source, error, "the file is corrupt: no vocabulary, or no input vectors");
    if ((status = check_rows(in, model, error)) != N2V_OK ||
        (in->subwords && (status = take_subwords(in, model, error)) != N2V_OK) ||
        (in->biases && (status = load_biases(model, in->source, in->biases, error)) != N2V_OK))
        return status;
    if (!isfinite(in->shared_bias) || (in->shared_bias != 0 && !in->biases))
        return source_fail(in->source, error, "the file is corrupt: the shared bias is not finite, or the only one");
    atomic_store_explicit(&model->shared_bias, in->shared_bias, memory_order_relaxed);
    return N2V_OK;
}

static n2v_status check_header(const Source *source, const FileHead *head, n2v_error *error)
{
    if (!head->version || head->version > SECTIONS_VERSION)
        return source_fail(source, error, "version %" PRIu32 " of the format; this program reads versions 1 to %d",
                           head->version, SECTIONS_VERSION);
    if (head->crc != (head->version == 1 ? 0 : sections_header_crc(*head)))
        return source_fail(source, error, "the file is corrupt: the checksum of its header is wrong");
    return N2V_OK;
}

static n2v_status read_n2v(Model *model, Source *source, n2v_error *error)
{
    input in = {.source = source};
    FileHead head;
    n2v_status status;

    if ((status = get(&in, &head, sizeof head, error)) != N2V_OK ||
        (status = check_header(source, &head, error)) != N2V_OK ||
        (status = load_begin(model, source, head.words, head.dim, error)) != N2V_OK)
        return status;
    model_set_stride(model, row_stride(model->dim + 1)); /* the biases come after the rows */
    status = head.version == 1 ? get_old_sections(&in, model, error) : get_sections(&in, model, error);
    if (status == N2V_OK)
        status = finish(&in, model, error);
    floats_destroy(in.biases, model->output_rows);
    free(in.subwords);
    return status;
}

const Format format_n2v = {
    .name = "n2v",
    .endings = ".n2v",
    .summary = "the whole model: words, counts, input and output vectors, biases, parameters",
    .write = sections_write,
    .matches = matches,
    .read = read_n2v,
};
