#include "train/worker.h"

#include <math.h>
#include <stdlib.h>

/* One tile in LOSS_SAMPLE has its loss computed: the mean over a run still rests
 * on thousands of pairs, and the logarithms cost nothing that can be measured. */
#define LOSS_SAMPLE 32

/* What a block adds to the run. */
typedef struct outcome {
    uint64_t pairs, steps, shortened;
    LossSum sampled;
} outcome;

/* Trains on one block; the learning rate depends on the place in the corpus alone. */
static void train_block(Run *run, Examples *examples, TileStep *step, const Block *block, size_t epoch, size_t index,
                        outcome *done)
{
    const uint64_t corpus_words = blocks_words(run->blocks), total = corpus_words * run->options->epochs;
    const uint64_t before = corpus_words * epoch + block->words_before;
    const double from = learning_rate_at(run->options, before, total);
    const double to = learning_rate_at(run->options, before + block->count, total);
    const Example *example;

    *done = (outcome){0};
    examples_start(examples, block, epoch, index);
    example = examples_next(examples);
    while (example && !atomic_load_explicit(&run->stop, memory_order_relaxed)) {
        const Example *next = examples_next(examples);
        const bool sampled = done->steps++ % LOSS_SAMPLE == 0;
        const double rate = from + (to - from) * example->done;

        if (next)
            tile_expect(step, next);
        done->shortened += tile_train(step, example, (float)rate, sampled ? &done->sampled.loss : NULL);
        done->sampled.pairs += sampled ? example->positives : 0;
        done->pairs += example->positives;
        example = next;
    }
}

/* The loss of all tiles of a held-out block. */
static void measure_block(Run *run, Examples *examples, TileStep *step, const Block *block, size_t index, LossSum *sum)
{
    const Example *example;

    *sum = (LossSum){0};
    examples_start(examples, block, HELDOUT_EPOCH, index);
    while ((example = examples_next(examples)) && !atomic_load_explicit(&run->stop, memory_order_relaxed)) {
        tile_loss(step, example, &sum->loss);
        sum->pairs += example->positives;
    }
}

static n2v_status fail_loss(const Run *run, const char *what, size_t epoch, n2v_error *error)
{
    return error_set(error, N2V_ERROR_NUMERIC,
                     "the %s is no longer finite in epoch %zu: the training diverged; try a lower --lr than %g", what,
                     epoch + 1, run->options->learning_rate);
}

/* Adds a held-out block's loss; the epoch's last one makes the sum. */
static n2v_status record_heldout(Run *run, size_t epoch, size_t index, const LossSum *sum, n2v_error *error)
{
    const size_t blocks = run_heldout_blocks(run);

    pthread_mutex_lock(&run->mutex);
    run->heldout_blocks[index] = *sum;
    if (++run->turns_done == (epoch + 1) * (blocks_count(run->blocks) + blocks) && !atomic_load(&run->stop)) {
        for (size_t i = 0; i < blocks; i++) {
            run->heldout[epoch].loss += run->heldout_blocks[i].loss;
            run->heldout[epoch].pairs += run->heldout_blocks[i].pairs;
        }
        run->heldout_epochs = epoch + 1;
        pthread_cond_signal(&run->changed);
    }
    pthread_cond_broadcast(&run->turned);
    pthread_mutex_unlock(&run->mutex);
    return isfinite(sum->loss) ? N2V_OK : fail_loss(run, "held-out loss", epoch, error);
}

/* Waits until so many turns are over, or the run is to stop. */
static void wait_for_turns(Run *run, size_t turns)
{
    pthread_mutex_lock(&run->mutex);
    while (run->turns_done < turns && !atomic_load(&run->stop))
        pthread_cond_wait(&run->turned, &run->mutex);
    pthread_mutex_unlock(&run->mutex);
}

/* Adds a block's outcome to the run; a loss that is not finite ends it. */
static n2v_status record(Run *run, const Block *block, size_t epoch, const outcome *done, n2v_error *error)
{
    pthread_mutex_lock(&run->mutex);
    run->words += block->count;
    run->pairs += done->pairs;
    run->steps += done->steps;
    run->shortened += done->shortened;
    run->recent.loss += done->sampled.loss;
    run->recent.pairs += done->sampled.pairs;
    run->epochs[epoch].loss += done->sampled.loss;
    run->epochs[epoch].pairs += done->sampled.pairs;
    if (epoch > run->epoch)
        run->epoch = epoch;
    run->turns_done++;
    if (run->heldout)
        pthread_cond_broadcast(&run->turned);
    pthread_mutex_unlock(&run->mutex);
    return isfinite(done->sampled.loss) ? N2V_OK : fail_loss(run, "loss", epoch, error);
}

/* One turn: a block is trained on, or a held-out one measured. */
static n2v_status take_turn(Run *run, size_t turn, Examples *examples, TileStep *step, Id *buffer, n2v_error *error)
{
    const size_t blocks = blocks_count(run->blocks), heldout = run_heldout_blocks(run);
    const size_t epoch = turn / (blocks + heldout), index = turn % (blocks + heldout);
    const bool measured = index >= blocks;
    Block block;
    n2v_status status;

    if (heldout)
        wait_for_turns(run, measured ? turn - index + blocks : turn - index);
    if (atomic_load(&run->stop))
        return N2V_OK;
    if (measured) {
        LossSum sum;
        if ((status = blocks_read(run->options->heldout, index - blocks, buffer, &block, error)) != N2V_OK)
            return status;
        measure_block(run, examples, step, &block, index - blocks, &sum);
        return record_heldout(run, epoch, index - blocks, &sum, error);
    } else {
        outcome done;
        if ((status = blocks_read(run->blocks, index, buffer, &block, error)) != N2V_OK)
            return status;
        train_block(run, examples, step, &block, epoch, index, &done);
        return record(run, &block, epoch, &done, error);
    }
}

static n2v_status work(Run *run, n2v_error *error)
{
    const size_t turns = (blocks_count(run->blocks) + run_heldout_blocks(run)) * run->options->epochs;
    Examples *examples = NULL;
    TileStep *step = NULL;
    Id *buffer = array_create(BLOCK_IDS, sizeof *buffer);
    n2v_status status;
    size_t turn;

    if (!buffer) {
        status = fail_memory(error, BLOCK_IDS * sizeof *buffer, "a block of ids");
        goto out;
    }
    if ((status = examples_create(&examples, &run->examples, error)) != N2V_OK)
        goto out;
    if ((status = tile_create(&step, &run->tile, error)) != N2V_OK)
        goto out;
    while (!atomic_load(&run->stop) && (turn = atomic_fetch_add(&run->next_turn, 1)) < turns)
        if ((status = take_turn(run, turn, examples, step, buffer, error)) != N2V_OK)
            goto out;
out:
    tile_destroy(step);
    examples_destroy(examples);
    free(buffer);
    return status;
}

void run_stop(Run *run)
{
    atomic_store(&run->stop, true);
    pthread_cond_broadcast(&run->turned);
}

void *worker_run(void *context)
{
    Run *run = context;
    n2v_error error = {0};
    const n2v_status status = work(run, &error);

    pthread_mutex_lock(&run->mutex);
    if (status != N2V_OK)
        run_stop(run);
    if (status != N2V_OK && run->error.status == N2V_OK)
        run->error = error;
    run->running--;
    pthread_cond_signal(&run->changed);
    pthread_mutex_unlock(&run->mutex);
    return NULL;
}
