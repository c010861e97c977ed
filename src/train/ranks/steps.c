#include "train/ranks/steps.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "train/ranks/replica.h"

#define MIN_ROUNDS   ((size_t)8)    /* of an epoch */
#define MIN_TURNS    8              /* of each row, in an epoch */
#define AHEAD        ((uint64_t)2)  /* steps that are trained on or combined at once */

/* A step of this rank. */
typedef struct Step {
    uint64_t from, to;  /* the blocks of the round, of all ranks */
    size_t own, blocks; /* this rank's first block, and how many it has */
    size_t piece;       /* of each of them */
    size_t next, done;  /* blocks: the next one to take, and how many are done */
    Outcome outcome;
} Step;

/* What each rank has to say at the end of a step. */
typedef struct Message {
    Outcome outcome;
    uint64_t stop, failed;
} Message;

struct Steps {
    SharedWork *shared;
    Replica replica;
    size_t round, pieces;        /* blocks of a round, of all ranks; pieces of a block */
    Message *messages;           /* one for each rank */
    bool has_lock;
    bool broken; /* combining has failed on this rank alone: the others wait for it */

    /* Guarded by the mutex of shared. */
    pthread_cond_t go;           /* there may be another step */
    uint64_t end;                /* of the run */
    uint64_t current, combined;  /* steps since the training began: the one that threads train on; how many are */
                                 /* combined */
    Step steps[AHEAD];           /* step s is steps[s % AHEAD] */
    bool over;
};

/* Setup ----------------------------------------------------------------------------------- */

static void size_steps(Steps *s)
{
    const size_t words = s->shared->options->round_words, most = s->shared->text->blocks_of_all / MIN_ROUNDS;
    const size_t wanted = s->shared->text->threads_of_all * (words > BLOCK_IDS ? words / BLOCK_IDS : 1);

    s->pieces = words < BLOCK_IDS ? BLOCK_IDS / words : 1;
    s->round = wanted < most ? wanted : most;
    if (!s->round)
        s->round = 1;
}

n2v_status steps_create(Steps **steps, SharedWork *shared, n2v_error *error)
{
    const TrainOptions *options = shared->options;
    const TileOptions *tile = &shared->tile;
    Steps *s = array_create_zero(1, sizeof *s);
    n2v_status status;

    *steps = NULL;
    if (!s)
        return fail_memory(error, sizeof *s, "the steps");
    s->shared = shared;
    s->messages = array_create(shared->text->ranks->count, sizeof *s->messages);
    if (!s->messages || pthread_cond_init(&s->go, NULL) != 0) {
        status = fail_memory(error, shared->text->ranks->count * sizeof *s->messages, "the steps");
        goto out;
    }
    s->has_lock = true;
    size_steps(s);
    const double ranks = (double)shared->text->ranks->count;
    const double step_words = (double)s->round * BLOCK_IDS / (double)s->pieces / ranks;
    const ReplicaOptions replica = {
        .ranks = shared->text->ranks,
        .rule = options->rule,
        .model = tile->model,
        .kernels = tile->kernels,
        .threads = options->threads,
        .unit_rows = objective_needs(tile->objective, tile->parameters) & N2V_NEEDS_UNIT_ROWS,
        .bits = options->sync_bits,
        .turns = {.model = tile->model,
                  .examples = &shared->examples,
                  .step_words = step_words,
                  .staleness = (double)options->staleness,
                  .most_steps = (double)shared->text->words_of_all / ranks / step_words / MIN_TURNS},
    };
    status = replica_create(&s->replica, &replica, error);
    shared->tile.touched = s->replica.touched;
out:
    if (status == N2V_OK)
        *steps = s;
    else
        steps_destroy(s);
    return status;
}

void steps_destroy(Steps *s)
{
    if (!s)
        return;
    replica_free(&s->replica);
    if (s->has_lock)
        (void)pthread_cond_destroy(&s->go);
    free(s->messages);
    free(s);
}

