/* log_probability.h - log P(word | context) from the scores of a trained model.
 *
 *     u(w, x) = scale <x, y_w> + offset(w)                  (self-normalized)
 *     u(w, x) - log Z(x),  log Z(x) = log sum over words of exp u(w, x)      (exact)
 * x is an input row. Scale and offset are what the objective's n2v_log_probability says. P is that of the text of the
 * training after subsampling. With a Huffman tree u is the sum over the path of w, and log Z is 0. */
#ifndef N2V_QUERY_LOG_PROBABILITY_H
#define N2V_QUERY_LOG_PROBABILITY_H

#include "corpus/huffman.h"
#include "kernels/kernels.h"
#include "model/model.h"
#include "objectives/objective.h"

/* What of the training of a model its probabilities depend on. */
typedef struct TrainedWith {
    const n2v_objectives *objectives; /* for lists in messages; NULL: the library's own */
    const n2v_objective *objective;
    const float *parameters;
    size_t noise; /* k */
    double noise_power;
    double subsample; /* threshold */
} TrainedWith;

typedef struct LogProbability {
    const Model *model;
    const Kernels *kernels;
    float scale;
    bool normalized; /* by the objective: log Z is near 0 */
    float *offset;   /* owned, one a word */
    Huffman *tree;   /* owned; NULL: the objective has none */
} LogProbability;

/* A product of matrices is done in parts: the rows of a part stay in the first-level cache, its columns and scores in
 * the second. */
#define PART_ROWS  ((size_t)64)
#define PART_WORDS ((size_t)256)

/* N2V_ERROR_ARGUMENT when the model has no output vectors, or when the objective's scores do not define P(w|c); then
 * with a list of the objectives whose scores do. */
n2v_status log_probability_check(const Model *model, const TrainedWith *trained, n2v_error *error);

/* Keeps model and kernels by reference. The errors of the check; N2V_ERROR_DATA when the objective needs the noise
 * distribution Q and the model has no counts; N2V_ERROR_MEMORY. */
n2v_status log_probability_create(LogProbability *l, const Model *model, const TrainedWith *trained,
                                  const Kernels *kernels, n2v_error *error);
void log_probability_free(LogProbability *l); /* accepts an all-zero struct */

/* The output row of a word. */
const float *log_probability_output(const LogProbability *l, Id id);

/* u of a word with each of so many input rows, into the first so many scores. y has room for PART_WORDS pointers,
 * scores for rows x PART_WORDS. */
void log_probability_scores(const LogProbability *l, Id id, const float *const *x, size_t rows, const float **y,
                            float *scores);

/* u of all words with an input row, of a tree: much faster than word by word. branches has room for 2 x words, y for
 * PART_WORDS pointers. */
void log_probability_tree(const LogProbability *l, const float *x, const float **y, float *branches, float *u);

/* log Z of up to PART_ROWS input rows, not finite where scores are too large. y has room for PART_WORDS pointers,
 * scores for PART_ROWS x PART_WORDS. */
void log_probability_partition(const LogProbability *l, const float *const *x, size_t rows, const float **y,
                               float *scores, double *log_z);

#endif
