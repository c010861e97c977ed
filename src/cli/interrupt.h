/* interrupt.h - SIGINT, SIGTERM and SIGHUP as a flag that long calls check. */
#ifndef N2V_CLI_INTERRUPT_H
#define N2V_CLI_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>

#include "nce2vec.h"

typedef struct cli_interrupt {
    sigset_t signals; /* blocked, and checked for */
    bool requested;   /* one has arrived */
} cli_interrupt;

/* Blocks the signals in this thread. Signals that are ignored (a background job's) stay ignored. */
n2v_status interrupt_hold(cli_interrupt *interrupt, n2v_error *error);

/* Whether one has arrived. */
bool interrupt_requested(cli_interrupt *interrupt);

#endif
