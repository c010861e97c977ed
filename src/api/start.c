/* start.c - vectors to start a training from. */
#include <math.h>
#include <string.h>

#include "api/trainer_handle.h"
#include "base/number.h"

/* Rows of length 1, where the objective keeps them so. */
static void put(const n2v_trainer *trainer, float *row, const float *vector)
{
    const TrainOptions *options = trainer_options(trainer->trainer);
    const Model *model = trainer_model(trainer->trainer);

    memcpy(row, vector, model->dim * sizeof *row);
    if (objective_needs(options->objective, options->parameters) & N2V_NEEDS_UNIT_ROWS)
        options->kernels->normalize(&row, 1, model->stride);
}

static n2v_status check_paused(const n2v_trainer *trainer, const char *function, n2v_error *error)
{
    if (!trainer)
        return error_set(error, N2V_ERROR_ARGUMENT, "%s: trainer is NULL", function);
    return trainer_check_paused(trainer->trainer, error);
}

n2v_status n2v_trainer_set_rows(n2v_trainer *trainer, n2v_matrix matrix, uint32_t first, size_t count, const float *rows,
                                size_t stride, n2v_error *error)
{
    Model *model;
    n2v_status status;

    if ((status = check_paused(trainer, "n2v_trainer_set_rows", error)) != N2V_OK)
        return status;
    model = trainer_model(trainer->trainer);
    if (matrix != N2V_INPUT && matrix != N2V_OUTPUT)
        return error_set(error, N2V_ERROR_ARGUMENT, "there is no matrix %d", (int)matrix);
    if (matrix == N2V_OUTPUT && model->other_outputs)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "the outputs of this training are not one vector of each word: only inputs can be set");
    if (!rows || first > model->words || count > model->words - first || stride < model->dim)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "%zu rows from %lu on, %zu floats apart, are not rows of %zu words with %zu dimensions", count,
                         (unsigned long)first, stride, model->words, model->dim);
    for (size_t i = 0; i < count; i++)
        for (size_t d = 0; d < model->dim; d++)
            if (!isfinite(rows[i * stride + d]))
                return error_set(error, N2V_ERROR_NUMERIC, "row %zu is not finite", first + i);
    for (size_t i = 0; i < count; i++)
        put(trainer, matrix == N2V_INPUT ? model->input + (first + i) * model->stride
                                         : model->output + (first + i) * model->output_stride, rows + i * stride);
    return N2V_OK;
}

static void take_word(const n2v_trainer *trainer, Id id, const Model *from, Id other)
{
    Model *model = trainer_model(trainer->trainer);

    put(trainer, model->input + id * model->stride, from->input + other * from->stride);
    if (!model_has_outputs(model) || !model_has_outputs(from))
        return;
    put(trainer, model->output + id * model->output_stride, from->output + other * from->output_stride);
    if (model->has_bias && from->has_bias)
        model->output[id * model->output_stride + model->dim] = model_own_bias(from, other);
}

n2v_status n2v_trainer_start(n2v_trainer *trainer, const n2v_vectors *from, size_t *found, n2v_error *error)
{
    Model *model;
    size_t known = 0;
    n2v_status status;

    if ((status = check_paused(trainer, "n2v_trainer_start", error)) != N2V_OK)
        return status;
    if (!from)
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_trainer_start: from is NULL");
    model = trainer_model(trainer->trainer);
    if (from->model->dim != model->dim)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "the vectors to start from have %zu dimensions, the training has %zu: set " SETTING("dim"),
                         from->model->dim, model->dim);
    for (size_t id = 0; id < model->words; id++) {
        size_t bytes;
        const char *word = vocabulary_word(model->vocabulary, (Id)id, &bytes);
        const uint32_t other = n2v_vectors_find(from, word, bytes);
        if (other == N2V_NO_ID)
            continue;
        take_word(trainer, (Id)id, from->model, other);
        known++;
    }
    if (model->has_bias && from->model->has_bias)
        atomic_store(&model->shared_bias, atomic_load(&from->model->shared_bias));
    if (!known)
        return error_set(error, N2V_ERROR_DATA, "the vectors to start from have no word of the text");
    if (found)
        *found = known;
    return N2V_OK;
}
