/* Learning rates of rows: a frozen one does not change in one bit, whatever trains; others change by their factor. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "group_training.h"
#include "test.h"
#include "train/checkpoint.h"
#include "train/rates.h"
#include "train/worker.h"
#include "training.h"

enum { FROZEN_STEP = 3 }; /* each third word */

static void set_rate(Trainer *trainer, n2v_matrix matrix, size_t first, size_t count, float factor)
{
    float *factors = malloc(count * sizeof *factors);
    n2v_error error = {.text = ""};

    for (size_t i = 0; i < count; i++)
        factors[i] = factor;
    require(rates_set(trainer_model(trainer), trainer_options(trainer), matrix, first, count, factors, &error) ==
                N2V_OK,
            "%s", error.text);
    free(factors);
}

static void freeze_some(Trainer *trainer, n2v_matrix matrix)
{
    for (size_t id = 0; id < trainer_model(trainer)->words; id += FROZEN_STEP)
        set_rate(trainer, matrix, id, 1, 0);
}

static void run(Trainer *trainer, const char *name)
{
    n2v_error error = {.text = ""};

    require(trainer_run(trainer, N2V_TO_END, 0, NULL, &error) == N2V_OK, "%s: %s", name, error.text);
}

static bool changed(const Model *model, const Model *before, size_t row)
{
    return memcmp(model_row(model, row), model_row(before, row), model_row_floats(model, row) * sizeof(float)) != 0;
}

/* Rows with factor 0 are as before, with their numbers of the optimizer; most others are not. *frozen: how many. Rows
 * of words with parts are made of others. */
static void check_frozen(const Model *model, const Model *before, const float *accumulators, size_t *frozen,
                         const char *name)
{
    size_t moved = 0, free_rows = 0;

    *frozen = 0;
    for (size_t row = model->subwords ? model->words : 0; row < model_rows(model); row++) {
        const bool is_frozen = model->rates[row] == 0;
        require(!is_frozen || !changed(model, before, row), "%s: the frozen row %zu changed", name, row);
        require(!is_frozen || !accumulators || accumulators[row] == model_accumulator(model, row),
                "%s: the optimizer's number of the frozen row %zu changed", name, row);
        *frozen += is_frozen;
        free_rows += !is_frozen;
        moved += !is_frozen && changed(model, before, row);
    }
    require(moved * 10 >= free_rows * 8, "%s: %zu of %zu rows that are not frozen have changed", name, moved,
            free_rows);
}

static float *accumulators_of(const Model *model)
{
    float *copy = malloc((model_accumulators(model) + 1) * sizeof *copy);

    for (size_t i = 0; i < model_accumulators(model); i++)
        copy[i] = model_accumulator(model, i);
    return copy;
}

/* Trains for an epoch, freezes, and trains on. Returns the frozen rows. */
static size_t freeze_within(const training_text *text, TrainOptions options, n2v_matrix matrix, bool all)
{
    const char *name = options.objective->name;
    Trainer *trainer;
    Model *model, before;
    float *accumulators, bias;
    size_t frozen;

    options.epochs = 2;
    trainer = new_trainer(text, &options);
    model = trainer_model(trainer);
    ck_assert_int_eq(trainer_run(trainer, N2V_TO_EPOCH_END, 0, NULL, NULL), N2V_OK);
    if (all)
        set_rate(trainer, matrix, 0, model->words, 0);
    else
        freeze_some(trainer, matrix);
    before = copy_parameters(model);
    accumulators = accumulators_of(model);
    bias = model->shared_bias;
    run(trainer, name);
    check_parameters(model, name);
    check_frozen(model, &before, model->accumulators ? accumulators : NULL, &frozen, name);
    if (all && matrix == N2V_OUTPUT)
        require(bias == model->shared_bias && (!model->accumulators || accumulators[model_rows(model)] ==
                                                                           model_accumulator(model, model_rows(model))),
                "%s: the shared bias changed", name);
    else if (objective_needs(options.objective, options.parameters) & N2V_NEEDS_SHARED_BIAS)
        require(bias != model->shared_bias, "%s: the shared bias is frozen", name);
    free(accumulators);
    free_copy(&before);
    trainer_destroy(trainer);
    return frozen;
}

