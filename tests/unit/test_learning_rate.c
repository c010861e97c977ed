/* The learning rate: how it falls over a training, within a block, and to its floor; and the shared bias, whose steps
 * show it.
 *
 * The objective here has a gradient of 1 for positives, and of 0 for all else, and biases. In the text each word
 * appears once. So each word's bias moves by the learning rate at its place, once for each pair that it is the center
 * of. */
#include <math.h>
#include <string.h>

#include "group_training.h"
#include "test.h"
#include "train/worker.h"
#include "training.h"

/* Its user is the needs. */
static uint32_t given_needs(const float *parameters, void *user)
{
    (void)parameters;
    return *(const uint32_t *)user;
}

static void ones(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                 double *loss, void *user)
{
    (void)parameters;
    (void)scratch;
    (void)user;
    for (size_t c = 0; c < tile->m * tile->n; c++)
        gradient->scores[c] = 0;
    for (size_t p = 0; p < tile->first[tile->m]; p++) {
        gradient->positives[p] = 1;
        if (loss)
            *loss += (double)tile->positive_scores[p];
    }
}

static n2v_objective ones_objective(const uint32_t *needs)
{
    return (n2v_objective){.name = "ones",
                           .geometry = N2V_DOT,
                           .needs = given_needs,
                           .loss_grad = ones,
                           .user = (void *)(uintptr_t)needs};
}

static TrainOptions ones_options(const n2v_objective *objective, size_t sharing)
{
    TrainOptions options = training_options("sgns", 1);

    options.objective = objective;
    options.kernels = full_precision();
    options.dim = 1;
    options.init = 1e-9; /* so that scores are the biases alone */
    options.epochs = 1;
    options.noise = 7;
    options.noise_sharing = sharing;
    options.learning_rate = 1;
    return options;
}

/* Sentences of ten words, each word once; window 1: a word is the center of two pairs, at an end of one. */
static training_text *text_of_unique_words(size_t words)
{
    ck_assert_uint_eq(words % 10, 0);
    return regular_text(words / 10, 10, words);
}

/* The learning rate that a word's bias moved by. */
static double rate_of(const Model *model, const Model *before, size_t word)
{
    const size_t at = word * model->stride + model->dim;
    const double pairs = word % 10 == 0 || word % 10 == 9 ? 1 : 2;

    return ((double)before->output[at] - (double)model->output[at]) / pairs;
}

START_TEST(falls_to_its_floor)
{
    const TrainOptions options = {.learning_rate = 0.05};
    double last = 1;

    ck_assert(learning_rate_at(&options, 0, 1000000) == 0.05);
    ck_assert_double_eq_tol(learning_rate_at(&options, 250000, 1000000), 0.05 * 0.75, 1e-6);
    ck_assert_double_eq_tol(learning_rate_at(&options, 500000, 1000000), 0.05 * 0.5, 1e-6);
    ck_assert_double_eq_tol(learning_rate_at(&options, 999000, 1000000), 0.05 * 0.001, 1e-6);
    ck_assert_double_eq_tol(learning_rate_at(&options, 999999, 1000000), 0.05 * 1e-4, 1e-15);
    ck_assert_double_eq_tol(learning_rate_at(&options, 1000000, 1000000), 0.05 * 1e-4, 1e-15);
    for (uint64_t words = 0; words <= 1000; words++) {
        const double rate = learning_rate_at(&options, words, 1000);
        ck_assert_double_lt(rate, last);
        ck_assert_double_gt(rate, 0);
        last = rate;
    }
}
END_TEST

static void check_rate(const TrainOptions *options, uint64_t words, double wanted)
{
    const uint64_t total = UINT64_C(1) << 40; /* so that the word beyond the last one is no difference */
    const double rate = learning_rate_at(options, total / 1000 * words, total);

    require(fabs(rate - wanted) < 1e-6, "schedule %d, warm-up %g: the rate after %g of the text is %g, not %g",
            (int)options->schedule, options->warmup, (double)words / 1000, rate, wanted);
}

