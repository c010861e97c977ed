#include "model/select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/rows.h"

static const char *const names[] = {
    [VECTORS_INPUT] = "input", [VECTORS_OUTPUT] = "output", [VECTORS_SUM] = "sum", [VECTORS_CONCAT] = "concat"};

const char *vectors_name(size_t index)
{
    return index < sizeof names / sizeof *names ? names[index] : NULL;
}

static void drop(float **floats, size_t count)
{
    floats_destroy(*floats, count);
    *floats = NULL;
}

static n2v_status concat(Model *model, n2v_error *error)
{
    const size_t dim = model->dim, stride = row_stride(2 * dim);
    size_t floats;
    float *both = NULL;

    if (!__builtin_mul_overflow(model->words, stride, &floats))
        both = floats_create(floats);
    if (!both)
        return fail_memory(error, model->words * dim * 2 * sizeof *both, "the vectors");
    for (size_t id = 0; id < model->words; id++) {
        memcpy(both + id * stride, model->input + id * model->stride, dim * sizeof *both);
        memcpy(both + id * stride + dim, model->output + id * model->stride, dim * sizeof *both);
    }
    drop(&model->input, model->words * model->stride);
    drop(&model->output, model->words * model->stride);
    model->input = both;
    model->dim = 2 * dim;
    model->stride = stride;
    return N2V_OK;
}

n2v_status model_select(Model *model, Vectors vectors, n2v_error *error)
{
    const size_t floats = model->words * model->stride;
    n2v_status status = N2V_OK;

    if (vectors != VECTORS_INPUT && !model->output)
        return error_set(error, N2V_ERROR_DATA,
                         "--vectors %s needs output vectors, and there are none: whole models have them, in .n2v and "
                         ".safetensors files",
                         names[vectors]);
    if (vectors == VECTORS_OUTPUT) {
        float *output = model->output;
        model->output = model->input;
        model->input = output;
    } else if (vectors == VECTORS_SUM) {
        for (size_t i = 0; i < floats; i++)
            model->input[i] += model->output[i];
    } else if (vectors == VECTORS_CONCAT) {
        status = concat(model, error);
    }
    if (status)
        return status;
    drop(&model->output, floats);
    for (size_t id = 0; id < model->words && model->has_bias && vectors != VECTORS_CONCAT; id++)
        model->input[id * model->stride + model->dim] = 0;
    model->has_bias = model->saves_bias = false;
    model->shared_bias = 0;
    return record_add(&model->record, "vectors", names[vectors], error);
}

n2v_status model_normalize(Model *model, n2v_error *error)
{
    for (size_t id = 0; id < model->words; id++)
        row_normalize(model->input + id * model->stride, model->dim, model->input + id * model->stride);
    return record_add(&model->record, "normalize", "1", error);
}

/* A copy of the first floats; NULL, too, where there are none. */
static float *copy_first(const float *floats, size_t count, bool *failed)
{
    float *copy = floats ? floats_create(count) : NULL;

    *failed = *failed || (floats && !copy);
    return copy ? memcpy(copy, floats, count * sizeof *copy) : NULL;
}

n2v_status model_keep_first(Model *model, size_t words, n2v_error *error)
{
    Model kept = {.words = words,
                  .dim = model->dim,
                  .stride = model->stride,
                  .has_bias = model->has_bias,
                  .saves_bias = model->saves_bias,
                  .shared_bias = model->shared_bias};
    char number[32];
    bool failed = false;
    n2v_status status = N2V_OK;

    if (words >= model->words)
        return N2V_OK;
    kept.vocabulary = vocabulary_create();
    kept.input = copy_first(model->input, words * kept.stride, &failed);
    kept.output = copy_first(model->output, words * kept.stride, &failed);
    if (failed || !kept.vocabulary)
        status = fail_memory(error, words * kept.stride * sizeof(float), "the vectors");
    else
        status = record_copy(&kept.record, &model->record, error);
    for (size_t id = 0; !status && id < words; id++) {
        size_t bytes;
        const char *word = vocabulary_word(model->vocabulary, (Id)id, &bytes);
        const uint64_t count = vocabulary_count(model->vocabulary, (Id)id);
        status = vocabulary_add(kept.vocabulary, word, bytes, count, NULL, error);
    }
    (void)snprintf(number, sizeof number, "%zu", words);
    if (!status)
        status = record_add(&kept.record, "top", number, error);
    if (status) {
        model_free(&kept);
        return status;
    }
    model_free(model);
    *model = kept;
    return N2V_OK;
}
