/* session.h - what a command shares with main: the signals it asks for. */
#ifndef N2V_CLI_SESSION_H
#define N2V_CLI_SESSION_H

#include "cli/interrupt.h"

typedef struct cli_session {
    cli_interrupt interrupt; /* interrupt_hold by the commands that can stop in the middle */
} cli_session;

#endif
