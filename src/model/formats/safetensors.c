/* safetensors.c - the layout that Hugging Face publishes.
 *
 *     u64 bytes of the header, little-endian
 *     the header: JSON, padded with spaces so that the data begins at a multiple of 8
 *         {"__metadata__": {"name": "value", ...},         the run's parameters, if there are any
 *          "input": {"dtype": "F32", "shape": [words, dim], "data_offsets": [begin, end]},
 *          "output": ..., "output_bias": {... "shape": [words] ...}}     if the model has them
 *     the data: little-endian floats, row by row; offsets count from its beginning
 * The words are in a second file beside it. */
#include "model/formats/registry.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/formats/literal.h"
#include "model/formats/matrix.h"

/* A dim of 0: a tensor of words numbers, and never of halves. */
static void print_tensor(FILE *out, const char *name, size_t words, size_t dim, bool float16, uint64_t *offset)
{
    const uint64_t begin = *offset;

    *offset += (uint64_t)words * (dim ? dim : 1) * (dim && float16 ? sizeof(uint16_t) : sizeof(float));
    fprintf(out, "%s\"%s\": {\"dtype\": \"%s\", \"shape\": [%zu", begin ? ", " : "", name,
            dim && float16 ? "F16" : "F32", words);
    if (dim)
        fprintf(out, ", %zu", dim);
    fprintf(out, "], \"data_offsets\": [%" PRIu64 ", %" PRIu64 "]}", begin, *offset);
}

static n2v_status write_header(const Selection *selection, bool float16, Writer *writer, n2v_error *error)
{
    char *text = NULL;
    size_t bytes = 0, padding;
    uint64_t offset = 0, length;
    FILE *out = open_memstream(&text, &bytes);
    n2v_status status = N2V_OK;

    if (!out)
        return fail_memory(error, 1, "the header");
    fputc('{', out);
    if (selection->record.count) {
        fputs("\"__metadata__\": ", out);
        status = record_json(&selection->record, out, error);
        fputs(", ", out);
    }
    print_tensor(out, "input", selection->words, selection->dim, float16, &offset);
    if (selection->has_output)
        print_tensor(out, "output", selection->words, selection->dim, float16, &offset);
    if (selection->has_bias)
        print_tensor(out, "output_bias", selection->words, 0, float16, &offset);
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

static n2v_status write_as(const Selection *selection, bool float16, Writer *writer, n2v_error *error)
{
    const MatrixPlace place = {.float16 = float16};
    n2v_status status = write_header(selection, float16, writer, error);

    if (status == N2V_OK)
        status = matrix_write(selection, selection_row, place, writer, error);
    if (status == N2V_OK && selection->has_output)
        status = matrix_write(selection, selection_output, place, writer, error);
    if (status == N2V_OK && selection->has_bias)
        status = biases_write(selection, model_bias, selection->words, NULL, writer, error);
    return status;
}

static n2v_status write_safetensors(const Selection *selection, Writer *writer, n2v_error *error)
{
    return write_as(selection, false, writer, error);
}

static n2v_status write_float16(const Selection *selection, Writer *writer, n2v_error *error)
{
    return write_as(selection, true, writer, error);
}

/* Reading ------------------------------------------------------------------------------- */

/* What is read: a record of which every byte is escaped as six, and the tensors. */
#define MAX_HEADER ((uint64_t)8 * MAX_RECORD_BYTES)

enum { TENSOR_INPUT, TENSOR_OUTPUT, TENSOR_BIAS, TENSORS };

static const char *const tensor_names[TENSORS] = {"input", "output", "output_bias"};

typedef struct tensor {
    bool there, float16, has_type, has_shape, has_offsets;
    size_t axes;
    uint64_t shape[2], offsets[2];
} tensor;

static bool matches(const unsigned char *head, size_t count)
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
    t->float16 = strcmp(l->text, "F16") == 0;
    if (!t->float16 && strcmp(l->text, "F32") != 0)
        return source_fail(l->source, error, "numbers of the type '%s', where F32 and F16 can be read", l->text);
    return N2V_OK;
}

