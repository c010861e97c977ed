/* turns.h - whose turn it is: which rows are combined at a step.
 *
 * How often tiles have the row of a word follows from the word's frequency. A row that a rank changes about `staleness` times
 * in a step is combined at each step; one that is changed half as often at every second one, and so on. Words are
 * sorted by their counts: a turn is that of all words up to one. */
#ifndef N2V_TRAIN_RANKS_TURNS_H
#define N2V_TRAIN_RANKS_TURNS_H

#include "corpus/vocabulary.h"
#include "train/examples.h"

#define TURN_LEVELS ((size_t)16)

typedef struct TurnsOptions {
    const Vocabulary *vocabulary;
    const ExamplesOptions *examples;
    double step_words; /* of the text, that a rank trains on in a step */
    double staleness;
    double most_steps; /* each row is combined after so many steps at the latest */
} TurnsOptions;

typedef struct Turns {
    size_t levels; /* the words below inputs[k] and outputs[k] are combined at every 2^k-th step; at the last level: all */
    size_t inputs[TURN_LEVELS], outputs[TURN_LEVELS];
} Turns;

n2v_status turns_plan(Turns *turns, const TurnsOptions *options, n2v_error *error);

/* The words whose inputs, and whose outputs, are combined at a step, counted from 0. */
void turns_at(const Turns *turns, uint64_t step, size_t *inputs, size_t *outputs);

#endif
