/* trainer.c - runs a training from pause to pause. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "base/threads.h"
#include "train/initialize.h"
#include "train/ranks/steps.h"
#include "train/rounds/rounds.h"
#include "train/trainer_parts.h"

#define WATCH_SECONDS 0.1 /* between two progress reports; also the longest time until a stop request is seen */

/* State ----------------------------------------------------------------------------------- */

void trainer_stop(Trainer *t)
{
    atomic_store(&t->stop, true);
}

Model *trainer_model(Trainer *t)
{
    return &t->model;
}

const TrainState *trainer_state(const Trainer *t)
{
    return &t->state;
}

TrainState *trainer_state_to_restore(Trainer *t)
{
    return &t->state;
}

const TrainText *trainer_text(const Trainer *t)
{
    return &t->text;
}

n2v_status trainer_fingerprints(Trainer *t, Fingerprint *text, Fingerprint *heldout, n2v_error *error)
{
    n2v_status status;

    if (!t->has_fingerprints && (status = train_text_fingerprints(&t->text, &t->text_fingerprint,
                                                                  &t->heldout_fingerprint, error)) != N2V_OK)
        return status;
    t->has_fingerprints = true;
    *text = t->text_fingerprint;
    *heldout = t->heldout_fingerprint;
    return N2V_OK;
}

float *trainer_rule_memory(Trainer *t, size_t *floats)
{
    return t->shared.steps ? steps_memory(t->shared.steps, floats) : rounds_memory(t->shared.rounds, floats);
}

const TrainOptions *trainer_options(const Trainer *t)
{
    return &t->options;
}

const char *trainer_layout(const Trainer *t)
{
    return t->shared.examples.layout->name;
}

uint64_t trainer_words_total(const Trainer *t)
{
    return t->text.words_of_all * t->options.epochs;
}

/* Blocks of all epochs. */
static uint64_t all_blocks(const Trainer *t)
{
    return (uint64_t)t->text.blocks_of_all * t->options.epochs;
}

size_t trainer_epoch(const Trainer *t)
{
    return t->state.measured < t->options.epochs ? t->state.measured + 1 : t->options.epochs;
}

bool trainer_finished(const Trainer *t)
{
    return t->state.blocks == all_blocks(t) && t->state.measured == t->options.epochs;
}

static n2v_status fail_again(const Trainer *t, n2v_error *error)
{
    return error_set(error, t->failed, "the training has failed and cannot go on; begin a new one");
}

n2v_status trainer_check_paused(const Trainer *t, n2v_error *error)
{
    if (t->working)
        return error_set(error, N2V_ERROR_ARGUMENT, "the trainer is running: save it while it is paused");
    return t->failed ? fail_again(t, error) : N2V_OK;
}

/* Running --------------------------------------------------------------------------------- */

static double mean(LossSum sum)
{
    return sum.pairs ? sum.loss / (double)sum.pairs : (double)NAN;
}

/* The caller has locked the mutex. */
static n2v_progress take_progress(Trainer *t, double seconds)
{
    TrainState *state = &t->state;
    const uint64_t total = trainer_words_total(t);
    const n2v_progress progress = {
        .words = state->words,
        .words_total = total,
        .epoch = t->shared.epoch + 1,
        .epochs = t->options.epochs,
        .loss = mean(state->recent),
        .pairs = state->recent.pairs,
        .learning_rate = learning_rate_at(&t->options, state->words, total),
        .seconds = seconds,
    };
    state->recent = (LossSum){0};
    return progress;
}

/* Reports progress to the observer, which may request a stop. The caller has locked the mutex. */
static void watch(Trainer *t, const n2v_observer *observer, double seconds)
{
    n2v_progress progress;

    if (!observer)
        return;
    progress = take_progress(t, seconds);
    pthread_mutex_unlock(&t->shared.mutex);
    if (observer->progress)
        observer->progress(observer->context, &progress);
    if (observer->stop && observer->stop(observer->context))
        trainer_stop(t);
    pthread_mutex_lock(&t->shared.mutex);
}

