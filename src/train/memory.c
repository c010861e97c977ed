#include "train/memory.h"

#include <math.h>

#include "base/memory.h"
#include "train/rounds/changes.h"
#include "train/worker.h"

#define DISTRIBUTIONS   40 /* bytes of a word: its slot of the noise distribution, its count, and what is needed to */
                           /* make them, and to sort the vocabulary, which the C library keeps */
#define THREAD_BYTES    ((uint64_t)256 << 10) /* stack and heap of a thread */
#define BLOCKS_OF_IDS   3 /* of a worker: as read, after subsampling, noise */

/* An average word has so many characters, boundaries included. Among many n-grams, this power of their number is that
 * of the different ones: in English within a fifth, from 300 words to 200,000. */
#define CHARACTERS 10
#define DIFFERENT  0.89
#define LONGEST    28 /* characters of the longest word that is not an address or the like */

typedef struct PartCounts {
    double rows; /* of the model */
    double lists; /* of all words together */
} PartCounts;

/* Of a word of so many characters. */
static double ngrams_of(const SubwordOptions *options, uint32_t characters)
{
    double ngrams = options->kind == SUBWORDS_FLORET; /* the whole word */

    for (uint32_t n = options->minn; n <= options->maxn && n <= characters; n++)
        ngrams += characters + 1 - n;
    return ngrams;
}

static PartCounts estimate_parts(const SubwordOptions *options, double words)
{
    const double own = options->kind == SUBWORDS_FASTTEXT, buckets = options->buckets;
    const double hashes = options->kind == SUBWORDS_FLORET ? options->hash_count : 1;
    const double ngrams = ngrams_of(options, CHARACTERS), different = hashes * pow(ngrams * words, DIFFERENT);

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

/* Two examples of a worker, and the lists of the rows of one. */
static uint64_t example_bytes(const TrainOptions *options, const Layout *layout, const ExampleSizes *sizes)
{
    const size_t inputs = sizes->inputs ? sizes->inputs : sizes->rows;
    const double parts = with_subwords(options) ? 1 + ngrams_of(&options->subwords, LONGEST) : 1;
    const uint64_t lists = (uint64_t)((double)inputs * parts) * (2 * sizeof(float *) + sizeof(Id)) +
                           (sizes->rows + 2 * sizes->outputs + sizes->negatives) * sizeof(float *);
    const uint64_t example = (inputs + 2 * sizes->rows + sizes->outputs + sizes->negatives + 2 * sizes->positives) *
                                 sizeof(Id) +
                             (layout->masks ? sizes->rows * sizes->negatives : 0);

    return 2 * example + lists;
}

/* What learning rates of rows take: a factor for each, those of words when they are read, and the copies of rows that
 * stand_ins.c makes. */
static uint64_t rate_bytes(const TrainOptions *options, const ExampleSizes *sizes, size_t rows, size_t words,
                           size_t stride)
{
    const size_t inputs = sizes->inputs ? sizes->inputs : sizes->rows;
    const double parts = with_subwords(options) ? 1 + ngrams_of(&options->subwords, LONGEST) : 1;
    const double copies = (double)inputs * parts + (double)sizes->outputs;

    return (rows + 2 * words) * sizeof(float) +
           options->threads * (uint64_t)(copies * (double)(2 * stride * sizeof(float) + sizeof(StandIn)));
}

/* The rows that virtual workers change in a round: of so many words, and of some noise words, each used several
 * times. */
static uint64_t round_bytes(const TrainOptions *options, size_t rows, size_t stride)
{
    const double noise = (double)(options->noise * options->noise_draws) / 16;
    const double share = fmin((double)options->round_words * (1 + noise), (double)rows);
    const uint64_t changes = options->virtual_workers * (uint64_t)share;

    return changes * (stride * sizeof(float) + sizeof(Change) + 2 * sizeof(uint32_t)) +
           options->threads * rows * sizeof(uint32_t) + (options->rule->memory ? rows * stride * sizeof(float) : 0);
}

uint64_t train_memory(const TrainOptions *options, size_t words, bool rates)
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
    const uint64_t worker = tile_bytes(&tile) + example_bytes(options, tile.layout, &tile.sizes) +
                            BLOCKS_OF_IDS * BLOCK_IDS * sizeof(Id) + THREAD_BYTES;

    const uint64_t subwords = with_subwords(options) ? subword_bytes(&options->subwords, words, stride) : 0;
    const uint64_t tree = needs & N2V_NEEDS_TREE ? huffman_bytes(words) : 0;
    const uint64_t rounds = options->deterministic ? round_bytes(options, rows, output_stride) : 0;
    const uint64_t own_rates = rates ? rate_bytes(options, &tile.sizes, rows, words, output_stride) : 0;

    return subwords + tree + floats * sizeof(float) + accumulators + own_rates + rounds + words * distributions +
           options->threads * worker;
}
