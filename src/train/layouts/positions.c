/* positions.c - many inputs against the words at one position of their windows (structured skip-gram, Ling et al.
 * 2015).
 *
 * Outputs have a matrix for each position -window..-1, 1..window, one after the other: the same word at another
 * distance is another row. `sharing` consecutive input words, also across the ends of sentences, make a tile for each
 * position: its rows are the inputs whose windows have the position, each with the word there as its positive, against
 * noise words of the position's matrix. */
#include <stdlib.h>

#include "base/memory.h"
#include "train/examples.h"
#include "train/layouts/inputs.h"

/* An input word and its window. */
typedef struct Input {
    size_t center;
    Positions window;
} Input;

/* Consecutive input words, and where their tiles are. */
typedef struct Group {
    Input *inputs;
    size_t count;
    size_t left, right; /* the longest reaches */
    size_t place;       /* of the next tile: 0 to 2 window - 1 */
    double done;
} Group;

static size_t matrices(const ExamplesOptions *options)
{
    return 2 * options->window;
}

static ExampleSizes sizes(const ExamplesOptions *options)
{
    const size_t k = options->num_noise, rows = options->sharing;

    return (ExampleSizes){.rows = rows, .outputs = k + rows, .negatives = k, .positives = rows};
}

/* Of a row of one position's matrix, on average. */
static Touches touches(const ExamplesOptions *options)
{
    return (Touches){.input = window_contexts(options),
                     .output = window_contexts(options) / (double)matrices(options),
                     .noise = (double)options->num_noise / (double)options->sharing};
}

static n2v_status create(Examples *examples, n2v_error *error)
{
    const size_t sharing = examples->options.sharing;
    Group *group = array_create_zero(1, sizeof *group);

    if (!group)
        return fail_memory(error, sizeof *group, "the inputs of an example");
    examples->state = group; /* destroyed with the examples */
    group->inputs = array_create(sharing, sizeof *group->inputs);
    return group->inputs ? N2V_OK : fail_memory(error, sharing * sizeof *group->inputs, "the inputs of an example");
}

static void destroy(Examples *examples)
{
    Group *group = examples->state;

    free(group->inputs);
    free(group);
}

static void start(Examples *examples)
{
    Group *group = examples->state;
    group->place = matrices(&examples->options);
}

/* The next inputs that have a context. False: there is none in the block. */
static bool take_inputs(Examples *examples, Group *group)
{
    group->count = group->left = group->right = group->place = 0;
    group->done = (double)examples->position * examples->share;
    while (group->count < examples->options.sharing && examples->position < examples->kept_count) {
        const size_t center = examples->position++;
        Positions window;
        if (center == examples->sentence.to)
            examples->sentence = next_sentence(examples, center);
        window = draw_window(examples, &examples->sentence, center);
        if (window.to - window.from < 2)
            continue;
        group->inputs[group->count++] = (Input){center, window};
        if (center - window.from > group->left)
            group->left = center - window.from;
        if (window.to - 1 - center > group->right)
            group->right = window.to - 1 - center;
    }
    return group->count;
}

/* The tile of a place, which is at this distance on one side. */
static void make_tile(Examples *examples, const Group *group, Example *example, bool left, size_t distance)
{
    const Id first = (Id)(group->place * examples->options.words);

    take_noise(examples, example);
    for (size_t j = 0; j < example->negatives; j++)
        example->output_ids[j] += first;
    example->first_output = first;
    example->rows = 0;
    for (const Input *input = group->inputs; input < group->inputs + group->count; input++) {
        const size_t reach = left ? input->center - input->window.from : input->window.to - 1 - input->center;
        const size_t at = left ? input->center - distance : input->center + distance;
        if (distance > reach)
            continue;
        example->inputs[example->rows] = examples->kept[input->center] & ~SENTENCE_END;
        example->output_ids[example->outputs] = first + (examples->kept[at] & ~SENTENCE_END);
        example->positive[example->rows++] = (uint32_t)example->outputs++;
    }
    example->positives = example->rows;
    example->done = group->done;
}

static const Example *next(Examples *examples)
{
    const size_t window = examples->options.window;
    Group *group = examples->state;

    for (;; group->place++) {
        if (group->place == 2 * window && !take_inputs(examples, group)) {
            group->place = 2 * window;
            return NULL;
        }
        const bool left = group->place < window;
        const size_t distance = left ? window - group->place : group->place - window + 1;
        if (distance <= (left ? group->left : group->right)) {
            Example *example = &examples->ring[examples->turn++ & 1];
            make_tile(examples, group, example, left, distance);
            group->place++;
            return example;
        }
    }
}

const Layout layout_positions = {
    .name = "positions",
    .draws_noise = true,
    .matrices = matrices,
    .sizes = sizes,
    .touches = touches,
    .create = create,
    .destroy = destroy,
    .start = start,
    .next = next,
    .prefetch = inputs_prefetch,
    .forward = inputs_forward,
    .backward = inputs_backward,
};
