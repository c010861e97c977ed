#include "train/worker.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"

/* The loss of one tile in LOSS_SAMPLE is computed. The mean over a run is still one of thousands of pairs, and the
 * logarithms cost little. */
#define LOSS_SAMPLE 32

struct Worker {
    SharedWork *shared;
    Examples *examples;
    TileStep *step;
    Id *buffer; /* a block */
};

/* The result of training on a block. */
typedef struct outcome {
    uint64_t pairs, steps, clipped;
    LossSum sampled;
} outcome;

n2v_status worker_create(Worker **worker, SharedWork *shared, n2v_error *error)
{
    *worker = array_create_zero(1, sizeof **worker);
    if (!*worker)
        return fail_memory(error, sizeof **worker, "a worker");
    (*worker)->shared = shared;
    return N2V_OK;
}

void worker_destroy(Worker *worker)
{
    if (!worker)
        return;
    tile_destroy(worker->step);
    examples_destroy(worker->examples);
    free(worker->buffer);
    free(worker);
}

static n2v_status create_buffers(Worker *worker, n2v_error *error)
{
    n2v_status status;

    if (!worker->buffer && !(worker->buffer = array_create(BLOCK_IDS, sizeof *worker->buffer)))
        return fail_memory(error, BLOCK_IDS * sizeof *worker->buffer, "a block of ids");
    if (!worker->examples &&
        (status = examples_create(&worker->examples, &worker->shared->examples, error)) != N2V_OK)
        return status;
    return worker->step ? N2V_OK : tile_create(&worker->step, &worker->shared->tile, error);
}

/* Trains on one block. The learning rate depends only on the position in the corpus. */
static void train_block(Worker *worker, const Block *block, size_t epoch, size_t index, outcome *done)
{
    const TrainOptions *options = worker->shared->options;
    const uint64_t corpus_words = blocks_words(worker->shared->blocks), total = corpus_words * options->epochs;
    const uint64_t before = corpus_words * epoch + block->words_before;
    const double from = learning_rate_at(options, before, total);
    const double to = learning_rate_at(options, before + block->count, total);
    const bool bends = learning_rate_bends(options);
    const Example *example;

    *done = (outcome){0};
    examples_start(worker->examples, block, epoch, index);
    example = examples_next(worker->examples);
    while (example) {
        const Example *next = examples_next(worker->examples);
        const bool sampled = done->steps++ % LOSS_SAMPLE == 0;
        const double rate =
            bends ? learning_rate_at(options, before + (uint64_t)(example->done * (double)block->count), total)
                  : from + (to - from) * example->done;

        if (next)
            tile_prefetch(worker->step, next);
        done->clipped += tile_train(worker->step, example, (float)rate, sampled ? &done->sampled.loss : NULL);
        done->sampled.pairs += sampled ? example->positives : 0;
        done->pairs += example->positives;
        example = next;
    }
}

/* The loss of all tiles of a held-out block. */
static LossSum measure_block(Worker *worker, const Block *block, size_t index)
{
    LossSum sum = {0};
    const Example *example;

    examples_start(worker->examples, block, HELDOUT_EPOCH, index);
    while ((example = examples_next(worker->examples))) {
        tile_loss(worker->step, example, &sum.loss);
        sum.pairs += example->positives;
    }
    return sum;
}

static n2v_status fail_loss(const Worker *worker, const char *what, size_t epoch, n2v_error *error)
{
    return error_set(error, N2V_ERROR_NUMERIC,
                     "the %s is no longer finite in epoch %zu: the training diverged; try a lower " SETTING("lr")
                     " than %s",
                     what, epoch + 1, NUMBER_SHOWN(worker->shared->options->learning_rate));
}

/* Adds a block's outcome to the training. */
static void record(SharedWork *shared, const Block *block, size_t epoch, const outcome *done)
{
    TrainState *state = shared->state;

    pthread_mutex_lock(&shared->mutex);
    state->blocks++;
    state->words += block->count;
    state->pairs += done->pairs;
    state->steps += done->steps;
    state->clipped += done->clipped;
    state->recent.loss += done->sampled.loss;
    state->recent.pairs += done->sampled.pairs;
    state->epochs[epoch].loss += done->sampled.loss;
    state->epochs[epoch].pairs += done->sampled.pairs;
    if (epoch > shared->epoch)
        shared->epoch = epoch;
    pthread_mutex_unlock(&shared->mutex);
}

/* Trains on one block, or measures its loss. */
static n2v_status take_block(Worker *worker, uint64_t number, n2v_error *error)
{
    SharedWork *shared = worker->shared;
    const size_t blocks = blocks_count(shared->blocks);
    const size_t index = (size_t)(shared->measured ? number : number % blocks);
    const size_t epoch = shared->measured ? shared->state->measured : (size_t)(number / blocks);
    Block block;
    outcome done;
    n2v_status status =
        blocks_read(shared->measured ? shared->measured : shared->blocks, index, worker->buffer, &block, error);

    if (status != N2V_OK)
        return status;
    if (shared->measured) {
        shared->measured_sums[index] = measure_block(worker, &block, index);
        return isfinite(shared->measured_sums[index].loss) ? N2V_OK
                                                          : fail_loss(worker, "held-out loss", epoch, error);
    }
    train_block(worker, &block, epoch, index, &done);
    record(shared, &block, epoch, &done);
    return isfinite(done.sampled.loss) ? N2V_OK : fail_loss(worker, "loss", epoch, error);
}

static bool may_continue(const SharedWork *shared)
{
    return !atomic_load(shared->stop) && !atomic_load(&shared->failed);
}

void *worker_run(void *context)
{
    Worker *worker = context;
    SharedWork *shared = worker->shared;
    n2v_error error = {.text = ""};
    n2v_status status = create_buffers(worker, &error);
    bool trains = false; /* else what failed can be done again */
    uint64_t number;

    while (status == N2V_OK && may_continue(shared) && (number = atomic_fetch_add(&shared->next, 1)) < shared->end) {
        trains = !shared->measured;
        status = take_block(worker, number, &error);
    }
    pthread_mutex_lock(&shared->mutex);
    if (status != N2V_OK) {
        atomic_store(&shared->failed, true);
        shared->lost |= status == N2V_ERROR_NUMERIC || (trains && shared->options->threads > 1);
        if (shared->error.status == N2V_OK)
            shared->error = error;
    }
    shared->running--;
    pthread_cond_signal(&shared->changed);
    pthread_mutex_unlock(&shared->mutex);
    return NULL;
}
