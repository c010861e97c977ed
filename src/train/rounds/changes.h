/* changes.h - what the virtual workers of a round have changed, row by row, from which a rule makes the rows of the
 * round's end.
 *
 * Rows belong to parts. Different threads may work on different parts. */
#ifndef N2V_TRAIN_ROUNDS_CHANGES_H
#define N2V_TRAIN_ROUNDS_CHANGES_H

#include "kernels/kernels.h"
#include "train/overlay.h"
#include "train/rounds/rule.h"

#define CHANGE_PARTS ((size_t)32)

/* What one virtual worker has changed. */
typedef struct Share {
    Overlay overlay;
    uint32_t *copies; /* of the overlay, ordered by the part that their rows belong to */
    size_t room, starts[CHANGE_PARTS + 1];
} Share;

/* Orders the copies. */
n2v_status share_sort(Share *share, n2v_error *error);
void share_free(Share *share); /* accepts an all-zero struct */

typedef struct Change {
    const float *copy;
    uint32_t row;
    float accumulated; /* by the optimizer */
} Change;

/* A thread's buffers. */
typedef struct ChangeScratch {
    uint32_t *places; /* of all rows, 0 between two uses; also those of an overlay */
    float *sum;       /* of a row's changes */
    size_t floats;    /* of sum */
} ChangeScratch;

/* Creates what is missing. */
n2v_status change_scratch_create(ChangeScratch *scratch, const Model *model, n2v_error *error);
void change_scratch_free(ChangeScratch *scratch); /* accepts an all-zero struct */

typedef struct Changes {
    Model *model;
    const Kernels *kernels;
    const Rule *rule;
    float *memory;    /* of the rule: those of all rows, then ROW_FLOATS of the shared bias; NULL: it has none */
    size_t memory_floats;
    bool unit_rows;   /* rows of length 1 */

    /* Those of a round. */
    const Share *shares;
    size_t share_count;
    Change *changes; /* of all shares, by part, then by row, then in the order of the shares */
    size_t room, starts[CHANGE_PARTS + 1];
} Changes;

/* The sum of a row's changes: of the differences of the copies to the row. Returns the sum of their squared lengths. */
double changes_sum(const Change *changes, size_t count, const float *row, size_t floats, float *sum);

n2v_status changes_create(Changes *changes, Model *model, const Kernels *kernels, const Rule *rule, bool unit_rows,
                          n2v_error *error);
void changes_free(Changes *changes); /* accepts an all-zero struct */

/* Sets the sorted shares of the round, which are kept by reference. */
n2v_status changes_take(Changes *changes, const Share *shares, size_t count, n2v_error *error);

/* Makes the rows of one part those of the round's end. */
void changes_apply(const Changes *changes, size_t part, ChangeScratch *scratch);

/* The same for the shared bias. */
void changes_apply_shared_bias(const Changes *changes);

#endif
