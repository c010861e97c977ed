/* weight.h - the weight of a line: how often its words count. */
#ifndef N2V_CORPUS_WEIGHT_H
#define N2V_CORPUS_WEIGHT_H

#include <stddef.h>
#include <stdint.h>

#define MAX_WEIGHT 1e9

/* Counts of words are integers. Those of weighted lines are sums of this unit until the whole text is read, so that
 * lines of weights below 1 add up. */
#define WEIGHT_UNIT (UINT64_C(1) << 20)

/* Reads the text of a weight. NULL, or what is wrong, to follow "the weight '...'". */
const char *weight_fault(const char *text, size_t bytes, float *weight);

/* What an occurrence in a line of this weight counts; at least 1 unless the weight is 0. */
static inline uint64_t weight_units(float weight)
{
    const uint64_t units = (uint64_t)((double)weight * (double)WEIGHT_UNIT + 0.5);
    return weight > 0 && !units ? 1 : units;
}

#endif
