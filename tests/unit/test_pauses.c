/* Pauses: with one thread a training gives the same bytes and the same held-out losses however it is interrupted. */
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <time.h>

#include "test.h"
#include "training.h"

enum { BLOCKS = 3, MAX_EPOCHS = 8 };

/* ---- what a training is compared by ---- */

/* What an observer is given. */
typedef struct record {
    pthread_t thread;
    Trainer *trainer;
    size_t epochs, epochs_interrupted;
    n2v_epoch epoch[MAX_EPOCHS];
    const atomic_uint *stops; /* requested by another thread; NULL: there is none */
} record;

/* Returns when the other thread has requested a stop, so that the run is certain to be interrupted. */
static void wait_for_stop(const atomic_uint *stops)
{
    const unsigned before = atomic_load(stops);

    while (atomic_load(stops) == before)
        (void)sched_yield();
}

/* Each epoch once, in order, in the thread that runs the trainer. */
static void hear_epoch(void *context, const n2v_epoch *epoch)
{
    record *r = context;

    require(pthread_equal(pthread_self(), r->thread), "the epoch's end is reported by another thread");
    require(epoch->epoch == r->epochs + 1 && r->epochs < MAX_EPOCHS, "epoch %zu ends after %zu", epoch->epoch,
            r->epochs);
    require(trainer_state(r->trainer)->words == epoch->words, "epoch %zu: words", epoch->epoch);
    r->epoch[r->epochs++] = *epoch;
    if (r->stops)
        wait_for_stop(r->stops);
}

typedef struct outcome {
    Model model; /* a copy */
    record record;
    TrainState state;
} outcome;

static outcome take_outcome(Trainer *trainer, const record *r)
{
    return (outcome){copy_parameters(trainer_model(trainer)), *r, *trainer_state(trainer)};
}

static bool same_number(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

/* Requires that a training that was interrupted is like the one that was not, and destroys it. */
static void check_outcome(Trainer *trainer, const record *r, const outcome *whole, const char *objective,
                          const char *how)
{
    const TrainState *state = trainer_state(trainer);

    require(trainer_finished(trainer), "%s, %s: not finished", objective, how);
    require(same_parameters(trainer_model(trainer), &whole->model), "%s, %s: other bytes", objective, how);
    require(state->words == whole->state.words && state->pairs == whole->state.pairs &&
                state->steps == whole->state.steps && state->clipped == whole->state.clipped,
            "%s, %s: other sums", objective, how);
    require(r->epochs == whole->record.epochs, "%s, %s: %zu epochs, not %zu", objective, how, r->epochs,
            whole->record.epochs);
    for (size_t e = 0; e < r->epochs; e++) {
        const n2v_epoch *got = &r->epoch[e], *wanted = &whole->record.epoch[e];
        require(got->words == wanted->words && got->heldout_pairs == wanted->heldout_pairs &&
                    same_number(got->heldout_loss, wanted->heldout_loss) && same_number(got->loss, wanted->loss),
                "%s, %s: epoch %zu ends with another loss", objective, how, e + 1);
    }
    trainer_destroy(trainer);
}

/* ---- objectives that ask for a stop ---- */

/* An objective that does what another one does, and stops its trainer at certain tiles. */
typedef struct stopper {
    n2v_objective objective; /* its user is this structure */
    const n2v_objective *original;
    Trainer *trainer;
    size_t tiles, next, step; /* seen; where to stop next; then after how many more; step 0: never */
} stopper;

static uint32_t stopper_needs(const float *parameters, void *user)
{
    return objective_needs(((const stopper *)user)->original, parameters);
}

static float stopper_sharpness(const float *parameters, void *user)
{
    return objective_sharpness(((const stopper *)user)->original, parameters);
}

static size_t stopper_scratch(size_t m, size_t n, size_t positives, void *user)
{
    return objective_scratch(((const stopper *)user)->original, m, n, positives);
}

static void stopper_loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient,
                              float *scratch, double *loss, void *user)
{
    stopper *s = user;
    const n2v_objective *original = s->original;

    if (++s->tiles == s->next && s->step) {
        trainer_stop(s->trainer);
        s->next += s->step;
    }
    original->loss_grad(tile, parameters, gradient, scratch, loss, original->user);
}

static void make_stopper(stopper *s, TrainOptions *options)
{
    *s = (stopper){.objective = *options->objective, .original = options->objective};
    s->objective.needs = stopper_needs;
    s->objective.sharpness = stopper_sharpness;
    s->objective.scratch = stopper_scratch;
    s->objective.loss_grad = stopper_loss_grad;
    s->objective.user = s;
    options->objective = &s->objective;
}

/* ---- ways of pausing ---- */

typedef struct run {
    Trainer *trainer;
    record record;
    n2v_observer observer;
    stopper stopper;
} run;

