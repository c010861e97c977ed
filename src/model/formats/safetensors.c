/* safetensors.c - the layout that Hugging Face publishes.
 *
 *     u64 bytes of the header, little-endian
 *     the header: JSON, padded with spaces so that the data begins at a multiple of 8
 *         {"__metadata__": {"name": "value", ...},         the run's parameters, if there are any
 *          "input": {"dtype": "F32", "shape": [words, dim], "data_offsets": [begin, end]},
 *          "output": ..., "output_bias": {... "shape": [words] ...}}     if the model has them
 *     the data: little-endian numbers, row by row; offsets count from its beginning
 * Of dtype I8 a tensor X has a scale: "X_scale", one F32, which its numbers are multiplied by.
 * The words are in a second file beside it. */
#include "model/formats/safetensors.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/formats/literal.h"
#include "model/formats/matrix.h"
#include "model/formats/registry.h"

static const char *const types[] = {
    [NUMBERS_FLOAT32] = "F32", [NUMBERS_FLOAT16] = "F16", [NUMBERS_INT8] = "I8", [NUMBERS_FLOAT64] = "F64"};
#define TYPES (sizeof types / sizeof *types)

enum { TENSOR_INPUT, TENSOR_OUTPUT, TENSOR_BIAS, TENSOR_INPUT_SCALE, TENSOR_OUTPUT_SCALE, TENSORS = SAFETENSORS_NAMES };

typedef struct part {
    size_t which, rows, dim; /* dim 0: a tensor of one axis */
    Numbers numbers;
} part;

/* What is written, in order. Wide numbers come first, so that all begin at a multiple of their size. */
static size_t list_parts(const Selection *s, const TensorNames *names, part parts[TENSORS])
{
    const Numbers numbers = s->select.numbers;
    const part bias = {TENSOR_BIAS, s->words, 0, NUMBERS_FLOAT32};
    const bool outputs = s->has_output && !names->inputs_alone, biases = s->has_bias && outputs;
    size_t count = 0;

    if (numbers == NUMBERS_INT8)
        parts[count++] = (part){TENSOR_INPUT_SCALE, 1, 0, NUMBERS_FLOAT32};
    if (numbers == NUMBERS_INT8 && outputs)
        parts[count++] = (part){TENSOR_OUTPUT_SCALE, 1, 0, NUMBERS_FLOAT32};
    if (biases && numbers != NUMBERS_FLOAT32)
        parts[count++] = bias;
    parts[count++] = (part){TENSOR_INPUT, s->words + names->zero_rows, s->dim, numbers};
    if (outputs)
        parts[count++] = (part){TENSOR_OUTPUT, s->words, s->dim, numbers};
    if (biases && numbers == NUMBERS_FLOAT32)
        parts[count++] = bias;
    return count;
}

static void print_tensors(FILE *out, const TensorNames *names, const part *parts, size_t count)
{
    uint64_t offset = 0;

    for (const part *p = parts; p < parts + count; p++) {
        const uint64_t begin = offset;
        offset += (uint64_t)p->rows * (p->dim ? p->dim : 1) * numbers_bytes(p->numbers);
        fprintf(out, "%s\"%s\": {\"dtype\": \"%s\", \"shape\": [%zu", p > parts ? ", " : "", names->of[p->which],
                types[p->numbers], p->rows);
        if (p->dim)
            fprintf(out, ", %zu", p->dim);
        fprintf(out, "], \"data_offsets\": [%" PRIu64 ", %" PRIu64 "]}", begin, offset);
    }
}

static n2v_status print_metadata(FILE *out, const Record *record, n2v_error *error)
{
    fputs("\"__metadata__\": ", out);
    return record_json(record, out, error);
}

