/* caller.h - a program that calls n2v_objective_evaluate: a tile of its own with all arrays. */
#ifndef N2V_TESTS_CALLER_H
#define N2V_TESTS_CALLER_H

#include "base/random.h"
#include "nce2vec.h"

enum { MAX_COUNT = 12, CELLS = MAX_COUNT * MAX_COUNT };

/* A caller's tile with all its arrays. */
typedef struct caller {
    n2v_evaluation e;
    float scores[CELLS], log_noise[MAX_COUNT], multiplicity[MAX_COUNT], input_norms[MAX_COUNT], output_norms[MAX_COUNT];
    unsigned char labels[CELLS];
    float gradient[CELLS], input_norm_gradient[MAX_COUNT], output_norm_gradient[MAX_COUNT];
    float input_pairs[CELLS], output_pairs[CELLS], input_pair_gradient[CELLS], output_pair_gradient[CELLS];
} caller;

n2v_objective_info caller_describe(const char *objective);

/* Random inputs; all cells are negatives. */
void caller_fill(caller *c, const n2v_objective_info *info, size_t m, size_t n, Random *random);

/* A tile that is in order, 2 x 3. */
void caller_sound(caller *c, const char *objective);

double caller_evaluate(const char *objective, caller *c);

/* Requires that got is wanted, to a share of it, or of 1 where that is more. */
void caller_near(double got, double wanted, double tolerance, const char *objective, const char *what, size_t at);

#endif
