/* tree.c - contexts against the path of their center word in a Huffman tree.
 *
 * Rows are a few contexts of a window, or all of them together as one row. Column j is output j: the noise words, if
 * there are any, and the nodes where the code of the center word is 1. Then the positives of all rows: the center word,
 * if there are noise words, and the nodes where the code is 0. Without noise words no output is a word, and the model's
 * first output rows are the nodes; else they are those after the words. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "train/examples.h"
#include "train/tile.h"

/* All rows of a tile push its nodes the same way, each as if it were the only one: with many rows they overshoot, and
 * the vectors are worse. With one row the tile is too small to be fast. */
#define ROWS ((size_t)2)

/* The contexts of a window that are not taken yet, and the position of its center word. */
typedef struct tree_window {
    Positions left;
    size_t center;
} tree_window;

static size_t noise_words(const ExamplesOptions *options)
{
    return options->tree_and_noise ? options->num_noise : 0;
}

static ExampleSizes sizes_of(const ExamplesOptions *options, size_t rows)
{
    const size_t path = options->tree ? options->tree->depth : HUFFMAN_DEPTH;
    const size_t negatives = noise_words(options) + path, positives = options->tree_and_noise + path;

    return (ExampleSizes){.rows = rows,
                          .outputs = noise_words(options) + positives,
                          .negatives = negatives,
                          .positives = rows * positives};
}

static ExampleSizes sizes(const ExamplesOptions *options)
{
    return sizes_of(options, ROWS);
}

static ExampleSizes bag_sizes(const ExamplesOptions *options)
{
    ExampleSizes sizes = sizes_of(options, 1);

    sizes.inputs = 2 * options->window;
    return sizes;
}

/* A window has window + 1 contexts on average. */
static Touches touches_of(const ExamplesOptions *options, double tiles)
{
    return (Touches){.input = (double)options->window + 1,
                     .output = options->tree_and_noise ? tiles : 0,
                     .noise = tiles * (double)noise_words(options),
                     .path = tiles};
}

static Touches touches(const ExamplesOptions *options)
{
    return touches_of(options, ((double)options->window + 1) / (double)ROWS);
}

static Touches bag_touches(const ExamplesOptions *options)
{
    return touches_of(options, 1);
}

static n2v_status create(Examples *examples, n2v_error *error)
{
    examples->state = array_create_zero(1, sizeof(tree_window));
    return examples->state ? N2V_OK : fail_memory(error, sizeof(tree_window), "a window");
}

static void destroy(Examples *examples)
{
    free(examples->state);
}

static void start(Examples *examples)
{
    *(tree_window *)examples->state = (tree_window){.center = 0};
}

/* Skips the center word among the noise words, as word2vec does: it would be an output twice. */
static void take_other_noise(Examples *examples, Example *example, Id center)
{
    size_t kept = 0;

    take_noise(examples, example);
    for (size_t j = 0; j < example->negatives; j++) {
        example->output_ids[kept] = example->output_ids[j];
        example->multiplicity[kept] = example->multiplicity[j];
        kept += example->output_ids[j] != center;
    }
    example->negatives = example->outputs = kept;
}

static void take_outputs(Examples *examples, Example *example, Id center)
{
    const bool words = examples->options.tree_and_noise;
    const Id first_node = words ? (Id)examples->options.words : 0;
    HuffmanBranch room[HUFFMAN_DEPTH];
    Id positives[HUFFMAN_DEPTH + 1], *const outputs = example->output_ids;
    size_t length, count = 0, n = 0;
    const HuffmanBranch *path = huffman_path(examples->options.tree, center, room, &length);

    if (words) {
        take_other_noise(examples, example, center);
        n = example->negatives;
        positives[count++] = center;
    }
    for (size_t k = 0; k < length; k++) { /* no branches: they would be mispredicted */
        const bool one = huffman_code(path[k]);
        outputs[n] = positives[count] = first_node + huffman_node(path[k]);
        example->multiplicity[n] = 1;
        n += one;
        count += !one;
    }
    memcpy(outputs + n, positives, count * sizeof *positives);
    example->negatives = n;
    example->outputs = n + count;
}

