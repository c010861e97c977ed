/* examples_state.h - the state that examples.c, inputs.c and batches.c share. */
#ifndef N2V_TRAIN_EXAMPLES_STATE_H
#define N2V_TRAIN_EXAMPLES_STATE_H

#include "train/examples.h"

#define N2V_DRAWN 1024 /* noise words drawn ahead at once: overlaps the table's cache misses */

/* Positions from .. to - 1 of the kept words. */
typedef struct n2v_positions {
    size_t from, to;
} n2v_positions;
typedef n2v_positions n2v_sentence;

typedef struct n2v_batches n2v_batches; /* batches.c */

struct n2v_examples {
    n2v_examples_options options;
    n2v_random windows, noise_words;
    n2v_id *kept; /* of the block, ends of sentences marked */
    size_t kept_count, position;
    n2v_sentence sentence; /* of the position */
    n2v_id drawn[N2V_DRAWN];
    size_t drawn_used;
    n2v_example ring[2]; /* the one in use and the one after */
    unsigned turn;
    n2v_batches *batches; /* NULL in other shapes */
};

/* The sentence that begins at position from. */
n2v_sentence n2v_next_sentence(const n2v_examples *examples, size_t from);

/* Draws the window around position: the contexts and the position itself. */
n2v_positions n2v_window(n2v_examples *examples, const n2v_sentence *sentence, size_t position);

/* The next draw from Q. */
n2v_id n2v_next_noise(n2v_examples *examples);

const n2v_example *n2v_inputs_next(n2v_examples *examples); /* inputs.c */

n2v_status n2v_batches_create(n2v_examples *examples, n2v_error *error);
void n2v_batches_destroy(n2v_examples *examples);
void n2v_batches_start(n2v_examples *examples);
const n2v_example *n2v_batches_next(n2v_examples *examples);

#endif