/* Starts the workers on the range of blocks and waits until they have done all of it, or have stopped. */
static n2v_status run_workers(Trainer *t, const n2v_observer *observer, n2v_error *error)
{
    SharedWork *shared = &t->shared;
    const double started = seconds_now(), before = t->state.seconds;
    const size_t wanted = t->options.threads;
    Steps *steps = shared->measured ? NULL : shared->steps;
    double watched = started;
    n2v_status status = N2V_OK;
    size_t created = 0;

    t->working = true;
    atomic_store(&shared->failed, false);
    shared->error.status = N2V_OK;
    pthread_mutex_lock(&shared->mutex);
    for (; created < wanted; created++) {
        const int problem = thread_start(&t->threads[created], worker_run, t->workers[created]);
        if (problem) {
            status = error_set(error, N2V_ERROR_MEMORY,
                               "thread %zu of %zu cannot be started: %s; try fewer " SETTING("threads"), created + 1,
                               wanted, strerror(problem));
            atomic_store(&shared->failed, true);
            break;
        }
        shared->running++;
    }
    while (shared->running || (steps && steps_go_on(steps))) {
        if (steps && steps_go_on(steps))
            steps_advance(steps, WATCH_SECONDS);
        else
            (void)condition_wait(&shared->changed, &shared->mutex, WATCH_SECONDS);
        if (shared->running && seconds_since(watched) >= WATCH_SECONDS) {
            watch(t, observer, before + seconds_since(started));
            watched = seconds_now();
        }
    }
    watch(t, observer, before + seconds_since(started));
    pthread_mutex_unlock(&shared->mutex);
    for (size_t i = 0; i < created; i++)
        (void)pthread_join(t->threads[i], NULL); /* cannot fail on a thread of ours */
    t->working = false;
    t->state.seconds = before + seconds_since(started);
    if (shared->error.status == N2V_OK)
        return status;
    if (shared->lost)
        t->failed = shared->error.status;
    if (status == N2V_OK && error)
        *error = shared->error;
    return status == N2V_OK ? shared->error.status : status;
}

static n2v_status interrupted(Trainer *t, n2v_error *error)
{
    const size_t of_blocks = t->state.blocks ? (size_t)((t->state.blocks - 1) / t->text.blocks_of_all) : 0;
    const size_t over = of_blocks > t->state.measured ? of_blocks : t->state.measured; /* epochs */

    atomic_store(&t->stop, false);
    return error_set(error, N2V_ERROR_INTERRUPTED, "interrupted in epoch %zu of %zu", over + 1, t->options.epochs);
}

/* Trains up to a block, counted over all epochs. */
static n2v_status train_until(Trainer *t, uint64_t block, const n2v_observer *observer, n2v_error *error)
{
    double ended;
    n2v_status status;

    t->shared.measured = NULL;
    t->shared.end = block;
    atomic_store(&t->shared.next, t->state.blocks);
    if (t->shared.rounds)
        rounds_begin(t->shared.rounds, block);
    if (t->shared.steps)
        steps_begin(t->shared.steps, block);
    status = run_workers(t, observer, error);
    ended = seconds_now();
    if (t->shared.rounds)
        status = rounds_end(t->shared.rounds, status, error);
    if (t->shared.steps && (status = steps_end(t->shared.steps, status, error)) != N2V_OK)
        t->failed = status;
    t->state.seconds += seconds_since(ended); /* ranks combine all rows */
    if (status != N2V_OK) {
        (void)compose_model(&t->model, &t->options, NULL);
        return status;
    }
    if ((status = compose_model(&t->model, &t->options, error)) != N2V_OK)
        return status;
    return t->state.blocks < block ? interrupted(t, error) : N2V_OK;
}

/* The loss of the held-out blocks with the model as it is at the end of an epoch. Of blocks that all ranks have, each
 * measures a share. */
static n2v_status measure_heldout(Trainer *t, const n2v_observer *observer, n2v_error *error)
{
    const size_t blocks = blocks_count(t->text.heldout), ranks = ranks_count(t->text.ranks);
    const size_t number = ranks_number(t->text.ranks);
    const size_t first = t->text.own_heldout ? 0 : blocks * number / ranks;
    const size_t last = t->text.own_heldout ? blocks : blocks * (number + 1) / ranks;
    n2v_status status;

    t->shared.measured = t->text.heldout;
    t->shared.measured_sums = t->heldout_sums;
    t->shared.end = last;
    atomic_store(&t->shared.next, first);
    status = run_workers(t, observer, error);
    if (status == N2V_OK && atomic_load(&t->shared.next) < last) /* else each block was taken, and is measured */
        status = interrupted(t, error);
    if ((status = ranks_agree(t->text.ranks, status, error)) != N2V_OK)
        return status;
    return train_text_sum(&t->text, t->heldout_sums + first, last - first, &t->state.heldout, error);
}

/* At the end of the training: the vectors are finite, and not the random ones of the beginning. */
static n2v_status check_result(const Trainer *t, n2v_error *error)
{
    if (!t->state.pairs)
        return error_set(error, N2V_ERROR_DATA,
                         "nothing was learned: " SETTING("subsample") " %s skipped so many words that no pair of words "
                         "was left; set it to 0 for a small text",
                         NUMBER_SHOWN(t->options.subsample));
    return check_finite(&t->model, &t->options, error);
}

