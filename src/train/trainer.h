/* trainer.h - a training as an object: it runs until some point, and pauses there.
 *
 * The unit of work is a block of sentences; workers take blocks in their order. A pause is a point at which every
 * worker has finished its block: then the state of the training is the model and a TrainState, and nothing else.
 * Held-out loss, callbacks, exports and checkpoints are clients of the pause. */
#ifndef N2V_TRAIN_TRAINER_H
#define N2V_TRAIN_TRAINER_H

#include "model/model.h"
#include "nce2vec.h"
#include "train/train_options.h"
#include "train/train_text.h"

/* How far a training is, and its running sums. */
typedef struct TrainState {
    uint64_t blocks;         /* trained on, over all epochs: the next one is block blocks % (blocks of the text) */
    uint64_t words, pairs;   /* trained on, before subsampling; positive pairs */
    uint64_t steps, clipped; /* steps, and those that were clipped */
    uint64_t restored;       /* of a checkpoint by ranks with texts of their own, its block; 0: none, or it is placed */
    size_t measured;         /* epochs that have ended: held-out loss measured, observer called */
    LossSum recent;          /* since the last progress report */
    LossSum *epochs;         /* one for each epoch */
    LossSum heldout;         /* of the last epoch that was measured */
    double seconds;          /* of training */
} TrainState;

typedef struct Trainer Trainer;

/* Initializes a model for the vocabulary (held) and sets the training up; text and options are copied. All ranks
 * together call it, and trainer_run. N2V_ERROR_ARGUMENT: the objective's tiles would be too large. N2V_ERROR_DATA: no
 * sentence has two words. */
n2v_status trainer_create(Trainer **trainer, Vocabulary *vocabulary, const TrainText *text, const TrainOptions *options,
                          n2v_error *error);
void trainer_destroy(Trainer *trainer); /* accepts NULL */

/* As n2v_trainer_run. observer may be NULL; its progress and stop are called about ten times a second. */
n2v_status trainer_run(Trainer *trainer, n2v_until until, uint64_t words, const n2v_observer *observer,
                       n2v_error *error);

/* From any thread or signal handler: pauses the run, or the next one at its beginning. */
void trainer_stop(Trainer *trainer);

/* While the trainer is paused. */
Model *trainer_model(Trainer *trainer);
const TrainState *trainer_state(const Trainer *trainer);
TrainState *trainer_state_to_restore(Trainer *trainer);
const TrainText *trainer_text(const Trainer *trainer);
float *trainer_rule_memory(Trainer *trainer, size_t *floats); /* rounds_memory */
const TrainOptions *trainer_options(const Trainer *trainer);

/* The first block, counted over all epochs, before which so many words are trained on. */
uint64_t trainer_block_after(const Trainer *trainer, uint64_t words);

/* Of the text and of the held-out text. Reads all of both, the first time. */
n2v_status trainer_fingerprints(Trainer *trainer, Fingerprint *text, Fingerprint *heldout, n2v_error *error);
const char *trainer_layout(const Trainer *trainer); /* the name of its layout */
uint64_t trainer_words_total(const Trainer *trainer); /* of all epochs */
size_t trainer_epoch(const Trainer *trainer); /* that the training is in, from 1 */
bool trainer_finished(const Trainer *trainer);

/* N2V_OK: the model and the state are those of a pause. N2V_ERROR_ARGUMENT: workers run. N2V_ERROR_NUMERIC: the
 * training has failed. */
n2v_status trainer_check_paused(const Trainer *trainer, n2v_error *error);

#endif
