#include "train/memory.h"

#include "base/memory.h"
#include "train/worker.h"

#define DISTRIBUTIONS   12 /* bytes of a word: its slot of the noise distribution, its count */
#define THREAD_BYTES    ((uint64_t)256 << 10) /* stack and heap of a thread */
#define BLOCKS_OF_IDS   3 /* of a worker: as read, after subsampling, noise */

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
                              .stride = output_stride,
                              .sizes = examples.layout->sizes(&examples)};
    const uint64_t distributions = DISTRIBUTIONS + (needs & N2V_NEEDS_LOG_NOISE ? sizeof(float) : 0);
    const uint64_t worker = tile_bytes(&tile) + BLOCKS_OF_IDS * BLOCK_IDS * sizeof(Id) + THREAD_BYTES;

    return floats * sizeof(float) + words * distributions + options->threads * worker;
}
