/* batches.c - pairs from different sentences, each the others' negatives.
 *
 * There are as many lanes as a batch has pairs. Each lane walks through a sentence, pair by pair, and then takes the
 * next sentence of the block. A batch takes one pair from every lane, so that no negative comes from a positive's own
 * sentence. The longest sentences go first, so that the lanes end together. In bags a pair is a center word and its
 * whole window (CBOW).
 * Column j is row j's one positive, which is output positive[j]; each output appears once. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "train/examples.h"
#include "train/tile.h"

typedef struct batch_lane {
    Sentence sentence;
    size_t position; /* of the center word */
    Positions window;
    size_t context; /* the next one to pair with the center word */
} batch_lane;

typedef struct batches {
    Sentence *sentences; /* of the block */
    size_t count, taken;
    batch_lane *lanes;
    size_t live; /* lanes that still have pairs come first */
} batches;

static ExampleSizes sizes(const ExamplesOptions *options)
{
    const size_t pairs = options->num_noise + 1;

    return (ExampleSizes){
        .rows = pairs, .outputs = pairs, .negatives = pairs, .positives = pairs, .cells = pairs * pairs};
}

static ExampleSizes bag_sizes(const ExamplesOptions *options)
{
    ExampleSizes all = sizes(options);

    all.inputs = all.rows * 2 * options->window;
    return all;
}

/* Each pair of a word is in another batch. */
static Touches touches(const ExamplesOptions *options)
{
    return (Touches){.input = window_contexts(options), .output = window_contexts(options)};
}

static Touches bag_touches(const ExamplesOptions *options)
{
    return (Touches){.input = window_contexts(options), .output = 1};
}

static void prepare(Example *example, const ExampleSizes *all)
{
    (void)all;
    example->output_of_column = example->positive;
    example->column_of_positive = example->first; /* column i, which is what first says when each row has one */
}

static n2v_status create(Examples *examples, n2v_error *error)
{
    const size_t lanes = examples->options.num_noise + 1;
    batches *created = array_create_zero(1, sizeof *created);

    if (!created)
        return fail_memory(error, sizeof *created, "batches");
    examples->state = created; /* destroyed with the examples */
    created->sentences = array_create(BLOCK_IDS, sizeof *created->sentences);
    created->lanes = array_create(lanes, sizeof *created->lanes);
    if (!created->sentences || !created->lanes)
        return fail_memory(error, BLOCK_IDS * sizeof *created->sentences, "batches");
    return N2V_OK;
}

static void destroy(Examples *examples)
{
    batches *all = examples->state;

    free(all->sentences);
    free(all->lanes);
    free(all);
}

static int longer_first(const void *a, const void *b)
{
    const Sentence *left = a, *right = b;
    const size_t left_size = left->to - left->from, right_size = right->to - right->from;

    if (left_size != right_size)
        return left_size < right_size ? 1 : -1;
    return left->from < right->from ? -1 : left->from > right->from;
}

/* Cuts a sentence into pieces of at most `longest` words. */
static void add_pieces(batches *all, Sentence sentence, size_t longest)
{
    const size_t size = sentence.to - sentence.from, pieces = (size + longest - 1) / longest;

    for (size_t k = 0; k < pieces && size > 1; k++)
        all->sentences[all->count++] =
            (Sentence){sentence.from + size * k / pieces, sentence.from + size * (k + 1) / pieces};
}

static void start(Examples *examples)
{
    batches *all = examples->state;
    const size_t lanes = examples->options.num_noise + 1;
    size_t sentences = 0, longest = BLOCK_IDS;

    for (size_t i = 0; i < examples->kept_count; i++)
        sentences += (examples->kept[i] & SENTENCE_END) != 0;
    /* In a text of few, very long lines, pieces of equal length take the place of sentences: the pairs of a batch are
     * far apart. */
    if (sentences < 2 * lanes) {
        longest = examples->kept_count / (2 * lanes);
        if (longest < 2 * examples->options.window)
            longest = 2 * examples->options.window;
    }
    all->count = all->taken = 0;
    for (size_t i = 0; i < examples->kept_count;) {
        const Sentence sentence = next_sentence(examples, i);
        add_pieces(all, sentence, longest);
        i = sentence.to;
    }
    qsort(all->sentences, all->count, sizeof *all->sentences, longer_first);
    for (all->live = 0; all->live < lanes; all->live++)
        all->lanes[all->live] = (batch_lane){0};
}

/* Moves a lane to its next pair; false when neither its sentence nor the block has one. */
static bool advance(Examples *examples, batch_lane *lane)
{
    batches *all = examples->state;

    for (;;) {
        if (lane->context < lane->window.to && lane->context == lane->position)
            lane->context++;
        if (lane->context < lane->window.to)
            return true;
        if (lane->position + 1 < lane->sentence.to) {
            lane->position++;
        } else {
            if (all->taken == all->count)
                return false;
            lane->sentence = all->sentences[all->taken++];
            lane->position = lane->sentence.from;
        }
        lane->window = draw_window(examples, &lane->sentence, lane->position);
        lane->context = lane->window.from;
    }
}

/* Which output a word is: rows with the same word as positive share its row of the model, though each has a column of
 * its own. */
static uint32_t output_of(Example *example, Id id)
{
    Id *restrict ids = example->output_ids;
    const uint32_t outputs = (uint32_t)example->outputs;
    uint32_t found = outputs;

    for (uint32_t j = 0; j < outputs; j++) /* no early exit: it would be mispredicted */
        found = ids[j] == id ? j : found;
    ids[found] = id;
    example->outputs += found == outputs;
    return found;
}

