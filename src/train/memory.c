#include "train/memory.h"

#include "base/memory.h"
#include "train/worker.h"

#define MATRICES        2
#define DISTRIBUTIONS   12 /* bytes of a word: its slot of the noise distribution, its count */
#define THREAD_BYTES    ((uint64_t)256 << 10) /* stack and heap of a thread */
#define BLOCKS_OF_IDS   3 /* of a worker: as read, after subsampling, noise */

uint64_t train_memory(const TrainOptions *options, size_t words)
{
    const uint32_t needs = objective_needs(options->objective, options->parameters);
    const ExamplesOptions examples = trainer_examples(options, words);
    const size_t stride = row_stride(options->dim + ((needs & N2V_NEEDS_OUTPUT_BIAS) != 0));
    const TileOptions tile = {.kernels = options->kernels,
                              .objective = options->objective,
                              .parameters = options->parameters,
                              .layout = examples.layout,
                              .encoder = trainer_encoder(options),
                              .optimizer = options->optimizer,
                              .stride = stride,
                              .sizes = examples.layout->sizes(&examples)};
    const uint64_t distributions = DISTRIBUTIONS + (needs & N2V_NEEDS_LOG_NOISE ? sizeof(float) : 0);
    const uint64_t accumulators = options->optimizer->accumulates ? MATRICES * sizeof(float) : 0;
    const uint64_t worker = tile_bytes(&tile) + BLOCKS_OF_IDS * BLOCK_IDS * sizeof(Id) + THREAD_BYTES;

    const uint64_t tree = needs & N2V_NEEDS_TREE ? huffman_bytes(words) : 0;
    const uint64_t nodes = needs & N2V_NEEDS_TREE_AND_NOISE ? words * stride * sizeof(float) : 0;
    const uint64_t model = MATRICES * stride * sizeof(float) + accumulators;

    return tree + nodes + words * (model + distributions) + options->threads * worker;
}
