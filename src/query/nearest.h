/* nearest.h - the k best of many scored words. */
#ifndef N2V_QUERY_NEAREST_H
#define N2V_QUERY_NEAREST_H

#include "nce2vec.h"

/* A heap with the farthest on top. Of equal scores the lower id is nearer, so that what is kept
 * does not depend on the order of the offers. */
typedef struct Nearest {
    n2v_neighbor *items; /* borrowed: room of them */
    size_t room, count;
} Nearest;

void nearest_offer(Nearest *nearest, n2v_neighbor item);

/* Nearest first; no more offers after that. */
void nearest_sort(Nearest *nearest);

#endif
