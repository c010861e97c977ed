/* optimizer.h - how gradients change the model.
 *
 * A layout's backward pass hands over coefficients, for each pair of rows the gradient of its score times a factor; the
 * optimizer turns them into updates of the rows. factor is -lr for dot products and 2 lr for squared distances. */
#ifndef N2V_TRAIN_OPTIMIZER_H
#define N2V_TRAIN_OPTIMIZER_H

#include "train/example.h"
#include "train/layout.h"

typedef struct Optimizer {
    const char *name;

    /* A block of pairs: `rows` inputs from row i on, `outputs` outputs from j on; cells are rows x outputs. */
    void (*block)(TileStep *step, size_t i, size_t rows, size_t j, size_t outputs, float *cells);

    /* What an objective needs beyond the scores of pairs: the pairs within each side, the lengths, pairs of rows
     * matched one to one, rows of length 1. Called once an example, after the blocks. */
    void (*finish)(TileStep *step, const Example *example, float learning_rate, float factor);
} Optimizer;

extern const Optimizer optimizer_sgd; /* stochastic gradient descent, in place, without locks (Hogwild) */

#endif
