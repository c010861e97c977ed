/* tree.c - a few consecutive windows against the paths of their center words in a Huffman tree.
 *
 * Outputs are noise words, if there are any, then center words and nodes, each once: paths share the nodes near the root.
 * Each window has columns of its own, masked for rows that are not in the window: its noise words, and the nodes where the
 * code of its center word is 1. Positives are the center word and the nodes where the code is 0. Without noise words no
 * output is a word, and the model's first output rows are the nodes; else they are those after the words. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "train/examples.h"
#include "train/tile.h"

/* A window of an example, with the path of its center word. */
typedef struct path_window {
    size_t from, to, center; /* positions */
    size_t columns;          /* of its own */
    size_t positives;        /* of each of its rows */
    uint32_t positive[HUFFMAN_DEPTH + 1]; /* which outputs they are */
    const HuffmanBranch *path; /* in room */
    size_t length;
    uint32_t output[HUFFMAN_DEPTH]; /* of each node of the path */
    HuffmanBranch room[HUFFMAN_DEPTH];
} path_window;

typedef struct tree_state {
    size_t most; /* windows of an example */
    Id first_node;
    uint32_t *output_of_column[2]; /* of the examples of the ring */
    path_window windows[];
} tree_state;

/* Sizes ----------------------------------------------------------------------------------- */

static size_t noise_words(const ExamplesOptions *options)
{
    return options->tree_and_noise ? options->num_noise : 0;
}

static ExampleSizes sizes_of(const ExamplesOptions *options, size_t windows, size_t rows)
{
    const size_t noise = noise_words(options), word = options->tree_and_noise;
    const size_t path = options->tree ? options->tree->depth : HUFFMAN_DEPTH;
    const size_t outputs = noise + windows * (path + word);

    return (ExampleSizes){.rows = rows,
                          .outputs = outputs,
                          .negatives = windows * (noise + path),
                          .positives = rows * (path + word),
                          .cells = rows * outputs};
}

static size_t windows_of(const ExamplesOptions *options)
{
    return options->sharing < MAX_WINDOWS ? options->sharing : MAX_WINDOWS;
}

static ExampleSizes sizes(const ExamplesOptions *options)
{
    return sizes_of(options, windows_of(options), 2 * options->window * windows_of(options));
}

static ExampleSizes bag_sizes(const ExamplesOptions *options)
{
    ExampleSizes sizes = sizes_of(options, 1, 1);

    sizes.inputs = 2 * options->window;
    return sizes;
}

static Touches touches_of(const ExamplesOptions *options, double windows)
{
    return (Touches){.input = ((double)options->window + windows) / windows,
                     .output = options->tree_and_noise,
                     .noise = (double)noise_words(options) / windows,
                     .tree = true};
}

static Touches touches(const ExamplesOptions *options)
{
    return touches_of(options, (double)windows_of(options));
}

static Touches bag_touches(const ExamplesOptions *options)
{
    return touches_of(options, 1);
}

/* State ----------------------------------------------------------------------------------- */

static n2v_status create_of(Examples *examples, size_t windows, size_t columns, n2v_error *error)
{
    const size_t bytes = sizeof(tree_state) + windows * sizeof(path_window);
    tree_state *state = array_create_zero(bytes, 1);

    if (!state)
        return fail_memory(error, bytes, "the windows of an example");
    examples->state = state; /* destroyed with the examples */
    state->most = windows;
    state->first_node = examples->options.tree_and_noise ? (Id)examples->options.words : 0;
    for (size_t i = 0; i < 2; i++) {
        state->output_of_column[i] = array_create(columns, sizeof(uint32_t));
        if (!state->output_of_column[i])
            return fail_memory(error, columns * sizeof(uint32_t), "the columns of an example");
        examples->ring[i].output_of_column = state->output_of_column[i];
    }
    return N2V_OK;
}

static n2v_status create(Examples *examples, n2v_error *error)
{
    return create_of(examples, windows_of(&examples->options), sizes(&examples->options).negatives, error);
}

