/* thread_ranks.h - ranks that are threads of this process. */
#ifndef N2V_TESTS_THREAD_RANKS_H
#define N2V_TESTS_THREAD_RANKS_H

#include "ranks/ranks.h"

#define MAX_RANKS ((size_t)5)

typedef struct thread_ranks {
    size_t count;
    Ranks *ranks; /* they exchange copies of bytes */
    struct thread_exchange *exchange;
} thread_ranks;

thread_ranks new_ranks(size_t count);
/* The exchange of this number, from 1, fails on all ranks; they must not begin another one. */
void fail_exchange(thread_ranks *group, size_t number);
void free_ranks(thread_ranks *group);

/* Calls work for each rank, each in a thread of its own. */
void in_ranks(thread_ranks *group, void (*work)(Ranks *ranks, void *context), void *context);

#endif