/* A pair's own column is its positive. Another pair's positive that is the same word stays a negative, as any draw,
 * unless the objective's negatives are of other classes. */
static void mask_own(Example *example, bool same_word)
{
    const size_t rows = example->rows;
    const uint32_t *restrict positive = example->positive;
    unsigned char *restrict mask = example->mask;

    memset(mask, 0, rows * rows);
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; same_word && j < rows; j++)
            mask[i * rows + j] = positive[j] == positive[i];
        mask[i * rows + i] = 1;
    }
}

typedef void TakeInput(const Examples *examples, Example *example, batch_lane *lane);

static void take_context(const Examples *examples, Example *example, batch_lane *lane)
{
    example->inputs[example->rows] = examples->kept[lane->context++] & ~SENTENCE_END;
}

static void take_window(const Examples *examples, Example *example, batch_lane *lane)
{
    uint32_t at = example->bag[example->rows];

    for (size_t i = lane->window.from; i < lane->window.to; i++) {
        example->inputs[at] = examples->kept[i] & ~SENTENCE_END;
        at += i != lane->position;
    }
    example->bag[example->rows + 1] = at;
    lane->context = lane->window.to;
}

static const Example *next_of(Examples *examples, TakeInput *take_input)
{
    batches *all = examples->state;
    Example *example = &examples->ring[examples->turn & 1];

    example->rows = example->outputs = 0;
    for (size_t k = 0; k < all->live;) {
        batch_lane *lane = &all->lanes[k];
        if (!advance(examples, lane)) {
            all->lanes[k] = all->lanes[--all->live];
            continue;
        }
        take_input(examples, example, lane);
        example->positive[example->rows] = output_of(example, examples->kept[lane->position] & ~SENTENCE_END);
        example->rows++;
        k++;
    }
    if (!example->rows)
        return NULL;
    example->positives = example->negatives = example->rows;
    mask_own(example, examples->options.mask_same_word);
    example->done = (double)all->taken / (double)(all->count + 1);
    examples->turn++;
    return example;
}

static const Example *next(Examples *examples)
{
    return next_of(examples, take_context);
}

static const Example *next_bags(Examples *examples)
{
    return next_of(examples, take_window);
}

static void prefetch(TileStep *step, const Example *example)
{
    tile_prefetch_outputs(step, example->output_ids, example->outputs);
    tile_prefetch_inputs(step, example->inputs, example_inputs(example));
}

/* The scores of rows with their positives; distances of rows of any length one by one, as no objective needs them. */
static void score_positives(TileStep *step, const Example *example)
{
    const bool squared = step->options.objective->geometry == N2V_SQEUCLID, unit = step->needs & N2V_NEEDS_UNIT_ROWS;
    float *const *y = tile_columns(step, example), *positives = step->positives;

    if (squared && !unit) {
        for (size_t i = 0; i < example->rows; i++)
            tile_score_rows(step, step->x + i, 1, y + i, 1, positives + i);
        return;
    }
    step->options.kernels->dot_matched((const float *const *)step->x, (const float *const *)y, example->rows,
                                       step->options.stride, positives);
    for (size_t i = 0; squared && i < example->rows; i++) /* as unit_sqdist computes them */
        positives[i] = positives[i] >= 1 ? 0 : 2 - 2 * positives[i];
}

static void forward(TileStep *step, const Example *example)
{
    const size_t rows = example->rows, outputs = example->outputs, n = example->negatives;

    tile_gather_log_noise(step, example);
    if (step->needs & N2V_NEEDS_POSITIVES_ONLY) {
        score_positives(step, example);
        return;
    }
    tile_score_block(step, 0, rows, 0, outputs, step->cells);
    for (size_t i = 0; i < rows; i++) {
        const float *cells = step->cells + i * outputs;
        step->positives[i] = cells[example->positive[i]];
        for (size_t j = 0; j < n; j++)
            step->scores[i * n + j] = cells[example->positive[j]];
    }
}

static void backward(TileStep *step, const Example *example, float factor)
{
    const size_t rows = example->rows, outputs = example->outputs, n = example->negatives;

    if (step->needs & N2V_NEEDS_POSITIVES_ONLY)
        return; /* the optimizer moves matched rows when it finishes the step */
    fill_floats(step->cells, rows * outputs, 0);
    for (size_t i = 0; i < rows; i++) {
        float *cells = step->cells + i * outputs;
        cells[example->positive[i]] = factor * step->positive_gradient[i];
        for (size_t j = 0; j < n; j++)
            cells[example->positive[j]] += factor * step->gradient[i * n + j];
    }
    step->options.optimizer->block(step, 0, rows, 0, outputs, step->cells);
}

const Layout layout_batches = {
    .name = "batches",
    .text_is_noise = true,
    .masks = true,
    .sizes = sizes,
    .touches = touches,
    .create = create,
    .destroy = destroy,
    .start = start,
    .prepare = prepare,
    .next = next,
    .prefetch = prefetch,
    .forward = forward,
    .backward = backward,
};

const Layout layout_bag_batches = {
    .name = "batches of bags",
    .text_is_noise = true,
    .masks = true,
    .sizes = bag_sizes,
    .touches = bag_touches,
    .create = create,
    .destroy = destroy,
    .start = start,
    .prepare = prepare,
    .next = next_bags,
    .prefetch = prefetch,
    .forward = forward,
    .backward = backward,
};