float *steps_memory(const Steps *s, size_t *floats)
{
    *floats = s->replica.combine.options.memory_floats;
    return s->replica.combine.options.memory;
}

/* The blocks of all steps -------------------------------------------------------------------- */

uint64_t steps_boundary(const Steps *s, uint64_t block)
{
    const uint64_t epoch = s->shared->text->blocks_of_all, before = block / epoch * epoch, in_epoch = block - before;
    const uint64_t end = (in_epoch + s->round - 1) / s->round * s->round;

    return before + (end < epoch ? end : epoch);
}

/* Sets a step up, of a round that begins at a block: this rank's share of it. */
static void set_step(const Steps *s, Step *step, uint64_t from, size_t piece)
{
    const TrainText *text = s->shared->text;
    const uint64_t epoch = text->blocks_of_all, begin = from % epoch;
    const uint64_t to = steps_boundary(s, from + 1), end = begin + (to - from);
    uint64_t first, last;

    if (text->own_blocks) { /* as far in this rank's text as in that of all */
        first = train_text_own_block(text, begin);
        last = train_text_own_block(text, end);
    } else {
        first = begin + (end - begin) * text->threads_before / text->threads_of_all;
        last = begin + (end - begin) * (text->threads_before + s->shared->options->threads) / text->threads_of_all;
    }
    *step = (Step){.from = from, .to = to, .own = (size_t)first, .blocks = (size_t)(last - first), .piece = piece};
}

/* The step behind another one. False: the run ends before it. */
static bool set_next_step(const Steps *s, Step *next, const Step *step)
{
    if (step->piece + 1 < s->pieces)
        set_step(s, next, step->from, step->piece + 1);
    else if (step->to < s->end)
        set_step(s, next, step->to, 0);
    else
        return false;
    return true;
}

void steps_begin(Steps *s, uint64_t end)
{
    s->end = end;
    s->over = false;
    s->current = s->combined;
    set_step(s, &s->steps[s->current % AHEAD], s->shared->state->blocks, 0);
    replica_restart(&s->replica);
}

/* Threads --------------------------------------------------------------------------------- */

/* The caller has locked the mutex, and has it again afterwards. */
static n2v_status train_block(const Steps *s, Step *step, Worker *worker, n2v_error *error)
{
    SharedWork *shared = s->shared;
    const uint64_t epoch = step->from / shared->text->blocks_of_all;
    const Piece piece = {.epoch = (size_t)epoch,
                         .block = step->own + step->next++,
                         .from = step->piece,
                         .to = step->piece + 1,
                         .of = s->pieces};
    Outcome done = {0};
    n2v_status status;

    pthread_mutex_unlock(&shared->mutex);
    status = worker_train_piece(worker, &piece, NULL, &done, error);
    pthread_mutex_lock(&shared->mutex);
    outcome_add(&step->outcome, &done);
    if (++step->done == step->blocks)
        pthread_cond_signal(&shared->changed);
    return status;
}

/* The next step, once there may be one. False: the run is over. The caller has locked the mutex. */
static bool go_on(Steps *s)
{
    const uint64_t next = s->current + 1;

    if (next < s->combined + AHEAD && set_next_step(s, &s->steps[next % AHEAD], &s->steps[s->current % AHEAD])) {
        s->current = next;
        pthread_cond_signal(&s->shared->changed); /* it may have no block of this rank */
        pthread_cond_broadcast(&s->go);
        return true;
    }
    if (s->over || atomic_load(&s->shared->failed))
        return false;
    pthread_cond_wait(&s->go, &s->shared->mutex);
    return true;
}

n2v_status steps_work(Steps *s, Worker *worker, n2v_status status, n2v_error *error)
{
    SharedWork *shared = s->shared;

    pthread_mutex_lock(&shared->mutex);
    while (status == N2V_OK && !atomic_load(&shared->failed)) {
        Step *step = &s->steps[s->current % AHEAD];
        if (step->next < step->blocks)
            status = train_block(s, step, worker, error);
        else if (!go_on(s))
            break;
    }
    if (status != N2V_OK) {
        atomic_store(&shared->failed, true);
        pthread_cond_broadcast(&s->go);
    }
    pthread_mutex_unlock(&shared->mutex);
    return status;
}

