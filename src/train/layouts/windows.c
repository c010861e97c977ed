/* windows.c - a few consecutive windows against the same noise words.
 *
 * Rows are the contexts, each with the center words as positives whose windows it is in. Column j is output j; the
 * center words that are not noise words are further outputs. Each output appears once. Neighboring windows share most
 * of their contexts, so that one tile has fewer scores than one tile for each window, and the rows of the noise words
 * are loaded once for all windows. */
#include <stdlib.h>

#include "base/memory.h"
#include "train/examples.h"
#include "train/tile.h"

/* A window of an example, and which output its center word is. */
typedef struct joined_window {
    size_t from, to, center; /* positions */
    uint32_t output;
} joined_window;

static ExampleSizes sizes(const ExamplesOptions *options)
{
    const size_t rows = 2 * options->window * options->sharing, outputs = options->num_noise + options->sharing;

    return (ExampleSizes){
        .rows = rows, .outputs = outputs, .negatives = options->num_noise, .positives = rows, .cells = rows * outputs};
}

static Touches touches(const ExamplesOptions *options)
{
    const double sharing = (double)options->sharing;

    return (Touches){.input = (window_contexts(options) + sharing - 1) / sharing,
                     .output = 1,
                     .noise = (double)options->num_noise / sharing};
}

static n2v_status create(Examples *examples, n2v_error *error)
{
    const size_t sharing = examples->options.sharing;

    examples->state = array_create(sharing, sizeof(joined_window));
    return examples->state ? N2V_OK : fail_memory(error, sharing * sizeof(joined_window), "the windows of an example");
}

static void destroy(Examples *examples)
{
    free(examples->state);
}

/* Which output a word is; a new one unless it is one already. A noise word that is a center word stays noise. */
static uint32_t output_of(Example *example, Id id)
{
    Id *const ids = example->output_ids;
    const size_t outputs = example->outputs;
    unsigned known = 0;

    for (size_t j = 0; j < outputs; j++) /* no early exit: it would be mispredicted */
        known |= ids[j] == id;
    for (size_t j = 0; known && j < outputs; j++) {
        if (ids[j] == id) {
            example->overlap = true;
            return (uint32_t)j;
        }
    }
    ids[outputs] = id;
    example->outputs = outputs + 1;
    return (uint32_t)outputs;
}

/* Takes the next windows that have a context; returns their number. */
static size_t take_windows(Examples *examples, Example *example)
{
    joined_window *const joined = examples->state;
    size_t count = 0;

    example->overlap = false;
    while (count < examples->options.sharing && examples->position < examples->kept_count) {
        const size_t position = examples->position++;
        Positions words;

        if (position == examples->sentence.to)
            examples->sentence = next_sentence(examples, position);
        words = draw_window(examples, &examples->sentence, position);
        if (words.to - words.from < 2)
            continue;
        joined[count++] = (joined_window){
            .from = words.from,
            .to = words.to,
            .center = position,
            .output = output_of(example, examples->kept[position] & ~SENTENCE_END),
        };
    }
    return count;
}

/* The rows: every word that is in a window. */
static void take_contexts(const Examples *examples, Example *example, size_t windows)
{
    const joined_window *const joined = examples->state;
    /* Copies: for the compiler a store of a byte might change the originals. */
    Id *const inputs = example->inputs;
    uint32_t *const first = example->first, *const row = example->row, *const positive = example->positive;
    uint8_t *const members = example->members;
    size_t from = joined[0].from, to = joined[0].to, rows = 0, positives = 0;

    for (size_t w = 1; w < windows; w++) {
        from = joined[w].from < from ? joined[w].from : from;
        to = joined[w].to > to ? joined[w].to : to;
    }
    for (size_t i = from; i < to; i++) {
        unsigned member_of = 0;

        first[rows] = (uint32_t)positives;
        inputs[rows] = examples->kept[i] & ~SENTENCE_END;
        /* No branches: they would be mispredicted. There is room for one positive too many. */
        for (size_t w = 0; w < windows; w++) {
            const unsigned member = (unsigned)(i >= joined[w].from) & (unsigned)(i < joined[w].to) &
                                    (unsigned)(i != joined[w].center);
            row[positives] = (uint32_t)rows;
            positive[positives] = joined[w].output;
            positives += member;
            member_of |= member << w;
        }
        members[rows] = (uint8_t)member_of;
        rows += member_of != 0;
    }
    first[rows] = (uint32_t)positives;
    example->rows = rows;
    example->positives = positives;
}

static const Example *next(Examples *examples)
{
    Example *example = &examples->ring[examples->turn & 1];
    size_t windows;

    example->done = (double)examples->position * examples->share;
    if (examples->position == examples->kept_count)
        return NULL;
    take_noise(examples, example);
    windows = take_windows(examples, example);
    if (!windows)
        return NULL;
    take_contexts(examples, example, windows);
    examples->turn++;
    return example;
}

static void prefetch(TileStep *step, const Example *example)
{
    const size_t new_rows = step->options.new_rows;
    const size_t from = example->rows > new_rows ? example->rows - new_rows : 0; /* others were in the windows before */

    tile_prefetch_outputs(step, example->output_ids, example->outputs);
    tile_prefetch_inputs(step, example->inputs + from, example->rows - from);
}

static void forward(TileStep *step, const Example *example)
{
    const Kernels *kernels = step->options.kernels;
    const size_t rows = example->rows, outputs = example->outputs, n = example->negatives;

    tile_score_block(step, 0, rows, 0, outputs, step->cells);
    if (!example->overlap) {
        kernels->split(step->cells, rows, outputs, n, example->members, example->first, step->scores, step->positives);
        if (step->options.log_noise)
            kernels->split(step->output_log_noise + n, rows, 0, 0, example->members, example->first, NULL,
                           step->positive_log_noise);
        return;
    }
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++)
            step->scores[i * n + j] = step->cells[i * outputs + j];
    for (size_t p = 0; p < example->positives; p++)
        step->positives[p] = step->cells[example->row[p] * outputs + example->positive[p]];
    tile_gather_log_noise(step, example);
}

static void backward(TileStep *step, const Example *example, float factor)
{
    const size_t rows = example->rows, outputs = example->outputs, n = example->negatives;

    if (!example->overlap) {
        step->options.kernels->join(step->gradient, step->positive_gradient, rows, n, example->members, example->first,
                                    factor, outputs, step->cells);
    } else {
        fill_floats(step->cells, rows * outputs, 0);
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < n; j++)
                step->cells[i * outputs + j] = factor * step->gradient[i * n + j];
        for (size_t p = 0; p < example->positives; p++)
            step->cells[example->row[p] * outputs + example->positive[p]] += factor * step->positive_gradient[p];
    }
    step->options.optimizer->block(step, 0, rows, 0, outputs, step->cells);
}

const Layout layout_windows = {
    .name = "windows",
    .draws_noise = true,
    .sizes = sizes,
    .touches = touches,
    .create = create,
    .destroy = destroy,
    .next = next,
    .prefetch = prefetch,
    .forward = forward,
    .backward = backward,
};
