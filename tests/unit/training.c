#include "training.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "test.h"

/* Texts ----------------------------------------------------------------------------------- */

Blocks *new_blocks(void)
{
    Blocks *blocks = NULL;

    ck_assert_int_eq(blocks_create(&blocks, (size_t)1 << 30, NULL, NULL), N2V_OK);
    return blocks;
}

void append_ids(Blocks *blocks, const Id *ids, size_t count)
{
    require(blocks_append(blocks, ids, count, NULL) == N2V_OK, "blocks: append");
}

void finish_blocks(Blocks *blocks)
{
    ck_assert_int_eq(blocks_finish(blocks, NULL, NULL, NULL), N2V_OK);
}

training_text *new_text(size_t words)
{
    training_text *text = calloc(1, sizeof *text);

    ck_assert_ptr_nonnull(text);
    ck_assert_uint_le(words, MAX_TEXT_WORDS);
    text->words = words;
    text->blocks = new_blocks();
    return text;
}

void finish_text(training_text *text)
{
    text->vocabulary = vocabulary_create();
    ck_assert_ptr_nonnull(text->vocabulary);
    for (size_t w = 0; w < text->words; w++) {
        char word[16];
        Id id;
        const int length = snprintf(word, sizeof word, "w%05zu", w);
        require(vocabulary_add(text->vocabulary, word, (size_t)length, text->counts[w], &id, NULL) == N2V_OK && id == w,
                "word %zu is not added", w);
    }
    finish_blocks(text->blocks);
    if (text->heldout)
        finish_blocks(text->heldout);
}

void free_text(training_text *text)
{
    if (!text)
        return;
    blocks_destroy(text->blocks);
    blocks_destroy(text->heldout);
    vocabulary_destroy(text->vocabulary);
    free(text);
}

training_text *regular_text(size_t sentences, size_t length, size_t words)
{
    training_text *text = new_text(words);
    size_t next = 0;

    for (size_t i = 0; i < sentences; i++)
        for (size_t k = 0; k < length; k++) {
            const Id id = (Id)(next++ % words), marked = k + 1 == length ? id | SENTENCE_END : id;
            text->counts[id]++;
            append_ids(text->blocks, &marked, 1);
        }
    finish_text(text);
    return text;
}

/* A sentence whose words are near each other. */
static void append_sentence(Blocks *blocks, size_t length, size_t words, uint64_t *counts, Random *random)
{
    const Id from = random_below(random, (uint32_t)words - 4);

    for (size_t k = 0; k < length; k++) {
        const Id id = from + random_below(random, 5), marked = k + 1 == length ? id | SENTENCE_END : id;
        if (counts)
            counts[id]++;
        append_ids(blocks, &marked, 1);
    }
}

training_text *blocks_of_random_text(size_t blocks, size_t words)
{
    training_text *text = new_text(words);
    Random random;

    random_seed(&random, blocks, words, 0, 0);
    text->heldout = new_blocks();
    for (Id w = 0; w < words; w++) { /* each word once */
        const Id marked = w + 1 == words ? w | SENTENCE_END : w;
        text->counts[w]++;
        append_ids(text->blocks, &marked, 1);
    }
    for (size_t b = 0; b < blocks; b++) { /* no two of the long sentences fit in one block */
        append_sentence(text->blocks, BLOCK_IDS / 2 + 1 + random_below(&random, 500), words, text->counts, &random);
        for (size_t k = 0; k < 30; k++)
            append_sentence(text->blocks, 1 + random_below(&random, 30), words, text->counts, &random);
        for (size_t k = 0; k < 10; k++)
            append_sentence(text->heldout, 1 + random_below(&random, 200), words, NULL, &random);
        if (b % 2)
            append_sentence(text->heldout, BLOCK_IDS / 2 + 1, words, NULL, &random);
    }
    finish_text(text);
    ck_assert_uint_eq(blocks_count(text->blocks), blocks);
    return text;
}

/* Training -------------------------------------------------------------------------------- */

const n2v_objective *registered_objective(size_t index)
{
    return objective_at(NULL, index);
}

TrainOptions training_options(const char *objective, size_t threads)
{
    TrainOptions options = {.dim = 64,
                            .window = 1,
                            .noise = 10,
                            .noise_draws = 1,
                            .noise_sharing = 1,
                            .noise_power = 0.75,
                            .epochs = 6,
                            .init = 1,
                            .optimizer = &optimizer_sgd,
                            .learning_rate = 0.05,
                            .threads = threads,
                            .seed = 1};
    n2v_error error = {.text = ""};

    require(objective_parse(NULL, objective, &options.objective, options.parameters, &error) == N2V_OK, "%s",
            error.text);
    require(kernels_choose(PRECISION_AUTO, NULL, &options.kernels, &error) == N2V_OK, "%s", error.text);
    return options;
}