static void begin(run *r, const training_text *text, const TrainOptions *options)
{
    TrainOptions copy = *options;

    *r = (run){.record = {.thread = pthread_self()}};
    if (options->threads == 1) /* it counts tiles */
        make_stopper(&r->stopper, &copy);
    r->trainer = r->stopper.trainer = r->record.trainer = new_trainer(text, &copy);
    r->observer = (n2v_observer){.size = sizeof r->observer, .context = &r->record, .epoch = hear_epoch};
}

/* Runs until the end, whatever interrupts it; returns how often it was. */
static size_t run_to_end(run *r)
{
    size_t interrupted = 0;
    n2v_status status;

    while ((status = trainer_run(r->trainer, N2V_TO_END, 0, &r->observer, NULL)) == N2V_ERROR_INTERRUPTED) {
        const TrainState *state = trainer_state(r->trainer);
        r->record.epochs_interrupted += state->blocks == (state->measured + 1) * BLOCKS;
        interrupted++;
    }
    require(status == N2V_OK, "%s: status %d", trainer_options(r->trainer)->objective->name, status);
    return interrupted;
}

static void by_epochs(run *r)
{
    while (!trainer_finished(r->trainer)) {
        const size_t before = r->record.epochs;
        ck_assert_int_eq(trainer_run(r->trainer, N2V_TO_EPOCH_END, 0, &r->observer, NULL), N2V_OK);
        ck_assert_uint_eq(r->record.epochs, before + 1);
    }
}

static void by_words(run *r, uint64_t step)
{
    for (uint64_t words = step; !trainer_finished(r->trainer); words += step)
        ck_assert_int_eq(trainer_run(r->trainer, N2V_TO_WORDS, words, &r->observer, NULL), N2V_OK);
}

static void by_stops(run *r, size_t step, bool in_measurements)
{
    size_t interrupted;

    r->stopper.next = r->stopper.step = step;
    interrupted = run_to_end(r);
    require(interrupted >= 2, "%s: interrupted %zu times at every %zu of %zu tiles", r->stopper.objective.name,
            interrupted, step, r->stopper.tiles);
    require(!in_measurements || r->record.epochs_interrupted, "%s: no measurement was interrupted",
            r->stopper.objective.name);
}

/* In turn: some words, an epoch's end, a stop, the end. */
static void by_turns(run *r)
{
    ck_assert_int_eq(trainer_run(r->trainer, N2V_TO_WORDS, 1, &r->observer, NULL), N2V_OK);
    trainer_stop(r->trainer);
    ck_assert_int_eq(trainer_run(r->trainer, N2V_TO_EPOCH_END, 0, &r->observer, NULL), N2V_ERROR_INTERRUPTED);
    ck_assert_int_eq(trainer_run(r->trainer, N2V_TO_EPOCH_END, 0, &r->observer, NULL), N2V_OK);
    ck_assert_uint_eq(r->record.epochs, 1);
    ck_assert_int_eq(trainer_run(r->trainer, N2V_TO_WORDS, 9999, &r->observer, NULL), N2V_OK); /* it has them */
    ck_assert_int_eq(trainer_run(r->trainer, N2V_TO_END, 0, &r->observer, NULL), N2V_OK);
}

/* One of the ways to pause. tiles: of the whole training. Returns its name. */
static const char *pause_in(run *r, size_t way, size_t tiles, bool held_out)
{
    switch (way) {
    case 0:
        by_epochs(r);
        return "epoch by epoch";
    case 1:
        by_words(r, 777);
        return "777 words a run";
    case 2:
        by_stops(r, tiles / 29 + 1, held_out);
        return "stopped at every 29th part";
    case 3:
        by_turns(r);
        return "in turns";
    case 4:
        by_words(r, 7001);
        return "7001 words a run";
    default:
        by_stops(r, tiles / 5 + 1, false);
        return "stopped at every 5th part";
    }
}

/* number: make check has the even ways for even ones, the odd ways for the others. */
static void check_pauses(const training_text *text, const TrainOptions *options, size_t number)
{
    const char *name = options->objective->name;
    run r;
    outcome whole;
    size_t tiles;

    begin(&r, text, options);
    ck_assert_uint_eq(run_to_end(&r), 0);
    ck_assert_uint_eq(r.record.epochs, options->epochs);
    check_parameters(trainer_model(r.trainer), name);
    whole = take_outcome(r.trainer, &r.record);
    tiles = r.stopper.tiles;
    trainer_destroy(r.trainer);

    for (size_t way = runs_all() ? 0 : number % 2; way < 6; way += runs_all() ? 1 : 2) {
        const char *paused;
        begin(&r, text, options);
        paused = pause_in(&r, way, tiles, text->heldout != NULL);
        check_outcome(r.trainer, &r.record, &whole, name, paused);
    }
    free_copy(&whole.model);
}

