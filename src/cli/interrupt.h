/* interrupt.h - signals as flags that long calls check: SIGINT, SIGTERM and SIGHUP end the work, SIGUSR1 saves it. */
#ifndef N2V_CLI_INTERRUPT_H
#define N2V_CLI_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>

#include "nce2vec.h"

typedef struct cli_interrupt {
    sigset_t signals; /* blocked, and checked for */
    int number;       /* of the one that ends the work; 0: none has arrived */
    bool save;        /* SIGUSR1 has arrived; who saves sets it back */
} cli_interrupt;

/* Blocks the signals that end the work in this thread. Signals that are ignored (a background job's) stay ignored. */
n2v_status interrupt_hold(cli_interrupt *interrupt, n2v_error *error);

/* Blocks SIGUSR1, too. */
n2v_status interrupt_hold_save(cli_interrupt *interrupt, n2v_error *error);

/* Whether one has arrived that ends the work. After it a second one ends the program at once. */
bool interrupt_requested(cli_interrupt *interrupt);

#endif