static TrainOptions options_of(size_t index, InputModel model, bool adagrad)
{
    TrainOptions options = default_options(index, 1);

    options.dim = 13;
    options.noise = options.noise < 20 ? options.noise : 20;
    options.model = model;
    if (adagrad) {
        options.optimizer = &optimizer_adagrad;
        options.learning_rate = 0.1;
    }
    if (!(objective_needs(options.objective, options.parameters) & N2V_NEEDS_UNIT_ROWS))
        options.weight_decay = 0.01;
    return options;
}

/* In place, and in rounds. */
static void freeze_each(const training_text *text, TrainOptions options, bool rounds)
{
    const size_t words = text->words, matrices = trainer_matrices(&options, words);

    options.deterministic = rounds;
    options.virtual_workers = 3;
    options.round_words = 2048;
    options.rule = rule_at(2); /* momentum */
    ck_assert_uint_ge(freeze_within(text, options, N2V_OUTPUT, true), words);
    ck_assert_uint_eq(freeze_within(text, options, N2V_INPUT, true), words);
    ck_assert_uint_eq(freeze_within(text, options, N2V_INPUT, false), (words + FROZEN_STEP - 1) / FROZEN_STEP);
    if (!rates_of_nodes(&options))
        ck_assert_uint_eq(freeze_within(text, options, N2V_OUTPUT, false),
                          matrices * ((words + FROZEN_STEP - 1) / FROZEN_STEP));
}

START_TEST(frozen_rows_do_not_change)
{
    training_text *text = regular_text(60, 20, 40);

    for (size_t i = 0; registered_objective(i); i += SANITIZED ? 5 : 1)
        for (size_t k = 0; k < 4; k++)
            freeze_each(text, options_of(i, k % 2 ? MODEL_CBOW : MODEL_SKIPGRAM, k / 2), (i + k) % 2);
    free_text(text);
}
END_TEST

START_TEST(other_models)
{
    training_text *text = regular_text(60, 20, 40);

    for (size_t rounds = 0; rounds < 2; rounds++)
        for (size_t k = 0; k < 2; k++) {
            TrainOptions options = training_options("nce", 1);
            options.model = k ? MODEL_CWINDOW : MODEL_STRUCTURED_SKIPGRAM;
            options.dim = 13;
            options.window = 2;
            freeze_each(text, options, rounds);
        }
    free_text(text);
}
END_TEST

/* A part has the smallest factor of its words, so that the vectors of frozen words stay. */
START_TEST(parts_of_frozen_words)
{
    training_text *text = regular_text(60, 20, 40);

    for (size_t k = 0; k < 8; k++) {
        TrainOptions options = training_options(k & 4 ? "infonce" : "nce", 1);
        Trainer *trainer;
        Model before, *model;
        size_t frozen;
        options.model = k & 1 ? MODEL_CBOW : MODEL_SKIPGRAM;
        options.optimizer = k & 2 ? &optimizer_adagrad : &optimizer_sgd;
        options.epochs = 1;
        options.subwords = (SubwordOptions){.kind = SUBWORDS_FASTTEXT, .minn = 3, .maxn = 4, .buckets = 1000};
        trainer = new_trainer(text, &options);
        model = trainer_model(trainer);
        set_rate(trainer, N2V_INPUT, 3, 1, 0);
        set_rate(trainer, N2V_INPUT, 7, 1, 2);
        before = copy_parameters(model);
        run(trainer, "parts");
        check_frozen(model, &before, NULL, &frozen, "parts");
        require(frozen > 1 && model->rates[model->words + 3] == 0 && model->rates[model->words + 7] == 2,
                "%zu: %zu rows are frozen", k, frozen);
        require(!changed(model, &before, 3) && changed(model, &before, 4), "%zu: the vectors of words", k);
        free_copy(&before);
        trainer_destroy(trainer);
    }
    free_text(text);
}
END_TEST