static TrainOptions pause_options(size_t index)
{
    TrainOptions options = default_options(index, 1);

    options.dim = 13;
    options.window = 2;
    options.noise = options.noise < 20 ? options.noise : 20;
    options.noise_sharing = index % 3 == 1 ? 3 : index % 3 ? 20 : 1; /* all layouts */
    options.subsample = 0.02;
    options.epochs = runs_all() ? 3 : 2;
    return options;
}

START_TEST(any_pauses_give_the_same_bytes)
{
    training_text *text = blocks_of_random_text(BLOCKS, 40), *all = blocks_of_random_text(BLOCKS, 40);
    size_t number = 0;

    blocks_destroy(all->heldout);
    all->heldout = NULL;
    for (size_t i = FIRST_OBJECTIVE; registered_objective(i); i += SANITIZED ? 2 * OBJECTIVE_STEP : 1, number++) {
        const TrainOptions options = pause_options(i);

        check_pauses(text, &options, number);
        if (i < 2) /* nothing held out */
            check_pauses(all, &options, number);
    }
    free_text(text);
    free_text(all);
}
END_TEST

/* Without an observer there is no pause at the ends of epochs. */
START_TEST(without_an_observer)
{
    training_text *text = blocks_of_random_text(BLOCKS, 40);
    const TrainOptions options = pause_options(0);
    Trainer *whole, *parts;

    blocks_destroy(text->heldout);
    text->heldout = NULL;
    whole = trained(text, &options);
    parts = new_trainer(text, &options);
    for (uint64_t words = 0; !trainer_finished(parts); words += 4001)
        ck_assert_int_eq(trainer_run(parts, N2V_TO_WORDS, words, NULL, NULL), N2V_OK);
    ck_assert(same_parameters(trainer_model(whole), trainer_model(parts)));
    ck_assert_uint_eq(trainer_state(parts)->words, trainer_words_total(parts));
    ck_assert_uint_eq(trainer_state(parts)->steps, trainer_state(whole)->steps);
    trainer_destroy(whole);
    trainer_destroy(parts);
    free_text(text);
}
END_TEST

/* A run to so many words ends at the first block before which there are as many. */
START_TEST(words_at_the_ends_of_blocks)
{
    training_text *text = blocks_of_random_text(BLOCKS, 40);
    const TrainOptions options = pause_options(0);
    const uint64_t corpus_words = blocks_words(text->blocks);
    Trainer *trainer;

    blocks_destroy(text->heldout);
    text->heldout = NULL;
    trainer = new_trainer(text, &options);
    for (uint64_t epoch = 0; epoch < options.epochs; epoch++)
        for (size_t b = 1; b <= BLOCKS; b++) {
            const uint64_t before = trainer_state(trainer)->words;
            const uint64_t wanted = epoch * corpus_words + blocks_words_before(text->blocks, b);

            ck_assert_int_eq(trainer_run(trainer, N2V_TO_WORDS, before, NULL, NULL), N2V_OK); /* it has them */
            ck_assert_uint_eq(trainer_state(trainer)->words, before);
            ck_assert_int_eq(trainer_run(trainer, N2V_TO_WORDS, b % 2 ? wanted : before + 1, NULL, NULL), N2V_OK);
            ck_assert_uint_eq(trainer_state(trainer)->words, wanted);
        }
    ck_assert(trainer_finished(trainer));
    trainer_destroy(trainer);
    free_text(text);
}
END_TEST

/* A stop request that arrives as a run reaches its goal is not lost: it stops the next run. */
static void stop_at_the_end(void *context, const n2v_epoch *epoch)
{
    if (epoch->epoch == 1)
        trainer_stop(context);
}

START_TEST(a_stop_at_the_goal)
{
    training_text *text = blocks_of_random_text(BLOCKS, 40);
    const TrainOptions options = pause_options(0);
    Trainer *trainer = new_trainer(text, &options);
    const n2v_observer observer = {.size = sizeof observer, .context = trainer, .epoch = stop_at_the_end};
    uint64_t words;

    ck_assert_int_eq(trainer_run(trainer, N2V_TO_EPOCH_END, 0, &observer, NULL), N2V_OK);
    words = trainer_state(trainer)->words;
    ck_assert_int_eq(trainer_run(trainer, N2V_TO_EPOCH_END, 0, &observer, NULL), N2V_ERROR_INTERRUPTED);
    ck_assert_uint_eq(trainer_state(trainer)->words, words);
    ck_assert_int_eq(trainer_run(trainer, N2V_TO_END, 0, &observer, NULL), N2V_OK);
    trainer_destroy(trainer);
    free_text(text);
}
END_TEST

/* ---- failures ---- */

