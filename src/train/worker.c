#include "train/worker.h"

#include <math.h>
#include <stdlib.h>

/* One tile in LOSS_SAMPLE has its loss computed: the mean over a run still rests
 * on thousands of pairs, and the logarithms cost nothing that can be measured. */
#define LOSS_SAMPLE 16

/* What a block adds to the run. */
typedef struct outcome {
    uint64_t pairs;
    n2v_loss_sum sampled;
} outcome;

/* Trains on one block; the learning rate depends on the place in the corpus alone. */
static void train_block(n2v_run *run, n2v_examples *examples, n2v_tile_step *step, const n2v_block *block,
                        size_t epoch, size_t index, outcome *done)
{
    const uint64_t corpus_words = n2v_blocks_words(run->blocks), total = corpus_words * run->options->epochs;
    const uint64_t before = corpus_words * epoch + block->words_before;
    const double from = n2v_learning_rate(run->options, before, total);
    const double to = n2v_learning_rate(run->options, before + block->count, total);
    const n2v_example *example;
    size_t tiles = 0;

    *done = (outcome){0};
    n2v_examples_start(examples, block, epoch, index);
    example = n2v_examples_next(examples);
    if (example)
        n2v_tile_prefetch(step, example);
    while (example && !atomic_load_explicit(&run->stop, memory_order_relaxed)) {
        const n2v_example *next = n2v_examples_next(examples);
        const bool sampled = tiles++ % LOSS_SAMPLE == 0;
        const double rate = from + (to - from) * example->done;

        if (next)
            n2v_tile_prefetch(step, next);
        n2v_tile_train(step, example, (float)rate, sampled ? &done->sampled.loss : NULL);
        done->sampled.pairs += sampled ? example->positives : 0;
        done->pairs += example->positives;
        example = next;
    }
}

/* Adds a block's outcome to the run; a loss that is not finite ends it. */
static n2v_status record(n2v_run *run, const n2v_block *block, size_t epoch, const outcome *done, n2v_error *error)
{
    pthread_mutex_lock(&run->mutex);
    run->words += block->count;
    run->pairs += done->pairs;
    run->recent.loss += done->sampled.loss;
    run->recent.pairs += done->sampled.pairs;
    run->epochs[epoch].loss += done->sampled.loss;
    run->epochs[epoch].pairs += done->sampled.pairs;
    if (epoch > run->epoch)
        run->epoch = epoch;
    pthread_mutex_unlock(&run->mutex);
    if (!isfinite(done->sampled.loss))
        return n2v_fail(error, N2V_ERROR_NUMERIC,
                        "the loss is no longer finite in epoch %zu: the training diverged; try a lower --lr than %g",
                        epoch + 1, run->options->learning_rate);
    return N2V_OK;
}

static n2v_status work(n2v_run *run, n2v_error *error)
{
    const size_t blocks = n2v_blocks_count(run->blocks), turns = blocks * run->options->epochs;
    n2v_examples *examples = NULL;
    n2v_tile_step *step = NULL;
    n2v_id *buffer = n2v_array(N2V_BLOCK_IDS, sizeof *buffer);
    n2v_status status;
    size_t turn;

    if (!buffer) {
        status = n2v_fail_memory(error, N2V_BLOCK_IDS * sizeof *buffer, "a block of ids");
        goto out;
    }
    if ((status = n2v_examples_create(&examples, &run->examples, error)) != N2V_OK)
        goto out;
    if ((status = n2v_tile_create(&step, &run->tile, error)) != N2V_OK)
        goto out;
    while (!atomic_load(&run->stop) && (turn = atomic_fetch_add(&run->next_block, 1)) < turns) {
        n2v_block block;
        outcome done;
        if ((status = n2v_blocks_read(run->blocks, turn % blocks, buffer, &block, error)) != N2V_OK)
            goto out;
        train_block(run, examples, step, &block, turn / blocks, turn % blocks, &done);
        if ((status = record(run, &block, turn / blocks, &done, error)) != N2V_OK)
            goto out;
    }
out:
    n2v_tile_destroy(step);
    n2v_examples_destroy(examples);
    free(buffer);
    return status;
}

void *n2v_worker(void *context)
{
    n2v_run *run = context;
    n2v_error error = {0};
    const n2v_status status = work(run, &error);

    if (status != N2V_OK)
        atomic_store(&run->stop, true);
    pthread_mutex_lock(&run->mutex);
    if (status != N2V_OK && run->error.status == N2V_OK)
        run->error = error;
    run->running--;
    pthread_cond_signal(&run->changed);
    pthread_mutex_unlock(&run->mutex);
    return NULL;
}
