/* examples_state.h - the state that examples.c and the shapes' files share. */
#ifndef N2V_TRAIN_EXAMPLES_STATE_H
#define N2V_TRAIN_EXAMPLES_STATE_H

#include "noise/stream.h"
#include "train/examples.h"

/* Positions from .. to - 1 of the kept words. */
typedef struct Positions {
    size_t from, to;
} Positions;
typedef Positions Sentence;

/* A window of an example, and which output its centre word is. */
typedef struct JoinedWindow {
    size_t from, to, center; /* positions */
    uint32_t output;
} JoinedWindow;

/* A noise word of an example, in the table of those that were seen. */
typedef struct SeenWord {
    Id id;
    uint32_t column, turn;
} SeenWord;

typedef struct Batches Batches; /* batches.c */

struct Examples {
    ExamplesOptions options;
    Random windows;
    NoiseStream noise;
    SeenWord *seen;      /* at least four places for each noise word of an example; NULL for few words */
    uint32_t seen_turn;  /* places of other turns are free */
    unsigned seen_shift; /* from a hash to a place */
    Id *kept;            /* of the block, ends of sentences marked */
    size_t kept_count, position;
    double share;         /* of the block, a position's */
    Sentence sentence;    /* of the position */
    JoinedWindow *joined; /* shape windows: those of an example */
    Example ring[2];      /* the one in use and the one after */
    unsigned turn;
    Batches *batches; /* NULL in other shapes */
};

/* The sentence that begins at position from. */
Sentence next_sentence(const Examples *examples, size_t from);

/* Draws the window around position: the contexts and the position itself. Dynamic (word2vec): its
 * reach is uniform in 1..window, so that near words are used more often. */
static inline Positions draw_window(Examples *examples, const Sentence *sentence, size_t position)
{
    const size_t reach = 1 + random_below(&examples->windows, (uint32_t)examples->options.window);

    return (Positions){position - sentence->from > reach ? position - reach : sentence->from,
                       sentence->to - position > reach ? position + reach + 1 : sentence->to};
}

/* Draws the noise words of an example, its first outputs. */
void take_noise(Examples *examples, Example *example);

const Example *windows_next(Examples *examples); /* windows.c */

const Example *inputs_next(Examples *examples); /* inputs.c */

n2v_status batches_create(Examples *examples, n2v_error *error);
void batches_destroy(Examples *examples);
void batches_start(Examples *examples);
const Example *batches_next(Examples *examples);

#endif
