/* inputs.c - many inputs against the same noise words: the layouts inputs and bags.
 *
 * A tile has `sharing` consecutive input words, also across the ends of sentences, each with its whole window as
 * positives, against one set of noise words. An input is scored against the noise words once, not once for each of
 * its positives: with k noise words and p positives it needs k + p scores, not (k + 1) p, and a wide block of scores
 * is nearer to the processor's peak than a window's narrow one. Column j is output j; then every positive, row by
 * row; a word may be several outputs. In bags an input is a window without its center word, which is its only positive
 * (CBOW). */
#include "train/layouts/inputs.h"

#include "train/examples.h"
#include "train/tile.h"

static ExampleSizes sizes(const ExamplesOptions *options)
{
    const size_t k = options->num_noise, positives = options->sharing * 2 * options->window;

    return (ExampleSizes){
        .rows = options->sharing, .outputs = k + positives, .negatives = k, .positives = positives};
}

static Touches touches(const ExamplesOptions *options)
{
    const double sharing = (double)options->sharing;

    return (Touches){.input = 1,
                     .output = (window_contexts(options) + sharing - 1) / sharing,
                     .noise = (double)options->num_noise / sharing};
}

/* Adds the input at position with its window as positives. */
static void add_input(Examples *examples, Example *example, size_t position)
{
    const Positions window = draw_window(examples, &examples->sentence, position);

    if (window.to - window.from < 2)
        return;
    example->inputs[example->rows] = examples->kept[position] & ~SENTENCE_END;
    for (size_t i = window.from; i < window.to; i++) {
        if (i == position)
            continue;
        example->output_ids[example->outputs] = examples->kept[i] & ~SENTENCE_END;
        example->row[example->positives] = (uint32_t)example->rows;
        example->positive[example->positives++] = (uint32_t)example->outputs++;
    }
    example->first[++example->rows] = (uint32_t)example->positives;
}

typedef void AddRow(Examples *examples, Example *example, size_t position);

static const Example *next_of(Examples *examples, AddRow *add_row)
{
    Example *example = &examples->ring[examples->turn & 1];

    take_noise(examples, example);
    example->rows = example->positives = 0;
    example->done = (double)examples->position * examples->share;
    while (example->rows < examples->options.sharing && examples->position < examples->kept_count) {
        if (examples->position == examples->sentence.to)
            examples->sentence = next_sentence(examples, examples->position);
        add_row(examples, example, examples->position++);
    }
    if (!example->rows)
        return NULL;
    examples->turn++;
    return example;
}

/* Bags ------------------------------------------------------------------------------------ */

static ExampleSizes bag_sizes(const ExamplesOptions *options)
{
    const size_t k = options->num_noise, rows = options->sharing;

    return (ExampleSizes){.rows = rows,
                          .outputs = k + rows,
                          .negatives = k,
                          .positives = rows,
                          .inputs = rows * 2 * options->window};
}

static Touches bag_touches(const ExamplesOptions *options)
{
    const double sharing = (double)options->sharing;

    return (Touches){.input = (window_contexts(options) + sharing - 1) / sharing,
                     .output = 1,
                     .noise = (double)options->num_noise / sharing};
}

static void add_bag(Examples *examples, Example *example, size_t position)
{
    const Positions window = draw_window(examples, &examples->sentence, position);
    const size_t first = position - examples->options.window; /* of place 0; it wraps around at the text's beginning */
    uint32_t at = example->bag[example->rows];

    if (window.to - window.from < 2)
        return;
    for (size_t i = window.from; i < window.to; i++) {
        example->inputs[at] = examples->kept[i] & ~SENTENCE_END;
        example->place[at] = (uint32_t)(i - first - (i > position));
        at += i != position;
    }
    example->output_ids[example->outputs] = examples->kept[position] & ~SENTENCE_END;
    example->positive[example->positives++] = (uint32_t)example->outputs++;
    example->weight[example->rows] = bag_weight(examples, at - example->bag[example->rows]);
    example->bag[++example->rows] = at;
}

static const Example *next(Examples *examples)
{
    return next_of(examples, add_input);
}

static const Example *next_bags(Examples *examples)
{
    return next_of(examples, add_bag);
}

/* Tiles ----------------------------------------------------------------------------------- */

static void prefetch(TileStep *step, const Example *example)
{
    tile_prefetch_outputs(step, example->inputs, example->rows); /* positives are the inputs' neighbors */
    tile_prefetch_outputs(step, example->output_ids, example->negatives);
    tile_prefetch_inputs(step, example->inputs, example->rows);
}

/* Of bags whose words have parts, the last one: most words of the others are in the example before. */
void inputs_prefetch(TileStep *step, const Example *example)
{
    const size_t from = example->bag && step->options.model->subwords ? example->bag[example->rows - 1] : 0;

    tile_prefetch_outputs(step, example->output_ids, example->outputs);
    tile_prefetch_inputs(step, example->inputs + from, example_inputs(example) - from);
}

void inputs_forward(TileStep *step, const Example *example)
{
    const size_t n = example->negatives;

    tile_score_block(step, 0, example->rows, 0, n, step->scores);
    for (size_t i = 0; i < example->rows; i++)
        tile_score_block(step, i, 1, n + example->first[i], example->first[i + 1] - example->first[i],
                         step->positives + example->first[i]);
    tile_gather_log_noise(step, example);
}

/* The update from the coefficients of all scores. */
static void update(TileStep *step, const Example *example)
{
    const Optimizer *optimizer = step->options.optimizer;
    const size_t rows = example->rows, n = example->negatives;

    optimizer->block(step, 0, rows, 0, n, step->gradient);
    for (size_t i = 0; i < rows; i++)
        optimizer->block(step, i, 1, n + example->first[i], example->first[i + 1] - example->first[i],
                         step->positive_gradient + example->first[i]);
}

void inputs_backward(TileStep *step, const Example *example, float factor)
{
    scale_floats(step->gradient, example->rows * example->negatives, factor);
    scale_floats(step->positive_gradient, example->positives, factor);
    update(step, example);
}

static void backward_bags(TileStep *step, const Example *example, float factor)
{
    const size_t n = example->negatives;

    for (size_t i = 0; i < example->rows; i++) {
        scale_floats(step->gradient + i * n, n, factor * example->weight[i]);
        step->positive_gradient[i] *= factor * example->weight[i];
    }
    update(step, example);
}

const Layout layout_inputs = {
    .name = "inputs",
    .draws_noise = true,
    .sizes = sizes,
    .touches = touches,
    .next = next,
    .prefetch = prefetch,
    .forward = inputs_forward,
    .backward = inputs_backward,
};

const Layout layout_bags = {
    .name = "bags",
    .draws_noise = true,
    .sizes = bag_sizes,
    .touches = bag_touches,
    .next = next_bags,
    .prefetch = inputs_prefetch,
    .forward = inputs_forward,
    .backward = backward_bags,
};
