/* steps.h - the training of one rank among several: its threads train step by step, Hogwild, while the changes of the
 * step before are combined with those of the other ranks.
 *
 * In a round each thread of each rank has about one block; a step is a piece of all of these blocks. A pause is
 * at the end of a round. All ranks take the same steps, also where one has no block left. */
#ifndef N2V_TRAIN_RANKS_STEPS_H
#define N2V_TRAIN_RANKS_STEPS_H

#include "train/worker.h"

typedef struct Steps Steps;

/* All ranks together: how many threads each has decides about their shares. */
n2v_status steps_create(Steps **steps, SharedWork *shared, n2v_error *error);
void steps_destroy(Steps *steps); /* accepts NULL */

/* As rounds_memory and rounds_boundary. */
float *steps_memory(const Steps *steps, size_t *floats);
uint64_t steps_boundary(const Steps *steps, uint64_t block);

/* Sets the next run up, from the state's block to a boundary. The model is the same on all ranks. */
void steps_begin(Steps *steps, uint64_t end);

/* What a worker's thread does in a run. status is that of what it has done before. */
n2v_status steps_work(Steps *steps, Worker *worker, n2v_status status, n2v_error *error);

/* What the thread that runs the trainer does meanwhile, with the mutex of shared locked, again and again while
 * steps_go_on: combines a step once the threads have completed it; waits for that no longer than so many seconds. */
void steps_advance(Steps *steps, double seconds);
bool steps_go_on(const Steps *steps);

/* After the threads have ended: agrees on the status with the other ranks; after a success the model and the rule's
 * memory are those of all of them. */
n2v_status steps_end(Steps *steps, n2v_status status, n2v_error *error);

#endif
