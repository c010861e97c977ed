/* initialize.h - the initial parameters of a training. */
#ifndef N2V_TRAIN_INITIALIZE_H
#define N2V_TRAIN_INITIALIZE_H

#include "model/model.h"
#include "train/train_options.h"

/* Draws the vectors and sets the biases of a model whose numbers are all 0. */
void initialize_model(Model *model, const TrainOptions *options);

/* Makes the vectors of words from their parts: after workers have changed the parts. */
n2v_status compose_model(Model *model, const TrainOptions *options, n2v_error *error);

/* N2V_ERROR_NUMERIC, with the first word whose vector or bias is not finite. */
n2v_status check_finite(const Model *model, const TrainOptions *options, n2v_error *error);

#endif
