/* machine.h - what the commands ask about the machine. */
#ifndef N2V_CLI_MACHINE_H
#define N2V_CLI_MACHINE_H

#include <stdint.h>

/* Cores that this process may use; at least 1. */
uint64_t machine_cores(void);

#endif
