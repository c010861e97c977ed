/* replica.h - a rank's own copy of the model, and what all ranks have in common: the base.
 *
 * The threads of a rank train on its model, Hogwild. What it has changed and not sent yet is the difference to the
 * base. From time to time the changes of all ranks are combined into the base, while training goes on: the rank's model
 * then gets what the others have changed. So an error of rounding what is sent, and a row that is not sent this time,
 * need no care of their own: they are differences that are still to be sent (error feedback). */
#ifndef N2V_TRAIN_RANKS_REPLICA_H
#define N2V_TRAIN_RANKS_REPLICA_H

#include <stdatomic.h>

#include "train/ranks/combine.h"
#include "train/ranks/turns.h"

typedef struct ReplicaOptions {
    Ranks *ranks;
    const Rule *rule;
    Model *model;
    const Kernels *kernels;
    bool unit_rows;
    size_t threads;
    unsigned bits; /* of a number that is sent: 32, 16, 8 */
    TurnsOptions turns;
} ReplicaOptions;

typedef struct Replica {
    ReplicaOptions options;
    Model base; /* its rows; it has no words */
    float *rows, *memory; /* memory: of the rule; NULL: it has none */
    size_t memory_floats;
    Combine combine;
    _Atomic unsigned char *touched; /* RowMark of each row */
    Turns turns;
    size_t matrices; /* of outputs, a row for each word in each */
    float *change; /* a row for each part */
} Replica;

/* The model is that of all ranks. */
n2v_status replica_create(Replica *replica, const ReplicaOptions *options, n2v_error *error);
void replica_free(Replica *replica); /* accepts an all-zero struct */

/* The model has become another one, the same on all ranks. */
void replica_restart(Replica *replica);

/* Combines the changes of those rows whose turn it is at a step, counted from 0. Threads may train meanwhile. */
n2v_status replica_combine(Replica *replica, uint64_t step, n2v_error *error);

/* Combines all changes exactly: the model is the base then. No thread trains. */
n2v_status replica_combine_all(Replica *replica, n2v_error *error);

#endif
