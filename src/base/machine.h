/* machine.h - the machine that this process runs on. */
#ifndef N2V_BASE_MACHINE_H
#define N2V_BASE_MACHINE_H

#include <stdint.h>

/* Cores that this process may use; at least 1. */
uint64_t machine_cores(void);

/* Cores of the machine; at least 1. */
uint64_t machine_cores_online(void);

#endif
