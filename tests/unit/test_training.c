/* Training with every objective: reproducible, its loss falls, it reports that it diverged, and every text of whatever
 * size has the pairs that it should have. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "toy.h"

START_TEST(reproducible)
{
    toy t = make_toy(runs_all() ? 5000 : 2000);

    for (size_t i = FIRST_OBJECTIVE; registered_objective(i); i += OBJECTIVE_STEP) {
        TrainOptions options = default_options(i, 1);
        const char *name = options.objective->name;
        Trainer *a, *b, *c;

        options.dim = 33;
        options.subsample = 0.05;
        a = trained(t.text, &options);
        b = trained(t.text, &options);
        options.seed = 2;
        c = trained(t.text, &options);
        check_parameters(trainer_model(a), name);
        require(same_parameters(trainer_model(a), trainer_model(b)), "%s: the same seed gives other bytes", name);
        require(!same_parameters(trainer_model(a), trainer_model(c)), "%s: another seed gives the same bytes", name);
        trainer_destroy(a);
        trainer_destroy(b);
        trainer_destroy(c);
    }
    free_text(t.text);
}
END_TEST

static double loss_after(const training_text *text, const TrainOptions *options)
{
    Trainer *trainer = trained(text, options);
    const double loss = last_loss(trainer);

    require(trainer_state(trainer)->seconds > 0, "%s: no time", options->objective->name);
    trainer_destroy(trainer);
    return loss;
}

START_TEST(loss_falls)
{
    toy t = make_toy(SANITIZED ? 3000 : runs_all() ? 15000 : 7500);
    /* five times what was seen: fewer lines, more noise */
    const double near = SANITIZED ? 0.1 : runs_all() ? 0.02 : 0.04;

    for (size_t i = FIRST_OBJECTIVE; registered_objective(i); i += OBJECTIVE_STEP) {
        TrainOptions options = default_options(i, 1);
        TrainOptions none = options;
        double one_thread, two_threads, untrained;
        size_t tries = 3; /* on busy cores two threads lose more of their updates */

        none.epochs = 1;
        none.learning_rate = 1e-9;
        untrained = loss_after(t.text, &none);
        options.epochs = 6;
        one_thread = loss_after(t.text, &options);
        options.threads = 2;
        do
            two_threads = loss_after(t.text, &options);
        while (fabs(two_threads - one_thread) >= near * (fabs(one_thread) + untrained - one_thread) && --tries);
        if (getenv("N2V_TEST_VERBOSE"))
            (void)fprintf(stderr, "%s: loss from %.4f to %.4f, two threads %.4f\n", options.objective->name, untrained,
                          one_thread, two_threads);
        require(one_thread < untrained && two_threads < untrained, "%s: the loss goes from %g to %g, two threads %g",
                options.objective->name, untrained, one_thread, two_threads);
        require(fabs(two_threads - one_thread) < near * (fabs(one_thread) + untrained - one_thread),
                "%s: two threads end at a loss of %g, one at %g", options.objective->name, two_threads, one_thread);
    }
    free_text(t.text);
}
END_TEST

/* Before it has learned every score is 0, and a positive with k noise words has a loss of (1 + k) log 2, however many
 * are drawn for these k. */
START_TEST(noise_draws_keep_the_loss)
{
    toy t = make_toy(500);
    TrainOptions options = training_options("sgns", 1);

    options.epochs = 1;
    options.learning_rate = 1e-9;
    options.noise = 3;
    for (options.noise_sharing = 2; options.noise_sharing <= 12; options.noise_sharing += 10) /* windows, inputs */
        for (options.noise_draws = 1; options.noise_draws <= 40; options.noise_draws += 13)
            require(fabs(loss_after(t.text, &options) - 4 * log(2)) < 1e-4, "%zu draws", options.noise_draws);
    free_text(t.text);
}
END_TEST

/* A divergence is an error, and never vectors that look trained. */
static n2v_status check_divergence(const training_text *text, const TrainOptions *options)
{
    const char *name = options->objective->name;
    Trainer *trainer = new_trainer(text, options);
    n2v_error error = {.text = ""};
    const n2v_status status = trainer_run(trainer, N2V_TO_END, 0, NULL, &error);

    if (status == N2V_OK) {
        check_parameters(trainer_model(trainer), name);
    } else {
        require(status == N2V_ERROR_NUMERIC && strstr(error.text, "diverged"), "%s: status %d: %s", name, status,
                error.text);
        require(strncmp(error.text + error.settings[0].at, "lr", 2) == 0 && error.settings[0].bytes == 2,
                "%s: '%s' does not name the setting", name, error.text);
        for (n2v_until until = N2V_TO_END; until <= N2V_TO_WORDS; until++) { /* and stays so */
            error = (n2v_error){.text = ""};
            require(trainer_run(trainer, until, 1, NULL, &error) == N2V_ERROR_NUMERIC && *error.text,
                    "%s runs on after it has failed", name);
        }
    }
    trainer_destroy(trainer);
    return status;
}

