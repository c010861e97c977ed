/* random_tile.h - random tiles for the check of an objective: what its needs ask for, of every shape. */
#ifndef N2V_CLI_RANDOM_TILE_H
#define N2V_CLI_RANDOM_TILE_H

#include <stdbool.h>

#include "nce2vec.h"

#define TILE_ROWS    6  /* at most */
#define TILE_COLUMNS 32 /* at most, with copies of columns that were drawn several times */

/* The numbers that a loss is a function of; or the gradient, in the same places. Matrices have no gaps. */
typedef struct tile_numbers {
    float scores[TILE_ROWS * TILE_COLUMNS];
    float input_norms[TILE_ROWS], output_norms[TILE_COLUMNS];
    float input_pairs[TILE_ROWS * TILE_ROWS], output_pairs[TILE_COLUMNS * TILE_COLUMNS];
} tile_numbers;

typedef struct random_tile {
    size_t m, n;
    uint32_t needs;
    tile_numbers in;
    unsigned char labels[TILE_ROWS * TILE_COLUMNS];
    float log_noise[TILE_COLUMNS], multiplicity[TILE_COLUMNS];
    bool has_multiplicity;
} random_tile;

/* How the scores of a tile are spread. */
typedef enum tile_scores {
    SCORES_OF_TRAINING, /* a few units */
    SCORES_EXTREME,     /* of either sign, any power of ten up to 1e4 */
    SCORES_TIED         /* exactly 0, 1, 1e4 or -1e4 */
} tile_scores;

typedef struct tile_recipe {
    bool masks, multiplicities, several; /* several: positives a row */
    tile_scores scores;
    double sharpness; /* scores of training are divided by it in every other tile; at least 1 */
} tile_recipe;

/* A sequence of random numbers (SplitMix64). */
uint64_t random_bits(uint64_t *state);
double random_uniform(uint64_t *state); /* in [0, 1) */
size_t random_below(uint64_t *state, size_t n);

/* A tile for an objective with these needs and geometry. */
void tile_make(random_tile *tile, const n2v_objective_info *info, const tile_recipe *recipe, uint64_t *state);

/* One score of SCORES_TIED, as the geometry has it. */
float tile_tied_score(n2v_geometry geometry, uint64_t *state);

/* The same tile with a column that was drawn c times as c columns; origin[j] is the column in the given tile. A row's
 * positive is in a copy of its own, and the other copies of that word are masked for the row. */
void tile_expand(random_tile *expanded, const random_tile *tile, size_t *origin);

/* Evaluates the objective; gradient may be NULL. */
n2v_status tile_evaluate(const random_tile *tile, const n2v_objectives *objectives, const char *objective,
                         tile_numbers *gradient, double *loss, n2v_error *error);

#endif
