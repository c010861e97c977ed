/* rule.h - how the changes that the virtual workers of a round made to a row become one: a row of the table. */
#ifndef N2V_TRAIN_ROUNDS_RULE_H
#define N2V_TRAIN_ROUNDS_RULE_H

#include <stddef.h>

typedef struct Rule {
    const char *name;
    size_t memory; /* floats a row keeps from round to round: 0, or 1 times a row's */

    /* row (of so many floats) is the one of the round's beginning, and becomes that of its end. copies are those of the
     * virtual workers that touched it, in their order; memory is the row's own, 0 at first; room has so many floats. */
    void (*combine)(float *row, const float *const *copies, size_t count, size_t floats, float *memory, float *room);
} Rule;

const Rule *rule_at(size_t index); /* NULL beyond the last */

#endif
