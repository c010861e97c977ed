/* checkpoint.h - the state of a paused training as bytes, and back.
 *
 * A checkpoint is a whole model with two extras: STATE, the position and the sums of the training, and TEXT, the
 * fingerprint of its text. */
#ifndef N2V_TRAIN_CHECKPOINT_H
#define N2V_TRAIN_CHECKPOINT_H

#include "train/trainer.h"

/* Puts the state of the paused trainer beside its model, until model_free_extras. */
n2v_status checkpoint_put(Trainer *trainer, n2v_error *error);

/* How far the training of a checkpoint is. */
typedef struct CheckpointState {
    uint64_t words, words_total, pairs, steps, clipped;
    size_t measured, epochs; /* that have ended; of all */
    uint64_t begun;          /* epochs */
    double loss;             /* of the latest epoch that has any pair; NaN: none */
    double seconds;
} CheckpointState;

/* N2V_ERROR_FORMAT: the model has no state, or a damaged one. */
n2v_status checkpoint_read(const Model *checkpoint, CheckpointState *state, n2v_error *error);

/* Sets a new trainer to the state and the parameters of a checkpoint. Its epochs may be others than those of the
 * checkpoint, but not fewer than have begun. N2V_ERROR_ARGUMENT: the text is another one.
 * N2V_ERROR_FORMAT: the checkpoint has no state, or a damaged one. */
n2v_status checkpoint_restore(Trainer *trainer, const Model *checkpoint, n2v_error *error);

#endif
