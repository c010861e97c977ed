/* start.c - vectors to start a training from. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/start.h"
#include "base/memory.h"
#include "base/number.h"
#include "model/compose.h"
#include "settings/files.h"
#include "train/rates.h"
#include "train/train_settings.h"
#include "train/worker.h"

static bool has_unit_rows(const n2v_trainer *trainer)
{
    const TrainOptions *options = trainer_options(trainer->trainer);
    return objective_needs(options->objective, options->parameters) & N2V_NEEDS_UNIT_ROWS;
}

#define UNIT_ROUNDING 1e-4F /* of the square of a length of 1 */

/* Rows of length 1, where the objective keeps them so. One that is keeps its bits: it may be frozen. */
static void put(const n2v_trainer *trainer, float *row, const float *vector)
{
    const Kernels *kernels = trainer_options(trainer->trainer)->kernels;
    const Model *model = trainer_model(trainer->trainer);
    float square;

    memcpy(row, vector, model->dim * sizeof *row);
    if (!has_unit_rows(trainer))
        return;
    kernels->norms((const float *const *)&row, 1, model->stride, &square);
    if (fabsf(square - 1) > UNIT_ROUNDING)
        kernels->normalize(&row, 1, model->stride);
}

static n2v_status check_paused(const n2v_trainer *trainer, const char *function, n2v_error *error)
{
    if (!trainer)
        return error_set(error, N2V_ERROR_ARGUMENT, "%s: trainer is NULL", function);
    return trainer_check_paused(trainer->trainer, error);
}

n2v_status n2v_trainer_set_rows(n2v_trainer *trainer, n2v_matrix matrix, uint32_t first, size_t count,
                                const float *rows, size_t stride, n2v_error *error)
{
    Model *model;
    n2v_status status;

    if ((status = check_paused(trainer, "n2v_trainer_set_rows", error)) != N2V_OK)
        return status;
    model = trainer_model(trainer->trainer);
    if (matrix != N2V_INPUT && matrix != N2V_OUTPUT)
        return error_set(error, N2V_ERROR_ARGUMENT, "there is no matrix %d", (int)matrix);
    if (matrix == N2V_INPUT && model->subwords)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "the input vectors of this training are made of subwords: only outputs can be set");
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
    trainer->needs_start = false;
    for (size_t i = 0; i < count; i++)
        put(trainer, matrix == N2V_INPUT ? model->input + (first + i) * model->stride
                                         : model->output + (first + i) * model->output_stride, rows + i * stride);
    return N2V_OK;
}

n2v_status n2v_trainer_set_rates(n2v_trainer *trainer, n2v_matrix matrix, uint32_t first, size_t count,
                                 const float *factors, n2v_error *error)
{
    Model *model;
    n2v_status status;

    if ((status = check_paused(trainer, "n2v_trainer_set_rates", error)) != N2V_OK)
        return status;
    model = trainer_model(trainer->trainer);
    if (matrix != N2V_INPUT && matrix != N2V_OUTPUT)
        return error_set(error, N2V_ERROR_ARGUMENT, "there is no matrix %d", (int)matrix);
    if (!factors || !count || first > model->words || count > model->words - first)
        return error_set(error, N2V_ERROR_ARGUMENT, "%zu factors from %lu on are not those of %zu words", count,
                         (unsigned long)first, model->words);
    for (size_t i = 0; i < count; i++)
        if (!rate_is_valid(factors[i]))
            return error_set(error, N2V_ERROR_ARGUMENT,
                             "the factor of the learning rate of word %zu is negative or not finite", first + i);
    return rates_set(model, trainer_options(trainer->trainer), matrix, first, count, factors, error);
}

/* Outputs --------------------------------------------------------------------------------- */

