#include "model/model.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static double gigabytes(double bytes)
{
    return bytes / 1e9;
}

/* A mapping is granted beyond the memory there is, and the process killed later. */
static n2v_status check_memory(size_t words, size_t dim, size_t bytes, n2v_error *error)
{
    const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    const double have = (double)pages * (double)page;

    if (pages <= 0 || page <= 0 || (double)bytes <= have)
        return N2V_OK;
    return error_set(error, N2V_ERROR_MEMORY,
                     "out of memory: %zu words x %zu dimensions need %.1f GB and this machine has %.1f GB; "
                     "ask for fewer dimensions or fewer words",
                     words, dim, gigabytes((double)bytes), gigabytes(have));
}

n2v_status model_create(Model *model, Vocabulary *vocabulary, size_t dim, size_t spare, n2v_error *error)
{
    const size_t words = vocabulary_size(vocabulary);
    Model made = {.words = words, .dim = dim};
    size_t floats, bytes;
    n2v_status status;

    memset(model, 0, sizeof *model);
    if (!words || !dim)
        return error_set(error, N2V_ERROR_ARGUMENT, "a model has at least one word and one dimension, not %zu x %zu",
                         words, dim);
    if (dim > SIZE_MAX - ROW_FLOATS - spare)
        return fail_memory(error, SIZE_MAX, "the vectors");
    made.stride = row_stride(dim + spare);
    if (__builtin_mul_overflow(words, made.stride, &floats) ||
        __builtin_mul_overflow(floats, 2 * sizeof(float), &bytes))
        return fail_memory(error, SIZE_MAX, "the vectors");
    status = check_memory(words, dim, bytes, error);
    if (status)
        return status;
    made.input = floats_create(floats);
    made.output = floats_create(floats);
    made.output_bias = floats_create(words);
    made.parameters = strdup("");
    if (!made.input || !made.output || !made.output_bias || !made.parameters) {
        model_free(&made);
        return fail_memory(error, bytes, "the vectors");
    }
    made.vocabulary = vocabulary;
    *model = made;
    return N2V_OK;
}

void model_free(Model *model)
{
    floats_destroy(model->input, model->words * model->stride);
    floats_destroy(model->output, model->words * model->stride);
    floats_destroy(model->output_bias, model->words);
    vocabulary_destroy(model->vocabulary);
    free(model->parameters);
    memset(model, 0, sizeof *model);
}

const char *model_parameter(const Model *model, const char *name, size_t *bytes)
{
    const size_t length = strlen(name);

    for (const char *line = model->parameters; line && *line; line += strcspn(line, "\n"), line += *line == '\n') {
        if (strncmp(line, name, length) == 0 && line[length] == '=') {
            *bytes = strcspn(line + length + 1, "\n");
            return line + length + 1;
        }
    }
    return NULL;
}
