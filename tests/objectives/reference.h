/* reference.h - every objective a second time: plain loops in double, written
 * from the papers' formulas without a look at src/objectives. */
#ifndef N2V_TESTS_OBJECTIVES_REFERENCE_H
#define N2V_TESTS_OBJECTIVES_REFERENCE_H

#include "objectives/tile_factory.h"

/* The numbers that a loss is a function of, and those of its gradient. */
typedef struct reference_numbers {
    double *scores, *positives;                          /* m x n; first[m] */
    double *input_norms, *output_norms, *positive_norms; /* m; n; first[m] */
    double *input_pairs, *output_pairs;                  /* m x m; n x n; nothing where the tile has none */
} reference_numbers;

/* A tile in double, with every array present: norms are 0 and multiplicities 1 where the tile has none. */
typedef struct reference_tile {
    size_t m, n, positives;
    bool sides;                     /* the tile has pairs of either side */
    reference_numbers in, gradient; /* the arrays of each lie behind one another, from scores on */
    size_t numbers;                 /* in all of them */
    double *log_noise, *positive_log_noise, *multiplicity;
    bool *negative;           /* m x n: the cell counts as a negative of its row */
    uint32_t *first, *column; /* column is NULL where the tile has none */
} reference_tile;

/* The values of an objective's parameters, found by name. */
typedef struct reference_values {
    const n2v_objective *objective;
    const float *parameters;
} reference_values;

typedef double reference_function(reference_tile *tile, const reference_values *values);

bool reference_exists(const char *name);

/* Returns the loss and writes the gradient; fails the test when there is no reference. */
double reference_evaluate(reference_tile *tile, const reference_values *values);

reference_tile reference_make(const n2v_tile *tile);
void reference_free(reference_tile *tile);

#endif