TrainOptions default_options(size_t index, size_t threads)
{
    const n2v_objective *objective = registered_objective(index);
    TrainOptions options = training_options(objective->name, threads);

    options.init = objective->init;
    options.learning_rate = objective->learning_rate;
    options.noise = objective->noise;
    options.epochs = 2;
    options.window = 3;
    return options;
}

const Kernels *full_precision(void)
{
    const Kernels *kernels = NULL;
    n2v_error error = {.text = ""};

    require(kernels_choose(PRECISION_FP32, NULL, &kernels, &error) == N2V_OK, "%s", error.text);
    return kernels;
}

bool has_free_products(const TrainOptions *options)
{
    return options->objective->geometry == N2V_DOT &&
           !(objective_needs(options->objective, options->parameters) & N2V_NEEDS_UNIT_ROWS);
}

Trainer *new_trainer(const training_text *text, const TrainOptions *options)
{
    const TrainText all = {.blocks = text->blocks, .heldout = text->heldout};
    Trainer *trainer = NULL;
    n2v_error error = {.text = ""};

    require(trainer_create(&trainer, text->vocabulary, &all, options, &error) == N2V_OK, "%s: %s",
            options->objective->name, error.text);
    ck_assert_ptr_nonnull(trainer);
    return trainer;
}

Trainer *trained(const training_text *text, const TrainOptions *options)
{
    Trainer *trainer = new_trainer(text, options);
    n2v_error error = {.text = ""};
    const n2v_status status = trainer_run(trainer, N2V_TO_END, 0, NULL, &error);

    require(status == N2V_OK, "%s: status %d: %s", options->objective->name, status, error.text);
    require(trainer_finished(trainer), "%s: not finished", options->objective->name);
    return trainer;
}

double last_loss(const Trainer *trainer)
{
    const LossSum sum = trainer_state(trainer)->epochs[trainer_options(trainer)->epochs - 1];

    return sum.loss / (double)sum.pairs;
}

/* Models ---------------------------------------------------------------------------------- */

double dot_score(const Model *model, size_t input, size_t output)
{
    double sum = (double)model_bias(model, (Id)output);

    for (size_t d = 0; d < model->dim; d++)
        sum += (double)model->input[input * model->stride + d] * (double)model->output[output * model->stride + d];
    return sum;
}

bool same_parameters(const Model *a, const Model *b)
{
    const size_t inputs = a->input_rows * a->stride * sizeof(float);
    const size_t outputs = a->output_rows * a->output_stride * sizeof(float);
    const float shared_a = a->shared_bias, shared_b = b->shared_bias;

    return a->words == b->words && a->stride == b->stride && a->has_bias == b->has_bias &&
           model_rows(a) == model_rows(b) && a->output_stride == b->output_stride &&
           memcmp(a->input, b->input, inputs) == 0 && memcmp(a->output, b->output, outputs) == 0 &&
           memcmp(&shared_a, &shared_b, sizeof shared_a) == 0 && model_accumulators(a) == model_accumulators(b) &&
           (!a->accumulators || memcmp((const void *)a->accumulators, (const void *)b->accumulators,
                                       model_accumulators(a) * sizeof(float)) == 0);
}

void check_parameters(const Model *model, const char *name)
{
    require(isfinite(model->shared_bias), "%s: shared bias %g", name, (double)model->shared_bias);
    for (size_t row = 0; row < model_rows(model); row++)
        for (size_t at = 0; at < model_row_floats(model, row); at++) {
            const bool input = row < model->input_rows, vector = at % model->stride < model->dim;
            const bool bias = model->has_bias && at == (input ? model->dim : model_bias_at(model));
            const float x = model_row(model, row)[at];
            require(isfinite(x), "%s: row %zu at %zu is not finite", name, row, at);
            require(vector || (bias && (!input || x == 1)) || (!bias && x == 0), "%s: row %zu at %zu is %g", name, row,
                    at, (double)x);
        }
}

Model copy_parameters(const Model *model)
{
    const size_t inputs = model->input_rows * model->stride, outputs = model->output_rows * model->output_stride;
    Model copy = {.words = model->words, .dim = model->dim, .stride = model->stride, .has_bias = model->has_bias};

    ck_assert_int_eq(model_set_rows(&copy, model->input_rows, model->output_rows, model_output_vectors(model), NULL),
                     N2V_OK);
    copy.input = floats_create(inputs);
    copy.output = floats_create(outputs);
    ck_assert(copy.input && copy.output);
    memcpy(copy.input, model->input, inputs * sizeof(float));
    memcpy(copy.output, model->output, outputs * sizeof(float));
    copy.shared_bias = model->shared_bias;
    return copy;
}

void free_copy(Model *copy)
{
    floats_destroy(copy->input, copy->input_rows * copy->stride);
    floats_destroy(copy->output, copy->output_rows * copy->output_stride);
}
