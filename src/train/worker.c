#include "train/worker.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"
#include "corpus/turns.h"
#include "train/ranks/steps.h"
#include "train/rounds/rounds.h"

/* The loss of one tile in LOSS_SAMPLE is computed. The mean over a run is still one of thousands of pairs, and the
 * logarithms cost little. */
#define LOSS_SAMPLE 32

struct Worker {
    SharedWork *shared;
    Examples *examples;
    TileStep *step;
    Id *buffer; /* a block */
};

ExamplesOptions trainer_examples(const TrainOptions *options, size_t words)
{
    const uint32_t needs = objective_needs(options->objective, options->parameters);

    return (ExamplesOptions){.layout =
                                 layout_choose(needs, options->noise_sharing, options->model, with_subwords(options)),
                             .words = words,
                             .weights = options->weights,
                             .window = options->window,
                             .num_noise = options->noise * options->noise_draws,
                             .noise_weight = 1 / (float)options->noise_draws,
                             .sharing = options->noise_sharing,
                             .weigh_bags = trainer_encoder(options)->weighs_bags,
                             .mask_same_word = needs & N2V_NEEDS_CLASSES,
                             .tree_and_noise = needs & N2V_NEEDS_TREE_AND_NOISE,
                             .seed = options->seed};
}

const Encoder *trainer_encoder(const TrainOptions *options)
{
    static const Encoder *const encoders[][2] = {/* of rows of any length; of rows of length 1 */
                                                 [MODEL_SKIPGRAM] = {&encoder_one_row, &encoder_one_row},
                                                 [MODEL_CBOW] = {&encoder_mean, &encoder_unit_mean},
                                                 [MODEL_STRUCTURED_SKIPGRAM] = {&encoder_one_row, &encoder_one_row},
                                                 [MODEL_CWINDOW] = {&encoder_side_by_side, NULL}};
    const bool unit = objective_needs(options->objective, options->parameters) & N2V_NEEDS_UNIT_ROWS;

    if (with_subwords(options))
        return options->whole_gradient ? &encoder_parts_whole : &encoder_parts;
    return options->whole_gradient ? &encoder_mean_whole : encoders[options->model][unit];
}

size_t trainer_matrices(const TrainOptions *options, size_t words)
{
    const ExamplesOptions examples = trainer_examples(options, words);
    return examples.layout->matrices ? examples.layout->matrices(&examples) : 1;
}

ModelShape trainer_shape(const TrainOptions *options, size_t words)
{
    const Encoder *encoder = trainer_encoder(options);
    const size_t matrices = trainer_matrices(options, words);
    const size_t vectors = encoder->vectors ? encoder->vectors(options->window) : 1;
    const uint32_t needs = objective_needs(options->objective, options->parameters);
    const bool nodes_too = needs & N2V_NEEDS_TREE_AND_NOISE, nodes_alone = needs & N2V_NEEDS_TREE && !nodes_too;

    return (ModelShape){.dim = options->dim,
                        .more_outputs = (matrices - 1) * words + (nodes_too ? words - 1 : 0),
                        .output_vectors = vectors,
                        .has_bias = needs & N2V_NEEDS_OUTPUT_BIAS,
                        .other_outputs = matrices > 1 || vectors > 1 || nodes_alone};
}

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

    if (!worker->buffer && !(worker->buffer = array_create(BLOCK_BUFFER, sizeof *worker->buffer)))
        return fail_memory(error, BLOCK_BUFFER * sizeof *worker->buffer, "a block of ids");
    if (!worker->examples &&
        (status = examples_create(&worker->examples, &worker->shared->examples, error)) != N2V_OK)
        return status;
    if (worker->step && tile_lacks_rates(worker->step)) {
        tile_destroy(worker->step);
        worker->step = NULL;
    }
    return worker->step ? N2V_OK : tile_create(&worker->step, &worker->shared->tile, error);
}

/* number is that of the block among those of all ranks. */
static n2v_status read_block(Worker *worker, const Blocks *blocks, size_t index, size_t epoch, size_t number,
                             Block *block, n2v_error *error)
{
    const n2v_status status = blocks_read(blocks, index, worker->buffer, block, error);
    Random random;

    if (status == N2V_OK && block->keep) {
        random_seed(&random, worker->shared->options->seed, epoch, number, STREAM_WEIGHTS);
        turns_draw(block, worker->buffer, &random);
    }
    return status;
}

