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

/* False: more than there are numbers for. */
static bool set_shape(Model *model, size_t words, const ModelShape *shape, size_t *bytes)
{
    const size_t vectors = shape->output_vectors ? shape->output_vectors : 1;
    size_t inputs, outputs, floats;

    model_set_stride(model, row_stride(shape->dim + shape->has_bias));
    model->words = words;
    return !__builtin_mul_overflow(model->stride, vectors, &model->output_stride) &&
           !__builtin_add_overflow(words, shape->more_inputs, &model->input_rows) &&
           !__builtin_add_overflow(words, shape->more_outputs, &model->output_rows) &&
           !__builtin_mul_overflow(model->input_rows, model->stride, &inputs) &&
           !__builtin_mul_overflow(model->output_rows, model->output_stride, &outputs) &&
           !__builtin_add_overflow(inputs, outputs, &floats) &&
           !__builtin_mul_overflow(floats, sizeof(float), bytes);
}

n2v_status model_create(Model *model, Vocabulary *vocabulary, const ModelShape *shape, n2v_error *error)
{
    const size_t words = vocabulary_size(vocabulary), dim = shape->dim;
    Model made = {.dim = dim, .has_bias = shape->has_bias, .saves_bias = true};
    size_t bytes;
    n2v_status status;

    memset(model, 0, sizeof *model);
    if (!words || !dim)
        return error_set(error, N2V_ERROR_ARGUMENT, "a model has at least one word and one dimension, not %zu x %zu",
                         words, dim);
    if (dim > SIZE_MAX - ROW_FLOATS - 1)
        return fail_memory(error, SIZE_MAX, "the vectors");
    if (!set_shape(&made, words, shape, &bytes))
        return fail_memory(error, SIZE_MAX, "the vectors");
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

static void free_extras(Model *model, size_t kinds)
{
    for (size_t kind = 0; kind < kinds; kind++) {
        free(model->extras[kind].bytes);
        model->extras[kind] = (Extra){.count = 0};
    }
}

void model_free(Model *model)
{
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
    return model->has_bias ? model->output[id * model->output_stride + model->dim] : 0;
}

float model_bias(const Model *model, Id id)
{
    const float shared = atomic_load_explicit(&model->shared_bias, memory_order_relaxed);
    const float own = model_own_bias(model, id);

    return shared == 0 ? own : own + shared; /* so that a file's -0 stays what it is */
}
