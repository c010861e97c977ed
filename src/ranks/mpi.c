/* mpi.c - ranks are the processes that an MPI launcher started. All calls of MPI are here. */
#include <mpi.h>

#include <limits.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "ranks/launcher.h"
#include "ranks/ranks.h"

typedef struct Mpi {
    MPI_Comm world;
    int *counts; /* of one exchange: counts and offsets of both ways */
    size_t ranks;
} Mpi;

/* Not MPI_Wait, which keeps a core busy that trains meanwhile. */
static void wait_for(MPI_Request *request)
{
    const int quick = 50; /* tests before the first sleep */
    struct timespec pause = {.tv_nsec = 10000};
    int done = 0;

    for (int tries = 0;; tries++) {
        (void)MPI_Test(request, &done, MPI_STATUS_IGNORE); /* an error ends the process: MPI's default */
        if (done)
            return;
        if (tries < quick)
            continue;
        (void)nanosleep(&pause, NULL);
        if (pause.tv_nsec < 200000)
            pause.tv_nsec *= 2;
    }
}

static n2v_status exchange(void *context, const unsigned char *send, const size_t *offsets, const size_t *sizes,
                           unsigned char *received, const size_t *received_sizes, n2v_error *error)
{
    Mpi *mpi = context;
    int *send_counts = mpi->counts, *send_offsets = send_counts + mpi->ranks;
    int *receive_counts = send_offsets + mpi->ranks, *receive_offsets = receive_counts + mpi->ranks;
    MPI_Request request;
    size_t at = 0;

    for (size_t r = 0; r < mpi->ranks; r++) {
        if (sizes[r] > INT_MAX || offsets[r] > INT_MAX || received_sizes[r] > INT_MAX || at > INT_MAX)
            return error_set(error, N2V_ERROR_DATA,
                             "a message between ranks is larger than 2 GB, which MPI cannot send at once");
        send_counts[r] = (int)sizes[r];
        send_offsets[r] = (int)offsets[r];
        receive_counts[r] = (int)received_sizes[r];
        receive_offsets[r] = (int)at;
        at += received_sizes[r];
    }
    (void)MPI_Ialltoallv(send, send_counts, send_offsets, MPI_BYTE, received, receive_counts, receive_offsets, MPI_BYTE,
                         mpi->world, &request);
    wait_for(&request);
    return N2V_OK;
}

static void end_all(void *context, int code)
{
    const Mpi *mpi = context;

    (void)MPI_Abort(mpi->world, code);
}

static void close_world(void *context)
{
    Mpi *mpi = context;

    (void)MPI_Comm_free(&mpi->world);
    (void)MPI_Finalize();
    free(mpi->counts);
    free(mpi);
}

static const RanksWay way = {.exchange = exchange, .abort = end_all, .close = close_world};

static size_t count_on_host(MPI_Comm world)
{
    MPI_Comm host;
    int count = 1;

    (void)MPI_Comm_split_type(world, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &host);
    (void)MPI_Comm_size(host, &count);
    (void)MPI_Comm_free(&host);
    return (size_t)count;
}

/* Threads take turns in calling MPI. Without a launcher the process is alone, and need not wait for MPI to start. */
n2v_status ranks_open(Ranks *ranks, n2v_error *error)
{
    int given = 0, number = 0, count = 0;
    Mpi *mpi;

    *ranks = (Ranks){.count = 1, .on_host = 1};
    if (!launcher_is_there())
        return N2V_OK;
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &given) != MPI_SUCCESS || given < MPI_THREAD_SERIALIZED)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "MPI cannot be called from several threads (MPI_THREAD_SERIALIZED): use another build of it");
    mpi = array_create_zero(1, sizeof *mpi);
    if (!mpi)
        return fail_memory(error, sizeof *mpi, "MPI");
    (void)MPI_Comm_dup(MPI_COMM_WORLD, &mpi->world);
    (void)MPI_Comm_rank(mpi->world, &number);
    (void)MPI_Comm_size(mpi->world, &count);
    mpi->ranks = (size_t)count;
    *ranks = (Ranks){.number = (size_t)number,
                     .count = (size_t)count,
                     .on_host = count_on_host(mpi->world),
                     .way = &way,
                     .context = mpi};
    mpi->counts = array_create(4 * mpi->ranks, sizeof *mpi->counts);
    return mpi->counts ? N2V_OK : fail_memory(error, 4 * mpi->ranks * sizeof *mpi->counts, "MPI");
}
