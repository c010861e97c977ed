/* safetensors.c - the layout that Hugging Face publishes.
 *
 *     u64 bytes of the header, little-endian
 *     the header: JSON, padded with spaces so that the data begins at a multiple of 8
 *         {"__metadata__": {"name": "value", ...},         the run's parameters, if there are any
 *          "input": {"dtype": "F32", "shape": [words, dim], "data_offsets": [begin, end]},
 *          "output": ..., "output_bias": {... "shape": [words] ...}}     if the model has them
 *     the data: little-endian floats, row by row; offsets count from its beginning
 * The words stand in a file of their own beside it. */
#include "model/formats/safetensors.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "model/formats/loader.h"

/* Lines before `line` that begin with the same name. */
static size_t times_before(const char *parameters, const char *line, size_t name)
{
    size_t times = 0;

    for (const char *at = parameters; at < line; at += strcspn(at, "\n") + 1)
        times += strncmp(at, line, name + 1) == 0;
    return times;
}

/* "name=value" lines as an object. A name that comes again (input) has a number: JSON wants each once. */
static void print_metadata(FILE *out, const char *parameters)
{
    bool any = false;

    for (const char *line = parameters; *line;) {
        const size_t bytes = strcspn(line, "\n"), name = strcspn(line, "=");
        if (name < bytes) {
            const size_t before = times_before(parameters, line, name);
            fputs(any ? ", \"" : "\"__metadata__\": {\"", out);
            any = true;
            n2v_json_escape(out, line, name);
            if (before)
                fprintf(out, ".%zu", before + 1);
            fputs("\": \"", out);
            n2v_json_escape(out, line + name + 1, bytes - name - 1);
            fputc('"', out);
        }
        line += bytes + (line[bytes] == '\n');
    }
    if (any)
        fputs("}, ", out);
}

static void print_tensor(FILE *out, const char *name, size_t words, size_t dim, uint64_t *offset)
{
    const uint64_t begin = *offset;

    *offset += (uint64_t)words * (dim ? dim : 1) * sizeof(float);
    fprintf(out, "%s\"%s\": {\"dtype\": \"F32\", \"shape\": [%zu", begin ? ", " : "", name, words);
    if (dim)
        fprintf(out, ", %zu", dim);
    fprintf(out, "], \"data_offsets\": [%" PRIu64 ", %" PRIu64 "]}", begin, *offset);
}

static n2v_status write_header(const n2v_model *model, n2v_writer *writer, n2v_error *error)
{
    char *text = NULL;
    size_t bytes = 0, padding;
    uint64_t offset = 0, length;
    FILE *out = open_memstream(&text, &bytes);
    bool complete;
    n2v_status status;

    if (!out)
        return n2v_fail_memory(error, 1, "the header");
    fputc('{', out);
    print_metadata(out, model->parameters ? model->parameters : "");
    print_tensor(out, "input", model->words, model->dim, &offset);
    if (model->output)
        print_tensor(out, "output", model->words, model->dim, &offset);
    if (model->output_bias)
        print_tensor(out, "output_bias", model->words, 0, &offset);
    fputc('}', out);
    complete = !ferror(out);
    if (fclose(out) != 0 || !complete) {
        free(text);
        return n2v_fail_memory(error, bytes, "the header");
    }
    padding = (8 - bytes % 8) % 8;
    length = bytes + padding;
    if ((status = n2v_writer_write(writer, &length, sizeof length, error)) == N2V_OK &&
        (status = n2v_writer_write(writer, text, bytes, error)) == N2V_OK)
        status = n2v_writer_write(writer, "       ", padding, error);
    free(text);
    return status;
}

static n2v_status write_matrix(const n2v_model *model, const float *rows, n2v_writer *writer, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t id = 0; id < model->words && status == N2V_OK; id++) {
        const float *row = rows + id * model->stride;
        status = n2v_save_check_row(row, model->dim, n2v_vocabulary_word(model->vocabulary, (n2v_id)id, NULL), error);
        if (status == N2V_OK)
            status = n2v_writer_write(writer, row, model->dim * sizeof *row, error);
    }
    return status;
}

n2v_status n2v_safetensors_write(const n2v_model *model, n2v_writer *writer, n2v_error *error)
{
    const size_t words = model->words;
    n2v_status status = write_header(model, writer, error);

    if (status == N2V_OK)
        status = write_matrix(model, model->input, writer, error);
    if (status == N2V_OK && model->output)
        status = write_matrix(model, model->output, writer, error);
    if (status == N2V_OK && model->output_bias &&
        (status = n2v_save_check_row(model->output_bias, words, "(output biases)", error)) == N2V_OK)
        status = n2v_writer_write(writer, model->output_bias, words * sizeof(float), error);
    return status;
}

n2v_status n2v_safetensors_write_words(const n2v_model *model, n2v_writer *writer, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t id = 0; id < model->words && status == N2V_OK; id++) {
        size_t bytes;
        const char *word = n2v_vocabulary_word(model->vocabulary, (n2v_id)id, &bytes);
        if ((status = n2v_writer_write(writer, word, bytes, error)) == N2V_OK)
            status = n2v_writer_write(writer, "\n", 1, error);
    }
    return status;
}
