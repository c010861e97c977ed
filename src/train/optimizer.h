/* optimizer.h - how gradients change the model.
 *
 * A layout's backward pass hands over coefficients, for each pair of rows the gradient of its score times a factor; the
 * optimizer turns them into updates of the rows. factor is -rate for dot products and 2 rate for squared distances,
 * where rate is gradient_rate or the learning rate. */
#ifndef N2V_TRAIN_OPTIMIZER_H
#define N2V_TRAIN_OPTIMIZER_H

#include "train/example.h"
#include "train/layout.h"

typedef struct Optimizer {
    const char *name;
    size_t copies;       /* of each row of an example: step->copies */
    bool accumulates;    /* it keeps a number for each row of the model: Model.accumulators */
    float gradient_rate; /* 0: the learning rate */
    double default_rate; /* the default of the learning rate; 0: the objective's */

    /* Before the backward pass. Optional. */
    void (*begin)(TileStep *step, const Example *example);

    /* A block of pairs: `rows` inputs from row i on, `outputs` outputs from j on; cells are rows x outputs. */
    void (*block)(TileStep *step, size_t i, size_t rows, size_t j, size_t outputs, float *cells);

    /* What an objective needs beyond the scores of pairs: the pairs within each side, the lengths, pairs of rows
     * matched one to one, rows of length 1. Called once an example, after the blocks. */
    void (*finish)(TileStep *step, const Example *example, float rate, float factor);

    /* For encoders, after finish: an encoder's own row has changed from before to after. Each of the rows that it was
     * made of gets a share of the change: rows bag_rows[from] on, count of them, those of the inputs of the same
     * numbers. */
    void (*scatter)(TileStep *step, const Example *example, size_t from, size_t count, float share, const float *after,
                    const float *before, size_t stride);
} Optimizer;

const Optimizer *optimizer_at(size_t index); /* in the order of CHOICES_OPTIMIZER; NULL beyond the last */

extern const Optimizer optimizer_sgd;     /* stochastic gradient descent, in place, without locks (Hogwild) */
extern const Optimizer optimizer_adagrad; /* row-wise Adagrad */

#endif
