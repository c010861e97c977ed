/* made_tiles.h - steps on tiles that are made up, for comparison with the chain rule in double.
 *
 * The objective is made up, too: the loss is a sum of all that an objective is given, each number times a random
 * coefficient, so that the gradient is known beforehand and whatever the engine hands out or applies wrongly shows. */
#ifndef N2V_TESTS_MADE_TILES_H
#define N2V_TESTS_MADE_TILES_H

#include "base/random.h"
#include "train/tile.h"

/* more rows than two strips of a side */
enum { TILE_WORDS = 40, TILE_DIM = 21, TILE_MAX = 18, TILE_STRIDE = 32, TILE_BAG = 4 };

/* So small that the square of a step is less than rounding; a missing term moves a row by about 2e-5. */
#define TILE_RATE               2e-5
#define TILE_TOLERANCE(kernels) ((kernels)->bf16 ? 2.4e-6 : 1.2e-6)

/* A number between -1 and 1. */
float tile_coefficient(Random *random);

/* What the made-up objective was given, and the coefficients it answered with. */
typedef struct made_objective {
    n2v_objective objective; /* its user is this structure */
    uint32_t needs;
    const Optimizer *optimizer; /* of its steps */
    double weight_decay;
    float size; /* of the coefficients */
    float sharpness, slope; /* slope: of the largest coefficient */
    Random random;
    n2v_tile tile;
    float scores[TILE_MAX * TILE_MAX], positives[TILE_MAX];
    float input_pairs[TILE_MAX * TILE_MAX], output_pairs[TILE_MAX * TILE_MAX];
    float input_norms[TILE_MAX], output_norms[TILE_MAX], positive_norms[TILE_MAX];
    float given_scores[TILE_MAX * TILE_MAX], given_positives[TILE_MAX];
    float given_inputs[TILE_MAX * TILE_MAX], given_outputs[TILE_MAX * TILE_MAX];
    float given_input_norms[TILE_MAX], given_output_norms[TILE_MAX], given_positive_norms[TILE_MAX];
} made_objective;

void make_objective(made_objective *made, n2v_geometry geometry, uint32_t needs);

/* A model without a vocabulary, of random rows, and its rows from before a step. */
typedef struct made_model {
    Model model;
    float before_input[TILE_WORDS * TILE_STRIDE], before_output[TILE_WORDS * TILE_STRIDE];
    float before_bias; /* the shared one */
    float before_sums[2 * TILE_WORDS + 1]; /* accumulators: inputs, outputs, the shared bias */
} made_model;

/* Rows as the needs say: with a bias element, of length 1, a shared bias. */
void make_tile_model(made_model *made, uint32_t needs, Random *random);
/* Adds accumulators, as of steps before, to a model. */
void make_accumulators(made_model *made, Random *random);
void scale_model(made_model *made, float factor);
void free_made_model(made_model *made);

/* An example of a layout: rows and columns from few words, so that rows repeat. */
typedef struct made_example {
    Example example;
    Id inputs[TILE_MAX * TILE_BAG], outputs[2 * TILE_MAX];
    float weight[TILE_MAX];
    uint32_t bag[TILE_MAX + 1];
    uint32_t first[TILE_MAX + 1], row[TILE_MAX], positive[TILE_MAX];
    unsigned char mask[TILE_MAX * TILE_MAX];
    float multiplicity[TILE_MAX];
    uint8_t members[TILE_MAX];
} made_example;

void make_example(made_example *made, const Layout *layout, size_t m, size_t n, Random *random);

/* Makes each input a bag of up to TILE_BAG words, some of them twice, and of some weight. */
void make_bags(made_example *made, Random *random);

/* The word of column j, and of the positive of row i. */
Id column_word(const made_example *made, size_t j);
Id positive_word(const made_example *made, size_t i);

TileStep *new_step(const Kernels *kernels, const made_objective *made, const Layout *layout, Model *model,
                   const float *log_noise);
TileStep *new_step_of(const Kernels *kernels, const made_objective *made, const Layout *layout, const Encoder *encoder,
                      Model *model, const float *log_noise);

/* Gradients of all rows, with the element after the vector for a bias. */
typedef double row_gradient[TILE_DIM + 1];

/* The score of two rows without a shared bias; adds g times its gradient to that of each, by the chain rule. */
double chain_pair(n2v_geometry geometry, const float *x, const float *y, double g, double *grad_x, double *grad_y);

/* Requires that rows moved by -rate times their gradient. */
void compare_rows(const float *before, const float *after, row_gradient *gradient, double rate, double tolerance,
                  const char *what);

#endif