static n2v_status create_bags(Examples *examples, n2v_error *error)
{
    return create_of(examples, 1, bag_sizes(&examples->options).negatives, error);
}

static void destroy(Examples *examples)
{
    tree_state *state = examples->state;

    free(state->output_of_column[0]);
    free(state->output_of_column[1]);
    free(state);
}

/* Outputs --------------------------------------------------------------------------------- */

/* Takes the next windows that have a context; returns their number. */
static size_t take_windows(Examples *examples)
{
    tree_state *state = examples->state;
    size_t count = 0;

    while (count < state->most && examples->position < examples->kept_count) {
        const size_t position = examples->position++;
        path_window *window = &state->windows[count];
        Positions words;

        if (position == examples->sentence.to)
            examples->sentence = next_sentence(examples, position);
        words = draw_window(examples, &examples->sentence, position);
        if (words.to - words.from < 2)
            continue;
        window->from = words.from;
        window->to = words.to;
        window->center = position;
        window->path = huffman_path(examples->options.tree, examples->kept[position] & ~SENTENCE_END, window->room,
                                    &window->length);
        count++;
    }
    return count;
}

/* Which output a center word is; a new one unless it is one already. */
static uint32_t output_of(Example *example, Id id)
{
    for (size_t j = 0; j < example->outputs; j++)
        if (example->output_ids[j] == id)
            return (uint32_t)j;
    example->output_ids[example->outputs] = id;
    return (uint32_t)example->outputs++;
}

/* The nodes of a window's path as outputs. Where the path of a window before it has the same node, all nodes above it are
 * the same, too. */
static void add_path(tree_state *state, size_t w, Example *example)
{
    path_window *window = &state->windows[w];
    size_t shared = 0;

    for (size_t before = 0; before < w; before++) {
        const path_window *other = &state->windows[before];
        const size_t most = other->length < window->length ? other->length : window->length;
        for (; shared < most && huffman_node(other->path[shared]) == huffman_node(window->path[shared]); shared++)
            window->output[shared] = other->output[shared];
    }
    for (size_t k = shared; k < window->length; k++) {
        example->output_ids[example->outputs] = state->first_node + huffman_node(window->path[k]);
        window->output[k] = (uint32_t)example->outputs++;
    }
}

/* Adds the columns and the positives of a window; noise words are the first outputs. */
static void add_columns(path_window *window, size_t noise, uint32_t *output_of_column, Example *example)
{
    float *const multiplicity = example->multiplicity;
    size_t column = example->negatives;

    for (size_t j = 0; j < noise; j++, column++) {
        output_of_column[column] = (uint32_t)j;
        multiplicity[column] = multiplicity[j];
    }
    for (size_t k = 0; k < window->length; k++) {
        if (huffman_code(window->path[k])) {
            multiplicity[column] = 1;
            output_of_column[column++] = window->output[k];
        } else {
            window->positive[window->positives++] = window->output[k];
        }
    }
    window->columns = column - example->negatives;
    example->negatives = column;
}

static void take_outputs(Examples *examples, Example *example, size_t windows)
{
    tree_state *state = examples->state;
    const bool words = examples->options.tree_and_noise;
    size_t noise = 0;

    example->outputs = example->negatives = 0;
    if (words) {
        take_noise(examples, example);
        noise = example->negatives;
        example->negatives = 0;
    }
    for (size_t w = 0; w < windows; w++) {
        path_window *window = &state->windows[w];
        window->positives = 0;
        if (words)
            window->positive[window->positives++] = output_of(example, examples->kept[window->center] & ~SENTENCE_END);
        add_path(state, w, example);
        add_columns(window, noise, state->output_of_column[examples->turn & 1], example);
    }
}

/* Rows ------------------------------------------------------------------------------------ */

static void begin_rows(Example *example)
{
    example->rows = example->positives = example->pairs = 0;
    example->first[0] = 0;
}

