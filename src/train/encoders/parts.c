/* parts.c - an input is the mean of the parts of its word (model/subwords.h), in CBOW the mean of these means over a
 * bag.
 *
 * The mean of a word moves as far as the word's own row would without subwords: by what the update moves x by, in CBOW
 * by what a row of mean.c gets of that. So words with many parts learn as fast as words with few, as in fastText.
 *
 * Where rows have length 1, x is the mean scaled to length 1. The scaled mean moves as far as x when the parts move by
 * the length of the mean times as much. */
#include "train/encoders/mean.h"

static size_t words_of(const Example *example, size_t i)
{
    return example->bag ? example->bag[i + 1] - example->bag[i] : 1;
}

/* Adds a word with its parts. */
static void add_word(TileStep *step, Id word)
{
    TileWords *words = &step->words;
    size_t at = words->starts[words->count], count;
    const uint32_t *rows = subwords_of_word(step->options.model->subwords, word, &count);

    for (size_t p = 0; p < count; p++, at++) {
        step->part_ids[at] = rows[p];
        step->bag_rows[at] = tile_input_row(step, rows[p]);
    }
    words->ids[words->count++] = word;
    words->starts[words->count] = at;
}

static size_t parts_of(const TileWords *words, size_t word)
{
    return words->starts[word + 1] - words->starts[word];
}

/* Bags ------------------------------------------------------------------------------------ */

/* The windows of a tile have most of their words in common. Each word is made once, and its parts move once, by the sum
 * of what its bags move it by. */

/* The mean of a word's parts, and behind it, in scatter, that mean as its bags have moved it. */
static float *word_mean(const TileStep *step, size_t word)
{
    return step->encoded + 2 * (step->options.sizes.rows + word) * step->options.model->stride;
}

static float *moved_mean(const TileStep *step, size_t word)
{
    return word_mean(step, word) + step->options.model->stride;
}

static void make_word(TileStep *step, Id id)
{
    const size_t word = step->words.count, stride = step->options.model->stride;
    float *mean = word_mean(step, word);

    add_word(step, id);
    step->options.kernels->gather((const float *const *)step->bag_rows + step->words.starts[word],
                                  parts_of(&step->words, word), 1 / (float)parts_of(&step->words, word), stride, mean);
    memcpy(moved_mean(step, word), mean, stride * sizeof *mean);
}

/* Which word of the example it is; made when it is met for the first time. */
static uint32_t find_word(TileStep *step, Id id)
{
    TileWords *words = &step->words;
    const uint32_t word = id_table_number(&words->numbers, id, (uint32_t)words->count);

    if (word == words->count)
        make_word(step, id);
    return word;
}

static void gather_bags(TileStep *step, const Example *example)
{
    TileWords *words = &step->words;

    id_table_clear(&words->numbers);
    for (size_t i = 0; i < example->rows; i++) {
        const size_t from = example->bag[i], count = words_of(example, i);
        for (size_t k = 0; k < count; k++) {
            words->of_input[from + k] = find_word(step, example->inputs[from + k]);
            words->rows[k] = word_mean(step, words->of_input[from + k]);
        }
        mean_gather(step, i, words->rows, count);
    }
}

/* The parts of a word move so that its mean moves by `share` of the way from before to after. */
static void scatter_word(TileStep *step, const Example *example, size_t word, float share, const float *after,
                         const float *before)
{
    const size_t at = step->words.starts[word], count = parts_of(&step->words, word);
    const size_t whole = subwords_whole(step->options.model->subwords), ngrams = count - whole;
    const size_t stride = step->options.model->stride;
    const float all = share * (float)count;

    if (!ngrams) {
        step->options.optimizer->scatter(step, example, at, count, share, after, before, stride);
        return;
    }
    step->options.optimizer->scatter(step, example, at, whole, all * WHOLE_WORD_SHARE / (float)whole, after, before,
                                     stride);
    step->options.optimizer->scatter(step, example, at + whole, ngrams, all * (1 - WHOLE_WORD_SHARE) / (float)ngrams,
                                     after, before, stride);
}

static void scatter_bags(TileStep *step, const Example *example)
{
    const size_t stride = step->options.model->stride;
    TileWords *words = &step->words;

    for (size_t i = 0; i < example->rows; i++) {
        const size_t from = example->bag[i], count = words_of(example, i);
        for (size_t k = 0; k < count; k++)
            words->rows[k] = moved_mean(step, words->of_input[from + k]);
        step->options.kernels->scatter(words->rows, count, step->bag_share[i], step->x[i],
                                       step->encoded + 2 * i * stride, stride);
    }
    for (size_t word = 0; word < words->count; word++)
        scatter_word(step, example, word, 1, moved_mean(step, word), word_mean(step, word));
}

/* Words ----------------------------------------------------------------------------------- */

static void gather_words(TileStep *step, const Example *example)
{
    for (size_t i = 0; i < example->rows; i++) {
        const size_t at = step->words.starts[i];
        add_word(step, example->inputs[i]);
        mean_gather(step, i, step->bag_rows + at, step->words.starts[i + 1] - at);
    }
}

static void scatter_words(TileStep *step, const Example *example)
{
    for (size_t i = 0; i < example->rows; i++)
        scatter_word(step, example, i, step->bag_share[i], step->x[i],
                     step->encoded + 2 * i * step->options.model->stride);
}

/* Both ------------------------------------------------------------------------------------ */

/* The means; bag_share becomes their lengths, or 1 where rows have any length. */
static void gather_means(TileStep *step, const Example *example)
{
    const bool unit = step->needs & N2V_NEEDS_UNIT_ROWS;

    step->words.count = 0;
    step->words.starts[0] = 0;
    (example->bag ? gather_bags : gather_words)(step, example);
    for (size_t i = 0; i < example->rows; i++)
        step->bag_share[i] = unit ? mean_length(step, i) : 1;
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

static void scatter(TileStep *step, const Example *example)
{
    (example->bag ? scatter_bags : scatter_words)(step, example);
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
    (void)example;
    *many = step->words.starts[step->words.count];
    return step->part_ids;
}

const Encoder encoder_parts = {.name = "parts",
                               .buffers = 2,
                               .word_buffers = 2,
                               .gather = gather,
                               .scatter = scatter,
                               .count = count,
                               .rows = rows};
const Encoder encoder_parts_whole = {.name = "parts, whole gradient",
                                     .buffers = 2,
                                     .word_buffers = 2,
                                     .gather = gather_means,
                                     .scatter = scatter,
                                     .count = count,
                                     .rows = rows};