static n2v_status write_header(const Selection *selection, const TensorNames *names, const part *parts, size_t count,
                               Writer *writer, n2v_error *error)
{
    const bool first = selection->record.count && !names->inputs_alone;
    char *text = NULL;
    size_t bytes = 0, padding;
    uint64_t length;
    FILE *out = open_memstream(&text, &bytes);
    n2v_status status = N2V_OK;

    if (!out)
        return fail_memory(error, 1, "the header");
    fputc('{', out);
    if (first) {
        status = print_metadata(out, &selection->record, error);
        fputs(", ", out);
    }
    print_tensors(out, names, parts, count);
    if (selection->record.count && !first) {
        fputs(", ", out);
        status = print_metadata(out, &selection->record, error);
    }
    fputc('}', out);
    if (!memory_stream_close(out, &text))
        status = fail_memory(error, bytes, "the header");
    padding = (8 - bytes % 8) % 8;
    length = bytes + padding;
    if (status == N2V_OK && (status = writer_write(writer, &length, sizeof length, error)) == N2V_OK &&
        (status = writer_write(writer, text, bytes, error)) == N2V_OK)
        status = writer_write(writer, "       ", padding, error);
    free(text);
    return status;
}

static n2v_status write_zeros(const part *p, size_t rows, Writer *writer, n2v_error *error)
{
    static const unsigned char zeros[4096];
    n2v_status status = N2V_OK;

    for (uint64_t left = (uint64_t)rows * p->dim * numbers_bytes(p->numbers); left && status == N2V_OK;) {
        const size_t some = left < sizeof zeros ? (size_t)left : sizeof zeros;
        status = writer_write(writer, zeros, some, error);
        left -= some;
    }
    return status;
}

static n2v_status write_part(const Selection *selection, const TensorNames *names, const part *p, const float scales[2],
                             Writer *writer, n2v_error *error)
{
    const bool output = p->which == TENSOR_OUTPUT || p->which == TENSOR_OUTPUT_SCALE;
    const MatrixPlace place = {.numbers = p->numbers, .scale = scales[output]};
    n2v_status status;

    if (p->which == TENSOR_BIAS)
        return biases_write(selection, model_bias, selection->words, NULL, writer, error);
    if (p->which == TENSOR_INPUT_SCALE || p->which == TENSOR_OUTPUT_SCALE)
        return writer_write(writer, &scales[output], sizeof *scales, error);
    status = matrix_write(selection, output ? selection_output : selection_row, place, writer, error);
    return status == N2V_OK && !output ? write_zeros(p, names->zero_rows, writer, error) : status;
}

n2v_status safetensors_write(const Selection *selection, const TensorNames *names, Writer *writer, n2v_error *error)
{
    part parts[TENSORS];
    const size_t count = list_parts(selection, names, parts);
    float scales[2] = {1, 1};
    n2v_status status = write_header(selection, names, parts, count, writer, error);

    for (size_t i = 0; i < count; i++)
        if (parts[i].numbers == NUMBERS_INT8)
            scales[parts[i].which == TENSOR_OUTPUT] =
                matrix_scale(selection, parts[i].which == TENSOR_OUTPUT ? selection_output : selection_row);
    for (size_t i = 0; i < count && status == N2V_OK; i++)
        status = write_part(selection, names, &parts[i], scales, writer, error);
    return status;
}

static const TensorNames own_names = {
    .of = {"input", "output", "output_bias", "input_scale", "output_scale"},
};

static n2v_status write_own(const Selection *selection, Writer *writer, n2v_error *error)
{
    return safetensors_write(selection, &own_names, writer, error);
}

/* Reading ------------------------------------------------------------------------------- */

/* What is read: a record of which every byte is escaped as six, and the tensors. */
#define MAX_HEADER ((uint64_t)8 * MAX_RECORD_BYTES)

typedef struct tensor {
    bool there, has_type, has_shape, has_offsets;
    Numbers numbers;
    size_t axes;
    uint64_t shape[2], offsets[2];
} tensor;

bool safetensors_matches(const unsigned char *head, size_t count)
{
    uint64_t bytes;

    if (count <= sizeof bytes || head[sizeof bytes] != '{')
        return false;
    memcpy(&bytes, head, sizeof bytes);
    return bytes < UINT64_C(1) << 40; /* no text has three zeros there */
}

