/* start.h - a training that starts from vectors, and the learning rates of its words. */
#ifndef N2V_API_START_H
#define N2V_API_START_H

#include "api/corpus_handle.h"
#include "api/trainer_handle.h"

/* Whether a training with these settings can start from the model: dimensions, subwords, and outputs that are to be
 * frozen. */
n2v_status start_check_model(const Model *model, const Settings *values, n2v_error *error);

/* What vectors have for the outputs of a training. */
typedef struct StartOutputs {
    size_t matrices; /* with a row for each word; 0: nothing */
    size_t nodes;    /* of a tree, after them; 0: nothing */
    bool all;        /* all that the training has */
} StartOutputs;

/* n2v_trainer_start; *outputs: which came from the vectors. */
n2v_status start_from(n2v_trainer *trainer, const n2v_vectors *from, size_t *found, StartOutputs *outputs,
                      n2v_error *error);

/* Does what the settings start, freeze and lr-of say to a new trainer. */
n2v_status start_trainer(n2v_trainer *trainer, const Settings *values, const n2v_corpus *corpus, n2v_error *error);

#endif