/* At the beginning, in the middle and at the end of the warm-up, in the middle and at the end of the fall. */
START_TEST(schedules)
{
    static const struct {
        TrainOptions options;
        double at[5]; /* after 0, 100, 200, 600 and 1000 thousandths */
    } cases[] = {
        {{.learning_rate = 0.8, .schedule = SCHEDULE_LINEAR}, {0.8, 0.72, 0.64, 0.32, 0.8e-4}},
        {{.learning_rate = 0.8, .schedule = SCHEDULE_LINEAR, .end_rate = 0.4}, {0.8, 0.76, 0.72, 0.56, 0.4}},
        {{.learning_rate = 0.8, .schedule = SCHEDULE_LINEAR, .end_rate = 0.4, .warmup = 0.2}, {0, 0.4, 0.8, 0.6, 0.4}},
        {{.learning_rate = 0.8, .schedule = SCHEDULE_LINEAR, .warmup = 0.2}, {0, 0.4, 0.8, 0.4, 0.8e-4}},
        {{.learning_rate = 0.8, .schedule = SCHEDULE_COSINE, .end_rate = 0.4, .warmup = 0.2}, {0, 0.4, 0.8, 0.6, 0.4}},
        {{.learning_rate = 0.8, .schedule = SCHEDULE_COSINE},
         {0.8, 0.7804246, 0.7236146, 0.2764456, 0.8e-4}}, /* (1 + cos(pi p)) / 2 of the way down */
        {{.learning_rate = 0.8, .schedule = SCHEDULE_CONSTANT}, {0.8, 0.8, 0.8, 0.8, 0.8}},
        {{.learning_rate = 0.8, .schedule = SCHEDULE_CONSTANT, .warmup = 0.2}, {0, 0.4, 0.8, 0.8, 0.8}},
        {{.learning_rate = 0.8, .schedule = SCHEDULE_LINEAR, .warmup = 1}, {0, 0.08, 0.16, 0.48, 0.8}},
    };
    static const uint64_t places[] = {0, 100, 200, 600, 1000};

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (size_t p = 0; p < 5; p++)
            check_rate(&cases[c].options, places[p], cases[c].at[p]);
}
END_TEST

/* The default, and its end when it is given as a record gives it, are word2vec's line to the bit. */
START_TEST(default_keeps_its_bits)
{
    const TrainOptions options = {.learning_rate = 0.04}, given = {.learning_rate = 0.04, .end_rate = 0.04 / 10000};

    for (uint64_t words = 0; words <= 30011; words += 7) {
        const double left = 1 - (double)words / (double)(30011 + 1);
        const double wanted = 0.04 * (left > 1e-4 ? left : 1e-4);
        ck_assert(learning_rate_at(&options, words, 30011) == wanted);
        ck_assert(learning_rate_at(&given, words, 30011) == wanted);
    }
}
END_TEST

/* Windows, inputs and all words are in the order of the text: each word's rate is that of its place. */
static void check_places(uint32_t needs, size_t words, size_t sharing, Schedule schedule, const char *layout)
{
    const uint32_t all = needs | N2V_NEEDS_OUTPUT_BIAS;
    const n2v_objective objective = ones_objective(&all);
    TrainOptions options = ones_options(&objective, sharing);
    training_text *text = text_of_unique_words(words);
    Trainer *trainer;
    Model before;
    /* an example's words have one rate; the first of it begins within the last one of the example before */
    const double steepest = schedule == SCHEDULE_COSINE ? 10 : 1;
    const double apart = steepest * ((double)sharing + 1) / (double)words + 1e-5;

    options.schedule = schedule;
    options.warmup = schedule == SCHEDULE_COSINE ? 0.1 : 0;
    trainer = new_trainer(text, &options);
    before = copy_parameters(trainer_model(trainer));
    ck_assert_str_eq(trainer_layout(trainer), layout);
    ck_assert_int_eq(trainer_run(trainer, N2V_TO_END, 0, NULL, NULL), N2V_OK);
    for (size_t w = 0; w < words; w++) {
        const double rate = rate_of(trainer_model(trainer), &before, w), wanted = learning_rate_at(&options, w, words);
        require(fabs(rate - wanted) < apart, "%s: the rate of word %zu of %zu is %g, not %g", layout, w, words, rate,
                wanted);
    }
    free_copy(&before);
    trainer_destroy(trainer);
    free_text(text);
}

START_TEST(falls_within_blocks)
{
    ck_assert_uint_lt(BLOCK_IDS, 20000);
    check_places(0, 20000, 1, SCHEDULE_LINEAR, "windows");
    check_places(0, 8000, 8, SCHEDULE_LINEAR, "windows"); /* one block */
    check_places(0, 20000, 32, SCHEDULE_LINEAR, "inputs");
    check_places(0, 8000, 32, SCHEDULE_LINEAR, "inputs");
    check_places(N2V_NEEDS_ALL_WORDS, 800, 1, SCHEDULE_LINEAR, "words");
    check_places(0, 8000, 8, SCHEDULE_COSINE, "windows");
    check_places(0, 20000, 32, SCHEDULE_COSINE, "inputs");
}
END_TEST

/* Batches take sentences in an order of their own. Equal sentences: in that of the text. */
START_TEST(falls_within_blocks_of_batches)
{
    const uint32_t needs = N2V_NEEDS_IN_BATCH | N2V_NEEDS_OUTPUT_BIAS;
    const n2v_objective objective = ones_objective(&needs);
    const TrainOptions options = ones_options(&objective, 1);
    training_text *text = text_of_unique_words(20000);
    Trainer *trainer = new_trainer(text, &options);
    Model before = copy_parameters(trainer_model(trainer));

    ck_assert_str_eq(trainer_layout(trainer), "batches");
    ck_assert_int_eq(trainer_run(trainer, N2V_TO_END, 0, NULL, NULL), N2V_OK);
    for (size_t w = 0; w < text->words; w++) {
        const double rate = rate_of(trainer_model(trainer), &before, w);
        const double wanted = learning_rate_at(&options, w, text->words);
        /* eight sentences begin together, and done is the share of those that have begun */
        require(fabs(rate - wanted) < 10 * 10.0 / 20000, "the rate of word %zu is %g, not %g", w, rate, wanted);
    }
    free_copy(&before);
    trainer_destroy(trainer);
    free_text(text);
}
END_TEST

