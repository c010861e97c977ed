#include "train/rounds/rounds.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "train/ranks/dealt.h"
#include "train/rounds/changes.h"

#define MIN_ROUNDS ((size_t)8)    /* of an epoch: fewer would train on most of a small text at once */
#define MIN_WORDS  ((size_t)1024) /* of a virtual worker in a round */

struct Rounds {
    SharedWork *shared;
    Changes changes;
    size_t virtual_workers, blocks; /* of a round; of all virtual workers */
    Share *shares; /* of the virtual workers */
    Outcome *done; /* the same */
    Dealt *dealt;  /* over several ranks; NULL: this process trains for all of them */
    ChangeScratch *scratch; /* of the threads; which thread has which makes no difference */
    size_t threads;

    uint64_t end;              /* of the run */
    uint64_t from, to;         /* the blocks of the round */
    atomic_size_t next_thread; /* the next scratch to take */
    atomic_size_t next_worker, next_part;

    /* Guarded by the mutex of shared. */
    pthread_cond_t met;
    size_t arrived; /* threads that wait for the others */
    uint64_t turn;  /* counts the meetings */
    bool over;      /* the run is */
    bool begun;     /* threads have met in this run */

    bool has_condition;
};

/* Setup ----------------------------------------------------------------------------------- */

/* Rounds are whole blocks. A small text has fewer virtual workers, and the smallest one. */
static void size_rounds(Rounds *r, const RoundsOptions *options, size_t epoch)
{
    const size_t wanted = options->virtual_workers * options->words / BLOCK_IDS, most = epoch / MIN_ROUNDS;

    r->blocks = wanted < most ? wanted : most;
    if (!r->blocks)
        r->blocks = 1;
    r->virtual_workers = r->blocks * (BLOCK_IDS / MIN_WORDS);
    if (!most)
        r->virtual_workers = 1;
    if (r->virtual_workers > options->virtual_workers)
        r->virtual_workers = options->virtual_workers;
}

static n2v_status deal(Rounds *r, n2v_error *error)
{
    const TileOptions *tile = &r->shared->tile;
    const bool has_bias = objective_needs(tile->objective, tile->parameters) & N2V_NEEDS_SHARED_BIAS;

    r->dealt = array_create_zero(1, sizeof *r->dealt);
    if (!r->dealt)
        return fail_memory(error, sizeof *r->dealt, "the rounds");
    return dealt_create(r->dealt, &r->changes, r->shared->text->ranks, r->virtual_workers, r->threads, has_bias, error);
}

n2v_status rounds_create(Rounds **rounds, const RoundsOptions *options, SharedWork *shared, n2v_error *error)
{
    const TileOptions *tile = &shared->tile;
    const bool unit_rows = objective_needs(tile->objective, tile->parameters) & N2V_NEEDS_UNIT_ROWS;
    Rounds *r = array_create_zero(1, sizeof *r);
    n2v_status status;

    *rounds = NULL;
    if (!r)
        return fail_memory(error, sizeof *r, "the rounds");
    r->shared = shared;
    size_rounds(r, options, blocks_count(shared->text->blocks));
    r->threads = shared->options->threads;
    r->shares = array_create_zero(r->virtual_workers, sizeof *r->shares);
    r->done = array_create_zero(r->virtual_workers, sizeof *r->done);
    r->scratch = array_create_zero(r->threads, sizeof *r->scratch);
    r->has_condition = pthread_cond_init(&r->met, NULL) == 0;
    if (!r->shares || !r->done || !r->scratch || !r->has_condition)
        status = fail_memory(error, r->virtual_workers * sizeof *r->shares, "the rounds");
    else
        status = changes_create(&r->changes, tile->model, tile->kernels, options->rule, unit_rows, error);
    if (status == N2V_OK && ranks_count(shared->text->ranks) > 1)
        status = deal(r, error);
    if (status == N2V_OK)
        *rounds = r;
    else
        rounds_destroy(r);
    return status;
}

void rounds_destroy(Rounds *r)
{
    if (!r)
        return;
    for (size_t v = 0; r->shares && v < r->virtual_workers; v++)
        share_free(&r->shares[v]);
    for (size_t i = 0; r->scratch && i < r->threads; i++)
        change_scratch_free(&r->scratch[i]);
    if (r->has_condition)
        (void)pthread_cond_destroy(&r->met);
    if (r->dealt)
        dealt_free(r->dealt);
    free(r->dealt);
    changes_free(&r->changes);
    free(r->shares);
    free(r->done);
    free(r->scratch);
    free(r);
}

float *rounds_memory(const Rounds *r, size_t *floats)
{
    *floats = r ? r->changes.memory_floats : 0;
    return r ? r->changes.memory : NULL;
}

uint64_t rounds_boundary(const Rounds *r, uint64_t block)
{
    const uint64_t epoch = blocks_count(r->shared->text->blocks), before = block / epoch * epoch,
                   in_epoch = block - before;
    const uint64_t end = (in_epoch + r->blocks - 1) / r->blocks * r->blocks;

    return before + (end < epoch ? end : epoch);
}

void rounds_begin(Rounds *r, uint64_t end)
{
    if (r->dealt)
        r->dealt->failed = r->dealt->stop = false;
    r->end = end;
    r->over = r->begun = false;
    r->arrived = 0;
    atomic_store(&r->next_thread, 0);
}

/* Rounds ---------------------------------------------------------------------------------- */

