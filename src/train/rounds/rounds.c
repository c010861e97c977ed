#include "train/rounds/rounds.h"

#include <stdlib.h>

#include "base/memory.h"
#include "train/rounds/combine.h"

#define MIN_ROUNDS ((size_t)8)    /* of an epoch: fewer would train on most of a small text at once */
#define MIN_WORDS  ((size_t)1024) /* of a virtual worker in a round */

/* What one virtual worker has done in the round. */
typedef struct VirtualWorker {
    Overlay overlay;
    Sorted sorted;
    Outcome done;
} VirtualWorker;

/* A thread's buffers. Which thread has which makes no difference. */
typedef struct RoundThread {
    uint32_t *places; /* of the overlay that it works on: of all rows */
    Combiner combiner;
} RoundThread;

struct Rounds {
    SharedWork *shared;
    CombineOptions combine;
    size_t virtual_workers, blocks; /* of a round; of all virtual workers */
    VirtualWorker *workers;
    const Overlay **overlays; /* those of the virtual workers */
    const Sorted **sorted;
    RoundThread *threads;
    size_t thread_count;
    size_t memory_floats; /* of the rule: those of all rows, then those of the shared bias */

    uint64_t end;             /* of the run */
    uint64_t from, to;        /* the blocks of the round */
    atomic_size_t next_thread; /* the next buffers to take */
    atomic_size_t next_worker, next_part;

