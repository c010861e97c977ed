/* batches.c - in-batch examples: tiles of pairs from different sentences.
 *
 * As many lanes as a batch has pairs; each lane walks through a sentence, pair by
 * pair, then takes the next one of the block. A batch takes one pair from every
 * lane, so no negative stems from a positive's own sentence. The longest sentences
 * go first, so that the lanes end together. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "train/examples_state.h"

typedef struct batch_lane {
    Sentence sentence;
    size_t position; /* of the centre word */
    Positions window;
    size_t context; /* the next one to pair with the centre word */
} batch_lane;

struct Batches {
    Sentence *sentences; /* of the block */
    size_t count, taken, pairs_done;
    batch_lane *lanes;
    size_t live; /* lanes that still have pairs come first */
};

n2v_status batches_create(Examples *examples, n2v_error *error)
{
    const size_t lanes = examples->options.num_noise + 1;
    Batches *created = array_create_zero(1, sizeof *created);

    if (!created)
        return fail_memory(error, sizeof *created, "batches");
    examples->batches = created; /* destroyed with the examples */
    created->sentences = array_create(BLOCK_IDS, sizeof *created->sentences);
    created->lanes = array_create(lanes, sizeof *created->lanes);
    if (!created->sentences || !created->lanes)
        return fail_memory(error, BLOCK_IDS * sizeof *created->sentences, "batches");
    return N2V_OK;
}

void batches_destroy(Examples *examples)
{
    if (!examples->batches)
        return;
    free(examples->batches->sentences);
    free(examples->batches->lanes);
    free(examples->batches);
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
static void add_pieces(Batches *batches, Sentence sentence, size_t longest)
{
    const size_t size = sentence.to - sentence.from, pieces = (size + longest - 1) / longest;

    for (size_t k = 0; k < pieces && size > 1; k++)
        batches->sentences[batches->count++] =
            (Sentence){sentence.from + size * k / pieces, sentence.from + size * (k + 1) / pieces};
}

void batches_start(Examples *examples)
{
    Batches *batches = examples->batches;
    const size_t lanes = examples->options.num_noise + 1;
    size_t sentences = 0, longest = BLOCK_IDS;

    for (size_t i = 0; i < examples->kept_count; i++)
        sentences += (examples->kept[i] & SENTENCE_END) != 0;
    /* A text of few, very long lines: pieces of equal length, walked through side by
     * side, stand in for sentences; what is paired at one time is far apart. */
    if (sentences < 2 * lanes) {
        longest = examples->kept_count / (2 * lanes);
        if (longest < 2 * examples->options.window)
            longest = 2 * examples->options.window;
    }
    batches->count = batches->taken = batches->pairs_done = 0;
    for (size_t i = 0; i < examples->kept_count;) {
        const Sentence sentence = next_sentence(examples, i);
        add_pieces(batches, sentence, longest);
        i = sentence.to;
    }
    qsort(batches->sentences, batches->count, sizeof *batches->sentences, longer_first);
    for (batches->live = 0; batches->live < lanes; batches->live++)
        batches->lanes[batches->live] = (batch_lane){0};
}

/* Moves a lane to its next pair; false when neither its sentence nor the block has one. */
static bool advance(Examples *examples, batch_lane *lane)
{
    Batches *batches = examples->batches;

    for (;;) {
        if (lane->context < lane->window.to && lane->context == lane->position)
            lane->context++;
        if (lane->context < lane->window.to)
            return true;
        if (lane->position + 1 < lane->sentence.to) {
            lane->position++;
        } else {
            if (batches->taken == batches->count)
                return false;
            lane->sentence = batches->sentences[batches->taken++];
            lane->position = lane->sentence.from;
        }
        lane->window = draw_window(examples, &lane->sentence, lane->position);
        lane->context = lane->window.from;
    }
}

/* The output that is a word: rows that have the same word for their positive share its
 * row of the model, though each has a column of its own. */
static uint32_t output_of(Example *example, Id id)
{
    Id *restrict ids = example->output_ids;
    const uint32_t outputs = (uint32_t)example->outputs;
    uint32_t found = outputs;

    for (uint32_t j = 0; j < outputs; j++) /* to its end: a branch out would be mispredicted */
        found = ids[j] == id ? j : found;
    ids[found] = id;
    example->outputs += found == outputs;
    return found;
}

/* A pair's own column is its positive. Another pair's positive that is the same word stays
 * noise, being a draw like any other, but for objectives whose negatives are of other classes. */
static void mask_own(Example *example, bool other_classes)
{
    const size_t rows = example->rows;
    const uint32_t *restrict positive = example->positive;
    unsigned char *restrict mask = example->mask;

    memset(mask, 0, rows * rows);
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; other_classes && j < rows; j++)
            mask[i * rows + j] = positive[j] == positive[i];
        mask[i * rows + i] = 1;
    }
}

const Example *batches_next(Examples *examples)
{
    Batches *batches = examples->batches;
    Example *example = &examples->ring[examples->turn & 1];

    example->rows = example->outputs = 0;
    for (size_t k = 0; k < batches->live;) {
        batch_lane *lane = &batches->lanes[k];
        if (!advance(examples, lane)) {
            batches->lanes[k] = batches->lanes[--batches->live];
            continue;
        }
        example->inputs[example->rows] = examples->kept[lane->context++] & ~SENTENCE_END;
        example->positive[example->rows] = output_of(example, examples->kept[lane->position] & ~SENTENCE_END);
        example->rows++;
        k++;
    }
    if (!example->rows)
        return NULL;
    example->positives = example->negatives = example->rows;
    mask_own(example, examples->options.other_classes);
    example->done = (double)batches->taken / (double)(batches->count + 1);
    examples->turn++;
    return example;
}