START_TEST(divergence_is_an_error)
{
    toy t = make_toy(5000);
    training_text *tiny = regular_text(1, 12, 12);
    size_t reported = 0;

    for (size_t i = FIRST_OBJECTIVE; registered_objective(i); i += OBJECTIVE_STEP) {
        for (size_t threads = 1; threads <= 2; threads++) {
            TrainOptions options = default_options(i, threads);

            options.dim = 16;
            if (has_free_products(&options)) {
                options.init = 1e38; /* the rows' products are beyond floats: seen in the first loss, not after hours */
                options.epochs = 100000;
                require(check_divergence(t.text, &options) == N2V_ERROR_NUMERIC, "%s lives through infinite scores",
                        options.objective->name);
                options.init = 1;
            }
            options.learning_rate = 1e30; /* over before a second loss is computed: seen in the vectors */
            options.epochs = 1;
            reported += check_divergence(tiny, &options) == N2V_ERROR_NUMERIC;
        }
    }
    require(reported > 0, "no rate is too much");
    free_text(t.text);
    free_text(tiny);
}
END_TEST

/* Products, whose rows would grow without bound at such rates. */
START_TEST(scores_do_not_run_away)
{
    toy t = make_toy(5000);

    for (size_t i = FIRST_OBJECTIVE; registered_objective(i); i += OBJECTIVE_STEP) {
        TrainOptions options = default_options(i, 1);
        const char *name = options.objective->name;
        Trainer *trainer;

        options.dim = 16;
        trainer = trained(t.text, &options);
        require(trainer_state(trainer)->clipped == 0, "%s: steps are clipped at the default rate", name);
        require(trainer_state(trainer)->steps > 0, "%s: no step", name);
        trainer_destroy(trainer);
        options.learning_rate *= 200;
        options.epochs = SANITIZED ? 5 : runs_all() ? 20 : 8;
        trainer = trained(t.text, &options);
        check_parameters(trainer_model(trainer), name);
        if (strcmp(name, "nce") == 0 || strcmp(name, "sgns") == 0)
            require(trainer_state(trainer)->clipped > trainer_state(trainer)->steps / 100, "%s: %llu of %llu steps",
                    name, (unsigned long long)trainer_state(trainer)->clipped,
                    (unsigned long long)trainer_state(trainer)->steps);
        trainer_destroy(trainer);
    }
    free_text(t.text);
}
END_TEST

/* How many pairs a regular text has in one epoch. */
static uint64_t pairs_of(size_t count, size_t length, size_t words, size_t window, size_t dim, size_t threads,
                         size_t objective)
{
    TrainOptions options = default_options(objective, threads);
    training_text *text = regular_text(count, length, words);
    Trainer *trainer;
    uint64_t pairs;

    options.dim = dim;
    options.window = window;
    options.epochs = 1;
    trainer = trained(text, &options);
    check_parameters(trainer_model(trainer), options.objective->name);
    require(trainer_state(trainer)->words == count * length, "%s: %llu words of %zu", options.objective->name,
            (unsigned long long)trainer_state(trainer)->words, count * length);
    pairs = trainer_state(trainer)->pairs;
    trainer_destroy(trainer);
    free_text(text);
    return pairs;
}

START_TEST(every_pair_once)
{
    /* window 1: each word with both its neighbors in the sentence, and none beyond */
    ck_assert_uint_eq(pairs_of(1000, 7, 40, 1, 16, 1, 0), 1000 * 2 * 6);
    ck_assert_uint_eq(pairs_of(5000, 7, 40, 1, 16, 2, 0), 5000 * 2 * 6);
    /* a sentence that needs three blocks is cut between them: both ends lose a pair */
    ck_assert_uint_eq(pairs_of(1, 3 * BLOCK_IDS - 5, 40, 1, 16, 2, 0), 2 * (3 * BLOCK_IDS - 5 - 3));
}
END_TEST

/* Reaches are uniform in 1..5: twice 3 pairs a position, variance 8, sentences so long that ends do not count. */
START_TEST(windows_are_dynamic)
{
    const double positions = 60 * (double)BLOCK_IDS;
    const double pairs = (double)pairs_of(60, BLOCK_IDS, 40, 5, 16, 2, 0);
    const double lost_at_ends = 60 * 2 * (3 + 2 + 1.2 + 0.6 + 0.2);

    ck_assert_double_eq_tol(pairs, 6 * positions - lost_at_ends, 5 * sqrt(8 * positions));
}
END_TEST

START_TEST(small_corpora)
{
    for (size_t i = FIRST_OBJECTIVE; registered_objective(i); i += OBJECTIVE_STEP) {
        ck_assert_uint_gt(pairs_of(3, 4, 5, 5, 16, 16, i), 0);      /* more threads than blocks */
        if (strcmp(registered_objective(i)->name, "hs") != 0) /* which refuses it: one_word_is_no_tree */
            ck_assert_uint_gt(pairs_of(50, 4, 1, 2, 16, 1, i), 0); /* one word in the vocabulary */
        ck_assert_uint_gt(pairs_of(20, 5, 10, 3, 1, 1, i), 0);
        ck_assert_uint_gt(pairs_of(20, 5, 10, 3, 333, 1, i), 0);
        ck_assert_uint_gt(pairs_of(20, 30, 10, 100, 17, 1, i), 0); /* a window wider than sentences */
    }
}
END_TEST