    /* Guarded by the mutex of shared. */
    pthread_cond_t met;
    bool has_met;    /* the condition exists */
    size_t arrived;  /* threads that wait for the others */
    uint64_t turn;   /* counts the meetings */
    bool over;       /* the run is */
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

static n2v_status create_arrays(Rounds *r, n2v_error *error)
{
    const size_t count = r->virtual_workers, rows = model_rows(r->combine.model);

    r->workers = array_create_zero(count, sizeof *r->workers);
    r->overlays = array_create(count, sizeof *r->overlays);
    r->sorted = array_create(count, sizeof *r->sorted);
    r->threads = array_create_zero(r->thread_count, sizeof *r->threads);
    if (!r->workers || !r->overlays || !r->sorted || !r->threads)
        return fail_memory(error, count * sizeof *r->workers, "the rounds");
    for (size_t v = 0; v < count; v++) {
        r->overlays[v] = &r->workers[v].overlay;
        r->sorted[v] = &r->workers[v].sorted;
    }
    r->memory_floats = r->combine.rule->memory ? rows * r->combine.model->stride + ROW_FLOATS : 0;
    if (r->memory_floats && !(r->combine.memory = floats_create(r->memory_floats)))
        return fail_memory(error, r->memory_floats * sizeof(float), "the memory of the rounds");
    return N2V_OK;
}

n2v_status rounds_create(Rounds **rounds, const RoundsOptions *options, SharedWork *shared, n2v_error *error)
{
    const TileOptions *tile = &shared->tile;
    const uint32_t needs = objective_needs(tile->objective, tile->parameters);
    Rounds *r = array_create_zero(1, sizeof *r);
    n2v_status status;

    *rounds = NULL;
    if (!r)
        return fail_memory(error, sizeof *r, "the rounds");
    r->shared = shared;
    r->combine = (CombineOptions){.model = tile->model,
                                  .kernels = tile->kernels,
                                  .rule = options->rule,
                                  .unit_rows = needs & N2V_NEEDS_UNIT_ROWS};
    size_rounds(r, options, blocks_count(shared->blocks));
    r->thread_count = shared->options->threads;
    if ((status = create_arrays(r, error)) == N2V_OK && pthread_cond_init(&r->met, NULL) != 0)
        status = fail_memory(error, sizeof r->met, "the rounds");
    r->has_met = status == N2V_OK;
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
    for (size_t v = 0; r->workers && v < r->virtual_workers; v++) {
        overlay_free(&r->workers[v].overlay);
        sorted_free(&r->workers[v].sorted);
    }
    for (size_t i = 0; r->threads && i < r->thread_count; i++) {
        free(r->threads[i].places);
        combiner_free(&r->threads[i].combiner);
    }
    if (r->has_met)
        (void)pthread_cond_destroy(&r->met);
    floats_destroy(r->combine.memory, r->memory_floats);
    free(r->workers);
    free(r->overlays);
    free(r->sorted);
    free(r->threads);
    free(r);
}

float *rounds_memory(const Rounds *r, size_t *floats)
{
    *floats = r ? r->memory_floats : 0;
    return r ? r->combine.memory : NULL;
}

uint64_t rounds_boundary(const Rounds *r, uint64_t block)
{
    const uint64_t epoch = blocks_count(r->shared->blocks), before = block / epoch * epoch, in_epoch = block - before;
    const uint64_t end = (in_epoch + r->blocks - 1) / r->blocks * r->blocks;

    return before + (end < epoch ? end : epoch);
}

void rounds_begin(Rounds *r, uint64_t end)
{
    r->end = end;
    r->over = false;
    r->arrived = 0;
    atomic_store(&r->next_thread, 0);
}

/* Rounds ---------------------------------------------------------------------------------- */

static n2v_status prepare_thread(const Rounds *r, RoundThread *thread, n2v_error *error)
{
    const size_t rows = model_rows(r->combine.model);

    if (thread->places)
        return N2V_OK;
    thread->places = array_create_zero(rows, sizeof *thread->places);
    if (!thread->places)
        return fail_memory(error, rows * sizeof *thread->places, "a round");
    return combiner_create(&thread->combiner, r->combine.model, r->virtual_workers, error);
}

/* The virtual worker's share of the round: from v / V to (v + 1) / V of its blocks. */
static n2v_status train_share(Rounds *r, Worker *worker, size_t v, n2v_error *error)
{
    const size_t all = r->virtual_workers, blocks = (size_t)(r->to - r->from);
    VirtualWorker *virtual = &r->workers[v];
    n2v_status status = N2V_OK;

    for (size_t b = blocks * v / all; status == N2V_OK && b < blocks && b * all < blocks * (v + 1); b++) {
        const size_t from = blocks * v, to = blocks * (v + 1), begin = b * all; /* in shares of a block */
        const Piece piece = {.block = r->from + b,
                             .from = from > begin ? from - begin : 0,
                             .to = to < begin + all ? to - begin : all,
                             .of = all};
        status = worker_train_piece(worker, &piece, &virtual->overlay, &virtual->done, error);
    }
    return status;
}

static n2v_status train_worker(Rounds *r, RoundThread *thread, Worker *worker, size_t v, n2v_error *error)
{
    VirtualWorker *virtual = &r->workers[v];
    n2v_status status;

    virtual->done = (Outcome){0};
    overlay_begin(&virtual->overlay, r->combine.model, thread->places);
    status = train_share(r, worker, v, error);
    overlay_end(&virtual->overlay);
    return status == N2V_OK ? sorted_fill(&virtual->sorted, &virtual->overlay, error) : status;
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

static n2v_status combine(Rounds *r, RoundThread *thread, n2v_error *error)
{
    n2v_status status = N2V_OK;
    size_t part;

    while (status == N2V_OK && (part = atomic_fetch_add(&r->next_part, 1)) < COMBINE_PARTS)
        status = combine_part(&thread->combiner, &r->combine, r->overlays, r->sorted, r->virtual_workers, part, error);
    return status;
}

/* The end of a round that all threads have completed. */
static n2v_status finish_round(Rounds *r, n2v_error *error)
{
    const size_t epoch = (size_t)(r->from / blocks_count(r->shared->blocks));
    Outcome done = {0};

    for (size_t v = 0; v < r->virtual_workers; v++) {
        const Outcome *of = &r->workers[v].done;
        done.words += of->words;
        done.pairs += of->pairs;
        done.steps += of->steps;
        done.clipped += of->clipped;
        done.sampled.loss += of->sampled.loss;
        done.sampled.pairs += of->sampled.pairs;
    }
    worker_record(r->shared, epoch, (size_t)(r->to - r->from), &done);
    return combine_shared_bias(&r->combine, r->overlays, r->virtual_workers,
                               r->combine.memory ? r->combine.memory + r->memory_floats - ROW_FLOATS : NULL, error);
}

static void begin_round(Rounds *r)
{
    r->from = r->shared->state->blocks;
    r->over = r->from >= r->end || !worker_may_continue(r->shared);
    r->to = r->over ? r->from : rounds_boundary(r, r->from + 1);
    atomic_store(&r->next_worker, 0);
    atomic_store(&r->next_part, 0);
}

typedef enum Meeting {
    TO_BEGIN,   /* the first round */
    TO_COMBINE, /* all virtual workers are done */
    TO_GO_ON    /* all rows are combined */
} Meeting;

/* Waits for all threads of the run. The last one does what is to be done once. A status that is a failure ends the run. */
static n2v_status meet(Rounds *r, Meeting meeting, n2v_status status, n2v_error *error)
{
    SharedWork *shared = r->shared;
    uint64_t turn;

    pthread_mutex_lock(&shared->mutex);
    if (status != N2V_OK)
        atomic_store(&shared->failed, true);
    turn = r->turn;
    if (++r->arrived == shared->running) {
        r->arrived = 0;
        r->turn++;
        if (meeting == TO_GO_ON && !atomic_load(&shared->failed) && status == N2V_OK &&
            (status = finish_round(r, error)) != N2V_OK)
            atomic_store(&shared->failed, true);
        if (meeting != TO_COMBINE)
            begin_round(r);
        pthread_cond_broadcast(&r->met);
    }
    while (r->turn == turn)
        pthread_cond_wait(&r->met, &shared->mutex);
    pthread_mutex_unlock(&shared->mutex);
    return status;
}

n2v_status rounds_run(Rounds *r, Worker *worker, n2v_status status, bool *lost, n2v_error *error)
{
    RoundThread *thread = &r->threads[atomic_fetch_add(&r->next_thread, 1)];

    if (status == N2V_OK)
        status = prepare_thread(r, thread, error);
    status = meet(r, TO_BEGIN, status, error);
    while (!r->over) {
        if (status == N2V_OK)
            status = train(r, thread, worker, error);
        status = meet(r, TO_COMBINE, status, error);
        if (!atomic_load(&r->shared->failed)) {
            status = combine(r, thread, error);
            *lost = status != N2V_OK;
        }
        status = meet(r, TO_GO_ON, status, error);
    }
    return status;
}
