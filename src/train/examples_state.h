/* examples_state.h - the state that examples.c and the shapes' files share. */
#ifndef N2V_TRAIN_EXAMPLES_STATE_H
#define N2V_TRAIN_EXAMPLES_STATE_H

#include "noise/stream.h"
#include "train/examples.h"

/* Positions from .. to - 1 of the kept words. */
typedef struct n2v_positions {
    size_t from, to;
} n2v_positions;
typedef n2v_positions n2v_sentence;

/* A window of an example, and which output its centre word is. */
typedef struct n2v_joined_window {
    size_t from, to, center; /* positions */
    uint32_t output;
} n2v_joined_window;

/* A noise word of an example, in the table of those that were seen. */
typedef struct n2v_seen_word {
    n2v_id id;
    uint32_t column, turn;
} n2v_seen_word;

typedef struct n2v_batches n2v_batches; /* batches.c */

struct n2v_examples {
    n2v_examples_options options;
    n2v_random windows;
    n2v_noise_stream noise;
    n2v_seen_word *seen; /* at least four places for each noise word of an example; NULL for few words */
    uint32_t seen_turn;  /* places of other turns are free */
    unsigned seen_shift; /* from a hash to a place */
    n2v_id *kept; /* of the block, ends of sentences marked */
    size_t kept_count, position;
    double share;         /* of the block, a position's */
    n2v_sentence sentence; /* of the position */
    n2v_joined_window *joined; /* shape windows: those of an example */
    n2v_example ring[2]; /* the one in use and the one after */
    unsigned turn;
    n2v_batches *batches; /* NULL in other shapes */
};

/* The sentence that begins at position from. */
n2v_sentence n2v_next_sentence(const n2v_examples *examples, size_t from);

/* Draws the window around position: the contexts and the position itself. Dynamic (word2vec): its
 * reach is uniform in 1..window, so that near words are used more often. */
static inline n2v_positions n2v_window(n2v_examples *examples, const n2v_sentence *sentence, size_t position)
{
    const size_t reach = 1 + n2v_random_below(&examples->windows, (uint32_t)examples->options.window);

    return (n2v_positions){position - sentence->from > reach ? position - reach : sentence->from,
                      sentence->to - position > reach ? position + reach + 1 : sentence->to};
}

/* Draws the noise words of an example, its first outputs. */
void n2v_take_noise(n2v_examples *examples, n2v_example *example);

const n2v_example *n2v_windows_next(n2v_examples *examples); /* windows.c */

const n2v_example *n2v_inputs_next(n2v_examples *examples); /* inputs.c */

n2v_status n2v_batches_create(n2v_examples *examples, n2v_error *error);
void n2v_batches_destroy(n2v_examples *examples);
void n2v_batches_start(n2v_examples *examples);
const n2v_example *n2v_batches_next(n2v_examples *examples);

#endif
