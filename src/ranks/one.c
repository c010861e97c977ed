/* one.c - a build without MPI: a process is alone. */
#include "ranks/launcher.h"
#include "ranks/ranks.h"

n2v_status ranks_open(Ranks *ranks, n2v_error *error)
{
    const size_t processes = launcher_processes();

    *ranks = (Ranks){.count = 1, .on_host = 1};
    if (processes == 1)
        return N2V_OK;
    return error_set(error, N2V_ERROR_ARGUMENT,
                     "%zu processes were started, but this build has no MPI, and each would train a model of its own: "
                     "build with 'make MPI=1', or start one process",
                     processes);
}
