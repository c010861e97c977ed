/* Trainings with row-wise Adagrad, and with weight decay: what they learn, and that their state is whole. A step of
 * Adagrad is compared with doubles in test_tile.c and test_cbow.c. */
#include <math.h>
#include <string.h>

#include "made_tiles.h"
#include "test.h"
#include "train/checkpoint.h"
#include "train/worker.h"
#include "training.h"

/* Blocks, in rounds of 3. */
enum { ROUNDS_OF_3 = SANITIZED ? 6 : 12 };

static TrainOptions adagrad_options(size_t index, size_t threads)
{
    TrainOptions options = default_options(index, threads);

    options.optimizer = &optimizer_adagrad;
    options.learning_rate = 0.1;
    options.dim = 13;
    options.noise = options.noise < 20 ? options.noise : 20;
    return options;
}

/* Each row has had a gradient; of a tree there is a node less than words. */
static void check_accumulators(const Model *model, const char *name)
{
    const size_t rows = model_rows(model) - model->other_outputs;

    for (size_t row = 0; row < rows; row++)
        require(model_accumulator(model, row) > 0 && isfinite(model_accumulator(model, row)),
                "%s: the accumulator of row %zu is %g", name, row, (double)model_accumulator(model, row));
}

START_TEST(every_objective_learns)
{
    training_text *text = regular_text(400, 20, 50);

    for (size_t i = 0; registered_objective(i); i += SANITIZED ? 5 : runs_all() ? 1 : 2) {
        TrainOptions options = adagrad_options(i, 1);
        const LossSum *epochs;
        Trainer *trainer;
        options.epochs = 3;
        trainer = trained(text, &options);
        epochs = trainer_state(trainer)->epochs;
        check_parameters(trainer_model(trainer), options.objective->name);
        check_accumulators(trainer_model(trainer), options.objective->name);
        require(last_loss(trainer) < epochs[0].loss / (double)epochs[0].pairs, "%s: the loss of the last epoch is %g",
                options.objective->name, last_loss(trainer));
        trainer_destroy(trainer);
    }
    free_text(text);
}
END_TEST

/* The optimizer's numbers are a part of the state: same_parameters compares them, too. */
START_TEST(resumed_is_uninterrupted)
{
    training_text *text = blocks_of_random_text(6, 300);

    for (size_t rounds = 0; rounds < 2; rounds++) {
        TrainOptions options = adagrad_options(0, 1);
        options.deterministic = rounds;
        options.virtual_workers = 4;
        options.round_words = 2048;
        options.rule = rule_at(0);
        Trainer *whole = trained(text, &options), *first = new_trainer(text, &options), *second;
        second = new_trainer(text, &options);
        ck_assert_int_eq(trainer_run(first, N2V_TO_WORDS, trainer_words_total(first) / 3, NULL, NULL), N2V_OK);
        ck_assert_int_eq(checkpoint_put(first, NULL), N2V_OK);
        ck_assert_int_eq(checkpoint_restore(second, trainer_model(first), NULL), N2V_OK);
        ck_assert_int_eq(trainer_run(second, N2V_TO_END, 0, NULL, NULL), N2V_OK);
        require(same_parameters(trainer_model(whole), trainer_model(second)), "%zu: other bytes", rounds);
        trainer_destroy(whole);
        trainer_destroy(first);
        trainer_destroy(second);
    }
    free_text(text);
}
END_TEST

static void refuse(Trainer *trainer, const Model *checkpoint, const char *what)
{
    n2v_error error = {.text = ""};

    ck_assert_int_eq(checkpoint_restore(trainer, checkpoint, &error), N2V_ERROR_FORMAT);
    require(strstr(error.text, what) != NULL, "%s", error.text);
}

