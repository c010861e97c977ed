/* ranks_handle.h - what a program's n2v_ranks points to. */
#ifndef N2V_API_RANKS_HANDLE_H
#define N2V_API_RANKS_HANDLE_H

#include "nce2vec.h"
#include "ranks/ranks.h"

struct n2v_ranks {
    Ranks ranks;
};

/* NULL for NULL. */
static inline Ranks *ranks_of(n2v_ranks *ranks)
{
    return ranks ? &ranks->ranks : NULL;
}

#endif
