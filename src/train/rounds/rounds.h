/* rounds.h - training that does not depend on threads.
 *
 * In a round a fixed number of virtual workers train a share of the blocks each, against the model of the round's
 * beginning and their own changes. Then the changes of each row become one, by a rule, in the order of the virtual
 * workers. Which thread trains for which virtual worker, and when, makes no difference. Rounds begin anew with each
 * epoch; between two rounds the state of the training is that of any pause. */
#ifndef N2V_TRAIN_ROUNDS_ROUNDS_H
#define N2V_TRAIN_ROUNDS_ROUNDS_H

#include "train/rounds/rule.h"
#include "train/worker.h"

typedef struct RoundsOptions {
    size_t virtual_workers, words; /* of a round; for each virtual worker, about */
    const Rule *rule;
} RoundsOptions;

n2v_status rounds_create(Rounds **rounds, const RoundsOptions *options, SharedWork *shared, n2v_error *error);
void rounds_destroy(Rounds *rounds); /* accepts NULL */

/* What the rule keeps from round to round, which belongs to the state of the training; NULL: nothing. rounds may be
 * NULL. */
float *rounds_memory(const Rounds *rounds, size_t *floats);

/* The end of the round that a block is in, over all epochs; a block at which a round begins is its own. */
uint64_t rounds_boundary(const Rounds *rounds, uint64_t block);

/* Sets the next run up: rounds from the state's block on, to a boundary. */
void rounds_begin(Rounds *rounds, uint64_t end);

/* What a worker's thread does in a run: rounds, together with all others, until the end, a stop, or a failure. status
 * is that of what the thread has done before: one that has failed comes, too, and ends the run. A round that fails
 * leaves the model and the state as they were at its beginning. */
n2v_status rounds_run(Rounds *rounds, Worker *worker, n2v_status status, n2v_error *error);

/* After a run, of several ranks: they agree on its status. */
n2v_status rounds_end(Rounds *rounds, n2v_status status, n2v_error *error);

#endif
