/* examples.c - what all shapes of examples share, and the one against all words. */
#include "train/examples_state.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

ExampleSizes examples_sizes(const ExamplesOptions *options)
{
    const size_t k = options->num_noise, contexts = 2 * options->window;

    switch (options->shape) {
    case SHAPE_INPUTS:
        return (ExampleSizes){options->sharing, k + options->sharing * contexts, k, options->sharing * contexts};
    case SHAPE_BATCH:
        return (ExampleSizes){k + 1, k + 1, k + 1, k + 1};
    case SHAPE_ALL_WORDS:
        return (ExampleSizes){contexts, options->words, options->words, contexts};
    case SHAPE_WINDOWS:
    default:
        return (ExampleSizes){options->sharing * contexts, k + options->sharing, k, options->sharing * contexts};
    }
}

static n2v_status create_example(Example *example, const ExamplesOptions *options, n2v_error *error)
{
    const ExampleSizes sizes = examples_sizes(options);
    const bool masked = options->shape == SHAPE_BATCH || options->shape == SHAPE_ALL_WORDS;

    example->shape = options->shape;
    example->inputs = array_create(sizes.rows + 1, sizeof *example->inputs);
    example->first = array_create(sizes.rows + 1, sizeof *example->first);
    example->row = array_create(sizes.positives + 1, sizeof *example->row);
    example->positive = array_create_zero(sizes.positives + 1, sizeof *example->positive);
    example->output_ids = array_create(sizes.outputs + 1, sizeof *example->output_ids);
    example->multiplicity = array_create(sizes.negatives + 1, sizeof *example->multiplicity);
    example->members = array_create(sizes.rows + 1, sizeof *example->members);
    if (masked)
        example->mask = array_create_zero(sizes.rows * sizes.negatives, 1);
    if (!example->inputs || !example->first || !example->row || !example->positive || !example->output_ids ||
        !example->multiplicity || !example->members || (masked && !example->mask))
        return fail_memory(error, sizes.rows * sizes.outputs, "a training example");
    /* One positive a row unless rewritten; the columns of all words are the same in every example. */
    for (size_t i = 0; i <= sizes.rows; i++)
        example->first[i] = (uint32_t)i;
    for (size_t p = 0; p < sizes.positives; p++)
        example->row[p] = (uint32_t)p;
    for (size_t j = 0; j < sizes.negatives; j++)
        example->multiplicity[j] = 1;
    if (options->shape == SHAPE_ALL_WORDS) {
        example->outputs = example->negatives = sizes.outputs;
        for (size_t j = 0; j < sizes.outputs; j++)
            example->output_ids[j] = (Id)j;
    }
    return N2V_OK;
}

static void destroy_example(Example *example)
{
    free(example->inputs);
    free(example->first);
    free(example->row);
    free(example->positive);
    free(example->output_ids);
    free(example->multiplicity);
    free(example->members);
    free(example->mask);
}

/* More noise words are looked up in a table. */
#define FEW ((size_t)16)

static n2v_status create_seen(Examples *examples, n2v_error *error)
{
    unsigned bits = 6;

    while ((size_t)1 << bits < 4 * examples->options.num_noise && bits < 31)
        bits++;
    examples->seen_shift = 32 - bits;
    examples->seen = array_create_zero((size_t)1 << bits, sizeof *examples->seen);
    return examples->seen ? N2V_OK : fail_memory(error, sizeof *examples->seen << bits, "a table of noise words");
}

n2v_status examples_create(Examples **examples, const ExamplesOptions *options, n2v_error *error)
{
    Examples *created = array_create_zero(1, sizeof *created);
    n2v_status status = N2V_OK;

    *examples = NULL;
    if (!created)
        return fail_memory(error, sizeof *created, "training examples");
    created->options = *options;
    created->kept = array_create(BLOCK_IDS, sizeof *created->kept);
    created->joined = array_create(options->sharing, sizeof *created->joined);
    if (!created->kept || !created->joined)
        status = fail_memory(error, BLOCK_IDS * sizeof *created->kept, "a block of ids");
    if (status == N2V_OK)
        status = noise_stream_create(&created->noise, options->noise, options->num_noise, error);
    if (status == N2V_OK && options->num_noise > FEW && options->shape != SHAPE_BATCH)
        status = create_seen(created, error);
    if (status == N2V_OK && options->shape == SHAPE_BATCH)
        status = batches_create(created, error);
    for (size_t i = 0; i < 2 && status == N2V_OK; i++)
        status = create_example(&created->ring[i], options, error);
    if (status != N2V_OK) {
        examples_destroy(created);
        return status;
    }
    *examples = created;
    return N2V_OK;
}