/* Adds the positives of a row that is in a window. */
static void add_positives(const path_window *window, Example *example)
{
    for (size_t p = 0; p < window->positives; p++) {
        example->row[example->positives] = (uint32_t)example->rows;
        example->positive[example->positives++] = window->positive[p];
    }
    example->pairs++;
}

/* Adds a word as a row, unless it is in no window. */
static void add_row(Examples *examples, Example *example, size_t position, size_t windows)
{
    const tree_state *state = examples->state;
    unsigned char *mask = example->mask + example->rows * example->negatives;
    const size_t before = example->pairs;

    for (size_t w = 0; w < windows; w++) {
        const path_window *window = &state->windows[w];
        const bool member = position >= window->from && position < window->to && position != window->center;
        memset(mask, !member, window->columns);
        mask += window->columns;
        if (member)
            add_positives(window, example);
    }
    if (example->pairs == before)
        return;
    example->inputs[example->rows] = examples->kept[position] & ~SENTENCE_END;
    example->first[++example->rows] = (uint32_t)example->positives;
}

static const Example *next(Examples *examples)
{
    Example *example = &examples->ring[examples->turn & 1];
    const tree_state *state = examples->state;
    size_t windows, from, to;

    example->done = (double)examples->position * examples->share;
    windows = take_windows(examples);
    if (!windows)
        return NULL;
    take_outputs(examples, example, windows);
    from = state->windows[0].from;
    to = state->windows[0].to;
    for (size_t w = 1; w < windows; w++) {
        from = state->windows[w].from < from ? state->windows[w].from : from;
        to = state->windows[w].to > to ? state->windows[w].to : to;
    }
    begin_rows(example);
    for (size_t i = from; i < to; i++)
        add_row(examples, example, i, windows);
    examples->turn++;
    return example;
}

static const Example *next_bag(Examples *examples)
{
    Example *example = &examples->ring[examples->turn & 1];
    const path_window *window = ((const tree_state *)examples->state)->windows;
    uint32_t inputs = 0;

    example->done = (double)examples->position * examples->share;
    if (!take_windows(examples))
        return NULL;
    take_outputs(examples, example, 1);
    begin_rows(example);
    for (size_t i = window->from; i < window->to; i++) {
        example->inputs[inputs] = examples->kept[i] & ~SENTENCE_END;
        inputs += i != window->center;
    }
    example->bag[1] = inputs;
    add_positives(window, example);
    example->first[++example->rows] = (uint32_t)example->positives;
    examples->turn++;
    return example;
}

/* Tiles ----------------------------------------------------------------------------------- */

static void prefetch(TileStep *step, const Example *example)
{
    tile_prefetch_outputs(step, example->output_ids, example->outputs);
    tile_prefetch_inputs(step, example->inputs, example_inputs(example));
}

static void forward(TileStep *step, const Example *example)
{
    const size_t rows = example->rows, outputs = example->outputs, n = example->negatives;

    tile_score_block(step, 0, rows, 0, outputs, step->cells);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++)
            step->scores[i * n + j] = step->cells[i * outputs + example->output_of_column[j]];
    for (size_t p = 0; p < example->positives; p++)
        step->positives[p] = step->cells[example->row[p] * outputs + example->positive[p]];
}

static void backward(TileStep *step, const Example *example, float factor)
{
    const size_t rows = example->rows, outputs = example->outputs, n = example->negatives;

    fill_floats(step->cells, rows * outputs, 0);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++)
            step->cells[i * outputs + example->output_of_column[j]] += factor * step->gradient[i * n + j];
    for (size_t p = 0; p < example->positives; p++)
        step->cells[example->row[p] * outputs + example->positive[p]] += factor * step->positive_gradient[p];
    step->options.optimizer->block(step, 0, rows, 0, outputs, step->cells);
}

const Layout layout_tree = {
    .name = "tree",
    .draws_noise = true,
    .masks = true,
    .sizes = sizes,
    .touches = touches,
    .create = create,
    .destroy = destroy,
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
    .create = create_bags,
    .destroy = destroy,
    .next = next_bag,
    .prefetch = prefetch,
    .forward = forward,
    .backward = backward,
};
