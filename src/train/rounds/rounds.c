#include "train/rounds/rounds.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "train/rounds/changes.h"

#define MIN_ROUNDS ((size_t)8)    /* of an epoch: fewer would train on most of a small text at once */
#define MIN_WORDS  ((size_t)1024) /* of a virtual worker in a round */

/* What one virtual worker has done in the round. */
typedef struct VirtualWorker {
    Outcome done;
    float shared_bias;
} VirtualWorker;

/* A thread's buffers. Which thread has which makes no difference. */
typedef struct RoundThread {
    uint32_t *places; /* of its overlay: of all rows */
    Overlay overlay;  /* of the virtual worker that it works for */
    Sorted sorted;
} RoundThread;

struct Rounds {
    SharedWork *shared;
    Changes changes;
    size_t virtual_workers, blocks; /* of a round; of all virtual workers */
    VirtualWorker *workers;
    float *biases; /* of the virtual workers */
    RoundThread *threads;
    size_t thread_count;

    uint64_t end;              /* of the run */
    uint64_t from, to;         /* the blocks of the round */
    atomic_size_t next_thread; /* the next buffers to take */
    atomic_size_t next_worker, next_part;

    /* Guarded by the mutex of shared. */
    pthread_cond_t met;
    size_t arrived; /* threads that wait for the others */
    uint64_t turn;  /* counts the meetings */
    bool over;      /* the run is */

    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t added;
    size_t adds[CHANGE_PARTS]; /* the virtual worker whose changes of the part come next */

    bool has_locks;
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

static n2v_status create_locks(Rounds *r, n2v_error *error)
{
    if (pthread_cond_init(&r->met, NULL) != 0)
        return fail_memory(error, sizeof *r, "the rounds");
    if (pthread_cond_init(&r->added, NULL) != 0) {
        (void)pthread_cond_destroy(&r->met);
        return fail_memory(error, sizeof *r, "the rounds");
    }
    if (pthread_mutex_init(&r->mutex, NULL) != 0) {
        (void)pthread_cond_destroy(&r->met);
        (void)pthread_cond_destroy(&r->added);
        return fail_memory(error, sizeof *r, "the rounds");
    }
    r->has_locks = true;
    return N2V_OK;
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
    r->thread_count = shared->options->threads;
    r->workers = array_create_zero(r->virtual_workers, sizeof *r->workers);
    r->biases = array_create(r->virtual_workers, sizeof *r->biases);
    r->threads = array_create_zero(r->thread_count, sizeof *r->threads);
    if (!r->workers || !r->biases || !r->threads)
        status = fail_memory(error, r->virtual_workers * sizeof *r->workers, "the rounds");
    else if ((status = changes_create(&r->changes, tile->model, tile->kernels, options->rule, unit_rows, error)) == N2V_OK)
        status = create_locks(r, error);
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
    for (size_t i = 0; r->threads && i < r->thread_count; i++) {
        free(r->threads[i].places);
        overlay_free(&r->threads[i].overlay);
        sorted_free(&r->threads[i].sorted);
    }
    if (r->has_locks) {
        (void)pthread_cond_destroy(&r->met);
        (void)pthread_cond_destroy(&r->added);
        (void)pthread_mutex_destroy(&r->mutex);
    }
    if (r->changes.model)
        changes_free(&r->changes);
    free(r->workers);
    free(r->biases);
    free(r->threads);
    free(r);
}

float *rounds_memory(const Rounds *r, size_t *floats)
{
    *floats = r ? r->changes.memory_floats : 0;
    return r ? r->changes.memory : NULL;
}

uint64_t rounds_boundary(const Rounds *r, uint64_t block)
{
    const uint64_t epoch = blocks_count(r->shared->text->blocks), before = block / epoch * epoch, in_epoch = block - before;
    const uint64_t end = (in_epoch + r->blocks - 1) / r->blocks * r->blocks;

    return before + (end < epoch ? end : epoch);
}

void rounds_begin(Rounds *r, uint64_t end)
{
    r->end = end;
    r->over = false;
    r->arrived = 0;
    atomic_store(&r->next_thread, 0);
    changes_clear(&r->changes); /* of a round that failed */
}

/* Rounds ---------------------------------------------------------------------------------- */

static n2v_status prepare_thread(const Rounds *r, RoundThread *thread, n2v_error *error)
{
    const size_t rows = model_rows(r->changes.model);

    if (!thread->places && !(thread->places = array_create_zero(rows, sizeof *thread->places)))
        return fail_memory(error, rows * sizeof *thread->places, "a round");
    return N2V_OK;
}

/* The virtual worker's share of the round: from v / V to (v + 1) / V of its blocks. */
static n2v_status train_share(Rounds *r, RoundThread *thread, Worker *worker, size_t v, n2v_error *error)
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
        status = worker_train_piece(worker, &piece, &thread->overlay, &r->workers[v].done, error);
    }
    return status;
}

