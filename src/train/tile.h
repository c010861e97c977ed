/* tile.h - one step of training: scores, objective, gradients, update of the model in place. */
#ifndef N2V_TRAIN_TILE_H
#define N2V_TRAIN_TILE_H

#include <stdatomic.h>

#include "kernels/kernels.h"
#include "model/model.h"
#include "objectives/objective.h"
#include "train/examples.h"

typedef struct n2v_tile_step n2v_tile_step; /* a worker's buffers */

typedef struct n2v_tile_options {
    const n2v_kernels *kernels;
    const n2v_objective *objective;
    const float *parameters;
    n2v_model *model; /* with an output bias as n2v_train arranges it */
    _Atomic float *shared_bias; /* of all scores; NULL when the objective does not need it */
    const float *log_noise; /* log(k Q(w)) of every word; NULL when the objective does not need it */
    n2v_example_sizes sizes; /* that no example exceeds */
    size_t new_rows;         /* of an example, at its end, that the one before did not have; the shape windows' */
} n2v_tile_options;

n2v_status n2v_tile_create(n2v_tile_step **step, const n2v_tile_options *options, n2v_error *error);
void n2v_tile_destroy(n2v_tile_step *step); /* accepts NULL */

/* Says which example comes next: its rows are asked for during the next update. */
void n2v_tile_expect(n2v_tile_step *step, const n2v_example *example);

/* Adds the example's loss to *loss; the model stays as it is. */
void n2v_tile_loss(n2v_tile_step *step, const n2v_example *example, double *loss);

/* Takes one step; adds the example's loss (before the step) to *loss unless that is NULL. Whether the step
 * was made shorter than the learning rate has it, because scores had run away. */
bool n2v_tile_train(n2v_tile_step *step, const n2v_example *example, float learning_rate, double *loss);

#endif
