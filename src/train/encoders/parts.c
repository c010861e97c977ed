/* parts.c - an input is the mean of the parts of its words (model/subwords.h): of one word, or in CBOW of a bag of words.
 *
 * Each part of a word moves as far as the word's own row would without subwords: by what the update moves the mean by, in
 * CBOW by the word's share of that. So words with many parts learn as fast as words with few, as in fastText.
 *
 * Where rows have length 1, x is the mean scaled to length 1. The scaled mean moves as far as x when the parts move by the
 * length of the mean times as much. */
#include <math.h>

#include "train/encoders/mean.h"

static size_t words_of(const Example *example, size_t i)
{
    return example->bag ? example->bag[i + 1] - example->bag[i] : 1;
}

/* Lists the parts of row i's words from place `at` on; returns the place after them. */
static size_t list_parts(TileStep *step, const Example *example, size_t i, size_t at)
{
    const Subwords *subwords = step->options.model->subwords;
    const size_t from = example->bag ? example->bag[i] : i, to = from + words_of(example, i);

    for (size_t k = from; k < to; k++) {
        size_t count;
        const uint32_t *rows = subwords_of_word(subwords, example->inputs[k], &count);
        for (size_t p = 0; p < count; p++, at++) {
            step->part_ids[at] = rows[p];
            step->bag_rows[at] = tile_input_row(step, rows[p]);
        }
    }
    return at;
}

static void gather(TileStep *step, const Example *example)
{
    const Kernels *kernels = step->options.kernels;
    const bool unit = step->needs & N2V_NEEDS_UNIT_ROWS;
    size_t at = 0;

    for (size_t i = 0; i < example->rows; i++) {
        const size_t from = at;
        step->part_starts[i] = from;
        at = list_parts(step, example, i, from);
        mean_gather(step, i, from, at - from);
        if (unit) {
            kernels->norms((const float *const *)&step->x[i], 1, step->options.model->stride, &step->mean_lengths[i]);
            step->mean_lengths[i] = sqrtf(step->mean_lengths[i]);
            kernels->normalize(&step->x[i], 1, step->options.model->stride);
        }
        mean_keep(step, i);
    }
    step->part_starts[example->rows] = at;
}

static void spread(TileStep *step, const Example *example, bool whole)
{
    const bool unit = step->needs & N2V_NEEDS_UNIT_ROWS;

    for (size_t i = 0; i < example->rows; i++) {
        const size_t from = step->part_starts[i], count = step->part_starts[i + 1] - from;
        const float share = whole ? 1 : 1 / (float)words_of(example, i);
        mean_scatter(step, i, from, count, unit ? share * step->mean_lengths[i] : share);
    }
}

static void scatter(TileStep *step, const Example *example)
{
    spread(step, example, false);
}

static void scatter_whole(TileStep *step, const Example *example)
{
    spread(step, example, true);
}

static size_t count(const TileStep *step, const Example *example)
{
    size_t all = 0;

    for (size_t k = 0; k < example_inputs(example); k++) {
        size_t parts;
        (void)subwords_of_word(step->options.model->subwords, example->inputs[k], &parts);
        all += parts;
    }
    return all;
}

static const uint32_t *rows(const TileStep *step, const Example *example, size_t *many)
{
    *many = step->part_starts[example->rows];
    return step->part_ids;
}

const Encoder encoder_parts = {
    .name = "parts", .buffers = 2, .gather = gather, .scatter = scatter, .count = count, .rows = rows};
const Encoder encoder_parts_whole = {
    .name = "parts, whole gradient", .buffers = 2, .gather = gather, .scatter = scatter_whole, .count = count, .rows = rows};
