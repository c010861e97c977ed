/* subject.h - what the tests of objectives test: each objective with many parameters, on each kernel set. */
#ifndef N2V_TESTS_OBJECTIVES_SUBJECT_H
#define N2V_TESTS_OBJECTIVES_SUBJECT_H

#include "kernels/kernels.h"
#include "objectives/tile_factory.h"

#define SETTINGS 12 /* parameter values tried: the defaults, then random ones around them */
#define TILES    24 /* tiles a setting */

/* What is under test: an objective with parameters, on one kernel set. */
typedef struct subject {
    const n2v_objective *objective;
    float parameters[N2V_MAX_PARAMETERS];
    const Kernels *kernels;
    unsigned needs;
    Random random;
} subject;

typedef void subject_test(subject *s);

/* Runs a test for every objective, kernel set and setting of parameters. */
void subjects_each(subject_test *test, size_t settings);

bool subject_allowed(const subject *s); /* whether the objective accepts the parameters */

const char *subject_describe(const subject *s, char *text, size_t room);
#define DESCRIBE(s) subject_describe(s, (char[300]){0}, 300)

/* Scores as training makes them: products of a few units, distances up to a few. */
tile_recipe subject_recipe(const subject *s, size_t variant);

enum { KINDS = 7 };

/* How many numbers of each kind a gradient has. */
void count_kinds(const n2v_tile *tile, size_t sizes[KINDS]);

/* Loss and gradient; the gradient's arrays in the order of reference_numbers, norms 0 unless needed. */
typedef struct evaluation {
    double loss;
    float *numbers;
    size_t count, cells, positives;
} evaluation;

/* Calls the objective on exact buffers of garbage and checks that it writes all of its own and no more. */
evaluation subject_evaluate(const subject *s, const n2v_tile *tile, bool want_loss);
void evaluation_free(evaluation *e);
double evaluation_largest(const evaluation *e); /* magnitude of the gradient */

/* What is at a place of the gradient: "cell 7", and its score. */
const char *number_name(const n2v_tile *tile, size_t k, char *text, size_t room);
#define NUMBER(tile, k) number_name(tile, k, (char[100]){0}, 100)

#endif
