/* objective.h - the contract of an objective: a pure function on a tile of scores.
 *
 * An objective turns the scores of a tile into a loss and its gradient. It never
 * sees the model, the text, a thread, a random number or the learning rate; the
 * engine never knows an objective by name. One objective is one file with a
 * const description, and one row in registry.c. */
#ifndef N2V_OBJECTIVES_OBJECTIVE_H
#define N2V_OBJECTIVES_OBJECTIVE_H

#include "base/status.h"
#include "kernels/vector_math.h"

/* n2v_geometry, the N2V_NEEDS_... flags and n2v_objective_count are public: nce2vec.h. */

/* A tile: m rows (inputs), each with its own positives, against n columns
 * (outputs) that all rows share. Arrays are owned by the caller. */
typedef struct n2v_tile {
    size_t m, n;
    const float *scores;             /* m x n, row-major, without gaps: row i against column j; may be NULL */
                                     /* with N2V_NEEDS_POSITIVES_ONLY */
    const unsigned char *mask;       /* m x n, non-zero: the cell is no negative of its row; NULL: none */
    const float *log_noise;          /* n: log(k Q(y_j)), k the noise words drawn for one positive; NULL */
                                     /* unless needed */
    const float *multiplicity;       /* n: how often column j was drawn, at least 1; NULL: once each */
    const uint32_t *first;           /* m + 1: row i's positives are first[i] to first[i + 1] - 1 */
    const uint32_t *row;             /* first[m]: the row of each positive */
    const float *positive_scores;    /* first[m] */
    const float *positive_log_noise; /* first[m]: log(k Q) of each positive's word; NULL unless needed */
    const uint32_t *column;          /* first[m]: the column that is this positive's word, */
                                     /* in-batch and all-words tiles; NULL: sampled tiles */
    const float *input_norms;        /* m: |x_i|^2; this and the next two NULL unless needed */
    const float *output_norms;       /* n: |y_j|^2 */
    const float *positive_norms;     /* first[m]: |y|^2 of each positive's word */
    const float *input_pairs;        /* m x m: row i's score with row l, without a bias, as symmetric as */
                                     /* rounding leaves it; the diagonal says nothing; NULL unless needed */
    const float *output_pairs;       /* n x n: the same of the columns; one that was drawn c times stands */
                                     /* here once */
} n2v_tile;

/* Whether a cell is left out of its row's negatives. */
static inline bool tile_masked(const n2v_tile *tile, size_t i, size_t j)
{
    return tile->mask && tile->mask[i * tile->n + j];
}

/* How many negatives a cell stands for: 0 where masked. */
static inline float tile_draws(const n2v_tile *tile, size_t i, size_t j)
{
    return tile_masked(tile, i, j) ? 0 : tile->multiplicity ? tile->multiplicity[j] : 1;
}

/* The same over all positives of the row, each of which has the negatives for its own. */
static inline float tile_weight(const n2v_tile *tile, size_t i, size_t j)
{
    return tile_draws(tile, i, j) * (float)(tile->first[i + 1] - tile->first[i]);
}

/* dLoss/dScore, in the tile's shapes; the objective writes every element of scores (0
 * where masked; NULL where the tile's are) and positives; the others are zeroed by the caller and NULL
 * unless needed. In the pairs each cell is a variable of its own, but the gradient is symmetric as the
 * scores are: rows i and l move by twice what cell (i, l) has. Nobody reads the diagonal. */
typedef struct n2v_tile_gradient {
    float *scores;    /* m x n */
    float *positives; /* first[m] */
    float *input_norms, *output_norms, *positive_norms;
    float *input_pairs, *output_pairs;
} n2v_tile_gradient;

/* What a score says of the word w given the context c when the objective is at its optimum:
 *     log P(w|c) = score * s + log_noise * log Q(w) + log_num_noise * log k + f(c)
 * Q is what the negatives are drawn from: the noise distribution, in a batch the text itself
 * after subsampling. P is that of the text after subsampling, too. */
typedef struct n2v_log_probability {
    double score, log_noise, log_num_noise;
    bool normalized; /* f is 0: the scores need no sum over the words */
} n2v_log_probability;

typedef struct n2v_parameter {
    const char *name;
    float value, min, max; /* the default and its inclusive bounds */
    bool integer;
    const char *help; /* one sentence */
} n2v_parameter;

#define N2V_MAX_PARAMETERS 8

typedef struct n2v_objective {
    const char *name;
    const char *summary; /* one line */
    const char *formula; /* in words or plain ASCII */
    const char *paper;
    n2v_geometry geometry;
    n2v_parameter parameters[N2V_MAX_PARAMETERS]; /* up to the first without a name */

    /* The engine's settings that suit this objective, measured: eval/ABLATIONS.md. */
    double init;          /* about how long vectors are before training: input vectors, of distances both */
    double learning_rate; /* where the loss is as sharp as at the defaults; see below */
    size_t noise;         /* words drawn for one positive */
    size_t noise_sharing; /* words in a row that share them */

    /* N2V_NEEDS_... flags of these parameters (one value each, in order). */
    unsigned (*needs)(const float *parameters);

    /* By what factor these parameters multiply the scores within the loss, or more: the square root of the most
     * that they multiply its curvature by. May be NULL: 1. */
    float (*sharpness)(const float *parameters);

    /* NULL, or a sentence that says which parameters do not go together. May be NULL. */
    const char *(*check)(const float *parameters);

    /* How the scores give log P(w|c). NULL: they do not. */
    n2v_log_probability (*log_probability)(const float *parameters);

    /* Floats of scratch that loss_grad wants for a tile of these sizes. May be NULL: none. */
    size_t (*scratch)(size_t m, size_t n, size_t positives);

    /* Sums the loss over the tile's positives into *loss (NULL: not wanted, and then
     * not computed) and writes the gradient of that sum. Finite scores of any size
     * give a finite loss and gradient. No allocation, no state. */
    void (*loss_grad)(const n2v_tile *tile, const float *parameters, const VectorMath *math, n2v_tile_gradient gradient,
                      float *scratch, double *loss);
} n2v_objective;

/* The registry: objectives in the order of the documentation. */
const n2v_objective *objective_at(size_t index);         /* NULL beyond the last */
const n2v_objective *objective_find(const char *name);   /* NULL: unknown */
size_t objective_parameters(const n2v_objective *objective);

/* The default learning rate with these parameters. A loss whose scores are multiplied by f has
 * f^2 times the curvature, and only steps f^2 times as small are stable: the description's
 * rate, divided by the square of how much sharper these parameters are than the defaults. */
double objective_learning_rate(const n2v_objective *objective, const float *parameters);

/* Parses "NAME" or "NAME:param=value,..." into an objective and all its
 * parameters. N2V_ERROR_ARGUMENT, with the list of what exists, for an unknown
 * name or parameter, a malformed or out-of-range value, or values that do not
 * go together. */
n2v_status objective_parse(const char *text, const n2v_objective **objective, float parameters[N2V_MAX_PARAMETERS],
                           n2v_error *error);

#endif
