#include "train/memory.h"

#include <math.h>

#include "base/memory.h"
#include "train/worker.h"

#define DISTRIBUTIONS   12 /* bytes of a word: its slot of the noise distribution, its count */
#define THREAD_BYTES    ((uint64_t)256 << 10) /* stack and heap of a thread */
#define BLOCKS_OF_IDS   3 /* of a worker: as read, after subsampling, noise */

/* An average word has so many characters, boundaries included. Among many n-grams, this power of their number is that
 * of the different ones: in English within a fifth, from 300 words to 200,000. */
#define CHARACTERS 10
#define DIFFERENT  0.89

typedef struct PartCounts {
    double rows; /* of the model */
    double lists; /* of all words together */
} PartCounts;

static PartCounts estimate_parts(const SubwordOptions *options, double words)
{
    const double own = options->kind == SUBWORDS_FASTTEXT, buckets = options->buckets;
    const double hashes = options->kind == SUBWORDS_FLORET ? options->hash_count : 1;
    double ngrams = options->kind == SUBWORDS_FLORET, different = 0; /* the whole word */

    for (uint32_t n = options->minn; n <= options->maxn && n <= CHARACTERS; n++)
        ngrams += CHARACTERS + 1 - n;
    different = hashes * pow(ngrams * words, DIFFERENT);
    return (PartCounts){own * words + buckets * -expm1(-different / buckets), (own + hashes * ngrams) * words};
}

/* Rows of the model, the table of buckets at most half full, and the lists of words. */
static uint64_t subword_bytes(const SubwordOptions *options, size_t words, size_t stride)
{
    const PartCounts parts = estimate_parts(options, (double)words);

    return (uint64_t)(parts.rows * (double)(stride * sizeof(float) + 4 * sizeof(uint32_t)) +
                      parts.lists * sizeof(uint32_t)) +
           words * sizeof(size_t);
}

uint64_t train_memory(const TrainOptions *options, size_t words)
{
    const uint32_t needs = objective_needs(options->objective, options->parameters);
    const ExamplesOptions examples = trainer_examples(options, words);
    const ModelShape shape = trainer_shape(options, words);
    const size_t stride = row_stride(shape.dim + shape.has_bias), output_stride = stride * shape.output_vectors;
    const size_t floats = (words + shape.more_inputs) * stride + (words + shape.more_outputs) * output_stride;
    const TileOptions tile = {.kernels = options->kernels,
                              .objective = options->objective,
                              .parameters = options->parameters,
                              .layout = examples.layout,
                              .encoder = trainer_encoder(options),
                              .optimizer = options->optimizer,
                              .stride = output_stride,
                              .sizes = examples.layout->sizes(&examples)};
    const uint64_t distributions = DISTRIBUTIONS + (needs & N2V_NEEDS_LOG_NOISE ? sizeof(float) : 0);
    const size_t rows = 2 * words + shape.more_inputs + shape.more_outputs;
    const uint64_t accumulators = options->optimizer->accumulates ? rows * sizeof(float) : 0;
    const uint64_t worker = tile_bytes(&tile) + BLOCKS_OF_IDS * BLOCK_IDS * sizeof(Id) + THREAD_BYTES;

    const uint64_t subwords = with_subwords(options) ? subword_bytes(&options->subwords, words, stride) : 0;
    const uint64_t tree = needs & N2V_NEEDS_TREE ? huffman_bytes(words) : 0;

    return subwords + tree + floats * sizeof(float) + accumulators + words * distributions + options->threads * worker;
}