/* The same words, counts and ids, so that trees are the same. */
static bool same_vocabulary(const Vocabulary *a, const Vocabulary *b)
{
    bool same = vocabulary_size(a) == vocabulary_size(b);

    for (size_t id = 0; same && id < vocabulary_size(a); id++) {
        size_t bytes, others;
        const char *word = vocabulary_word(a, (Id)id, &bytes), *other = vocabulary_word(b, (Id)id, &others);
        same = bytes == others && memcmp(word, other, bytes) == 0 &&
               vocabulary_count(a, (Id)id) == vocabulary_count(b, (Id)id);
    }
    return same;
}

static StartOutputs outputs_of(const TrainOptions *options, const Model *model, const Model *from)
{
    const ModelShape shape = trainer_shape(options, from->words);
    const bool alone = rates_of_nodes(options);
    const size_t matrices = alone ? 0 : trainer_matrices(options, model->words);
    const size_t nodes = model->output_rows - matrices * model->words;
    const bool same_shape = from->output && from->other_outputs == shape.other_outputs &&
                            from->output_rows == from->words + shape.more_outputs &&
                            model_output_vectors(from) == model_output_vectors(model);
    const bool tree = nodes && same_shape && same_vocabulary(model->vocabulary, from->vocabulary);

    if (!same_shape && model_has_outputs(model) && model_has_outputs(from))
        return (StartOutputs){matrices, 0, !nodes};
    return (StartOutputs){same_shape ? matrices : 0, tree ? nodes : 0, same_shape && (!nodes || tree)};
}

/* A row, which may be several vectors side by side, and its bias. */
static void put_output(const n2v_trainer *trainer, size_t row, const Model *from, size_t other)
{
    Model *model = trainer_model(trainer->trainer);
    float *to = model->output + row * model->output_stride;
    const float *vectors = from->output + other * from->output_stride;

    for (size_t v = 0; v < model_output_vectors(model); v++)
        put(trainer, to + v * model->stride, vectors + v * from->stride);
    if (model->has_bias && from->has_bias)
        to[model_bias_at(model)] = vectors[model_bias_at(from)];
}

static void take_word(const n2v_trainer *trainer, Id id, const Model *from, Id other, const StartOutputs *outputs)
{
    Model *model = trainer_model(trainer->trainer);

    put(trainer, model->input + id * model->stride, from->input + other * from->stride);
    for (size_t m = 0; m < outputs->matrices; m++)
        put_output(trainer, m * model->words + id, from, m * from->words + other);
}

/* Subwords -------------------------------------------------------------------------------- */

static bool same_subwords(const SubwordOptions *x, const Model *from)
{
    const SubwordOptions *y = from->subwords ? subwords_options(from->subwords) : NULL;

    return x->kind == SUBWORDS_NONE ||
           (y && x->kind == y->kind && x->minn == y->minn && x->maxn == y->maxn && x->buckets == y->buckets &&
            x->hash_count == y->hash_count && x->seed == y->seed);
}

/* The first input row of the buckets; those before it are of words. */
static size_t first_bucket_row(const Model *model)
{
    return model->words + subwords_parts(model->subwords) - subwords_buckets(model->subwords);
}

static n2v_status take_buckets(Model *model, const Model *from, n2v_error *error)
{
    const size_t all = subwords_options(model->subwords)->buckets, mine = first_bucket_row(model);
    const size_t others = first_bucket_row(from);
    uint32_t *row_of = array_create_zero(all, sizeof *row_of); /* of a bucket in `from`; 0: it is not in use */

    if (!row_of)
        return fail_memory(error, all * sizeof *row_of, "the buckets to start from");
    for (size_t i = 0; i < subwords_buckets(from->subwords); i++)
        row_of[subwords_bucket(from->subwords, i)] = (uint32_t)(others + i);
    for (size_t i = 0; i < subwords_buckets(model->subwords); i++) {
        const size_t row = row_of[subwords_bucket(model->subwords, i)];
        if (row)
            memcpy(model->input + (mine + i) * model->stride, from->input + row * from->stride,
                   model->dim * sizeof(float));
    }
    free(row_of);
    return N2V_OK;
}

