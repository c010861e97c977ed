/* changes.h - what the virtual workers of a round have changed, row by row: sums, from which a rule makes the rows of the
 * round's end.
 *
 * Rows belong to parts. Different parts may be worked on by different threads; within a part the virtual workers' changes
 * are added one after another. */
#ifndef N2V_TRAIN_ROUNDS_CHANGES_H
#define N2V_TRAIN_ROUNDS_CHANGES_H

#include "kernels/kernels.h"
#include "train/rounds/overlay.h"
#include "train/rounds/rule.h"

#define CHANGE_PARTS ((size_t)32)

/* The copies of an overlay, ordered by the part that their rows belong to. */
typedef struct Sorted {
    uint32_t *copies;
    size_t room, starts[CHANGE_PARTS + 1];
} Sorted;

n2v_status sorted_fill(Sorted *sorted, const Overlay *overlay, n2v_error *error);
void sorted_free(Sorted *sorted); /* accepts an all-zero struct */

/* A row that somebody has changed. */
typedef struct ChangedRow {
    uint32_t row, count; /* its number; of virtual workers */
    double squares;      /* the sum of the changes' squared lengths */
} ChangedRow;

typedef struct ChangePart {
    ChangedRow *rows;
    float **sums; /* of the rows' changes, in chunks of OVERLAY_CHUNK */
    size_t count, row_room, chunks, chunk_room;
} ChangePart;

typedef struct Changes {
    Model *model;
    const Kernels *kernels;
    const Rule *rule;
    float *memory;    /* of the rule: those of all rows, then ROW_FLOATS of the shared bias; NULL: it has none */
    size_t memory_floats;
    bool unit_rows;   /* rows of length 1 */
    uint32_t *places; /* of each row of the model, 1 + its place in its part; 0: it is not changed */
    ChangePart parts[CHANGE_PARTS];
} Changes;

n2v_status changes_create(Changes *changes, Model *model, const Kernels *kernels, const Rule *rule, bool unit_rows,
                          n2v_error *error);
void changes_free(Changes *changes); /* accepts an all-zero struct */

/* Forgets all changes that are not applied. */
void changes_clear(Changes *changes);

/* Adds a virtual worker's changes of the rows of one part. */
n2v_status changes_add(Changes *changes, const Overlay *overlay, const Sorted *sorted, size_t part, n2v_error *error);

/* Makes the rows of one part those of the round's end. The part has no changes then. */
void changes_apply(Changes *changes, size_t part);

/* The same of the shared bias: biases are those of the virtual workers, in their order. */
void changes_apply_shared_bias(const Changes *changes, const float *biases, size_t count);

#endif
