/* dealt.h - the virtual workers of a round, dealt out over ranks: each rank trains for some of them, and their changes
 * are combined in the order of all, so that N ranks give the bytes of one process. */
#ifndef N2V_TRAIN_RANKS_DEALT_H
#define N2V_TRAIN_RANKS_DEALT_H

#include "train/ranks/combine.h"
#include "train/rounds/changes.h"
#include "train/worker.h"

typedef struct Dealt {
    Combine combine;
    size_t first, last; /* virtual workers of this rank: from first to before last */
    bool has_bias;      /* all scores share one */
    uint64_t *order;    /* the rows of a share, to be sorted */
    size_t room;
    bool failed, stop; /* any rank has failed, or wants to stop; since the last round */
    bool broken;       /* this rank has failed alone, while the others wait for it */
} Dealt;

/* The changes have the model, the rule and its memory. */
n2v_status dealt_create(Dealt *dealt, const Changes *changes, Ranks *ranks, size_t virtual_workers, size_t threads,
                        bool has_bias, n2v_error *error);
void dealt_free(Dealt *dealt); /* accepts an all-zero struct */

/* The end of a round, of all ranks together: makes the rows those of the round's end, unless a rank has failed.
 * shares and done are those of all virtual workers; afterwards each rank has what all have done. */
n2v_status dealt_combine(Dealt *dealt, const Share *shares, Outcome *done, bool failed, bool stop, n2v_error *error);

/* After a run: agrees on the status, and after a success each rank has all of the rule's memory. */
n2v_status dealt_end(Dealt *dealt, n2v_status status, n2v_error *error);

#endif
