/* The loss of held-out sentences: the objective's own on the model as it is after each epoch. */
#include <math.h>
#include <string.h>

#include "test.h"
#include "training.h"

#define WORDS 30

/* make check has a quarter of the text; for sanitizers a third of the objectives is enough. */
#define SHRINK ((size_t)(runs_all() ? 1 : 4))

/* Sentences of 6 words; neighbors' numbers are near each other. */
static void append_sentences(Blocks *blocks, size_t count, uint64_t seed, uint64_t *counts)
{
    Random random;

    random_seed(&random, seed, 0, 0, 0);
    for (size_t i = 0; i < count; i++) {
        const Id from = random_below(&random, WORDS - 4);
        for (size_t k = 0; k < 6; k++) {
            const Id id = from + random_below(&random, 5), marked = k == 5 ? id | SENTENCE_END : id;
            if (counts)
                counts[id]++;
            append_ids(blocks, &marked, 1);
        }
    }
}

static training_text *make_language(size_t training, size_t heldout)
{
    training_text *text = new_text(WORDS);

    for (size_t w = 0; w < WORDS; w++)
        text->counts[w] = 1; /* also those that the sentences happen to miss */
    text->heldout = new_blocks();
    append_sentences(text->blocks, training / SHRINK, 1, text->counts);
    append_sentences(text->heldout, (heldout + SHRINK - 1) / SHRINK, 2, NULL);
    finish_text(text);
    return text;
}

static TrainOptions heldout_options(const char *objective, size_t threads)
{
    TrainOptions options = training_options(objective, threads);

    options.dim = 20;
    options.window = 3;
    options.noise = 5;
    options.subsample = 0.05;
    options.epochs = 3;
    return options;
}

typedef struct heard {
    n2v_epoch epoch[100];
    size_t count;
} heard;

static void hear(void *context, const n2v_epoch *epoch)
{
    heard *h = context;

    require(epoch->epoch == h->count + 1 && h->count < 100, "epoch %zu after %zu", epoch->epoch, h->count);
    h->epoch[h->count++] = *epoch;
}

static bool same_number(double a, double b) /* NaN, too */
{
    return memcmp(&a, &b, sizeof a) == 0;
}

/* Requires that the epochs belong together and to the trainer's state. */
static void check_heard(const heard *h, const training_text *text, Trainer *trainer)
{
    const TrainState *state = trainer_state(trainer);

    ck_assert_uint_eq(h->count, trainer_options(trainer)->epochs);
    ck_assert_uint_eq(state->heldout.pairs, h->epoch[h->count - 1].heldout_pairs);
    ck_assert(same_number(state->heldout.loss / (double)state->heldout.pairs, h->epoch[h->count - 1].heldout_loss) ||
              state->heldout.pairs == 0);
    for (size_t e = 0; e < h->count; e++) {
        ck_assert_uint_eq(h->epoch[e].heldout_pairs, text->heldout ? h->epoch[0].heldout_pairs : 0);
        ck_assert(text->heldout || isnan(h->epoch[e].heldout_loss));
        ck_assert_uint_eq(h->epoch[e].words, (e + 1) * blocks_words(text->blocks));
        ck_assert(h->epoch[e].seconds >= (e ? h->epoch[e - 1].seconds : 0) && h->epoch[e].seconds <= state->seconds);
    }
}

/* Trains to the end; *h gets the epochs. */
static Trainer *train(const training_text *text, const TrainOptions *options, heard *h)
{
    Trainer *trainer = new_trainer(text, options);
    const n2v_observer observer = {.size = sizeof observer, .context = h, .epoch = hear};
    n2v_error error = {.text = ""};

    h->count = 0;
    require(trainer_run(trainer, N2V_TO_END, 0, &observer, &error) == N2V_OK, "%s: %s", options->objective->name,
            error.text);
    check_heard(h, text, trainer);
    return trainer;
}

/* Trains to the end and gives the epochs alone. */
static heard losses(const training_text *text, const TrainOptions *options)
{
    heard h;

    trainer_destroy(train(text, options, &h));
    return h;
}

START_TEST(training_is_the_same_with_and_without)
{
    training_text *text = make_language(2000, 1500);
    Blocks *heldout = text->heldout;

    for (size_t i = FIRST_OBJECTIVE; registered_objective(i); i += OBJECTIVE_STEP) {
        TrainOptions options = heldout_options(registered_objective(i)->name, 1);
        Trainer *a, *b, *c;
        heard first, second, none;

        options.noise_sharing = i % 2 ? 8 : 1; /* other examples */
        text->heldout = heldout;
        a = train(text, &options, &first);
        b = train(text, &options, &second);
        require(same_parameters(trainer_model(a), trainer_model(b)), "%s: the same seed gives other bytes",
                options.objective->name);
        for (size_t e = 0; e < first.count; e++)
            ck_assert(first.epoch[e].heldout_loss == second.epoch[e].heldout_loss);
        ck_assert_uint_gt(first.epoch[0].heldout_pairs, 500);
        text->heldout = NULL;
        c = train(text, &options, &none);
        require(same_parameters(trainer_model(a), trainer_model(c)), "%s: held-out sentences change the training",
                options.objective->name);
        trainer_destroy(a);
        trainer_destroy(b);
        trainer_destroy(c);
    }
    text->heldout = heldout;
    free_text(text);
}
END_TEST