START_TEST(damaged_state)
{
    training_text *text = blocks_of_random_text(2, 40);
    const TrainOptions options = adagrad_options(0, 1);
    Trainer *trainer = trained(text, &options), *next = new_trainer(text, &options);
    Extra *extra = &trainer_model(trainer)->extras[EXTRA_OPTIMIZER];
    Extra kept;
    float number;

    ck_assert_int_eq(checkpoint_put(trainer, NULL), N2V_OK);
    ck_assert_uint_eq(extra->count, (2 * text->words + 1) * sizeof(float));
    kept = *extra;
    *extra = (Extra){.count = 0};
    refuse(next, trainer_model(trainer), "missing");
    *extra = kept;
    extra->count -= sizeof(float);
    refuse(next, trainer_model(trainer), "missing or damaged");
    extra->count = kept.count;
    extra->damaged = true;
    refuse(next, trainer_model(trainer), "missing or damaged");
    extra->damaged = false;
    for (size_t i = 0; i < 2; i++) {
        number = i ? (float)INFINITY : -1;
        memcpy(extra->bytes + 7 * sizeof number, &number, sizeof number);
        refuse(next, trainer_model(trainer), "negative or not finite");
    }
    trainer_destroy(trainer);
    trainer_destroy(next);
    free_text(text);
}
END_TEST

/* A row whose accumulator has overflowed would never change again. */
START_TEST(sums_that_are_not_finite)
{
    training_text *text = blocks_of_random_text(2, 40);
    const TrainOptions options = adagrad_options(0, 1);

    for (size_t i = 0; i < 2; i++) {
        Trainer *trainer = new_trainer(text, &options);
        Model *model = trainer_model(trainer);
        n2v_error error = {.text = ""};
        model->accumulators[i ? model_rows(model) : 3] = (float)INFINITY;
        ck_assert_int_eq(trainer_run(trainer, N2V_TO_END, 0, NULL, &error), N2V_ERROR_NUMERIC);
        require(strstr(error.text, "not finite") != NULL, "%s", error.text);
        trainer_destroy(trainer);
    }
    free_text(text);
}
END_TEST

/* Of objectives with and without a shared bias. */
START_TEST(rounds_do_not_depend_on_threads)
{
    static const char *const objectives[] = {"nce", "siglip"};
    training_text *text = blocks_of_random_text(ROUNDS_OF_3, 100);

    for (size_t i = 0; i < 2; i++)
        for (size_t rule = 0; rule_at(rule); rule += 2) {
            TrainOptions options = training_options(objectives[i], 1);
            Trainer *one, *several;
            options.optimizer = &optimizer_adagrad;
            options.epochs = 1;
            options.dim = 13;
            options.deterministic = true;
            options.virtual_workers = 3;
            options.round_words = 8192;
            options.rule = rule_at(rule);
            one = trained(text, &options);
            check_accumulators(trainer_model(one), objectives[i]);
            require((model_accumulator(trainer_model(one), model_rows(trainer_model(one))) > 0) == (i == 1),
                    "%s: the accumulator of the shared bias", objectives[i]);
            for (options.threads = 2; options.threads <= 3; options.threads++) {
                several = trained(text, &options);
                require(same_parameters(trainer_model(one), trainer_model(several)), "%s, %zu threads: other bytes",
                        objectives[i], options.threads);
                trainer_destroy(several);
            }
            trainer_destroy(one);
        }
    free_text(text);
}
END_TEST

/* Squares of all virtual workers are added, so that there are about as many as without rounds. */
START_TEST(rounds_add_all_squares)
{
    training_text *text = blocks_of_random_text(ROUNDS_OF_3, 100);
    TrainOptions options = adagrad_options(0, 1);
    double sums[2] = {0};

    for (size_t rounds = 0; rounds < 2; rounds++) {
        Trainer *trainer;
        options.deterministic = rounds;
        options.virtual_workers = 3;
        options.round_words = 8192;
        options.rule = rule_at(1); /* the mean, of rows alone */
        trainer = trained(text, &options);
        for (size_t row = 0; row < model_rows(trainer_model(trainer)); row++)
            sums[rounds] += (double)model_accumulator(trainer_model(trainer), row);
        trainer_destroy(trainer);
    }
    require(fabs(sums[1] / sums[0] - 1) < 0.3, "%g, without rounds %g", sums[1], sums[0]);
    free_text(text);
}
END_TEST

