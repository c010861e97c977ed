/* trainer_handle.h - what an n2v_trainer is. */
#ifndef N2V_API_TRAINER_HANDLE_H
#define N2V_API_TRAINER_HANDLE_H

#include "api/vectors_handle.h"
#include "train/trainer.h"

struct n2v_trainer {
    Trainer *trainer;
    n2v_vectors vectors; /* a view of the trainer's model */
    bool needs_start;    /* vectors are frozen, and still those that were drawn */
    Record notes;        /* of the client, for checkpoints */
};

#endif