/* Combining ------------------------------------------------------------------------------- */

bool steps_go_on(const Steps *s)
{
    return !s->over;
}

static bool is_complete(const Steps *s)
{
    const Step *step = &s->steps[s->combined % AHEAD];
    return step->done == step->blocks || atomic_load(&s->shared->failed);
}

static void end_all(Steps *s, bool failed)
{
    s->over = true;
    if (failed)
        atomic_store(&s->shared->failed, true);
    pthread_cond_broadcast(&s->go);
}

/* What all ranks have done in the step becomes part of the state, in the same order on all of them. */
static void record(Steps *s, const Step *step)
{
    SharedWork *shared = s->shared;
    const size_t epoch = (size_t)(step->from / shared->text->blocks_of_all);
    Outcome done = {0};

    for (size_t r = 0; r < shared->text->ranks->count; r++)
        outcome_add(&done, &s->messages[r].outcome);
    worker_record(shared, epoch, step->piece + 1 == s->pieces ? (size_t)(step->to - step->from) : 0, &done);
}

/* Where a rank wants to stop, all do so at the end of the round of the next step, which threads may train on
 * already. */
static void stop_soon(Steps *s, const Step *step)
{
    Step next;

    if (!set_next_step(s, &next, step))
        return;
    s->end = next.to;
}

static n2v_status combine(Steps *s, const Message *own, bool *failed, bool *stop, n2v_error *error)
{
    Ranks *ranks = s->shared->text->ranks;
    const n2v_status status = ranks_gather(ranks, own, sizeof *own, s->messages, error);

    *failed = *stop = false;
    if (status != N2V_OK)
        return status;
    for (size_t r = 0; r < ranks->count; r++) {
        *failed |= s->messages[r].failed != 0;
        *stop |= s->messages[r].stop != 0;
    }
    return *failed ? N2V_OK : replica_combine(&s->replica, s->combined, error);
}

void steps_advance(Steps *s, double seconds)
{
    SharedWork *shared = s->shared;
    Step *step = &s->steps[s->combined % AHEAD];
    n2v_error error = {.text = ""};
    bool failed, stop;
    n2v_status status;

    if (!is_complete(s) && !condition_wait(&shared->changed, &shared->mutex, seconds))
        return;
    if (!is_complete(s))
        return;
    const Message own = {step->outcome, atomic_load(shared->stop), atomic_load(&shared->failed)};
    pthread_mutex_unlock(&shared->mutex);
    status = combine(s, &own, &failed, &stop, &error);
    pthread_mutex_lock(&shared->mutex);
    if (status != N2V_OK) {
        s->broken = true;
        shared->error = error;
    }
    if (status != N2V_OK || failed) {
        shared->lost = true;
        end_all(s, true);
        return;
    }
    record(s, step);
    if (stop)
        stop_soon(s, step);
    s->combined++;
    if (step->piece + 1 == s->pieces && step->to >= s->end)
        end_all(s, false);
    else if (s->current < s->combined) { /* a rank without threads at work goes on, too */
        (void)set_next_step(s, &s->steps[s->combined % AHEAD], step);
        s->current = s->combined;
    }
    pthread_cond_broadcast(&s->go);
}

n2v_status steps_end(Steps *s, n2v_status status, n2v_error *error)
{
    if (s->broken)
        return status;
    if ((status = ranks_agree(s->shared->text->ranks, status, error)) != N2V_OK)
        return status;
    if ((status = replica_combine_all(&s->replica, error)) != N2V_OK ||
        (status = combine_gather_memory(&s->replica.combine, error)) != N2V_OK)
        s->broken = true;
    return status;
}