static double largest_difference(const Model *a, const Model *b)
{
    double largest = 0;

    for (size_t row = 0; row < model_rows(a); row++)
        for (size_t i = 0; i < model_row_floats(a, row); i++)
            largest = fmax(largest, fabs((double)(model_row(a, row)[i] - model_row(b, row)[i])));
    return largest;
}

/* Half the rate of all rows is half the learning rate, but for rows that come twice in one example. */
START_TEST(factors_multiply_the_rate)
{
    static const char *const objectives[] = {"nce", "siglip", "infonce"};
    training_text *text = regular_text(60, 20, 400);

    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < 4; k++) {
            TrainOptions options = training_options(objectives[i], 1);
            Trainer *half, *rated, *full;
            options.epochs = 1;
            options.optimizer = k & 1 ? &optimizer_adagrad : &optimizer_sgd;
            options.model = k & 2 ? MODEL_CBOW : MODEL_SKIPGRAM;
            options.kernels = full_precision();
            options.schedule = SCHEDULE_CONSTANT;
            options.learning_rate = 0.05;
            options.weight_decay =
                objective_needs(options.objective, options.parameters) & N2V_NEEDS_UNIT_ROWS ? 0 : 0.1;
            full = trained(text, &options);
            rated = new_trainer(text, &options);
            set_rate(rated, N2V_INPUT, 0, text->words, 0.5F);
            set_rate(rated, N2V_OUTPUT, 0, text->words, 0.5F);
            trainer_model(rated)->rates[model_rows(trainer_model(rated))] = 0.5F; /* of the shared bias */
            run(rated, objectives[i]);
            options.learning_rate = 0.025;
            half = trained(text, &options);
            require(largest_difference(trainer_model(half), trainer_model(rated)) <
                        0.02 * largest_difference(trainer_model(half), trainer_model(full)),
                    "%s, %zu: %g, to the full rate %g", objectives[i], k,
                    largest_difference(trainer_model(half), trainer_model(rated)),
                    largest_difference(trainer_model(half), trainer_model(full)));
            trainer_destroy(full);
            trainer_destroy(rated);
            trainer_destroy(half);
        }
    free_text(text);
}
END_TEST

/* Only what a model needs: factors of 1 are as none, to the bit. */
START_TEST(factors_of_1_change_nothing)
{
    training_text *text = blocks_of_random_text(2, 40);
    const TrainOptions options = training_options("nce", 1);
    Trainer *plain = trained(text, &options), *rated = new_trainer(text, &options);

    set_rate(rated, N2V_INPUT, 0, text->words, 1);
    run(rated, "nce");
    require(same_parameters(trainer_model(plain), trainer_model(rated)), "other bytes");
    trainer_destroy(plain);
    trainer_destroy(rated);
    free_text(text);
}
END_TEST

START_TEST(checkpoints_have_the_factors)
{
    training_text *text = blocks_of_random_text(4, 40);
    const TrainOptions options = training_options("nce", 1);
    Trainer *first = new_trainer(text, &options), *whole = new_trainer(text, &options);
    Trainer *second = new_trainer(text, &options);
    n2v_error error = {.text = ""};
    Extra *extra;

    freeze_some(first, N2V_INPUT);
    freeze_some(whole, N2V_INPUT);
    run(whole, "nce");
    ck_assert_int_eq(trainer_run(first, N2V_TO_WORDS, trainer_words_total(first) / 3, NULL, NULL), N2V_OK);
    ck_assert_int_eq(checkpoint_put(first, NULL), N2V_OK);
    extra = &trainer_model(first)->extras[EXTRA_RATES];
    extra->count -= sizeof(float);
    ck_assert_int_eq(checkpoint_restore(second, trainer_model(first), &error), N2V_ERROR_FORMAT);
    require(strstr(error.text, "learning rates of its rows are damaged") != NULL, "%s", error.text);
    extra->count += sizeof(float);
    ck_assert_int_eq(checkpoint_restore(second, trainer_model(first), NULL), N2V_OK);
    run(second, "nce");
    require(same_parameters(trainer_model(whole), trainer_model(second)), "other bytes");
    memcpy(extra->bytes, &(float){-1}, sizeof(float));
    ck_assert_int_eq(checkpoint_restore(second, trainer_model(first), &error), N2V_ERROR_FORMAT);
    require(strstr(error.text, "negative") != NULL, "%s", error.text);
    trainer_destroy(first);
    trainer_destroy(second);
    trainer_destroy(whole);
    free_text(text);
}
END_TEST

