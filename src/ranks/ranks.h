/* ranks.h - the processes that train one model together, and how they exchange bytes.
 *
 * All ranks call the same functions in the same order. Who gives NULL for the ranks is alone. */
#ifndef N2V_RANKS_RANKS_H
#define N2V_RANKS_RANKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* What a way of exchanging bytes must be able to do. */
typedef struct RanksWay {
    /* Sends sizes[r] bytes from send + offsets[r] to each rank r, and receives those that the ranks send: one after the
     * other in the order of the ranks, received_sizes[r] bytes each. */
    n2v_status (*exchange)(void *context, const unsigned char *send, const size_t *offsets, const size_t *sizes,
                           unsigned char *received, const size_t *received_sizes, n2v_error *error);

    void (*abort)(void *context, int code); /* ends the processes of all ranks; does not return */
    void (*close)(void *context);
} RanksWay;

typedef struct Ranks {
    size_t number, count;
    const RanksWay *way; /* NULL: this one is alone */
    void *context;
    size_t on_host; /* how many of them are on this one's machine */
    uint64_t sent;  /* bytes, to other ranks */
    bool failed;    /* all have agreed on a failure */
} Ranks;

/* The ranks of this process, as it was started: in a build with MPI those that its launcher started, else it is alone.
 * N2V_ERROR_ARGUMENT: there are others, but no MPI. */
n2v_status ranks_open(Ranks *ranks, n2v_error *error);
void ranks_close(Ranks *ranks); /* accepts an all-zero struct */

static inline size_t ranks_count(const Ranks *ranks)
{
    return ranks ? ranks->count : 1;
}

static inline size_t ranks_number(const Ranks *ranks)
{
    return ranks ? ranks->number : 0;
}

/* RanksWay.exchange, counted. */
n2v_status ranks_exchange(Ranks *ranks, const unsigned char *send, const size_t *offsets, const size_t *sizes,
                          unsigned char *received, const size_t *received_sizes, n2v_error *error);

/* Sends numbers[r] to each rank r; received has what the ranks send. */
n2v_status ranks_exchange_numbers(Ranks *ranks, const size_t *numbers, size_t *received, n2v_error *error);

/* all gets the bytes of each rank, of the same size, in the order of the ranks. */
n2v_status ranks_gather(Ranks *ranks, const void *bytes, size_t size, void *all, n2v_error *error);

/* The same with sizes that differ: *all is malloc'ed, sizes has one for each rank. */
n2v_status ranks_gather_any(Ranks *ranks, const void *bytes, size_t size, unsigned char **all, size_t *sizes,
                            n2v_error *error);

/* The sum of a number over all ranks. */
n2v_status ranks_sum(Ranks *ranks, uint64_t *number, n2v_error *error);

/* The largest one of all ranks. */
n2v_status ranks_largest(Ranks *ranks, uint64_t *number, n2v_error *error);

/* The first rank whose bytes differ from those of rank 0; their number: none. */
n2v_status ranks_compare(Ranks *ranks, const void *bytes, size_t size, size_t *other, n2v_error *error);

/* N2V_OK when each rank comes with N2V_OK; else all have the status and the text of the first rank that failed. */
n2v_status ranks_agree(Ranks *ranks, n2v_status status, n2v_error *error);

#endif