START_TEST(one_word_is_no_tree)
{
    const TrainOptions options = training_options("hs", 1);
    training_text *text = regular_text(50, 4, 1);
    n2v_error error = {.text = ""};
    Trainer *trainer;

    ck_assert_int_eq(trainer_create(&trainer, text->vocabulary, &(TrainText){.blocks = text->blocks}, &options, &error),
                     N2V_ERROR_DATA);
    require(strstr(error.text, "at least two words"), "%s", error.text);
    free_text(text);
}
END_TEST

/* Without a pair of words there is no trainer. */
START_TEST(sentences_of_one_word_are_refused)
{
    const size_t texts[][3] = {{500, 1, 40}, {1, 1, 1}}; /* sentences, their length, words */

    for (size_t i = FIRST_OBJECTIVE; registered_objective(i); i += OBJECTIVE_STEP)
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
            const TrainOptions options = default_options(i, 2);
            training_text *text = regular_text(texts[t][0], texts[t][1], texts[t][2]);
            Trainer *trainer;
            n2v_error error = {.text = ""};
            ck_assert_int_eq(trainer_create(&trainer, text->vocabulary, &(TrainText){.blocks = text->blocks}, &options,
                                            &error),
                             N2V_ERROR_DATA);
            ck_assert_ptr_null(trainer);
            require(strstr(error.text, "nothing to learn: no sentence has two words"), "%s", error.text);
            free_text(text);
        }
}
END_TEST

/* Where subsampling leaves no pair, the vectors are still those of the beginning: that is a failure, and it lasts. */
START_TEST(training_without_pairs_is_an_error)
{
    for (size_t i = FIRST_OBJECTIVE; registered_objective(i); i += OBJECTIVE_STEP) {
        TrainOptions options = default_options(i, 2);
        training_text *text = regular_text(5, 4, 4);
        n2v_error error = {.text = ""};
        Trainer *trainer;
        options.subsample = 1e-12;
        trainer = new_trainer(text, &options);
        ck_assert_int_eq(trainer_run(trainer, N2V_TO_END, 0, NULL, &error), N2V_ERROR_DATA);
        require(strstr(error.text, "nothing was learned"), "%s", error.text);
        ck_assert_uint_eq(trainer_state(trainer)->pairs, 0);
        ck_assert_int_eq(trainer_run(trainer, N2V_TO_END, 0, NULL, &error), N2V_ERROR_DATA);
        trainer_destroy(trainer);
        free_text(text);
    }
}
END_TEST

/* A tile against all words needs memory for each of them. */
START_TEST(too_large_tiles_are_refused)
{
    TrainOptions options = training_options("softmax", 1);
    training_text *text = regular_text(1, 1000, 1000);
    Trainer *trainer;
    n2v_error error = {.text = ""};

    options.window = 1000000;
    ck_assert_int_eq(trainer_create(&trainer, text->vocabulary, &(TrainText){.blocks = text->blocks}, &options, &error),
                     N2V_ERROR_ARGUMENT);
    ck_assert_ptr_null(trainer);
    ck_assert_ptr_nonnull(strstr(error.text, "max-vocab"));
    trainer_destroy(trainer); /* accepts NULL */
    free_text(text);
}
END_TEST

/* Where each rank has a text of its own: behind the blocks that have so many words, in proportion. */
START_TEST(positions_in_own_texts)
{
    const TrainText text = {.own_blocks = true, .words_of_all = 100, .blocks_of_all = 10};

    ck_assert_uint_eq(train_text_block_after(&text, 0, 3), 0);
    ck_assert_uint_eq(train_text_block_after(&text, 1, 3), 1);
    ck_assert_uint_eq(train_text_block_after(&text, 10, 3), 1);
    ck_assert_uint_eq(train_text_block_after(&text, 100, 3), 10);
    ck_assert_uint_eq(train_text_block_after(&text, 111, 3), 12);
    ck_assert_uint_eq(train_text_block_after(&text, 300, 3), 30);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("training");
    add_test(suite, "reproducible", reproducible);
    add_test(suite, "loss falls", loss_falls);
    add_test(suite, "noise draws keep the loss", noise_draws_keep_the_loss);
    add_test(suite, "divergence is an error", divergence_is_an_error);
    add_test(suite, "scores do not run away", scores_do_not_run_away);
    add_test(suite, "every pair once", every_pair_once);
    add_test(suite, "windows are dynamic", windows_are_dynamic);
    add_test(suite, "small corpora", small_corpora);
    add_test(suite, "one word is no tree", one_word_is_no_tree);
    add_test(suite, "sentences of one word are refused", sentences_of_one_word_are_refused);
    add_test(suite, "training without pairs is an error", training_without_pairs_is_an_error);
    add_test(suite, "too large tiles are refused", too_large_tiles_are_refused);
    add_test(suite, "positions in own texts", positions_in_own_texts);
    return run_suite(suite);
}
