/* windows.c - examples of a few windows in a row against the same noise words.
 *
 * Neighbouring windows have most of their contexts in common: a tile of three, with reaches of 1 to 5,
 * has about 10 rows and, with 5 noise words, 8 columns where one alone has 6 and 6. A window then costs
 * 27 scores instead of 36, and the noise words' rows move through the caches once for all. */
#include "train/examples_state.h"

/* Which output a word is; a new one where it is none yet. A noise word that is a centre word stays noise. */
static uint32_t output_of(Example *example, Id id)
{
    Id *const ids = example->output_ids;
    const size_t outputs = example->outputs;
    unsigned known = 0;

    for (size_t j = 0; j < outputs; j++) /* to its end: a branch out would be mispredicted */
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

/* Takes the next windows that have a context at all; returns how many. */
static size_t take_windows(Examples *examples, Example *example)
{
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
        examples->joined[count++] = (JoinedWindow){
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
    const JoinedWindow *const joined = examples->joined;
    /* Copies: a store of a byte might change the originals. */
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

const Example *windows_next(Examples *examples)
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