/* A model that does not move: each epoch, and any number of threads, gives the same to the bit. */
START_TEST(the_examples_are_always_the_same)
{
    training_text *text = make_language(1500, 3000);

    for (size_t i = FIRST_OBJECTIVE; registered_objective(i); i += OBJECTIVE_STEP) {
        double first = NAN;
        for (size_t threads = 1; threads <= 3; threads++) {
            TrainOptions options = heldout_options(registered_objective(i)->name, threads);
            heard h;

            options.noise_sharing = i % 2 ? 8 : 1;
            options.learning_rate = 1e-30;
            h = losses(text, &options);
            if (threads == 1)
                first = h.epoch[0].heldout_loss;
            /* rows that are kept at unit length are scaled again and again, and move by a rounding */
            for (size_t e = 0; e < h.count; e++)
                require(fabs(h.epoch[e].heldout_loss - first) <= 1e-6 * fabs(first) + 1e-20,
                        "%s: epoch %zu, %zu threads: %.17g and %.17g", options.objective->name, e + 1, threads,
                        h.epoch[e].heldout_loss, first);
            if (!(objective_needs(options.objective, options.parameters) & N2V_NEEDS_UNIT_ROWS) && fabs(first) > 1e-20)
                ck_assert(h.epoch[0].heldout_loss == first && h.epoch[2].heldout_loss == first);
        }
    }
    free_text(text);
}
END_TEST

/* Scores that are all 0: the loss is (1 + k) log 2 a pair, whatever the words. */
START_TEST(the_loss_of_no_knowledge)
{
    training_text *text = make_language(100, 3000);
    TrainOptions options = heldout_options("sgns", 2);

    options.learning_rate = 1e-30;
    options.noise = 7;
    ck_assert_double_eq_tol(losses(text, &options).epoch[0].heldout_loss, 8 * log(2), 1e-6);
    free_text(text);
}
END_TEST

/* With a window of 1, no subsampling and the softmax nothing is drawn: every neighbor is a pair. */
static double brute_force(const Model *model, const Blocks *blocks, uint64_t *pairs)
{
    Id buffer[BLOCK_IDS];
    double log_z[WORDS], loss = 0;

    *pairs = 0;
    for (size_t c = 0; c < WORDS; c++) {
        log_z[c] = 0;
        for (size_t w = 0; w < WORDS; w++)
            log_z[c] += exp(dot_score(model, c, w));
        log_z[c] = log(log_z[c]);
    }
    for (size_t b = 0; b < blocks_count(blocks); b++) {
        Block block;
        ck_assert_int_eq(blocks_read(blocks, b, buffer, &block, NULL), N2V_OK);
        for (size_t k = 0; k + 1 < block.count; k++) {
            const Id here = block.ids[k], next = block.ids[k + 1] & ~SENTENCE_END;
            if (here & SENTENCE_END)
                continue;
            loss += log_z[here] - dot_score(model, here, next) + log_z[next] - dot_score(model, next, here);
            *pairs += 2;
        }
    }
    return loss / (double)*pairs;
}

START_TEST(the_loss_is_that_of_the_epochs_end)
{
    training_text *text = make_language(6000, 5000);

    for (size_t threads = 1; threads <= 3; threads++) {
        TrainOptions options = heldout_options("softmax", threads);
        Trainer *trainer;
        uint64_t pairs;
        double wanted;
        heard h;

        options.window = 1;
        options.subsample = 0;
        options.epochs = 2;
        trainer = train(text, &options, &h);
        wanted = brute_force(trainer_model(trainer), text->heldout, &pairs);
        ck_assert_uint_eq(h.epoch[1].heldout_pairs, pairs);
        ck_assert_uint_eq(pairs, 5000 / SHRINK * 2 * 5);
        require(fabs(h.epoch[1].heldout_loss - wanted) < 1e-5 * wanted, "%zu threads: %.9g, by brute force %.9g",
                threads, h.epoch[1].heldout_loss, wanted);
        trainer_destroy(trainer);
    }
    free_text(text);
}
END_TEST

START_TEST(the_loss_falls)
{
    training_text *text = make_language(5000, 1500);
    size_t number = 0;

    for (size_t i = FIRST_OBJECTIVE; registered_objective(i); i += OBJECTIVE_STEP, number++) {
        for (size_t threads = 1; threads <= 2; threads++) { /* make check has one of them in turn */
            TrainOptions options = heldout_options(registered_objective(i)->name, threads);
            double untrained, trained_loss;

            if (!runs_all() && (number + threads) % 2)
                continue;

            options.learning_rate = 1e-30;
            untrained = losses(text, &options).epoch[0].heldout_loss;
            options.learning_rate = options.objective->learning_rate;
            if (objective_needs(options.objective, options.parameters) & N2V_NEEDS_SLOPE_CLIPPING)
                options.learning_rate /= 2; /* quadratic: few words have ratios too large for the rate of a large */
                                            /* text */
            trained_loss = losses(text, &options).epoch[2].heldout_loss;
            require(trained_loss < untrained, "%s: the held-out loss goes from %g to %g", options.objective->name,
                    untrained, trained_loss);
        }
    }
    free_text(text);
}
END_TEST

