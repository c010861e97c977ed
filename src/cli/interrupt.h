/* interrupt.h - SIGINT, SIGTERM and SIGHUP as a question, not as a surprise. */
#ifndef N2V_CLI_INTERRUPT_H
#define N2V_CLI_INTERRUPT_H

#include <signal.h>

#include "base/status.h"

typedef struct cli_interrupt {
    sigset_t signals; /* held back and asked for */
    bool asked;       /* one has come */
} cli_interrupt;

/* Holds the signals back, for this thread and those it starts: call it before
 * any starts. Signals that are ignored (a background job's) stay ignored. */
n2v_status interrupt_hold(cli_interrupt *interrupt, n2v_error *error);

/* An Stop on this. */
Stop interrupt_stop(cli_interrupt *interrupt);

#endif
