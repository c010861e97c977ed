/* Where a run ends: at a number of words, an epoch's end, the end, or a stop; and what runs after it. */
#include <string.h>

#include "test.h"
#include "training.h"

enum { BLOCKS = 4 };

static TrainOptions quick_options(size_t threads, size_t epochs)
{
    TrainOptions options = training_options("sgns", threads);

    options.dim = 8;
    options.noise = 3;
    options.epochs = epochs;
    return options;
}

static n2v_status run(Trainer *trainer, n2v_until until, uint64_t words)
{
    n2v_error error = {.text = ""};
    const n2v_status status = trainer_run(trainer, until, words, NULL, &error);

    ck_assert_int_eq(error.status, status); /* which is N2V_OK in an error of zeros */
    ck_assert((*error.text != '\0') == (status != N2V_OK));
    return status;
}

/* The words of the blocks up to the first one that reaches so many, over epochs. */
static uint64_t rounded_up(const Blocks *blocks, size_t epochs, uint64_t words)
{
    for (size_t epoch = 0; epoch < epochs; epoch++)
        for (size_t b = 0; b < blocks_count(blocks); b++) {
            const uint64_t before = epoch * blocks_words(blocks) + blocks_words_before(blocks, b);
            if (before >= words)
                return before;
        }
    return epochs * blocks_words(blocks);
}

/* From the beginning, and from where other runs ended. */
START_TEST(so_many_words)
{
    training_text *text = blocks_of_random_text(BLOCKS, 40);
    const uint64_t corpus = blocks_words(text->blocks), second = blocks_words_before(text->blocks, 2);
    const uint64_t wanted[] = {0,
                               1,
                               BLOCK_IDS,
                               second - 1,
                               second,
                               second + 1,
                               corpus - 1,
                               corpus,
                               corpus + 1,
                               corpus + second - 1,
                               corpus + second,
                               corpus + second + 1,
                               2 * corpus,
                               2 * corpus + 1,
                               3 * corpus,
                               3 * corpus + 1,
                               UINT64_MAX};
    const size_t count = sizeof wanted / sizeof *wanted;

    for (size_t threads = 1; threads <= 3; threads += 2) {
        const TrainOptions options = quick_options(threads, 3);
        Trainer *one_by_one = new_trainer(text, &options);
        for (size_t k = 0; k < count; k += SANITIZED ? 2 : 1) {
            Trainer *trainer = new_trainer(text, &options);
            const uint64_t words = rounded_up(text->blocks, 3, wanted[k]);
            ck_assert_int_eq(run(trainer, N2V_TO_WORDS, wanted[k]), N2V_OK);
            ck_assert_uint_eq(trainer_state(trainer)->words, words);
            ck_assert_int_eq(trainer_finished(trainer), words == 3 * corpus);
            if (!trainer_finished(one_by_one))
                ck_assert_int_eq(run(one_by_one, N2V_TO_WORDS, wanted[k]), N2V_OK);
            ck_assert_uint_eq(trainer_state(one_by_one)->words, words);
            trainer_destroy(trainer);
        }
        trainer_destroy(one_by_one);
    }
    free_text(text);
}
END_TEST

/* A run to words that are over does nothing, and keeps a stop for the next one. */
START_TEST(words_that_are_over)
{
    training_text *text = blocks_of_random_text(BLOCKS, 40);
    const TrainOptions options = quick_options(1, 3);
    Trainer *trainer = new_trainer(text, &options);
    uint64_t words;

    ck_assert_int_eq(run(trainer, N2V_TO_WORDS, 9000), N2V_OK);
    words = trainer_state(trainer)->words;
    trainer_stop(trainer);
    ck_assert_int_eq(run(trainer, N2V_TO_WORDS, 9000), N2V_OK);
    ck_assert_int_eq(run(trainer, N2V_TO_WORDS, 1), N2V_OK);
    ck_assert_uint_eq(trainer_state(trainer)->words, words);
    ck_assert_int_eq(run(trainer, N2V_TO_END, 0), N2V_ERROR_INTERRUPTED);
    ck_assert_int_eq(run(trainer, N2V_TO_END, 0), N2V_OK);
    trainer_destroy(trainer);
    free_text(text);
}
END_TEST

START_TEST(the_end_is_the_end)
{
    training_text *text = blocks_of_random_text(BLOCKS, 40);
    const TrainOptions options = quick_options(2, 2);
    Trainer *trainer = trained(text, &options);
    Model before = copy_parameters(trainer_model(trainer));

    ck_assert_uint_eq(trainer_state(trainer)->words, trainer_words_total(trainer));
    ck_assert_uint_eq(trainer_epoch(trainer), 2);
    for (n2v_until until = N2V_TO_END; until <= N2V_TO_WORDS; until++)
        ck_assert_int_eq(run(trainer, until, 1), N2V_ERROR_ARGUMENT);
    ck_assert(same_parameters(trainer_model(trainer), &before));
    free_copy(&before);
    trainer_destroy(trainer);
    free_text(text);
}
END_TEST

START_TEST(epoch_by_epoch)
{
    training_text *text = blocks_of_random_text(BLOCKS, 40);
    const uint64_t corpus = blocks_words(text->blocks);

    for (size_t threads = 1; threads <= 3; threads += 2) {
        const TrainOptions options = quick_options(threads, 3);
        Trainer *trainer = new_trainer(text, &options);

        for (size_t epoch = 1; epoch <= 3; epoch++) {
            ck_assert_uint_eq(trainer_epoch(trainer), epoch);
            ck_assert_int_eq(run(trainer, N2V_TO_WORDS, (epoch - 1) * corpus + 1), N2V_OK);
            ck_assert_uint_eq(trainer_epoch(trainer), epoch);
            ck_assert(!trainer_finished(trainer));
            ck_assert_int_eq(run(trainer, N2V_TO_EPOCH_END, 0), N2V_OK);
            ck_assert_uint_eq(trainer_state(trainer)->words, epoch * corpus);
            ck_assert_uint_gt(trainer_state(trainer)->epochs[epoch - 1].pairs, 0);
        }
        ck_assert(trainer_finished(trainer));
        trainer_destroy(trainer);
    }
    free_text(text);
}
END_TEST

