/* tile_factory.h - random tiles of every kind that the engine hands to an objective. */
#ifndef N2V_TESTS_OBJECTIVES_TILE_FACTORY_H
#define N2V_TESTS_OBJECTIVES_TILE_FACTORY_H

#include "base/random.h"
#include "objectives/objective.h"

/* On the diagonals of pairs, where an objective does not look. */
#define UNREAD_DIAGONAL 7

/* How a tile is to look; the kind follows from needs. */
typedef struct tile_recipe {
    n2v_geometry geometry;
    unsigned needs;       /* N2V_NEEDS_... */
    size_t m, n;          /* 0: drawn from 1..20 and 1..40; in-batch tiles have n = m, or fewer with multiplicities */
    size_t max_positives; /* a row has 1 to this many; in-batch and all-words tiles have one */
    bool masks;           /* sampled tiles: one cell in five is masked */
    bool multiplicities;  /* sampled tiles: columns drawn up to five times; in-batch: rows that share one */
    bool zeros;           /* squared distances: one cell in six is exactly 0 */
    float scale;          /* dot: normal scores of this deviation; squared: uniform in [low, low + scale) */
    float low;
} tile_recipe;

/* A tile that owns its arrays, each of exactly the size that the contract says. */
typedef struct test_tile {
    n2v_tile tile; /* points into what follows; what the contract allows to be NULL may be */
    size_t positives;
    float *scores, *positive_scores, *log_noise, *positive_log_noise, *multiplicity;
    float *input_norms, *output_norms, *positive_norms, *input_pairs, *output_pairs;
    unsigned char *mask;
    uint32_t *first, *row, *column;
} test_tile;

test_tile tile_make(const tile_recipe *recipe, Random *random);
test_tile tile_copy(const test_tile *other);
void tile_free(test_tile *tile);

/* The same tile without multiplicities: a column drawn c times appears c times.
 * *origin receives a malloc'ed array: the column in the given tile of each new one. */
test_tile tile_expand(const test_tile *merged, size_t **origin);

double random_uniform(Random *random); /* in [0, 1) */
double random_normal(Random *random);

#endif
