#include "train/examples.h"

#include <stdlib.h>

#include "base/memory.h"

#define DRAWN 1024 /* noise words drawn ahead at once: overlaps the table's cache misses */

enum { STREAM_WINDOWS, STREAM_NOISE };

struct n2v_examples {
    n2v_examples_options options;
    n2v_random windows, noise_words;
    n2v_id *kept; /* of the block, ends of sentences marked */
    size_t kept_count, position, sentence_start, sentence_end;
    n2v_id drawn[DRAWN];
    size_t drawn_used;
    n2v_example ring[2]; /* the one in use and the one after */
    unsigned turn;
};

static n2v_status create_example(n2v_example *example, size_t rows, size_t noise, n2v_error *error)
{
    example->inputs = n2v_array(rows, sizeof *example->inputs);
    example->first = n2v_array(rows + 1, sizeof *example->first);
    example->positive = n2v_array(rows, sizeof *example->positive);
    example->output_ids = n2v_array(noise + 1, sizeof *example->output_ids);
    example->negative = n2v_array(noise, sizeof *example->negative);
    example->multiplicity = n2v_array(noise, sizeof *example->multiplicity);
    if (!example->inputs || !example->first || !example->positive || !example->output_ids || !example->negative ||
        !example->multiplicity)
        return n2v_fail_memory(error, (rows + noise) * sizeof(n2v_id), "a training example");
    /* Fixed for the examples of a window: every context word has the centre word, output 0, as its positive. */
    for (size_t i = 0; i < rows; i++)
        example->positive[i] = 0;
    for (size_t i = 0; i <= rows; i++)
        example->first[i] = (uint32_t)i;
    return N2V_OK;
}

static void destroy_example(n2v_example *example)
{
    free(example->inputs);
    free(example->first);
    free(example->positive);
    free(example->output_ids);
    free(example->negative);
    free(example->multiplicity);
}

n2v_status n2v_examples_create(n2v_examples **examples, const n2v_examples_options *options, n2v_error *error)
{
    n2v_examples *created = n2v_array_zero(1, sizeof *created);
    n2v_status status = N2V_OK;

    *examples = NULL;
    if (!created)
        return n2v_fail_memory(error, sizeof *created, "training examples");
    created->options = *options;
    created->kept = n2v_array(N2V_BLOCK_IDS, sizeof *created->kept);
    if (!created->kept)
        status = n2v_fail_memory(error, N2V_BLOCK_IDS * sizeof *created->kept, "a block of ids");
    for (size_t i = 0; i < 2 && status == N2V_OK; i++)
        status = create_example(&created->ring[i], 2 * options->window, options->num_noise, error);
    if (status != N2V_OK) {
        n2v_examples_destroy(created);
        return status;
    }
    *examples = created;
    return N2V_OK;
}

void n2v_examples_destroy(n2v_examples *examples)
{
    if (!examples)
        return;
    destroy_example(&examples->ring[0]);
    destroy_example(&examples->ring[1]);
    free(examples->kept);
    free(examples);
}

size_t n2v_examples_max_rows(const n2v_examples *examples)
{
    return 2 * examples->options.window;
}

size_t n2v_examples_max_outputs(const n2v_examples *examples)
{
    return examples->options.num_noise + 1;
}

size_t n2v_examples_start(n2v_examples *examples, const n2v_block *block, size_t epoch, size_t index)
{
    n2v_random_seed(&examples->windows, examples->options.seed, epoch, index, STREAM_WINDOWS);
    n2v_random_seed(&examples->noise_words, examples->options.seed, epoch, index, STREAM_NOISE);
    examples->kept_count = n2v_subsample_filter(examples->options.subsample, &examples->windows, block->ids,
                                                block->count, N2V_SENTENCE_END, examples->kept);
    examples->position = examples->sentence_start = examples->sentence_end = 0;
    examples->drawn_used = DRAWN;
    return examples->kept_count;
}

static n2v_id next_noise(n2v_examples *examples)
{
    if (examples->drawn_used == DRAWN) {
        n2v_noise_draw(examples->options.noise, &examples->noise_words, examples->drawn, DRAWN);
        examples->drawn_used = 0;
    }
    return examples->drawn[examples->drawn_used++];
}

/* Draws the noise words; one drawn twice becomes one column that counts twice,
 * because a kernel that had its row twice would lose an update. One that equals
 * the centre word stays noise, and shares the centre word's row. */
static void draw_noise(n2v_examples *examples, n2v_example *example)
{
    size_t negatives = 0, outputs = 1;

    example->repeated = false;
    for (size_t k = 0; k < examples->options.num_noise; k++) {
        const n2v_id id = next_noise(examples);
        size_t j = 0;
        while (j < negatives && example->output_ids[example->negative[j]] != id)
            j++;
        if (j < negatives) {
            example->multiplicity[j]++;
            example->repeated = true;
            continue;
        }
        example->multiplicity[negatives] = 1;
        if (id == example->output_ids[0]) {
            example->negative[negatives++] = 0;
        } else {
            example->output_ids[outputs] = id;
            example->negative[negatives++] = (uint32_t)outputs++;
        }
    }
    example->negatives = negatives;
    example->outputs = outputs;
}

static void find_sentence_end(n2v_examples *examples)
{
    size_t end = examples->position;
    while (!(examples->kept[end] & N2V_SENTENCE_END))
        end++;
    examples->sentence_start = examples->position;
    examples->sentence_end = end + 1;
}

const n2v_example *n2v_examples_next(n2v_examples *examples)
{
    while (examples->position < examples->kept_count) {
        n2v_example *example = &examples->ring[examples->turn & 1];
        size_t reach, from, to, rows = 0;

        if (examples->position == examples->sentence_end)
            find_sentence_end(examples);
        /* Dynamic window: near words are used more often than far ones. */
        reach = 1 + n2v_random_below(&examples->windows, (uint32_t)examples->options.window);
        from = examples->position - examples->sentence_start > reach ? examples->position - reach
                                                                    : examples->sentence_start;
        to = examples->sentence_end - examples->position > reach ? examples->position + reach
                                                                 : examples->sentence_end - 1;
        for (size_t i = from; i <= to; i++) {
            example->inputs[rows] = examples->kept[i] & ~N2V_SENTENCE_END;
            rows += i != examples->position;
        }
        example->position = examples->position++;
        if (!rows)
            continue;
        example->rows = example->positives = rows;
        example->output_ids[0] = examples->kept[example->position] & ~N2V_SENTENCE_END;
        draw_noise(examples, example);
        examples->turn++;
        return example;
    }
    return NULL;
}
