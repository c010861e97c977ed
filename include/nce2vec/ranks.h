/* nce2vec/ranks.h - processes that train one model together. A part of nce2vec.h, which includes it. */
#ifndef NCE2VEC_RANKS_H
#define NCE2VEC_RANKS_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The processes that train one model together, each with threads of its own: those that an MPI launcher has started
 * (mpirun, srun). All of them call the same functions in the same order: those that create, read, train, and agree
 * wait for each other. A library that was built without MPI has no others. */
typedef struct n2v_ranks n2v_ranks;

/* Once in a process, before anything else that MPI forbids before MPI_Init. N2V_ERROR_ARGUMENT: a launcher has started
 * several processes, but the library has no MPI. */
N2V_API n2v_status n2v_ranks_open(n2v_ranks **ranks, n2v_error *error);

/* After all that uses them is destroyed. All ranks together; one that has failed alone calls n2v_ranks_abort. */
N2V_API void n2v_ranks_close(n2v_ranks *ranks);

/* Which of them this one is, from 0, and how many there are. NULL: rank 0 of 1. */
N2V_API size_t n2v_ranks_number(const n2v_ranks *ranks);
N2V_API size_t n2v_ranks_count(const n2v_ranks *ranks);

/* How many threads this rank can have without taking cores from others on its machine. */
N2V_API size_t n2v_ranks_threads(const n2v_ranks *ranks);

/* The bytes that this rank has sent to others. */
N2V_API uint64_t n2v_ranks_sent(const n2v_ranks *ranks);

/* N2V_OK once all ranks have come with N2V_OK; else all get the status and the error of the first one that has failed.
 * What reading and training return is agreed already. */
N2V_API n2v_status n2v_ranks_agree(n2v_ranks *ranks, n2v_status status, n2v_error *error);

/* Whether all ranks have agreed on a failure. */
N2V_API int n2v_ranks_failed(const n2v_ranks *ranks);

/* *number becomes the largest one of all ranks. */
N2V_API n2v_status n2v_ranks_largest(n2v_ranks *ranks, uint64_t *number, n2v_error *error);

/* Ends the processes of all ranks, this one too, with this exit status: when one has failed and the others do not know.
 * Returns when this one is alone. */
N2V_API void n2v_ranks_abort(n2v_ranks *ranks, int code);

#ifdef __cplusplus
}
#endif
#endif