/* The virtual worker's share of the round: from v / V to (v + 1) / V of its blocks. */
static n2v_status train_blocks(Rounds *r, Worker *worker, size_t v, n2v_error *error)
{
    const size_t all = r->virtual_workers, blocks = (size_t)(r->to - r->from);
    const size_t epoch = blocks_count(r->shared->text->blocks);
    n2v_status status = N2V_OK;

    for (size_t b = blocks * v / all; status == N2V_OK && b < blocks && b * all < blocks * (v + 1); b++) {
        const size_t from = blocks * v, to = blocks * (v + 1), begin = b * all; /* in shares of a block */
        const Piece piece = {.epoch = (size_t)(r->from / epoch),
                             .block = (size_t)(r->from % epoch) + b,
                             .from = from > begin ? from - begin : 0,
                             .to = to < begin + all ? to - begin : all,
                             .of = all};
        status = worker_train_piece(worker, &piece, &r->shares[v].overlay, &r->done[v], error);
    }
    return status;
}

static n2v_status train_share(Rounds *r, uint32_t *places, Worker *worker, size_t v, n2v_error *error)
{
    Share *share = &r->shares[v];
    n2v_status status;

    r->done[v] = (Outcome){0};
    overlay_begin(&share->overlay, r->changes.model, places);
    status = train_blocks(r, worker, v, error);
    overlay_end(&share->overlay);
    return status == N2V_OK ? share_sort(share, error) : status;
}

static n2v_status train(Rounds *r, uint32_t *places, Worker *worker, n2v_error *error)
{
    n2v_status status = N2V_OK;
    size_t v;

    while (status == N2V_OK && !atomic_load(&r->shared->failed) &&
           (v = atomic_fetch_add(&r->next_worker, 1)) < (r->dealt ? r->dealt->last : r->virtual_workers))
        status = train_share(r, places, worker, v, error);
    return status;
}

static void apply(Rounds *r, ChangeScratch *scratch)
{
    size_t part;

    while ((part = atomic_fetch_add(&r->next_part, 1)) < CHANGE_PARTS)
        changes_apply(&r->changes, part, scratch);
}

/* The end of a round that all threads have completed. */
static void finish_round(Rounds *r)
{
    const size_t epoch = (size_t)(r->from / blocks_count(r->shared->text->blocks));
    Outcome done = {0};

    for (size_t v = 0; v < r->virtual_workers; v++)
        outcome_add(&done, &r->done[v]);
    worker_record(r->shared, epoch, (size_t)(r->to - r->from), &done);
    if (!r->dealt)
        changes_apply_shared_bias(&r->changes);
}

/* Ranks go on together; but not with one that has failed alone. */
static bool may_continue(const Rounds *r)
{
    const Dealt *d = r->dealt;
    return d ? !d->failed && !d->stop && !d->broken : worker_may_continue(r->shared);
}

static void begin_round(Rounds *r)
{
    r->from = r->shared->state->blocks;
    r->over = r->from >= r->end || !may_continue(r);
    r->to = r->over ? r->from : rounds_boundary(r, r->from + 1);
    atomic_store(&r->next_worker, r->dealt ? r->dealt->first : 0);
    atomic_store(&r->next_part, 0);
}

typedef enum Meeting {
    TO_BEGIN, /* the first round */
    TO_APPLY, /* all shares are trained */
    TO_GO_ON  /* all rows are those of the round's end */
} Meeting;

/* All shares of this process are trained. */
static n2v_status end_shares(Rounds *r, n2v_status status, n2v_error *error)
{
    SharedWork *shared = r->shared;
    const bool failed = atomic_load(&shared->failed);
    n2v_status ended;

    if (!r->dealt)
        return failed ? status : changes_take(&r->changes, r->shares, r->virtual_workers, error);
    ended = dealt_combine(r->dealt, r->shares, r->done, failed, atomic_load(shared->stop), error);
    if (r->dealt->failed)
        atomic_store(&shared->failed, true);
    return status == N2V_OK ? ended : status;
}

/* Waits for all threads of the run. The last one does what is to be done once. A status that is a failure ends the
 * run. */
static n2v_status meet(Rounds *r, Meeting meeting, n2v_status status, n2v_error *error)
{
    SharedWork *shared = r->shared;
    uint64_t turn;

    if (status != N2V_OK)
        atomic_store(&shared->failed, true);
    pthread_mutex_lock(&shared->mutex);
    turn = r->turn;
    if (++r->arrived == shared->running) {
        r->arrived = 0;
        r->begun = true;
        r->turn++;
        if (meeting == TO_APPLY && (status = end_shares(r, status, error)) != N2V_OK)
            atomic_store(&shared->failed, true);
        if (meeting == TO_GO_ON && !atomic_load(&shared->failed))
            finish_round(r);
        if (meeting != TO_APPLY)
            begin_round(r);
        pthread_cond_broadcast(&r->met);
    }
    while (r->turn == turn)
        pthread_cond_wait(&r->met, &shared->mutex);
    pthread_mutex_unlock(&shared->mutex);
    return status;
}

n2v_status rounds_run(Rounds *r, Worker *worker, n2v_status status, n2v_error *error)
{
    ChangeScratch *scratch = &r->scratch[atomic_fetch_add(&r->next_thread, 1)];

    if (status == N2V_OK)
        status = change_scratch_create(scratch, r->changes.model, error);
    status = meet(r, TO_BEGIN, status, error);
    while (!r->over) {
        if (status == N2V_OK)
            status = train(r, scratch->places, worker, error);
        status = meet(r, TO_APPLY, status, error);
        if (!r->dealt && !atomic_load(&r->shared->failed))
            apply(r, scratch);
        status = meet(r, TO_GO_ON, status, error);
    }
    return status;
}

n2v_status rounds_end(Rounds *r, n2v_status status, n2v_error *error)
{
    if (!r->dealt)
        return status;
    if (!r->begun) /* no thread could be started, and other ranks wait in their first round */
        (void)dealt_combine(r->dealt, r->shares, r->done, true, false, NULL);
    return dealt_end(r->dealt, status, error);
}