/* Trains on one block and adds to *done. The learning rate depends only on the position in the corpus. */
static n2v_status train_block(Worker *worker, const Block *block, size_t epoch, size_t index, Overlay *overlay,
                              Outcome *done, n2v_error *error)
{
    const TrainOptions *options = worker->shared->options;
    const TrainText *text = worker->shared->text;
    const uint64_t total = text->words_of_all * options->epochs;
    const double scale = (double)text->words_of_all / (double)blocks_words(text->blocks); /* each rank is as far */
    const double count = (double)block->words * scale;
    const uint64_t before = text->words_of_all * epoch + (uint64_t)((double)block->words_before * scale);
    const double from = learning_rate_at(options, before, total);
    const double to = learning_rate_at(options, before + (uint64_t)count, total);
    const bool bends = learning_rate_bends(options);
    const Example *example;
    n2v_status status;

    done->words += block->words;
    if (!block->count) /* sentences of weights below 1 */
        return N2V_OK;
    examples_start(worker->examples, block, epoch, index);
    example = examples_next(worker->examples);
    while (example) {
        const Example *next = examples_next(worker->examples);
        const bool sampled = done->steps++ % LOSS_SAMPLE == 0;
        const double rate =
            bends ? learning_rate_at(options, before + (uint64_t)(example->done * count), total)
                  : from + (to - from) * example->done;

        if (overlay && (status = overlay_reserve(overlay, tile_input_rows(worker->step, example) + example->outputs,
                                                 error)) != N2V_OK)
            return status;
        if (next)
            tile_prefetch(worker->step, next);
        done->clipped += tile_train(worker->step, example, (float)rate, sampled ? &done->sampled.loss : NULL);
        done->sampled.pairs += sampled ? example_pairs(example) : 0;
        done->pairs += example_pairs(example);
        example = next;
    }
    return N2V_OK;
}