/* Of a row after a step that moves it nowhere but by decay: the same step without decay, times what is left. */
static void check_decay(const Optimizer *optimizer, const Encoder *encoder, uint32_t needs, Random *random)
{
    const float rate = 0.1F, decay = 0.25F;
    size_t times[2 * TILE_WORDS] = {0};
    made_example e;
    Random again = *random;
    made_model model[2];

    for (size_t i = 0; i < 2; i++) {
        const bool bags = encoder != &encoder_one_row;
        made_objective made;
        TileStep *step;
        *random = again;
        make_objective(&made, N2V_DOT, needs);
        random_seed(&made.random, 1, 0, 0, 5);
        made.optimizer = optimizer;
        made.weight_decay = i ? (double)decay : 0;
        make_tile_model(&model[i], needs, random);
        make_accumulators(&model[i], random);
        make_example(&e, &layout_inputs, 4, 5, random);
        if (bags)
            make_bags(&e, random);
        step =
            new_step_of(full_precision(), &made, bags ? &layout_bags : &layout_inputs, encoder, &model[i].model, NULL);
        (void)tile_train(step, &e.example, rate, NULL);
        tile_destroy(step);
    }
    for (size_t k = 0; k < example_inputs(&e.example); k++)
        times[e.inputs[k]]++;
    for (size_t j = 0; j < e.example.outputs; j++)
        times[TILE_WORDS + e.outputs[j]]++;
    for (size_t row = 0; row < 2 * TILE_WORDS; row++)
        for (size_t d = 0; d < TILE_STRIDE; d++) {
            const float plain = model_row(&model[0].model, row)[d], decayed = model_row(&model[1].model, row)[d];
            const double left = d < TILE_DIM ? pow(1 - (double)rate * (double)decay, (double)times[row]) : 1;
            require(fabs((double)decayed - left * (double)plain) < 1e-6, "row %zu at %zu is %g, not %g of %g", row, d,
                    (double)decayed, left, (double)plain);
        }
    free_made_model(&model[0]);
    free_made_model(&model[1]);
}

START_TEST(rows_of_a_step_decay)
{
    static const Optimizer *const optimizers[] = {&optimizer_sgd, &optimizer_adagrad};
    Random random;

    random_seed(&random, 21, 0, 0, 0);
    for (size_t o = 0; o < 2; o++) {
        check_decay(optimizers[o], &encoder_one_row, 0, &random);
        check_decay(optimizers[o], &encoder_one_row, N2V_NEEDS_OUTPUT_BIAS, &random); /* biases do not decay */
        check_decay(optimizers[o], &encoder_mean, N2V_NEEDS_OUTPUT_BIAS, &random);
    }
}
END_TEST

/* Threads without locks come to about what one thread does. */
START_TEST(several_threads_learn)
{
    training_text *text = blocks_of_random_text(ROUNDS_OF_3, 300);
    TrainOptions options = adagrad_options(0, 1);
    Trainer *one = trained(text, &options), *several;

    options.threads = 3;
    several = trained(text, &options);
    check_parameters(trainer_model(several), options.objective->name);
    require(fabs(last_loss(several) - last_loss(one)) < 0.1 * fabs(last_loss(one)), "%g, not %g", last_loss(several),
            last_loss(one));
    trainer_destroy(one);
    trainer_destroy(several);
    free_text(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("adagrad");
    add_test(suite, "every objective learns", every_objective_learns);
    add_test(suite, "resumed is uninterrupted", resumed_is_uninterrupted);
    add_test(suite, "damaged state", damaged_state);
    add_test(suite, "sums that are not finite", sums_that_are_not_finite);
    add_test(suite, "rounds do not depend on threads", rounds_do_not_depend_on_threads);
    add_test(suite, "rounds add all squares", rounds_add_all_squares);
    add_test(suite, "rows of a step decay", rows_of_a_step_decay);
    add_test(suite, "several threads learn", several_threads_learn);
    return run_suite(suite);
}
