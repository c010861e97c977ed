/* tile.h - one step of training: scores, objective, gradients, update of the model in place. */
#ifndef N2V_TRAIN_TILE_H
#define N2V_TRAIN_TILE_H

#include <stdatomic.h>

#include "kernels/kernels.h"
#include "model/model.h"
#include "objectives/objective.h"
#include "train/examples.h"

typedef struct TileStep TileStep; /* a worker's buffers */

typedef struct TileOptions {
    const Kernels *kernels;
    const n2v_objective *objective;
    const float *parameters;
    Model *model;               /* with an output bias as train_model arranges it */
    _Atomic float *shared_bias; /* of all scores; NULL when the objective does not need it */
    const float *log_noise;     /* log(k Q(w)) of every word; NULL when the objective does not need it */
    ExampleSizes sizes;         /* that no example exceeds */
    size_t new_rows;            /* of an example, at its end, that the one before did not have; the shape windows' */
} TileOptions;

n2v_status tile_create(TileStep **step, const TileOptions *options, n2v_error *error);
void tile_destroy(TileStep *step); /* accepts NULL */

/* Says which example comes next: its rows are asked for during the next update. */
void tile_expect(TileStep *step, const Example *example);

/* Adds the example's loss to *loss; the model stays as it is. */
void tile_loss(TileStep *step, const Example *example, double *loss);

/* Takes one step; adds the example's loss (before the step) to *loss unless that is NULL. Whether the step
 * was made shorter than the learning rate has it, because scores had run away. */
bool tile_train(TileStep *step, const Example *example, float learning_rate, double *loss);

#endif