/* A list of at most two numbers. */
static n2v_status read_numbers(Literal *l, uint64_t numbers[2], size_t *count, n2v_error *error)
{
    bool there;
    n2v_status status = literal_expect(l, '[', error);

    for (*count = 0; status == N2V_OK && (status = literal_item(l, *count, ']', &there, error)) == N2V_OK && there;
         ++*count) {
        if (*count == 2)
            return source_fail(l->source, error, "a list of more than two numbers");
        if ((status = literal_expect(l, LITERAL_NUMBER, error)) == N2V_OK)
            numbers[*count] = l->number;
    }
    return status;
}

static n2v_status read_entry(Literal *l, tensor *t, n2v_error *error)
{
    bool *has = strcmp(l->text, "dtype") == 0          ? &t->has_type
                : strcmp(l->text, "shape") == 0        ? &t->has_shape
                : strcmp(l->text, "data_offsets") == 0 ? &t->has_offsets
                                                       : NULL;
    size_t count = 2;
    n2v_status status;

    if (!has || *has)
        return source_fail(l->source, error, "the header is malformed: '%s' %s", l->text,
                           has ? "appears twice" : "is no key of a tensor");
    *has = true;
    if (has == &t->has_shape)
        return read_numbers(l, t->shape, &t->axes, error);
    if (has == &t->has_offsets) {
        status = read_numbers(l, t->offsets, &count, error);
        return status == N2V_OK && count != 2 ? source_fail(l->source, error, "data_offsets are not two numbers")
                                              : status;
    }
    if ((status = literal_expect(l, LITERAL_STRING, error)) != N2V_OK)
        return status;
    for (size_t i = 0; i < TYPES; i++)
        if (strcmp(l->text, types[i]) == 0) {
            t->numbers = (Numbers)i;
            return N2V_OK;
        }
    return source_fail(l->source, error, "numbers of the type '%s', where F64, F32, F16 and I8 can be read", l->text);
}

typedef struct reading {
    Source *source;
    const TensorNames *names;
    tensor tensors[TENSORS];
    float *biases;
    float scales[2]; /* of inputs and outputs */
} reading;

static n2v_status unknown_tensor(const reading *r, const char *name, n2v_error *error)
{
    const char *const *of = r->names->of;

    if (r->names->inputs_alone)
        return source_fail(r->source, error, "a tensor '%s', where %s, %s and %s can be read", name, of[TENSOR_INPUT],
                           r->names->other, of[TENSOR_INPUT_SCALE]);
    return source_fail(r->source, error, "a tensor '%s', where %s, %s and %s can be read", name, of[TENSOR_INPUT],
                       of[TENSOR_OUTPUT], of[TENSOR_BIAS]);
}

/* What follows a tensor's name, which is the literal's text. */
static n2v_status read_tensor(reading *r, Literal *l, n2v_error *error)
{
    const TensorNames *names = r->names;
    const char *name = names->other && strcmp(l->text, names->other) == 0 ? names->of[TENSOR_INPUT] : l->text;
    size_t which = 0;
    tensor *t;
    bool more;
    n2v_status status;

    while (which < TENSORS && !(names->of[which] && strcmp(name, names->of[which]) == 0))
        which++;
    if (which == TENSORS)
        return unknown_tensor(r, l->text, error);
    t = &r->tensors[which];
    if (t->there)
        return source_fail(l->source, error, "the header is malformed: '%s' appears twice", l->text);
    t->there = true;
    status = literal_expect(l, '{', error);
    for (size_t i = 0; status == N2V_OK && (status = literal_key(l, i, &more, error)) == N2V_OK && more; i++)
        status = read_entry(l, t, error);
    if (status == N2V_OK && !(t->has_type && t->has_shape && t->has_offsets))
        return source_fail(l->source, error, "the tensor %s has no dtype, shape or data_offsets", names->of[which]);
    return status;
}

/* The number that record_json gave a name that came again. */
static void drop_number(char *name)
{
    char *dot = strrchr(name, '.');

    if (dot && dot[1] && strspn(dot + 1, "0123456789") == strlen(dot + 1))
        *dot = '\0';
}