/* What follows a tensor's name, which is the literal's text. */
static n2v_status read_tensor(Literal *l, tensor tensors[TENSORS], n2v_error *error)
{
    tensor *t = tensors;
    bool more;
    n2v_status status;

    while (t < tensors + TENSORS && strcmp(l->text, tensor_names[t - tensors]) != 0)
        t++;
    if (t == tensors + TENSORS)
        return source_fail(l->source, error, "a tensor '%s', where input, output and output_bias can be read", l->text);
    if (t->there)
        return source_fail(l->source, error, "the header is malformed: '%s' appears twice", l->text);
    t->there = true;
    status = literal_expect(l, '{', error);
    for (size_t i = 0; status == N2V_OK && (status = literal_key(l, i, &more, error)) == N2V_OK && more; i++)
        status = read_entry(l, t, error);
    if (status == N2V_OK && !(t->has_type && t->has_shape && t->has_offsets))
        return source_fail(l->source, error, "the tensor %s has no dtype, shape or data_offsets",
                           tensor_names[t - tensors]);
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

static n2v_status read_header(Source *source, uint64_t bytes, Model *model, tensor tensors[TENSORS], n2v_error *error)
{
    Literal l = literal_open(source, bytes, '"');
    bool more, has_metadata = false;
    n2v_status status = literal_expect(&l, '{', error);

    for (size_t i = 0; status == N2V_OK && (status = literal_key(&l, i, &more, error)) == N2V_OK && more; i++) {
        if (strcmp(l.text, "__metadata__") != 0) {
            status = read_tensor(&l, tensors, error);
        } else if (has_metadata) {
            status = source_fail(source, error, "the header is malformed: the metadata appear twice");
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

/* The data begin with one of the tensors; its shape must be the model's. */
static n2v_status read_data(Model *model, const tensor *t, size_t which, float **biases, Source *source,
                            n2v_error *error)
{
    const size_t axes = which == TENSOR_BIAS ? 1 : 2;
    const uint64_t dim = axes == 2 ? model->dim : 1, size = t->float16 ? sizeof(uint16_t) : sizeof(float);
    const MatrixPlace place = {.float16 = t->float16};

    if (t->axes != axes || t->shape[0] != model->words || (axes == 2 && t->shape[1] != dim))
        return source_fail(source, error, "the tensor %s has not the shape of the words and of input",
                           tensor_names[which]);
    if (t->offsets[1] - t->offsets[0] != model->words * dim * size) /* below 2^31 * 2^20 * 4 */
        return source_fail(source, error, "the tensor %s has not as many bytes as its shape needs",
                           tensor_names[which]);
    if (which == TENSOR_BIAS)
        return matrix_read(biases, 1, model->words, model->words, place, NULL, source, error);
    return matrix_read(which == TENSOR_INPUT ? &model->input : &model->output, model->words, model->dim, model->stride,
                       place, model->vocabulary, source, error);
}

/* The tensors in the order of the data, which has no gaps. */
static n2v_status read_tensors(Model *model, const tensor tensors[TENSORS], float **biases, Source *source,
                               n2v_error *error)
{
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
            return source_fail(source, error, "no tensor begins at byte %" PRIu64 " of the data", offset);
        if ((status = read_data(model, &tensors[which], which, biases, source, error)) != N2V_OK)
            return status;
        offset = tensors[which].offsets[1];
    }
    return *biases ? load_biases(model, source, *biases, error) : N2V_OK;
}

static n2v_status read_safetensors(Model *model, Source *source, n2v_error *error)
{
    tensor tensors[TENSORS] = {{.there = false}};
    const tensor *input = &tensors[TENSOR_INPUT];
    uint64_t bytes;
    float *biases = NULL;
    n2v_status status;

    if ((status = source_take(source, &bytes, sizeof bytes, error)) != N2V_OK)
        return status;
    if (bytes > MAX_HEADER)
        return source_fail(source, error, "a header of %" PRIu64 " bytes, where at most %" PRIu64 " can be read", bytes,
                           MAX_HEADER);
    if ((status = read_header(source, bytes, model, tensors, error)) != N2V_OK)
        return status;
    if (!input->there || input->axes != 2)
        return source_fail(source, error, "there is no tensor input of two axes");
    if ((status = load_begin(model, source, input->shape[0], input->shape[1], error)) != N2V_OK)
        return status;
    if (tensors[TENSOR_BIAS].there)
        model_set_stride(model, row_stride(model->dim + 1));
    if ((status = read_tensors(model, tensors, &biases, source, error)) == N2V_OK)
        status = source_end(source, error);
    floats_destroy(biases, model->words);
    return status;
}

const Format format_safetensors = {
    .name = "safetensors",
    .endings = ".safetensors",
    .summary = "tensors input, output and output_bias, the words beside them in NAME.vocab.txt",
    .write = write_safetensors,
    .write_float16 = write_float16,
    .beside = ".vocab.txt",
    .matches = matches,
    .read = read_safetensors,
};