/* All rows have all positives. */
static void set_positives(Example *example)
{
    const size_t count = example->outputs - example->negatives;
    size_t p = 0;

    for (size_t i = 0; i < example->rows; i++) {
        example->first[i] = (uint32_t)p;
        for (size_t k = 0; k < count; k++, p++) {
            example->row[p] = (uint32_t)i;
            example->positive[p] = (uint32_t)(example->negatives + k);
        }
    }
    example->first[example->rows] = (uint32_t)p;
    example->positives = p;
    example->pairs = example->rows;
}

static Id word_at(const Examples *examples, size_t position)
{
    return examples->kept[position] & ~SENTENCE_END;
}

/* Draws the next window. False: it was the last one. */
static bool next_window(Examples *examples)
{
    tree_window *window = examples->state;
    const size_t position = examples->position;

    if (position == examples->kept_count)
        return false;
    if (position == examples->sentence.to)
        examples->sentence = next_sentence(examples, position);
    window->center = position;
    window->left = draw_window(examples, &examples->sentence, position);
    examples->position++;
    return true;
}

/* The next example, with inputs of a window up to a number of them. */
static Example *take_example(Examples *examples, size_t most, size_t *inputs)
{
    Example *example = &examples->ring[examples->turn & 1];
    tree_window *window = examples->state;

    *inputs = 0;
    while (!*inputs) {
        if (window->left.from == window->left.to && !next_window(examples))
            return NULL;
        for (; *inputs < most && window->left.from < window->left.to; window->left.from++) {
            example->inputs[*inputs] = word_at(examples, window->left.from);
            *inputs += window->left.from != window->center;
        }
    }
    take_outputs(examples, example, word_at(examples, window->center));
    example->done = (double)window->center * examples->share;
    examples->turn++;
    return example;
}

static const Example *next(Examples *examples)
{
    size_t inputs;
    Example *example = take_example(examples, ROWS, &inputs);

    if (!example)
        return NULL;
    example->rows = inputs;
    set_positives(example);
    return example;
}

static const Example *next_bag(Examples *examples)
{
    size_t inputs;
    Example *example = take_example(examples, SIZE_MAX, &inputs);

    if (!example)
        return NULL;
    example->bag[1] = (uint32_t)inputs;
    example->weight[0] = bag_weight(examples, inputs);
    example->rows = 1;
    set_positives(example);
    return example;
}

static void prefetch(TileStep *step, const Example *example)
{
    tile_prefetch_outputs(step, example->output_ids, example->outputs);
    tile_prefetch_inputs(step, example->inputs, example_inputs(example));
}

static void forward(TileStep *step, const Example *example)
{
    const size_t rows = example->rows, n = example->negatives, positives = example->outputs - n;

    if (n)
        tile_score_block(step, 0, rows, 0, n, step->scores);
    if (positives)
        tile_score_block(step, 0, rows, n, positives, step->positives);
}

static void backward(TileStep *step, const Example *example, float factor)
{
    const Optimizer *optimizer = step->options.optimizer;
    const size_t rows = example->rows, n = example->negatives;

    scale_floats(step->gradient, rows * n, factor);
    scale_floats(step->positive_gradient, example->positives, factor);
    optimizer->block(step, 0, rows, 0, n, step->gradient);
    optimizer->block(step, 0, rows, n, example->outputs - n, step->positive_gradient);
}

static void backward_bag(TileStep *step, const Example *example, float factor)
{
    backward(step, example, factor * example->weight[0]);
}

const Layout layout_tree = {
    .name = "tree",
    .draws_noise = true,
    .sizes = sizes,
    .touches = touches,
    .create = create,
    .destroy = destroy,
    .start = start,
    .next = next,
    .prefetch = prefetch,
    .forward = forward,
    .backward = backward,
};

const Layout layout_bag_tree = {
    .name = "tree of bags",
    .draws_noise = true,
    .sizes = bag_sizes,
    .touches = bag_touches,
    .create = create,
    .destroy = destroy,
    .start = start,
    .next = next_bag,
    .prefetch = prefetch,
    .forward = forward,
    .backward = backward_bag,
};
