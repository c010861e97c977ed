/* rule.h - how the changes that the virtual workers of a round made to a row become one: a row of the table. */
#ifndef N2V_TRAIN_ROUNDS_RULE_H
#define N2V_TRAIN_ROUNDS_RULE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct Rule {
    const char *name;
    bool memory; /* it keeps so many floats for each row from round to round */

    /* row (of so many floats) is the one of the round's beginning, and becomes that of its end. sum is that of the
     * changes of count virtual workers, squares the sum of the changes' squared lengths; memory is the row's own, 0 at
     * first. */
    void (*combine)(float *row, const float *sum, double squares, size_t count, size_t floats, float *memory);
} Rule;

const Rule *rule_at(size_t index); /* NULL beyond the last */

#endif
