/* windows.c - examples of a few windows in a row against the same noise words.
 *
 * Neighbouring windows have most of their contexts in common: a tile of two has about 8 rows
 * and 7 columns where one alone has 6 and 6. A window then costs 28 scores instead of 36, and
 * the noise words' rows move through the caches once for both. */
#include "train/examples_state.h"

/* Which output a word is; a new one where it is none yet. A noise word that is a centre word stays noise. */
static uint32_t output_of(n2v_example *example, n2v_id id)
{
    size_t same = example->outputs;

    for (size_t j = 0; j < example->outputs; j++)
        same = example->output_ids[j] == id ? j : same;
    example->output_ids[example->outputs] = id;
    example->outputs += same == example->outputs;
    return (uint32_t)same;
}

/* Takes the next windows that have a context at all; returns how many. */
static size_t take_windows(n2v_examples *examples, n2v_example *example)
{
    size_t count = 0;

    while (count < examples->options.sharing && examples->position < examples->kept_count) {
        const size_t position = examples->position++;
        n2v_positions words;

        if (position == examples->sentence.to)
            examples->sentence = n2v_next_sentence(examples, position);
        words = n2v_window(examples, &examples->sentence, position);
        if (words.to - words.from < 2)
            continue;
        examples->joined[count++] = (n2v_joined_window){
            .from = words.from,
            .to = words.to,
            .center = position,
            .output = output_of(example, examples->kept[position] & ~N2V_SENTENCE_END),
        };
    }
    return count;
}

/* The rows: every word that is in a window. */
static void take_contexts(const n2v_examples *examples, n2v_example *example, size_t windows)
{
    const n2v_joined_window *joined = examples->joined;
    size_t from = joined[0].from, to = joined[0].to, rows = 0, positives = 0;

    for (size_t w = 1; w < windows; w++) {
        from = joined[w].from < from ? joined[w].from : from;
        to = joined[w].to > to ? joined[w].to : to;
    }
    for (size_t i = from; i < to; i++) {
        example->first[rows] = (uint32_t)positives;
        example->inputs[rows] = examples->kept[i] & ~N2V_SENTENCE_END;
        /* No branches: they would be mispredicted. There is room for one positive too many. */
        for (size_t w = 0; w < windows; w++) {
            example->row[positives] = (uint32_t)rows;
            example->positive[positives] = joined[w].output;
            positives += (size_t)(i >= joined[w].from) & (size_t)(i < joined[w].to) & (size_t)(i != joined[w].center);
        }
        rows += positives > example->first[rows];
    }
    example->first[rows] = (uint32_t)positives;
    example->rows = rows;
    example->positives = positives;
}

const n2v_example *n2v_windows_next(n2v_examples *examples)
{
    n2v_example *example = &examples->ring[examples->turn & 1];
    size_t windows;

    example->done = (double)examples->position / (double)(examples->kept_count + 1);
    if (examples->position == examples->kept_count)
        return NULL;
    n2v_take_noise(examples, example);
    windows = take_windows(examples, example);
    if (!windows)
        return NULL;
    example->overlap = example->outputs < example->negatives + windows;
    take_contexts(examples, example, windows);
    examples->turn++;
    return example;
}