/* Whoever looks at the model while the trainer is paused gets finite numbers. */
static n2v_status check_parameters(Trainer *t, n2v_error *error)
{
    const n2v_status status = check_finite(&t->model, &t->options, error);

    t->failed = status;
    return status;
}

/* Ends the epoch that the training has reached: held-out loss, the observer, after the last one the checks. watched:
 * some rank has an observer of epochs. */
static n2v_status end_epoch(Trainer *t, bool watched, const n2v_observer *observer, n2v_error *error)
{
    n2v_status status;

    if (t->text.heldout_of_all && (status = measure_heldout(t, observer, error)) != N2V_OK)
        return status;
    t->state.measured++;
    if (watched && (status = check_parameters(t, error)) != N2V_OK)
        return status;
    if (observer && observer->epoch) {
        const n2v_epoch epoch = {
            .epoch = t->state.measured,
            .epochs = t->options.epochs,
            .words = t->state.words,
            .loss = mean(t->state.epochs[t->state.measured - 1]),
            .heldout_pairs = t->state.heldout.pairs,
            .heldout_loss = mean(t->state.heldout),
            .seconds = t->state.seconds,
        };
        observer->epoch(observer->context, &epoch);
    }
    if (t->state.measured < t->options.epochs)
        return N2V_OK;
    t->failed = check_result(t, error);
    return t->failed;
}

uint64_t trainer_block_after(const Trainer *t, uint64_t words)
{
    return train_text_block_after(&t->text, words, t->options.epochs);
}

/* The block, counted over all epochs, at which a run ends. */
static uint64_t goal_of(const Trainer *t, n2v_until until, uint64_t words)
{
    const uint64_t blocks = t->text.blocks_of_all;

    if (until == N2V_TO_WORDS) {
        const uint64_t block = trainer_block_after(t, words);
        return t->shared.rounds  ? rounds_boundary(t->shared.rounds, block)
               : t->shared.steps ? steps_boundary(t->shared.steps, block)
                                 : block;
    }
    return until == N2V_TO_EPOCH_END ? ((uint64_t)t->state.measured + 1) * blocks : all_blocks(t);
}

/* Without a pause at the ends of epochs, an epoch has ended once the next one has begun. */
static void pass_epochs(Trainer *t)
{
    if (t->state.blocks)
        t->state.measured = (size_t)((t->state.blocks - 1) / t->text.blocks_of_all);
}

static n2v_status run(Trainer *t, n2v_until until, uint64_t words, const n2v_observer *observer, n2v_error *error)
{
    const uint64_t blocks = t->text.blocks_of_all, goal = goal_of(t, until, words);
    RunRequest all = {until, until == N2V_TO_WORDS ? words : 0, t->failed, observer && observer->epoch};
    n2v_status status = train_text_agree(&t->text, &all, error);
    const bool pauses = t->text.heldout_of_all || all.watched;

    if (status == N2V_OK && t->state.restored)
        status = train_text_place(&t->text, &t->state.restored, &t->state.blocks, &t->state.words, error);
    if (status != N2V_OK)
        return status;
    if ((t->failed = (n2v_status)all.failed) != N2V_OK)
        return fail_again(t, error);
    if (trainer_finished(t))
        return error_set(error, N2V_ERROR_ARGUMENT, "the training has ended: %zu of %zu epochs are done",
                         t->options.epochs, t->options.epochs);
    if (observer && observer->stop && observer->stop(observer->context))
        trainer_stop(t);
    while (status == N2V_OK) {
        const uint64_t epoch_end = ((uint64_t)t->state.measured + 1) * blocks;
        if (t->state.blocks < epoch_end && t->state.blocks < goal) {
            status = train_until(t, pauses && epoch_end < goal ? epoch_end : goal, observer, error);
            if (!pauses)
                pass_epochs(t);
        } else if (t->state.blocks >= epoch_end) {
            status = end_epoch(t, all.watched, observer, error);
        } else {
            return trainer_finished(t) ? N2V_OK : check_parameters(t, error);
        }
    }
    return status;
}

n2v_status trainer_run(Trainer *t, n2v_until until, uint64_t words, const n2v_observer *observer, n2v_error *error)
{
    n2v_status status;

    if (atomic_exchange(&t->runs, true))
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "the trainer runs already: its observer, or another thread, cannot run it again meanwhile");
    if (trainer_epoch(t) - 1 > t->shared.epoch) /* the state is a checkpoint's */
        t->shared.epoch = trainer_epoch(t) - 1;
    status = run(t, until, words, observer, error);
    atomic_store(&t->runs, false);
    return status;
}