typedef struct impatient {
    heard heard;
    size_t asked;
} impatient;

static int stop_after_three(void *context)
{
    impatient *i = context;

    return ++i->asked > 3;
}

static void hear_impatient(void *context, const n2v_epoch *epoch)
{
    hear(&((impatient *)context)->heard, epoch);
}

/* Held-out sentences that take longer than the text: a stop has to reach those who measure. */
START_TEST(stops_when_asked)
{
    training_text *text = make_language(100, 100000);

    for (size_t threads = 1; threads <= 3; threads++) {
        TrainOptions options = heldout_options("softmax", threads);
        Trainer *trainer;
        impatient i = {.asked = 0};
        const n2v_observer observer = {
            .size = sizeof observer, .context = &i, .stop = stop_after_three, .epoch = hear_impatient};

        options.window = 5;
        options.epochs = 99;
        trainer = new_trainer(text, &options);
        ck_assert_int_eq(trainer_run(trainer, N2V_TO_END, 0, &observer, NULL), N2V_ERROR_INTERRUPTED);
        ck_assert_uint_gt(i.asked, 3);
        ck_assert_uint_lt(i.heard.count, 99);
        trainer_destroy(trainer);
    }
    free_text(text);
}
END_TEST

START_TEST(no_pair_at_all)
{
    training_text *text = make_language(100, 1);
    const TrainOptions options = heldout_options("nce", 2);
    const Id alone = 3 | SENTENCE_END;
    heard h;

    blocks_destroy(text->heldout);
    text->heldout = new_blocks();
    append_ids(text->heldout, &alone, 1);
    finish_blocks(text->heldout);
    h = losses(text, &options);
    ck_assert_uint_eq(h.epoch[0].heldout_pairs, 0);
    ck_assert(isnan(h.epoch[0].heldout_loss));
    free_text(text);
}
END_TEST

/* Held-out blocks without a sentence are none. */
START_TEST(nothing_held_out)
{
    training_text *text = make_language(1000, 1);
    const TrainOptions options = heldout_options("nce", 1);
    heard h;

    blocks_destroy(text->heldout);
    text->heldout = new_blocks();
    finish_blocks(text->heldout);
    h = losses(text, &options);
    ck_assert_uint_eq(h.count, 3);
    ck_assert_uint_eq(h.epoch[0].heldout_pairs, 0);
    ck_assert(isnan(h.epoch[0].heldout_loss) && h.epoch[0].loss > 0);
    free_text(text);
}
END_TEST

/* The held-out words have rows that are not of the text's words, and so large that their loss is infinite: the training
 * has failed. */
START_TEST(a_loss_that_is_not_finite)
{
    const Id ids[] = {5, 6, 7, 8 | SENTENCE_END}, others[] = {0, 1 | SENTENCE_END};
    const TrainOptions options = heldout_options("sgns", 1);
    training_text *text = new_text(WORDS);
    Trainer *trainer;
    Model *model;
    n2v_error error = {.text = ""};

    for (size_t w = 0; w < WORDS; w++)
        text->counts[w] = w >= 5 && w <= 8; /* noise words, too, are of the text's */
    append_ids(text->blocks, ids, 4);
    append_ids(text->heldout = new_blocks(), others, 2);
    finish_text(text);
    trainer = new_trainer(text, &options);
    model = trainer_model(trainer);
    for (size_t d = 0; d < options.dim; d++)
        model->output[model->stride + d] = -(model->input[d] = 1e38F);
    ck_assert_int_eq(trainer_run(trainer, N2V_TO_END, 0, NULL, &error), N2V_ERROR_NUMERIC);
    ck_assert_msg(strstr(error.text, "held-out loss") && strstr(error.text, "epoch 1"), "%s", error.text);
    ck_assert_int_eq(trainer_run(trainer, N2V_TO_END, 0, NULL, &error), N2V_ERROR_NUMERIC);
    trainer_destroy(trainer);
    free_text(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("held-out loss");
    add_test(suite, "training is the same with and without", training_is_the_same_with_and_without);
    add_test(suite, "the examples are always the same", the_examples_are_always_the_same);
    add_test(suite, "the loss of no knowledge", the_loss_of_no_knowledge);
    add_test(suite, "the loss is that of the epoch's end", the_loss_is_that_of_the_epochs_end);
    add_test(suite, "the loss falls", the_loss_falls);
    add_test(suite, "stops when asked", stops_when_asked);
    add_test(suite, "no pair at all", no_pair_at_all);
    add_test(suite, "nothing held out", nothing_held_out);
    add_test(suite, "a loss that is not finite", a_loss_that_is_not_finite);
    return run_suite(suite);
}
