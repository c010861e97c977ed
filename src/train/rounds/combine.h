/* combine.h - the end of a round: the copies of all virtual workers become rows of the model. */
#ifndef N2V_TRAIN_ROUNDS_COMBINE_H
#define N2V_TRAIN_ROUNDS_COMBINE_H

#include "kernels/kernels.h"
#include "train/rounds/overlay.h"
#include "train/rounds/rule.h"

#define COMBINE_PARTS ((size_t)64) /* of the rows, combined one by one by any thread */

/* The copies of an overlay, ordered by the part that their rows belong to. */
typedef struct Sorted {
    uint32_t *copies;
    size_t room, starts[COMBINE_PARTS + 1];
} Sorted;

n2v_status sorted_fill(Sorted *sorted, const Overlay *overlay, n2v_error *error);
void sorted_free(Sorted *sorted); /* accepts an all-zero struct */

/* A thread's buffers. */
typedef struct Combiner {
    uint32_t *heads;              /* of each row of a part, 1 + its first link; 0: none */
    uint32_t *order; /* the lists of a part */
    struct CombineLink *links;
    size_t link_room, head_count;
    const float **copies; /* of one row */
    float *room;          /* a row */
} Combiner;

n2v_status combiner_create(Combiner *combiner, const Model *model, size_t overlays, n2v_error *error);
void combiner_free(Combiner *combiner); /* accepts an all-zero struct */

typedef struct CombineOptions {
    Model *model;
    const Kernels *kernels;
    const Rule *rule;
    float *memory;   /* of the rule, as the rows of the model; NULL: it has none */
    bool unit_rows;  /* rows of length 1 */
} CombineOptions;

/* Combines the rows of one part. overlays and sorted are those of the virtual workers, in their order. */
n2v_status combine_part(Combiner *combiner, const CombineOptions *options, const Overlay *const *overlays,
                        const Sorted *const *sorted, size_t count, size_t part, n2v_error *error);

/* The bias of all scores, by the same rule; memory (ROW_FLOATS) is the rule's of it. */
n2v_status combine_shared_bias(const CombineOptions *options, const Overlay *const *overlays, size_t count,
                               float *memory, n2v_error *error);

#endif