void examples_destroy(Examples *examples)
{
    if (!examples)
        return;
    destroy_example(&examples->ring[0]);
    destroy_example(&examples->ring[1]);
    batches_destroy(examples);
    noise_stream_destroy(&examples->noise);
    free(examples->seen);
    free(examples->kept);
    free(examples->joined);
    free(examples);
}

void examples_start(Examples *examples, const Block *block, size_t epoch, size_t index)
{
    Random noise;

    random_seed(&examples->windows, examples->options.seed, epoch, index, STREAM_WINDOWS);
    random_seed(&noise, examples->options.seed, epoch, index, STREAM_NOISE);
    noise_stream_start(&examples->noise, &noise);
    examples->kept_count = subsample_filter(examples->options.subsample, &examples->windows, block->ids, block->count,
                                            SENTENCE_END, examples->kept);
    examples->sentence = (Sentence){0};
    examples->position = 0;
    examples->share = 1.0 / (double)(examples->kept_count + 1);
    if (examples->options.shape == SHAPE_BATCH)
        batches_start(examples);
}

/* One drawn twice becomes one column that counts twice, because a kernel that had its row twice would lose an
 * update. */
static void merge_repeated(Example *example)
{
    size_t count = 0;

    for (size_t k = 0; k < example->negatives; k++) {
        const Id id = example->output_ids[k];
        size_t same = 0;
        while (same < count && example->output_ids[same] != id)
            same++;
        if (same == count) {
            example->output_ids[count] = id;
            example->multiplicity[count++] = 0;
        }
        example->multiplicity[same]++;
    }
    example->negatives = count;
}

/* Finds what repeats by comparing each word with each: for few words (of 20 as fast as a table). */
static bool take_few(Example *example, const Id *drawn, size_t count)
{
    unsigned repeated = 0;

    for (size_t j = 0; example->repeated && j < count; j++)
        example->multiplicity[j] = 1;
    for (size_t j = 0; j < count; j++) {
        example->output_ids[j] = drawn[j];
        for (size_t i = 0; i < j; i++) /* to its end: a branch out would be mispredicted */
            repeated |= drawn[i] == drawn[j];
    }
    example->negatives = count;
    if (repeated)
        merge_repeated(example);
    return repeated;
}

/* By a table (63 noise words a window: training 1.4 times as fast as by comparing). */
static bool take_many(Examples *examples, Example *example, const Id *drawn, size_t count)
{
    const size_t last = ((size_t)1 << (32 - examples->seen_shift)) - 1;

    if (++examples->seen_turn == 0) { /* the places of all turns look free again: none may be of one to come */
        memset(examples->seen, 0, (last + 1) * sizeof *examples->seen);
        examples->seen_turn = 1;
    }
    example->negatives = 0;
    for (size_t j = 0; j < count; j++) {
        SeenWord *seen;
        size_t place = (uint32_t)(drawn[j] * 2654435769u) >> examples->seen_shift;
        while ((seen = &examples->seen[place])->turn == examples->seen_turn && seen->id != drawn[j])
            place = (place + 1) & last;
        if (seen->turn != examples->seen_turn) {
            *seen = (SeenWord){drawn[j], (uint32_t)example->negatives, examples->seen_turn};
            example->output_ids[example->negatives] = drawn[j];
            example->multiplicity[example->negatives++] = 0;
        }
        example->multiplicity[seen->column]++;
    }
    return example->negatives < count;
}

/* The noise words are the first outputs. */
void take_noise(Examples *examples, Example *example)
{
    const size_t count = examples->options.num_noise;
    const Id *drawn = noise_stream_take(&examples->noise);

    example->repeated = examples->seen ? take_many(examples, example, drawn, count) : take_few(example, drawn, count);
    example->outputs = example->negatives;
}

Sentence next_sentence(const Examples *examples, size_t from)
{
    size_t to = from;

    while (!(examples->kept[to++] & SENTENCE_END))
        ;
    return (Sentence){from, to};
}

/* All words are the columns; the centre word's is masked, being the positive. */
static void mark_center(Example *example, Id center)
{
    memset(example->mask, 0, example->rows * example->outputs);
    for (size_t i = 0; i < example->rows; i++) {
        example->mask[i * example->outputs + center] = 1;
        example->positive[i] = center;
    }
}

/* A window against all words. */
static const Example *next_of_all_words(Examples *examples)
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
        mark_center(example, examples->kept[position] & ~SENTENCE_END);
        examples->turn++;
        return example;
    }
    return NULL;
}

const Example *examples_next(Examples *examples)
{
    switch (examples->options.shape) {
    case SHAPE_INPUTS:
        return inputs_next(examples);
    case SHAPE_BATCH:
        return batches_next(examples);
    case SHAPE_ALL_WORDS:
        return next_of_all_words(examples);
    case SHAPE_WINDOWS:
    default:
        return windows_next(examples);
    }
}