/* Threads of one process, in steps and in rounds. */
START_TEST(ranks_freeze_the_same)
{
    training_text *text = blocks_of_random_text(2, 60);
    static const char *const objectives[] = {"nce", "infonce", "siglip"};

    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < 3; k++) {
            TrainOptions options = training_options(objectives[i], 1);
            group_training t;
            Trainer *begin;
            Model before;
            size_t frozen;
            options.dim = 13;
            options.epochs = 2;
            options.deterministic = k == 2;
            options.virtual_workers = 4;
            options.round_words = 2048;
            options.rule = rule_at(k);
            options.sync_bits = k == 1 ? 8 : 32;
            options.staleness = 8;
            begin = new_trainer(text, &options);
            ck_assert_int_eq(trainer_run(begin, N2V_TO_EPOCH_END, 0, NULL, NULL), N2V_OK);
            freeze_some(begin, N2V_INPUT);
            set_rate(begin, N2V_OUTPUT, 0, text->words, 0);
            before = copy_parameters(trainer_model(begin));
            ck_assert_int_eq(checkpoint_put(begin, NULL), N2V_OK);
            t = new_training(text, 2, &options);
            t.checkpoint = trainer_model(begin);
            run_all_ranks(&t);
            require_success(&t);
            require_same(&t);
            check_frozen(trainer_model(t.trainers[0]), &before, NULL, &frozen, objectives[i]);
            ck_assert_uint_eq(frozen, text->words + (text->words + FROZEN_STEP - 1) / FROZEN_STEP);
            require(trainer_model(begin)->shared_bias == trainer_model(t.trainers[0])->shared_bias,
                    "%s, %zu: the shared bias was %g, is %g", objectives[i], k,
                    (double)trainer_model(begin)->shared_bias, (double)trainer_model(t.trainers[0])->shared_bias);
            free_training(&t);
            free_copy(&before);
            trainer_destroy(begin);
        }
    free_text(text);
}
END_TEST

START_TEST(nodes_belong_to_all_words)
{
    training_text *text = regular_text(60, 20, 40);
    const TrainOptions options = training_options("hs", 1);
    Trainer *trainer = new_trainer(text, &options);
    n2v_error error = {.text = ""};
    const float one = 0;

    ck_assert_int_eq(rates_set(trainer_model(trainer), &options, N2V_OUTPUT, 0, 1, &one, &error), N2V_ERROR_ARGUMENT);
    require(strstr(error.text, "nodes of a tree") != NULL, "%s", error.text);
    trainer_destroy(trainer);
    free_text(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rates");
    add_test(suite, "frozen rows do not change", frozen_rows_do_not_change);
    add_test(suite, "other models", other_models);
    add_test(suite, "parts of frozen words", parts_of_frozen_words);
    add_test(suite, "factors multiply the rate", factors_multiply_the_rate);
    add_test(suite, "factors of 1 change nothing", factors_of_1_change_nothing);
    add_test(suite, "checkpoints have the factors", checkpoints_have_the_factors);
    add_test(suite, "ranks freeze the same", ranks_freeze_the_same);
    add_test(suite, "nodes belong to all words", nodes_belong_to_all_words);
    return run_suite(suite);
}
