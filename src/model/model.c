#include "model/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"

/* To a tenth. */
static const char *gigabytes(double bytes, char text[NUMBER_BYTES])
{
    return number_format(round(bytes / 1e8) / 10, 12, text);
}

/* A mapping is granted beyond the memory there is, and the process killed later. */
static n2v_status check_memory(size_t words, size_t dim, size_t bytes, n2v_error *error)
{
    const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    const double have = (double)pages * (double)page;
    char need[NUMBER_BYTES], room[NUMBER_BYTES];

    if (pages <= 0 || page <= 0 || (double)bytes <= have)
        return N2V_OK;
    return error_set(error, N2V_ERROR_MEMORY,
                     "out of memory: %zu words x %zu dimensions need %s GB and this machine has %s GB; "
                     "ask for fewer dimensions or fewer words",
                     words, dim, gigabytes((double)bytes, need), gigabytes(have, room));
}

void model_set_words(Model *model, size_t words)
{
    model->words = model->input_rows = model->output_rows = words;
}

void model_set_stride(Model *model, size_t stride)
{
    model->stride = model->output_stride = stride;
}

n2v_status model_set_rows(Model *model, size_t inputs, size_t outputs, size_t vectors, n2v_error *error)
{
    size_t input_floats, output_floats, floats, bytes;

    model->input_rows = inputs;
    model->output_rows = outputs;
    if (inputs > UINT32_MAX || outputs > UINT32_MAX - inputs ||
        __builtin_mul_overflow(model->stride, vectors, &model->output_stride) ||
        __builtin_mul_overflow(inputs, model->stride, &input_floats) ||
        __builtin_mul_overflow(outputs, model->output_stride, &output_floats) ||
        __builtin_add_overflow(input_floats, output_floats, &floats) ||
        __builtin_mul_overflow(floats, sizeof(float), &bytes))
        return fail_memory(error, SIZE_MAX, "the vectors");
    return N2V_OK;
}

static n2v_status set_shape(Model *model, const ModelShape *shape, n2v_error *error)
{
    size_t inputs, outputs;

    model_set_stride(model, row_stride(shape->dim + shape->has_bias));
    if (__builtin_add_overflow(model->words, shape->more_inputs, &inputs) ||
        __builtin_add_overflow(model->words, shape->more_outputs, &outputs))
        return fail_memory(error, SIZE_MAX, "the vectors");
    return model_set_rows(model, inputs, outputs, shape->output_vectors ? shape->output_vectors : 1, error);
}

n2v_status model_create(Model *model, Vocabulary *vocabulary, const ModelShape *shape, n2v_error *error)
{
    const size_t words = vocabulary_size(vocabulary), dim = shape->dim;
    Model made = {.words = words, .dim = dim, .has_bias = shape->has_bias, .saves_bias = true,
                  .other_outputs = shape->other_outputs};
    size_t bytes;
    n2v_status status;

    memset(model, 0, sizeof *model);
    if (!words || !dim)
        return error_set(error, N2V_ERROR_ARGUMENT, "a model has at least one word and one dimension, not %zu x %zu",
                         words, dim);
    if (dim > SIZE_MAX - ROW_FLOATS - 1)
        return fail_memory(error, SIZE_MAX, "the vectors");
    if ((status = set_shape(&made, shape, error)) != N2V_OK)
        return status;
    bytes = (made.input_rows * made.stride + made.output_rows * made.output_stride) * sizeof(float);
    if ((status = check_memory(words, dim, bytes, error)) != N2V_OK)
        return status;
    made.input = floats_create(made.input_rows * made.stride);
    made.output = floats_create(made.output_rows * made.output_stride);
    if (!made.input || !made.output) {
        model_free(&made);
        return fail_memory(error, bytes, "the vectors");
    }
    made.vocabulary = vocabulary;
    *model = made;
    return N2V_OK;
}

const char *model_row_name(const Model *model, size_t row)
{
    const size_t id = row < model->input_rows ? row : row - model->input_rows;
    return id < model->words ? vocabulary_word(model->vocabulary, (Id)id, NULL) : "(a row beyond the words)";
}

n2v_status model_accumulate(Model *model, n2v_error *error)
{
    const size_t count = model_rows(model) + 1;

    model->accumulators = array_create_zero(count, sizeof *model->accumulators);
    return model->accumulators ? N2V_OK : fail_memory(error, count * sizeof *model->accumulators, "the optimizer");
}

uint64_t model_bytes(const Model *model)
{
    const size_t outputs = model->output ? model->output_rows : 0, rows = model->input_rows + outputs;
    uint64_t bytes = vocabulary_bytes(model->words) +
                     (model->input_rows * model->stride + outputs * model->output_stride) * sizeof(float);

    if (model->accumulators)
        bytes += rows * sizeof(float);
    if (model->rates)
        bytes += rows * sizeof(float);
    if (model->subwords)
        bytes += subwords_bytes(model->subwords);
    for (size_t kind = 0; kind < EXTRA_KINDS; kind++)
        bytes += model->extras[kind].count;
    return bytes;
}

static void free_extras(Model *model, size_t kinds)
{
    for (size_t kind = 0; kind < kinds; kind++) {
        free(model->extras[kind].bytes);
        model->extras[kind] = (Extra){.count = 0};
    }
}

void model_free(Model *model)
{
    free((void *)model->accumulators);
    free(model->rates);
    floats_destroy(model->input, model->input_rows * model->stride);
    floats_destroy(model->output, model->output_rows * model->output_stride);
    subwords_destroy(model->subwords);
    vocabulary_destroy(model->vocabulary);
    record_free(&model->record);
    free_extras(model, EXTRA_KINDS);
    memset(model, 0, sizeof *model);
}

void model_free_extras(Model *model)
{
    free_extras(model, STATE_EXTRAS);
}

float model_own_bias(const Model *model, Id id)
{
    return model->has_bias ? model->output[id * model->output_stride + model_bias_at(model)] : 0;
}

float model_bias(const Model *model, Id id)
{
    const float shared = atomic_load_explicit(&model->shared_bias, memory_order_relaxed);
    const float own = model_own_bias(model, id);

    return shared == 0 ? own : own + shared; /* so that a file's -0 stays what it is */
}
