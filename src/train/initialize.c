#include "train/initialize.h"

#include <math.h>

#include "base/number.h"
#include "base/random.h"

/* Uniform elements, in an interval that gives the rows a root mean square length of `length`. The padding stays 0. */
static void fill_uniform(float *rows, const Model *model, double length, uint64_t seed, Purpose stream)
{
    const float width = (float)(length * sqrt(12 / (double)model->dim));
    Random random;

    random_seed(&random, seed, UINT64_MAX, UINT64_MAX, stream);
    for (size_t i = 0; i < model->words; i++)
        for (size_t c = 0; c < model->dim; c++)
            rows[i * model->stride + c] = (random_float(&random) - 0.5f) * width;
}

static void normalize_rows(float *rows, const Model *model, const Kernels *kernels)
{
    for (size_t i = 0; i < model->words; i++) {
        float *row = rows + i * model->stride;
        kernels->normalize(&row, 1, model->stride);
    }
}

/* A bias is one more element of its output row, where the input rows have 1: products include it without more code. */
static void set_biases(Model *model)
{
    const double total = (double)vocabulary_total(model->vocabulary);

    for (size_t i = 0; i < model->words; i++) {
        const double count = (double)vocabulary_count(model->vocabulary, (Id)i);
        model->input[i * model->stride + model->dim] = 1;
        model->output[i * model->stride + model->dim] = (float)log(count / total);
    }
}

/* Dot products: output vectors of zeros, as in word2vec, so that every score is its bias. Distances, and rows of
 * length 1: random on both sides, because equal points would stay equal. */
void initialize_model(Model *model, const TrainOptions *options)
{
    const uint32_t needs = objective_needs(options->objective, options->parameters);
    const bool unit = needs & N2V_NEEDS_UNIT_ROWS;

    fill_uniform(model->input, model, options->init, options->seed, STREAM_INPUT);
    if (options->objective->geometry != N2V_DOT || unit)
        fill_uniform(model->output, model, options->init, options->seed, STREAM_OUTPUT);
    if (unit) {
        normalize_rows(model->input, model, options->kernels);
        normalize_rows(model->output, model, options->kernels);
    }
    if (model->has_bias)
        set_biases(model);
}

n2v_status check_finite(const Model *model, const TrainOptions *options, n2v_error *error)
{
    const size_t width = model->dim + model->has_bias;
    const float shared = model->shared_bias;

    for (size_t i = 0; i < model->words; i++) {
        float sum = shared * 0;
        for (size_t c = i * model->stride; c < i * model->stride + width; c++)
            sum += model->input[c] * 0 + model->output[c] * 0; /* 0, or NaN where one is not finite */
        if (sum != 0)
            return error_set(error, N2V_ERROR_NUMERIC,
                             "the vector of '%s' is not finite: the training diverged; try a lower " SETTING("lr")
                             " than %s",
                             vocabulary_word(model->vocabulary, (Id)i, NULL), NUMBER_SHOWN(options->learning_rate));
    }
    return N2V_OK;
}