/* The own row of a word, where words have one. */
static void take_own_row(Model *model, Id id, const Model *from, Id other)
{
    if (first_bucket_row(model) > model->words)
        memcpy(model->input + (model->words + id) * model->stride, from->input + (from->words + other) * from->stride,
               model->dim * sizeof(float));
}

static n2v_status take_parts(const n2v_trainer *trainer, const Model *from, n2v_error *error)
{
    Model *model = trainer_model(trainer->trainer);
    const n2v_status status = take_buckets(model, from, error);

    return status == N2V_OK
               ? compose_words(model, trainer_options(trainer->trainer)->kernels, has_unit_rows(trainer), error)
               : status;
}

/* Vectors --------------------------------------------------------------------------------- */

static n2v_status check_model(const Model *from, size_t dim, const SubwordOptions *subwords, n2v_error *error)
{
    if (from->dim != dim)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "the vectors to start from have %zu dimensions, the training has %zu: set " SETTING("dim"),
                         from->dim, dim);
    if (!same_subwords(subwords, from))
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "the vectors to start from have no subwords of the same settings: set " SETTING("subwords")
                         " and its settings as those vectors have them, or none");
    return N2V_OK;
}

n2v_status start_check_model(const Model *model, const Settings *values, n2v_error *error)
{
    const SubwordOptions subwords = train_settings_subwords(values);
    const n2v_status status = check_model(model, (size_t)settings_integer(values, "dim", 0), &subwords, error);

    if (status != N2V_OK || model->output || !freeze_is_output(settings_text(values, "freeze")))
        return status;
    return error_set(error, N2V_ERROR_ARGUMENT,
                     "%s has no output vectors, which " SETTING("freeze") " output would keep: start from the .n2v "
                     "file of a training, or freeze input",
                     settings_text(values, "start"));
}

/* The word of the vectors that a word of the training is. */
static Id find_in(const Model *model, size_t id, const n2v_vectors *from)
{
    size_t bytes;
    const char *word = vocabulary_word(model->vocabulary, (Id)id, &bytes);

    return n2v_vectors_find(from, word, bytes);
}

n2v_status start_from(n2v_trainer *trainer, const n2v_vectors *from, size_t *found, StartOutputs *outputs,
                      n2v_error *error)
{
    const TrainOptions *options = trainer_options(trainer->trainer);
    Model *model = trainer_model(trainer->trainer);
    size_t known = 0;
    n2v_status status;

    if ((status = check_model(from->model, model->dim, &options->subwords, error)) != N2V_OK)
        return status;
    *outputs = outputs_of(options, model, from->model);
    for (size_t id = 0; id < model->words; id++) {
        const Id other = find_in(model, id, from);
        if (other == N2V_NO_ID)
            continue;
        take_word(trainer, (Id)id, from->model, other, outputs);
        if (model->subwords)
            take_own_row(model, (Id)id, from->model, other);
        known++;
    }
    if (!known)
        return error_set(error, N2V_ERROR_DATA, "the vectors to start from have no word of the text");
    for (size_t node = 0, first = outputs->matrices * model->words; node < outputs->nodes; node++)
        put_output(trainer, first + node, from->model, first + node);
    if (outputs->matrices && from->model->has_bias)
        atomic_store(&model->shared_bias, atomic_load(&from->model->shared_bias));
    trainer->needs_start = false;
    if (found)
        *found = known;
    return model->subwords ? take_parts(trainer, from->model, error) : N2V_OK;
}

n2v_status n2v_trainer_start(n2v_trainer *trainer, const n2v_vectors *from, size_t *found, n2v_error *error)
{
    StartOutputs outputs;
    n2v_status status;

    if ((status = check_paused(trainer, "n2v_trainer_start", error)) != N2V_OK)
        return status;
    if (!from)
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_trainer_start: from is NULL");
    return start_from(trainer, from, found, &outputs, error);
}