/* The loss of all tiles of a held-out block. */
static LossSum measure_block(Worker *worker, const Block *block, size_t index)
{
    LossSum sum = {0};
    const Example *example;

    if (!block->count)
        return sum;
    examples_start(worker->examples, block, HELDOUT_EPOCH, index);
    while ((example = examples_next(worker->examples))) {
        tile_loss(worker->step, example, &sum.loss);
        sum.pairs += example_pairs(example);
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

void outcome_add(Outcome *sum, const Outcome *outcome)
{
    sum->words += outcome->words;
    sum->pairs += outcome->pairs;
    sum->steps += outcome->steps;
    sum->clipped += outcome->clipped;
    sum->sampled.loss += outcome->sampled.loss;
    sum->sampled.pairs += outcome->sampled.pairs;
}

void worker_record(SharedWork *shared, size_t epoch, size_t blocks, const Outcome *done)
{
    TrainState *state = shared->state;

    state->blocks += blocks;
    state->words += done->words;
    state->pairs += done->pairs;
    state->steps += done->steps;
    state->clipped += done->clipped;
    state->recent.loss += done->sampled.loss;
    state->recent.pairs += done->sampled.pairs;
    state->epochs[epoch].loss += done->sampled.loss;
    state->epochs[epoch].pairs += done->sampled.pairs;
    if (epoch > shared->epoch)
        shared->epoch = epoch;
}

/* The first word of the first sentence that begins at `word` or behind it. */
static size_t next_beginning(const Block *block, size_t word)
{
    while (word && word < block->count && !(block->ids[word - 1] & SENTENCE_END))
        word++;
    return word;
}

static void cut(Block *block, const Piece *piece)
{
    const size_t from = next_beginning(block, block->count * piece->from / piece->of);
    const size_t to = next_beginning(block, block->count * piece->to / piece->of);
    const size_t count = block->count ? block->count : 1;
    const uint64_t before = block->words * from / count, words = block->count ? block->words * to / count - before
                                                                              : piece->from ? 0 : block->words;

    block->ids += from;
    block->count = to - from;
    block->words_before += before;
    block->words = words;
}

n2v_status worker_train_piece(Worker *worker, const Piece *piece, Overlay *overlay, Outcome *done, n2v_error *error)
{
    const TrainText *text = worker->shared->text;
    /* among the pieces of all ranks */
    const size_t index = (text->first_block + piece->block) * MAX_PIECES + piece->from;
    Block block;
    n2v_status status = read_block(worker, text->blocks, piece->block, piece->epoch, text->first_block + piece->block,
                                   &block, error);

    if (status != N2V_OK)
        return status;
    cut(&block, piece);
    if (!block.count && !block.words)
        return N2V_OK;
    tile_change(worker->step, overlay);
    if ((status = train_block(worker, &block, piece->epoch, index, overlay, done, error)) != N2V_OK)
        return status;
    return isfinite(done->sampled.loss) ? N2V_OK : fail_loss(worker, "loss", piece->epoch, error);
}

static n2v_status train(Worker *worker, uint64_t number, Outcome *done, n2v_error *error)
{
    const Blocks *blocks = worker->shared->text->blocks;
    const size_t index = (size_t)(number % blocks_count(blocks)), epoch = (size_t)(number / blocks_count(blocks));
    Block block;
    n2v_status status;

    tile_change(worker->step, NULL);
    if ((status = read_block(worker, blocks, index, epoch, index, &block, error)) != N2V_OK ||
        (status = train_block(worker, &block, epoch, index, NULL, done, error)) != N2V_OK)
        return status;
    return isfinite(done->sampled.loss) ? N2V_OK : fail_loss(worker, "loss", epoch, error);
}

static n2v_status measure(Worker *worker, size_t index, n2v_error *error)
{
    SharedWork *shared = worker->shared;
    Block block;
    const n2v_status status = read_block(worker, shared->measured, index, HELDOUT_EPOCH, index, &block, error);

    if (status != N2V_OK)
        return status;
    tile_change(worker->step, NULL);
    shared->measured_sums[index] = measure_block(worker, &block, index);
    return isfinite(shared->measured_sums[index].loss)
               ? N2V_OK
               : fail_loss(worker, "held-out loss", shared->state->measured, error);
}

/* Trains on one block, or measures its loss. */
static n2v_status take_block(Worker *worker, uint64_t number, n2v_error *error)
{
    SharedWork *shared = worker->shared;
    Outcome done = {0};
    n2v_status status;

    if (shared->measured)
        return measure(worker, (size_t)number, error);
    if ((status = train(worker, number, &done, error)) != N2V_OK)
        return status;
    pthread_mutex_lock(&shared->mutex);
    worker_record(shared, (size_t)(number / blocks_count(shared->text->blocks)), 1, &done);
    pthread_mutex_unlock(&shared->mutex);
    return N2V_OK;
}

bool worker_may_continue(const SharedWork *shared)
{
    return !atomic_load(shared->stop) && !atomic_load(&shared->failed);
}

/* Blocks in their order, each by the worker that is free. *lost: what failed cannot be done again. */
static n2v_status take_blocks(Worker *worker, bool *lost, n2v_error *error)
{
    SharedWork *shared = worker->shared;
    n2v_status status = N2V_OK;
    uint64_t number;

    while (status == N2V_OK && worker_may_continue(shared) &&
           (number = atomic_fetch_add(&shared->next, 1)) < shared->end)
        if ((status = take_block(worker, number, error)) != N2V_OK)
            *lost = !shared->measured && shared->options->threads > 1; /* others have taken later blocks */
    return status;
}

void *worker_run(void *context)
{
    Worker *worker = context;
    SharedWork *shared = worker->shared;
    n2v_error error = {.text = ""};
    n2v_status status = create_buffers(worker, &error);
    bool lost = false;

    if (shared->rounds && !shared->measured)
        status = rounds_run(shared->rounds, worker, status, &error);
    else if (shared->steps && !shared->measured)
        status = steps_work(shared->steps, worker, status, &error);
    else if (status == N2V_OK)
        status = take_blocks(worker, &lost, &error);
    pthread_mutex_lock(&shared->mutex);
    if (status != N2V_OK) {
        atomic_store(&shared->failed, true);
        shared->lost |= lost || status == N2V_ERROR_NUMERIC;
        if (shared->error.status == N2V_OK)
            shared->error = error;
    }
    shared->running--;
    pthread_cond_signal(&shared->changed);
    pthread_mutex_unlock(&shared->mutex);
    return NULL;
}
