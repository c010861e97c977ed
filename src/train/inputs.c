/* inputs.c - examples whose noise words many inputs share.
 *
 * A tile takes `sharing` consecutive input words, over the ends of sentences, each with
 * its whole window for positives, against one set of noise words. An input meets the
 * noise once, not once for each of its positives: for k noise words and p positives
 * an input costs k + p scores, not (k + 1) p, and a wide block of scores runs nearer to
 * the processor's peak than a window's narrow one. */
#include "train/examples_state.h"

/* Adds the input at position with its window for positives. */
static void add_input(Examples *examples, Example *example, size_t position)
{
    const Positions window = draw_window(examples, &examples->sentence, position);

    if (window.to - window.from < 2)
        return;
    example->inputs[example->rows] = examples->kept[position] & ~SENTENCE_END;
    for (size_t i = window.from; i < window.to; i++) {
        if (i == position)
            continue;
        example->output_ids[example->outputs] = examples->kept[i] & ~SENTENCE_END;
        example->row[example->positives] = (uint32_t)example->rows;
        example->positive[example->positives++] = (uint32_t)example->outputs++;
    }
    example->first[++example->rows] = (uint32_t)example->positives;
}

const Example *inputs_next(Examples *examples)
{
    Example *example = &examples->ring[examples->turn & 1];

    take_noise(examples, example);
    example->rows = example->positives = 0;
    example->done = (double)examples->position * examples->share;
    while (example->rows < examples->options.sharing && examples->position < examples->kept_count) {
        if (examples->position == examples->sentence.to)
            examples->sentence = next_sentence(examples, examples->position);
        add_input(examples, example, examples->position++);
    }
    if (!example->rows)
        return NULL;
    examples->turn++;
    return example;
}