/* A stop before a run stops it at its beginning, once, however often it was asked for. */
START_TEST(a_stop_before_a_run)
{
    training_text *text = blocks_of_random_text(BLOCKS, 40);
    static const n2v_until untils[] = {N2V_TO_WORDS, N2V_TO_EPOCH_END, N2V_TO_END};

    for (size_t threads = 1; threads <= 3; threads += 2)
        for (size_t u = 0; u < 3; u++) {
            const TrainOptions options = quick_options(threads, 2);
            Trainer *trainer = new_trainer(text, &options);
            Model before = copy_parameters(trainer_model(trainer));

            for (size_t k = 0; k <= u; k++)
                trainer_stop(trainer);
            ck_assert_int_eq(run(trainer, untils[u], 100), N2V_ERROR_INTERRUPTED);
            ck_assert_uint_eq(trainer_state(trainer)->words, 0);
            ck_assert(same_parameters(trainer_model(trainer), &before));
            ck_assert_int_eq(run(trainer, untils[u], 100), N2V_OK);
            ck_assert_uint_gt(trainer_state(trainer)->words, 0);
            if (!trainer_finished(trainer)) {
                const uint64_t words = trainer_state(trainer)->words;
                trainer_stop(trainer);
                ck_assert_int_eq(run(trainer, N2V_TO_END, 0), N2V_ERROR_INTERRUPTED);
                ck_assert_uint_eq(trainer_state(trainer)->words, words);
                ck_assert_int_eq(run(trainer, N2V_TO_END, 0), N2V_OK);
            }
            ck_assert(trainer_finished(trainer));
            free_copy(&before);
            trainer_destroy(trainer);
        }
    free_text(text);
}
END_TEST

/* ---- a run without observer that is interrupted in a later epoch ---- */

/* An objective that does nothing, and stops the trainer when it has seen so many tiles. */
typedef struct idle {
    n2v_objective objective; /* its user is this structure */
    Trainer *trainer;
    size_t tiles, stop_at;
} idle;

static void idle_loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient,
                           float *scratch, double *loss, void *user)
{
    idle *i = user;

    (void)parameters;
    (void)scratch;
    memset(gradient->scores, 0, tile->m * tile->n * sizeof(float));
    memset(gradient->positives, 0, tile->first[tile->m] * sizeof(float));
    if (loss)
        *loss += 1;
    if (++i->tiles == i->stop_at)
        trainer_stop(i->trainer);
}

static Trainer *idle_trainer(idle *i, const training_text *text, size_t epochs)
{
    TrainOptions options = quick_options(1, epochs);

    *i = (idle){.objective = {.name = "idle", .geometry = N2V_DOT, .loss_grad = idle_loss_grad, .user = i}};
    options.objective = &i->objective;
    i->trainer = new_trainer(text, &options);
    return i->trainer;
}

static void hear_epoch(void *context, const n2v_epoch *epoch)
{
    size_t *last = context;

    ck_assert_uint_eq(epoch->words % epoch->epoch, 0);
    *last = epoch->epoch;
}

/* The epoch that it is in is the one that it was interrupted in. */
START_TEST(an_epoch_end_after_an_interruption)
{
    training_text *text = regular_text(2 * BLOCK_IDS / 8, 8, 40); /* each word is a tile */
    const uint64_t corpus = blocks_words(text->blocks);
    size_t last = 0;
    const n2v_observer observer = {.size = sizeof observer, .context = &last, .epoch = hear_epoch};

    for (int observed = 0; observed < 2; observed++)
        for (size_t quarter = 1; quarter < 10; quarter++) { /* of epochs; later it is in the last block */
            const size_t epoch = 1 + quarter / 4;
            idle i;
            Trainer *trainer = idle_trainer(&i, text, 3);

            i.stop_at = quarter * corpus / 4 + 100;
            ck_assert_int_eq(run(trainer, N2V_TO_END, 0), N2V_ERROR_INTERRUPTED);
            ck_assert_uint_gt(trainer_state(trainer)->words, quarter * corpus / 4);
            ck_assert_uint_le(trainer_state(trainer)->words, epoch * corpus);
            ck_assert_uint_eq(trainer_epoch(trainer), epoch);
            last = 0;
            ck_assert_int_eq(trainer_run(trainer, N2V_TO_EPOCH_END, 0, observed ? &observer : NULL, NULL), N2V_OK);
            ck_assert_uint_eq(trainer_state(trainer)->words, epoch * corpus);
            ck_assert_uint_eq(last, observed ? epoch : 0);
            ck_assert_int_eq(trainer_finished(trainer), epoch == 3);
            trainer_destroy(trainer);
        }
    free_text(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("runs");
    add_test(suite, "so many words", so_many_words);
    add_test(suite, "words that are over", words_that_are_over);
    add_test(suite, "the end is the end", the_end_is_the_end);
    add_test(suite, "epoch by epoch", epoch_by_epoch);
    add_test(suite, "a stop before a run", a_stop_before_a_run);
    add_test(suite, "an epoch's end after an interruption", an_epoch_end_after_an_interruption);
    return run_suite(suite);
}
