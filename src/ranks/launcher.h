/* launcher.h - what a launcher of parallel programs (mpirun, srun) says in the environment. */
#ifndef N2V_RANKS_LAUNCHER_H
#define N2V_RANKS_LAUNCHER_H

#include <stdbool.h>
#include <stddef.h>

/* Whether one has started this process. */
bool launcher_is_there(void);

/* How many processes it has started; 1 where it does not say, or there is none. */
size_t launcher_processes(void);

#endif
