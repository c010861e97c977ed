#include "train/initialize.h"

#include <math.h>

#include "base/number.h"
#include "base/random.h"
#include "model/compose.h"

/* Uniform elements, in an interval that gives the rows a root mean square length of `length`. The padding stays 0. */
static void fill_uniform(const Model *model, size_t from, size_t to, double length, uint64_t seed, Purpose stream)
{
    const float width = (float)(length * sqrt(12 / (double)model->dim));
    Random random;

    random_seed(&random, seed, UINT64_MAX, UINT64_MAX, stream);
    for (size_t i = from; i < to; i++)
        for (float *row = model_row(model, i), *end = row + model_row_floats(model, i); row < end; row += model->stride)
            for (size_t c = 0; c < model->dim; c++)
                row[c] = (random_float(&random) - 0.5f) * width;
}

static void normalize_rows(const Model *model, const Kernels *kernels)
{
    for (size_t i = 0; i < model_rows(model); i++) {
        float *row = model_row(model, i);
        kernels->normalize(&row, 1, model_row_floats(model, i));
    }
}

/* A bias is one more element of its output row, where the input rows have 1: products include it without more code. */
static void set_biases(Model *model)
{
    const double total = (double)vocabulary_total(model->vocabulary);

    for (size_t i = 0; i < model->input_rows; i++)
        model->input[i * model->stride + model->dim] = 1;
    for (size_t i = 0; i < (model->other_outputs ? model->output_rows : model->words); i++) {
        const double count = (double)vocabulary_count(model->vocabulary, (Id)(i % model->words)); /* of any position */
        model->output[i * model->output_stride + model_bias_at(model)] = (float)log(count / total);
    }
}

/* Dot products: output vectors of zeros, as in word2vec, so that every score is its bias. Distances, and rows of
 * length 1: random on both sides, because equal points would stay equal. */
void initialize_model(Model *model, const TrainOptions *options)
{
    const uint32_t needs = objective_needs(options->objective, options->parameters);
    const bool unit = needs & N2V_NEEDS_UNIT_ROWS;

    fill_uniform(model, model->subwords ? model->words : 0, model->input_rows, options->init, options->seed,
                 STREAM_INPUT);
    if (options->objective->geometry != N2V_DOT || unit)
        fill_uniform(model, model->input_rows, model_rows(model), options->init, options->seed, STREAM_OUTPUT);
    if (unit)
        normalize_rows(model, options->kernels);
    if (model->has_bias)
        set_biases(model);
}

n2v_status compose_model(Model *model, const TrainOptions *options, n2v_error *error)
{
    const uint32_t needs = objective_needs(options->objective, options->parameters);

    return compose_words(model, options->kernels, needs & N2V_NEEDS_UNIT_ROWS, error);
}

n2v_status check_finite(const Model *model, const TrainOptions *options, n2v_error *error)
{
    const float shared = model->shared_bias + model_accumulator(model, model_rows(model)); /* finite, or not */

    for (size_t i = 0; i < model_rows(model); i++) {
        const float *row = model_row(model, i);
        const size_t floats = model_row_floats(model, i);
        float sum = (shared + model_accumulator(model, i)) * 0;
        for (size_t c = 0; c < floats; c++)
            sum += row[c] * 0; /* 0, or NaN where one is not finite */
        if (sum != 0)
            return error_set(error, N2V_ERROR_NUMERIC,
                             "the vector of '%s' is not finite: the training diverged; try a lower " SETTING("lr")
                             " than %s",
                             model_row_name(model, i),
                             NUMBER_SHOWN(options->learning_rate));
    }
    return N2V_OK;
}