/* "name": "value" pairs become the model's record. */
static n2v_status read_metadata(Literal *l, Model *model, n2v_error *error)
{
    bool more;
    n2v_status status = literal_expect(l, '{', error);

    for (size_t i = 0; status == N2V_OK && (status = literal_key(l, i, &more, error)) == N2V_OK && more; i++) {
        char *name;
        bool named;
        drop_number(l->text);
        named = *l->text && !strpbrk(l->text, "=\n");
        name = strdup(l->text);
        if (!name)
            return fail_memory(error, strlen(l->text) + 1, "the parameters");
        status = literal_expect(l, LITERAL_STRING, error);
        if (status == N2V_OK && !named)
            status = source_fail(l->source, error, "metadata with a name that is empty or has a '=' or a line break");
        if (status == N2V_OK && (status = record_add(&model->record, name, l->text, error)) == N2V_ERROR_ARGUMENT)
            status = source_fail(l->source, error, "metadata of more than %zu bytes", MAX_RECORD_BYTES);
        free(name);
    }
    return status;
}

static n2v_status read_header(reading *r, uint64_t bytes, Model *model, n2v_error *error)
{
    Literal l = literal_open(r->source, bytes, '"');
    bool more, has_metadata = false;
    n2v_status status = literal_expect(&l, '{', error);

    for (size_t i = 0; status == N2V_OK && (status = literal_key(&l, i, &more, error)) == N2V_OK && more; i++) {
        if (strcmp(l.text, "__metadata__") != 0) {
            status = read_tensor(r, &l, error);
        } else if (has_metadata) {
            status = source_fail(r->source, error, "the header is malformed: the metadata appear twice");
        } else {
            has_metadata = true;
            status = read_metadata(&l, model, error);
        }
    }
    if (status == N2V_OK)
        status = literal_expect(&l, LITERAL_END, error);
    literal_close(&l);
    return status;
}

/* Rows of inputs that belong to no word. */
static uint64_t spare_rows(const reading *r, const Model *model, size_t which)
{
    return which == TENSOR_INPUT ? r->tensors[which].shape[0] - model->words : 0;
}

static n2v_status skip_rows(const Model *model, uint64_t rows, size_t bytes_each, Source *source, n2v_error *error)
{
    n2v_status status = N2V_OK;
    unsigned char number[sizeof(float)];

    for (uint64_t i = 0; status == N2V_OK && i < rows * model->dim; i++)
        status = source_take(source, number, bytes_each, error);
    return status;
}

/* What the model's shape says of a tensor. */
static n2v_status check_shape(const reading *r, const Model *model, size_t which, n2v_error *error)
{
    const tensor *t = &r->tensors[which];
    const char *name = r->names->of[which];
    const bool matrix = which == TENSOR_INPUT || which == TENSOR_OUTPUT;
    const bool scale = which == TENSOR_INPUT_SCALE || which == TENSOR_OUTPUT_SCALE;
    const uint64_t rows = scale ? 1 : model->words + spare_rows(r, model, which), dim = matrix ? model->dim : 1;

    if (t->axes != (matrix ? 2 : 1) || t->shape[0] != rows || (matrix && t->shape[1] != dim))
        return source_fail(r->source, error, "the tensor %s has not the shape of the words and of %s", name,
                           r->names->of[TENSOR_INPUT]);
    if (!matrix && t->numbers != NUMBERS_FLOAT32)
        return source_fail(r->source, error, "the tensor %s has not the type F32", name);
    if (t->offsets[1] - t->offsets[0] != rows * dim * numbers_bytes(t->numbers)) /* below 2^31 * 2^20 * 4 */
        return source_fail(r->source, error, "the tensor %s has not as many bytes as its shape needs", name);
    return N2V_OK;
}

/* The data begin with one of the tensors. */
static n2v_status read_data(reading *r, Model *model, size_t which, n2v_error *error)
{
    const tensor *t = &r->tensors[which];
    const MatrixPlace place = {.numbers = t->numbers};
    float **floats = which == TENSOR_INPUT ? &model->input : &model->output;
    n2v_status status = check_shape(r, model, which, error);

    if (status != N2V_OK)
        return status;
    if (which == TENSOR_INPUT_SCALE || which == TENSOR_OUTPUT_SCALE)
        return source_take(r->source, &r->scales[which == TENSOR_OUTPUT_SCALE], sizeof(float), error);
    if (which == TENSOR_BIAS)
        return matrix_read(&r->biases, 1, model->words, model->words, place, NULL, r->source, error);
    status = matrix_read(floats, model->words, model->dim, model->stride, place, model->vocabulary, r->source, error);
    return status == N2V_OK ? skip_rows(model, spare_rows(r, model, which), numbers_bytes(t->numbers), r->source, error)
                            : status;
}

