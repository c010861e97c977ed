/* all_words.c - a window against the whole vocabulary: column j is output j, each word once. */
#include <string.h>

#include "train/examples.h"
#include "train/tile.h"

static ExampleSizes sizes(const ExamplesOptions *options)
{
    const size_t contexts = 2 * options->window, words = options->words;

    return (ExampleSizes){.rows = contexts, .outputs = words, .negatives = words, .positives = contexts};
}

static Touches touches(const ExamplesOptions *options)
{
    return (Touches){.input = window_contexts(options), .all_outputs = true};
}

static void prepare(Example *example, const ExampleSizes *all)
{
    example->outputs = example->negatives = all->outputs;
    for (size_t j = 0; j < all->outputs; j++)
        example->output_ids[j] = (Id)j;
    example->column_of_positive = example->positive;
}

/* The center word is the positive, therefore its column is masked. */
static void mark_center(Example *example, Id center)
{
    memset(example->mask, 0, example->rows * example->outputs);
    for (size_t i = 0; i < example->rows; i++) {
        example->mask[i * example->outputs + center] = 1;
        example->positive[i] = center;
    }
}

/* The next window: its contexts, and its center word. */
static Example *next_window(Examples *examples, Id *center)
{
    while (examples->position < examples->kept_count) {
        Example *example = &examples->ring[examples->turn & 1];
        const size_t position = examples->position++;
        Positions window;

        if (position == examples->sentence.to)
            examples->sentence = next_sentence(examples, position);
        window = draw_window(examples, &examples->sentence, position);
        example->rows = 0;
        for (size_t i = window.from; i < window.to; i++) {
            example->inputs[example->rows] = examples->kept[i] & ~SENTENCE_END;
            example->rows += i != position;
        }
        if (!example->rows)
            continue;
        example->positives = example->rows;
        example->done = (double)position * examples->share;
        *center = examples->kept[position] & ~SENTENCE_END;
        examples->turn++;
        return example;
    }
    return NULL;
}

static const Example *next(Examples *examples)
{
    Id center;
    Example *example = next_window(examples, &center);

    if (example)
        mark_center(example, center);
    return example;
}

/* The contexts as one row. */
static ExampleSizes bag_sizes(const ExamplesOptions *options)
{
    const size_t words = options->words;

    return (ExampleSizes){
        .rows = 1, .outputs = words, .negatives = words, .positives = 1, .inputs = 2 * options->window};
}

static const Example *next_bag(Examples *examples)
{
    Id center;
    Example *example = next_window(examples, &center);

    if (!example)
        return NULL;
    example->bag[1] = (uint32_t)example->rows;
    example->weight[0] = bag_weight(examples, example->rows);
    example->rows = example->positives = 1;
    mark_center(example, center);
    return example;
}

static void forward(TileStep *step, const Example *example)
{
    const size_t n = example->negatives;

    tile_score_block(step, 0, example->rows, 0, n, step->scores);
    for (size_t p = 0; p < example->positives; p++)
        step->positives[p] = step->scores[example->row[p] * n + example->positive[p]];
    tile_gather_log_noise(step, example);
}

static void backward(TileStep *step, const Example *example, float factor)
{
    const size_t rows = example->rows, n = example->negatives;

    scale_floats(step->gradient, rows * n, factor);
    for (size_t p = 0; p < example->positives; p++)
        step->gradient[example->row[p] * n + example->positive[p]] += factor * step->positive_gradient[p];
    step->options.optimizer->block(step, 0, rows, 0, n, step->gradient);
}

static void backward_bag(TileStep *step, const Example *example, float factor)
{
    backward(step, example, factor * example->weight[0]);
}

/* Nothing is prefetched: the vocabulary streams through the caches by itself. */
const Layout layout_all_words = {
    .name = "words",
    .masks = true,
    .sizes = sizes,
    .touches = touches,
    .prepare = prepare,
    .next = next,
    .forward = forward,
    .backward = backward,
};

const Layout layout_bag_all_words = {
    .name = "words of bags",
    .masks = true,
    .sizes = bag_sizes,
    .touches = touches,
    .prepare = prepare,
    .next = next_bag,
    .forward = forward,
    .backward = backward_bag,
};