static size_t too_much_scratch(size_t m, size_t n, size_t positives, void *user)
{
    (void)m;
    (void)n;
    (void)positives;
    (void)user;
    return SIZE_MAX / 64;
}

static void no_loss(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                    double *loss, void *user)
{
    (void)parameters;
    (void)scratch;
    (void)user;
    memset(gradient->scores, 0, tile->m * tile->n * sizeof *gradient->scores);
    memset(gradient->positives, 0, tile->first[tile->m] * sizeof *gradient->positives);
    if (loss)
        *loss = (double)NAN;
}

static void check_failures(n2v_objective *objective, TrainOptions *options, n2v_status status, const char *says)
{
    training_text *text = blocks_of_random_text(BLOCKS, 40);
    Trainer *trainer;
    n2v_error error = {.text = ""};

    options->objective = objective;
    trainer = new_trainer(text, options);
    ck_assert_int_eq(trainer_run(trainer, N2V_TO_END, 0, NULL, NULL), status);
    ck_assert_int_eq(trainer_run(trainer, N2V_TO_END, 0, NULL, &error), status);
    require(strstr(error.text, says), "%s", error.text);
    trainer_destroy(trainer);
    free_text(text);
}

/* Without memory for its buffers a run fails, and the next one tries again. After a loss that is not finite the trainer
 * cannot go on. */
START_TEST(a_run_after_a_failure)
{
    TrainOptions options = pause_options(0);
    n2v_objective objective = *options.objective;

    objective.scratch = too_much_scratch;
    check_failures(&objective, &options, N2V_ERROR_MEMORY, "out of memory");
    options = pause_options(0);
    objective = *options.objective;
    objective.loss_grad = no_loss;
    check_failures(&objective, &options, N2V_ERROR_NUMERIC, "cannot go on");
}
END_TEST

/* ---- stops from another thread ---- */

typedef struct pest {
    Trainer *trainer;
    atomic_bool over;
    atomic_uint stops;
    long nanoseconds;
} pest;

static void *stop_again_and_again(void *context)
{
    pest *p = context;
    Random random;

    random_seed(&random, (uint64_t)p->nanoseconds, 0, 0, 0);
    while (!atomic_load(&p->over)) {
        const struct timespec pause = {.tv_nsec = (long)random_below(&random, (uint32_t)p->nanoseconds)};
        (void)nanosleep(&pause, NULL);
        trainer_stop(p->trainer);
        atomic_fetch_add(&p->stops, 1);
    }
    return NULL;
}

/* The bytes are those of an undisturbed training with one thread; with more, the words and pairs are. */
static void check_pest(const training_text *text, const TrainOptions *options, const outcome *whole, long nanoseconds)
{
    run r;
    pest p = {.nanoseconds = nanoseconds};
    pthread_t thread;
    size_t interrupted;

    begin(&r, text, options);
    p.trainer = r.trainer;
    r.record.stops = &p.stops;
    ck_assert_int_eq(pthread_create(&thread, NULL, stop_again_and_again, &p), 0);
    interrupted = run_to_end(&r);
    atomic_store(&p.over, true);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_uint_ge(interrupted, options->epochs - 1); /* after each epoch but the last */
    ck_assert_uint_eq(trainer_state(r.trainer)->words, whole->state.words);
    ck_assert_uint_eq(trainer_state(r.trainer)->pairs, whole->state.pairs);
    ck_assert_uint_eq(r.record.epochs, options->epochs);
    if (options->threads == 1)
        check_outcome(r.trainer, &r.record, whole, options->objective->name, "stopped from another thread");
    else
        trainer_destroy(r.trainer);
}

START_TEST(stops_from_another_thread)
{
    training_text *text = blocks_of_random_text(BLOCKS, 40);

    for (size_t i = 0; registered_objective(i); i += SANITIZED ? 16 : 4) {
        TrainOptions options = pause_options(i);
        outcome whole;
        run r;

        begin(&r, text, &options);
        ck_assert_uint_eq(run_to_end(&r), 0);
        whole = take_outcome(r.trainer, &r.record);
        trainer_destroy(r.trainer);
        for (long nanoseconds = 100000; nanoseconds <= 30000000; nanoseconds *= 10)
            for (options.threads = 1; options.threads <= 3; options.threads += 2)
                check_pest(text, &options, &whole, nanoseconds);
        free_copy(&whole.model);
    }
    free_text(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pauses");
    add_test(suite, "any pauses give the same bytes", any_pauses_give_the_same_bytes);
    add_test(suite, "without an observer", without_an_observer);
    add_test(suite, "words at the ends of blocks", words_at_the_ends_of_blocks);
    add_test(suite, "a stop at the goal", a_stop_at_the_goal);
    add_test(suite, "a run after a failure", a_run_after_a_failure);
    add_test(suite, "stops from another thread", stops_from_another_thread);
    return run_suite(suite);
}