/* The tensors in the order of the data, which has no gaps. */
static n2v_status read_tensors(reading *r, Model *model, n2v_error *error)
{
    const tensor *tensors = r->tensors;
    uint64_t offset = 0;
    size_t count = 0;
    n2v_status status;

    for (size_t i = 0; i < TENSORS; i++)
        count += tensors[i].there;
    for (; count; count--) {
        size_t which = 0;
        while (which < TENSORS && (!tensors[which].there || tensors[which].offsets[0] != offset))
            which++;
        if (which == TENSORS)
            return source_fail(r->source, error, "no tensor begins at byte %" PRIu64 " of the data", offset);
        if ((status = read_data(r, model, which, error)) != N2V_OK)
            return status;
        offset = tensors[which].offsets[1];
    }
    return N2V_OK;
}

/* A scale comes before or after its numbers. */
static n2v_status apply_scale(const reading *r, const Model *model, size_t output, n2v_error *error)
{
    float *floats = output ? model->output : model->input;
    const float scale = r->scales[output];

    if (scale == 1)
        return N2V_OK;
    if (!floats || !(scale > 0 && scale < INFINITY))
        return source_fail(r->source, error,
                           "the file is corrupt: a scale without its tensor, or one that is no positive "
                           "number");
    for (size_t id = 0; id < model->words; id++)
        for (size_t i = 0; i < model->dim; i++)
            floats[id * model->stride + i] *= scale;
    return N2V_OK;
}

static n2v_status begin(reading *r, Model *model, n2v_error *error)
{
    const tensor *input = &r->tensors[TENSOR_INPUT];
    const uint64_t known = vocabulary_size(model->vocabulary);
    const bool spare = input->shape[0] > known && input->shape[0] - known <= r->names->zero_rows;
    n2v_status status;

    if (!input->there || input->axes != 2)
        return source_fail(r->source, error, "there is no tensor %s of two axes", r->names->of[TENSOR_INPUT]);
    status = load_begin(model, r->source, spare ? known : input->shape[0], input->shape[1], error);
    if (status == N2V_OK && r->tensors[TENSOR_BIAS].there)
        model_set_stride(model, row_stride(model->dim + 1));
    return status;
}

n2v_status safetensors_read(Model *model, const TensorNames *names, Source *source, n2v_error *error)
{
    reading r = {.source = source, .names = names, .scales = {1, 1}};
    uint64_t bytes;
    n2v_status status;

    if ((status = source_take(source, &bytes, sizeof bytes, error)) != N2V_OK)
        return status;
    if (bytes > MAX_HEADER)
        return source_fail(source, error, "a header of %" PRIu64 " bytes, where at most %" PRIu64 " can be read", bytes,
                           MAX_HEADER);
    if ((status = read_header(&r, bytes, model, error)) != N2V_OK || (status = begin(&r, model, error)) != N2V_OK)
        return status;
    if ((status = read_tensors(&r, model, error)) == N2V_OK && (status = source_end(source, error)) == N2V_OK &&
        (status = apply_scale(&r, model, 0, error)) == N2V_OK &&
        (status = apply_scale(&r, model, 1, error)) == N2V_OK && r.biases)
        status = load_biases(model, source, r.biases, error);
    floats_destroy(r.biases, model->words);
    return status;
}

static n2v_status read_own(Model *model, Source *source, n2v_error *error)
{
    return safetensors_read(model, &own_names, source, error);
}

const Format format_safetensors = {
    .name = "safetensors",
    .endings = ".safetensors",
    .summary = "tensors input, output and output_bias, the words beside them in NAME.vocab.txt",
    .write = write_own,
    .numbers = HAS_FLOAT16 | HAS_INT8,
    .beside = ".vocab.txt",
    .matches = safetensors_matches,
    .read = read_own,
};
