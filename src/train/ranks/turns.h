/* turns.h - whose turn it is: which rows are combined at a step.
 *
 * How often tiles have the row of a word follows from the word's frequency. A row that a rank changes about `staleness`
 * times in a step is combined at each step; one that is changed half as often at every second one, and so on. Words are
 * sorted by their counts, and nodes of a tree by their weights: a turn is that of all rows up to one. Parts of words
 * are sorted here. */
#ifndef N2V_TRAIN_RANKS_TURNS_H
#define N2V_TRAIN_RANKS_TURNS_H

#include "model/model.h"
#include "train/examples.h"

#define TURN_LEVELS ((size_t)16)

typedef struct TurnsOptions {
    const Model *model;
    const ExamplesOptions *examples;
    double step_words; /* of the text, that a rank trains on in a step */
    double staleness;
    double most_steps; /* each row is combined after so many steps at the latest */
} TurnsOptions;

/* The first so many inputs, outputs, outputs after those of the words, and Turns.part_rows. */
typedef struct TurnRows {
    size_t inputs, outputs, more_outputs, parts;
} TurnRows;

typedef struct Turns {
    size_t levels;
    TurnRows rows[TURN_LEVELS]; /* rows[k] are combined at every 2^k-th step; at the last level: all that training */
                                /* changes */
    uint32_t *part_rows; /* with subwords: the rows of parts, the one that is changed most often first */
} Turns;

n2v_status turns_plan(Turns *turns, const TurnsOptions *options, n2v_error *error);

void turns_free(Turns *turns); /* accepts an all-zero struct */

/* The rows that are combined at a step, counted from 0. */
TurnRows turns_at(const Turns *turns, uint64_t step);

#endif