/* Over epochs the fall goes on where it was, and ends at the floor. */
START_TEST(falls_over_epochs)
{
    const uint32_t needs = N2V_NEEDS_OUTPUT_BIAS;
    const n2v_objective objective = ones_objective(&needs);
    TrainOptions options = ones_options(&objective, 1);
    training_text *text = text_of_unique_words(1000);
    Trainer *trainer;

    options.epochs = 12;
    trainer = new_trainer(text, &options);
    for (size_t epoch = 0; epoch < options.epochs; epoch++) {
        Model before = copy_parameters(trainer_model(trainer));
        ck_assert_int_eq(trainer_run(trainer, N2V_TO_EPOCH_END, 0, NULL, NULL), N2V_OK);
        for (size_t w = 0; w < text->words; w++) {
            const double rate = rate_of(trainer_model(trainer), &before, w);
            const double wanted = learning_rate_at(&options, epoch * text->words + w, 12 * text->words);
            require(fabs(rate - wanted) < 3e-4, "epoch %zu, word %zu: %g, not %g", epoch + 1, w, rate, wanted);
        }
        free_copy(&before);
    }
    trainer_destroy(trainer);
    free_text(text);
}
END_TEST

/* Ranks with unequal texts of their own: each is as far in its own as all are in that of all. */
START_TEST(falls_in_unequal_shares)
{
    static const size_t shares[] = {4, 6}; /* of 3 blocks: 1, 2 */
    const uint32_t needs = N2V_NEEDS_OUTPUT_BIAS;
    const n2v_objective objective = ones_objective(&needs);
    const TrainOptions steps = step_options(0);
    TrainOptions options = ones_options(&objective, 1);
    training_text *text = text_of_unique_words(20000);
    Model before;

    options.rule = steps.rule;
    options.sync_bits = steps.sync_bits;
    options.staleness = steps.staleness;
    options.round_words = steps.round_words;
    group_training t = new_training(text, 2, &options);
    Trainer *untrained = new_trainer(text, &options);
    before = copy_parameters(trainer_model(untrained));
    split_blocks(text->blocks, t.own, 2, shares);
    run_all_ranks(&t);
    require_success(&t);
    require_same(&t);
    const size_t first = (size_t)blocks_words(t.own[0]);
    require(first > 5000 && first < 9000, "rank 0 has %zu words", first);
    for (size_t w = 0; w < text->words; w++) {
        const double place =
            w < first ? (double)w / (double)first : (double)(w - first) / (double)(text->words - first);
        const double rate = rate_of(trainer_model(t.trainers[0]), &before, w);
        require(fabs(rate - (1 - place)) < 1e-3, "the rate of word %zu is %g, not %g", w, rate, 1 - place);
    }
    free_copy(&before);
    trainer_destroy(untrained);
    free_training(&t);
    free_text(text);
}
END_TEST

/* The shared bias moves by the sum of all these steps. */
START_TEST(the_shared_bias_moves)
{
    static const uint32_t layouts[] = {0, N2V_NEEDS_IN_BATCH, N2V_NEEDS_ALL_WORDS};

    for (size_t l = 0; l < sizeof layouts / sizeof *layouts; l++) {
        const uint32_t needs = layouts[l] | N2V_NEEDS_SHARED_BIAS;
        const n2v_objective objective = ones_objective(&needs);
        TrainOptions options = ones_options(&objective, 1);
        training_text *text = text_of_unique_words(4000);
        Trainer *trainer;
        double wanted;

        options.learning_rate = 0.001;
        trainer = trained(text, &options);
        wanted = -0.001 * 0.5 * (double)trainer_state(trainer)->pairs; /* the mean rate is half of the first */
        ck_assert_uint_eq(trainer_state(trainer)->pairs, 400 * 18);
        ck_assert_double_eq_tol((double)trainer_model(trainer)->shared_bias, wanted, 0.02 * -wanted);
        ck_assert(model_bias(trainer_model(trainer), 7) ==
                  trainer_model(trainer)->shared_bias); /* no word has a bias */
        trainer_destroy(trainer);
        free_text(text);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("learning rate");
    add_test(suite, "falls to its floor", falls_to_its_floor);
    add_test(suite, "schedules", schedules);
    add_test(suite, "the default keeps its bits", default_keeps_its_bits);
    add_test(suite, "falls within blocks", falls_within_blocks);
    add_test(suite, "falls within blocks of batches", falls_within_blocks_of_batches);
    add_test(suite, "falls over epochs", falls_over_epochs);
    add_test(suite, "falls in unequal shares", falls_in_unequal_shares);
    add_test(suite, "the shared bias moves", the_shared_bias_moves);
    return run_suite(suite);
}
