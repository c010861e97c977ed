#include "ranks/launcher.h"

#include <stdlib.h>

/* Of PMIx (Open MPI, srun), of Open MPI alone, and of PMI-1 and PMI-2 (MPICH, srun). */
bool launcher_is_there(void)
{
    static const char *const names[] = {"PMIX_RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMI_FD"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (getenv(names[i]))
            return true;
    return false;
}

size_t launcher_processes(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *text = getenv(names[i]);
        const unsigned long count = text ? strtoul(text, NULL, 10) : 0;
        if (count)
            return count;
    }
    return 1;
}