/* Waits until the virtual workers before v have added their changes of a part. False: the run has failed. */
static bool wait_for_turn(Rounds *r, size_t part, size_t v)
{
    bool failed;

    pthread_mutex_lock(&r->mutex);
    while (!(failed = atomic_load(&r->shared->failed)) && r->adds[part] != v)
        pthread_cond_wait(&r->added, &r->mutex);
    pthread_mutex_unlock(&r->mutex);
    return !failed;
}

static void end_turn(Rounds *r, size_t part)
{
    pthread_mutex_lock(&r->mutex);
    r->adds[part]++;
    pthread_cond_broadcast(&r->added);
    pthread_mutex_unlock(&r->mutex);
}

static n2v_status add_changes(Rounds *r, const RoundThread *thread, size_t v, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t part = 0; part < CHANGE_PARTS && wait_for_turn(r, part, v); part++) {
        if ((status = changes_add(&r->changes, &thread->overlay, &thread->sorted, part, error)) != N2V_OK)
            break;
        end_turn(r, part);
    }
    return status;
}

static n2v_status train_worker(Rounds *r, RoundThread *thread, Worker *worker, size_t v, n2v_error *error)
{
    VirtualWorker *virtual = &r->workers[v];
    n2v_status status;

    virtual->done = (Outcome){0};
    overlay_begin(&thread->overlay, r->changes.model, thread->places);
    status = train_share(r, thread, worker, v, error);
    overlay_end(&thread->overlay);
    virtual->shared_bias = atomic_load_explicit(&thread->overlay.shared_bias, memory_order_relaxed);
    if (status == N2V_OK)
        status = sorted_fill(&thread->sorted, &thread->overlay, error);
    return status == N2V_OK ? add_changes(r, thread, v, error) : status;
}

static n2v_status train(Rounds *r, RoundThread *thread, Worker *worker, n2v_error *error)
{
    n2v_status status = N2V_OK;
    size_t v;

    while (status == N2V_OK && !atomic_load(&r->shared->failed) &&
           (v = atomic_fetch_add(&r->next_worker, 1)) < r->virtual_workers)
        status = train_worker(r, thread, worker, v, error);
    return status;
}

static void apply(Rounds *r)
{
    size_t part;

    while ((part = atomic_fetch_add(&r->next_part, 1)) < CHANGE_PARTS)
        changes_apply(&r->changes, part);
}

/* The end of a round that all threads have completed. */
static void finish_round(Rounds *r)
{
    const size_t epoch = (size_t)(r->from / blocks_count(r->shared->text->blocks));
    Outcome done = {0};

    for (size_t v = 0; v < r->virtual_workers; v++) {
        outcome_add(&done, &r->workers[v].done);
        r->biases[v] = r->workers[v].shared_bias;
    }
    worker_record(r->shared, epoch, (size_t)(r->to - r->from), &done);
    changes_apply_shared_bias(&r->changes, r->biases, r->virtual_workers);
}

static void begin_round(Rounds *r)
{
    r->from = r->shared->state->blocks;
    r->over = r->from >= r->end || !worker_may_continue(r->shared);
    r->to = r->over ? r->from : rounds_boundary(r, r->from + 1);
    atomic_store(&r->next_worker, 0);
    atomic_store(&r->next_part, 0);
    memset(r->adds, 0, sizeof r->adds); /* nobody adds now */
}

typedef enum Meeting {
    TO_BEGIN, /* the first round */
    TO_APPLY, /* all changes are added */
    TO_GO_ON  /* all rows are those of the round's end */
} Meeting;

static void fail_all(Rounds *r)
{
    pthread_mutex_lock(&r->mutex);
    atomic_store(&r->shared->failed, true);
    pthread_cond_broadcast(&r->added); /* nobody waits for what will not come */
    pthread_mutex_unlock(&r->mutex);
}

/* Waits for all threads of the run. The last one does what is to be done once. A status that is a failure ends the run. */
static void meet(Rounds *r, Meeting meeting, n2v_status status)
{
    SharedWork *shared = r->shared;
    uint64_t turn;

    if (status != N2V_OK)
        fail_all(r);
    pthread_mutex_lock(&shared->mutex);
    turn = r->turn;
    if (++r->arrived == shared->running) {
        r->arrived = 0;
        r->turn++;
        if (meeting == TO_GO_ON && !atomic_load(&shared->failed))
            finish_round(r);
        if (meeting != TO_APPLY)
            begin_round(r);
        pthread_cond_broadcast(&r->met);
    }
    while (r->turn == turn)
        pthread_cond_wait(&r->met, &shared->mutex);
    pthread_mutex_unlock(&shared->mutex);
}

n2v_status rounds_run(Rounds *r, Worker *worker, n2v_status status, n2v_error *error)
{
    RoundThread *thread = &r->threads[atomic_fetch_add(&r->next_thread, 1)];

    if (status == N2V_OK)
        status = prepare_thread(r, thread, error);
    meet(r, TO_BEGIN, status);
    while (!r->over) {
        if (status == N2V_OK)
            status = train(r, thread, worker, error);
        meet(r, TO_APPLY, status);
        if (!atomic_load(&r->shared->failed))
            apply(r);
        meet(r, TO_GO_ON, status);
    }
    return status;
}
