#include "train/examples.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "corpus/shuffle.h"

static n2v_status create_example(Example *example, const Layout *layout, const ExampleSizes *sizes, n2v_error *error)
{
    example->inputs = array_create((sizes->inputs ? sizes->inputs : sizes->rows) + 1, sizeof *example->inputs);
    example->bag = sizes->inputs ? array_create_zero(sizes->rows + 1, sizeof *example->bag) : NULL;
    example->place = sizes->inputs ? array_create(sizes->inputs + 1, sizeof *example->place) : NULL;
    example->weight = sizes->inputs ? array_create(sizes->rows + 1, sizeof *example->weight) : NULL;
    example->first = array_create(sizes->rows + 1, sizeof *example->first);
    example->row = array_create(sizes->positives + 1, sizeof *example->row);
    example->positive = array_create_zero(sizes->positives + 1, sizeof *example->positive);
    example->output_ids = array_create(sizes->outputs + 1, sizeof *example->output_ids);
    example->multiplicity = array_create(sizes->negatives + 1, sizeof *example->multiplicity);
    example->members = array_create(sizes->rows + 1, sizeof *example->members);
    if (layout->masks)
        example->mask = array_create_zero(sizes->rows * sizes->negatives, 1);
    if (!example->inputs || (sizes->inputs && (!example->bag || !example->place || !example->weight)) ||
        !example->first || !example->row || !example->positive || !example->output_ids || !example->multiplicity ||
        !example->members || (layout->masks && !example->mask))
        return fail_memory(error, sizes->rows * sizes->outputs, "a training example");
    for (size_t i = 0; i <= sizes->rows; i++) /* one positive a row, unless the layout rewrites it */
        example->first[i] = (uint32_t)i;
    for (size_t p = 0; p < sizes->positives; p++)
        example->row[p] = (uint32_t)p;
    for (size_t j = 0; j < sizes->negatives; j++)
        example->multiplicity[j] = 1;
    if (layout->prepare)
        layout->prepare(example, sizes);
    return N2V_OK;
}

static void destroy_example(Example *example)
{
    free(example->inputs);
    free(example->bag);
    free(example->place);
    free(example->weight);
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

n2v_status examples_create(Examples **examples, const ExamplesOptions *options, n2v_error *error)
{
    const Layout *layout = options->layout;
    const ExampleSizes sizes = layout->sizes(options);
    Examples *created = array_create_zero(1, sizeof *created);
    n2v_status status = N2V_OK;

    *examples = NULL;
    if (!created)
        return fail_memory(error, sizeof *created, "training examples");
    created->options = *options;
    created->contexts = (float)window_contexts(options);
    created->kept = array_create(BLOCK_IDS, sizeof *created->kept);
    if (!created->kept) {
        status = fail_memory(error, BLOCK_IDS * sizeof *created->kept, "a block of ids");
        goto out;
    }
    if ((status = noise_stream_create(&created->noise, options->noise, options->num_noise, error)) != N2V_OK)
        goto out;
    if (layout->draws_noise && options->num_noise > FEW && !id_table_create(&created->seen, options->num_noise)) {
        status = fail_memory(error, options->num_noise * sizeof *created->seen.places, "a table of noise words");
        goto out;
    }
    if (layout->create && (status = layout->create(created, error)) != N2V_OK)
        goto out;
    for (size_t i = 0; i < 2 && status == N2V_OK; i++)
        status = create_example(&created->ring[i], layout, &sizes, error);
out:
    if (status == N2V_OK)
        *examples = created;
    else
        examples_destroy(created);
    return status;
}

void examples_destroy(Examples *examples)
{
    if (!examples)
        return;
    destroy_example(&examples->ring[0]);
    destroy_example(&examples->ring[1]);
    if (examples->state)
        examples->options.layout->destroy(examples);
    noise_stream_destroy(&examples->noise);
    free(examples->seen.places);
    free(examples->kept);
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
    if (examples->options.weights == WINDOW_LINE)
        shuffle_sentences(examples->kept, examples->kept_count, 1, &examples->windows);
    examples->sentence = (Sentence){0};
    examples->position = 0;
    examples->share = 1.0 / (double)(examples->kept_count + 1);
    if (examples->options.layout->start)
        examples->options.layout->start(examples);
}

/* A word drawn twice becomes one column that counts twice: a kernel that had its row twice would lose an update. */
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

/* Finds repeated words by comparing each with each: for few words. */
static bool take_few(Example *example, const Id *drawn, size_t count)
{
    unsigned repeated = 0;

    for (size_t j = 0; example->is_weighted && j < count; j++)
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

/* Finds them by a table. */
static bool take_many(Examples *examples, Example *example, const Id *drawn, size_t count)
{
    id_table_clear(&examples->seen);
    example->negatives = 0;
    for (size_t j = 0; j < count; j++) {
        const uint32_t column = id_table_number(&examples->seen, drawn[j], (uint32_t)example->negatives);
        if (column == example->negatives) {
            example->output_ids[column] = drawn[j];
            example->multiplicity[column] = 0;
            example->negatives++;
        }
        example->multiplicity[column]++;
    }
    return example->negatives < count;
}

/* The noise words are the first outputs. */
void take_noise(Examples *examples, Example *example)
{
    const size_t count = examples->options.num_noise;
    const float weight = examples->options.noise_weight;
    const Id *drawn = noise_stream_take(&examples->noise);
    const bool repeated = examples->seen.places ? take_many(examples, example, drawn, count)
                                                : take_few(example, drawn, count);

    example->is_weighted = repeated || weight != 1;
    for (size_t j = 0; weight != 1 && j < example->negatives; j++)
        example->multiplicity[j] *= weight;
    example->outputs = example->negatives;
}

Sentence next_sentence(const Examples *examples, size_t from)
{
    size_t to = from;

    while (!(examples->kept[to++] & SENTENCE_END))
        ;
    return (Sentence){from, to};
}
