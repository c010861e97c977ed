/* reference.h - every objective a second time: plain loops in double, written
 * from the papers' formulas without a look at src/objectives. */
#ifndef N2V_TESTS_OBJECTIVES_REFERENCE_H
#define N2V_TESTS_OBJECTIVES_REFERENCE_H

#include "objectives/tile_factory.h"

/* A tile in double, with every array present. */
typedef struct reference_tile {
    size_t m, n, positives;
    double *scores, *positive_scores, *log_noise, *positive_log_noise, *multiplicity;
    bool *negative;                       /* m x n: the cell counts as a negative of its row */
    uint32_t *first, *column;             /* column is NULL where the tile has none */
    double *gradient, *positive_gradient; /* written by the reference */
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
