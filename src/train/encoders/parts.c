/* parts.c - an input is the mean of the parts of its word (model/subwords.h), in CBOW the mean of these means over a bag.
 *
 * The mean of a word moves as far as the word's own row would without subwords: by what the update moves x by, in CBOW by
 * what a row of mean.c gets of that. So words with many parts learn as fast as words with few, as in fastText.
 *
 * Where rows have length 1, x is the mean scaled to length 1. The scaled mean moves as far as x when the parts move by the
 * length of the mean times as much. */
#include "train/encoders/mean.h"

static size_t words_of(const Example *example, size_t i)
{
    return example->bag ? example->bag[i + 1] - example->bag[i] : 1;
}

/* Lists the parts of a word from place `at` on; returns the place after them. */
static size_t list_parts(TileStep *step, Id word, size_t at)
{
    size_t count;
    const uint32_t *rows = subwords_of_word(step->options.model->subwords, word, &count);

    for (size_t p = 0; p < count; p++, at++) {
        step->part_ids[at] = rows[p];
        step->bag_rows[at] = tile_input_row(step, rows[p]);
    }
    return at;
}

/* The same of all words of a bag, row i; x[i] is the mean of their means. */
static size_t gather_bag(TileStep *step, const Example *example, size_t i, size_t at)
{
    const size_t stride = step->options.model->stride, from = example->bag[i], words = words_of(example, i);

    for (size_t k = 0; k < words; k++) {
        const size_t next = list_parts(step, example->inputs[from + k], at);
        step->word_means[k] = step->encoded + (2 * step->options.sizes.rows + k) * stride;
        step->options.kernels->gather((const float *const *)step->bag_rows + at, next - at, 1 / (float)(next - at),
                                      stride, step->word_means[k]);
        at = next;
    }
    mean_gather(step, i, step->word_means, words);
    return at;
}

static size_t gather_word(TileStep *step, const Example *example, size_t i, size_t at)
{
    const size_t next = list_parts(step, example->inputs[i], at);

    mean_gather(step, i, step->bag_rows + at, next - at);
    return next;
}

/* The means; bag_share becomes their lengths, or 1 where rows have any length. */
static void gather_means(TileStep *step, const Example *example)
{
    const bool unit = step->needs & N2V_NEEDS_UNIT_ROWS;
    size_t at = 0;

    for (size_t i = 0; i < example->rows; i++) {
        step->part_starts[i] = at;
        at = (example->bag ? gather_bag : gather_word)(step, example, i, at);
        step->bag_share[i] = unit ? mean_length(step, i) : 1;
    }
    step->part_starts[example->rows] = at;
    if (unit)
        step->options.kernels->normalize(step->x, example->rows, step->options.model->stride);
    mean_keep(step, example);
}

static void gather(TileStep *step, const Example *example)
{
    gather_means(step, example);
    for (size_t i = 0; example->bag && i < example->rows; i++)
        step->bag_share[i] *= (step->needs & N2V_NEEDS_UNIT_ROWS ? 1 : CONTEXT_RATE) / (float)words_of(example, i);
}

/* The parts of a word from place `at` on move so that its mean moves by `share` of x[i]. */
static void scatter_word(TileStep *step, const Example *example, size_t i, size_t at, size_t count, float share)
{
    const size_t whole = subwords_whole(step->options.model->subwords), ngrams = count - whole;
    const float all = share * (float)count;

    if (!ngrams) {
        mean_scatter(step, example, i, at, count, share);
        return;
    }
    mean_scatter(step, example, i, at, whole, all * WHOLE_WORD_SHARE / (float)whole);
    mean_scatter(step, example, i, at + whole, ngrams, all * (1 - WHOLE_WORD_SHARE) / (float)ngrams);
}

static void scatter(TileStep *step, const Example *example)
{
    for (size_t i = 0; i < example->rows; i++) {
        const size_t first = example->bag ? example->bag[i] : i;
        size_t at = step->part_starts[i];
        for (size_t k = 0; k < words_of(example, i); k++) {
            size_t count;
            (void)subwords_of_word(step->options.model->subwords, example->inputs[first + k], &count);
            scatter_word(step, example, i, at, count, step->bag_share[i]);
            at += count;
        }
    }
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
    .name = "parts", .buffers = 2, .word_buffers = 1, .gather = gather, .scatter = scatter, .count = count, .rows = rows};
const Encoder encoder_parts_whole = {.name = "parts, whole gradient",
                                     .buffers = 2,
                                     .word_buffers = 1,
                                     .gather = gather_means,
                                     .scatter = scatter,
                                     .count = count,
                                     .rows = rows};
