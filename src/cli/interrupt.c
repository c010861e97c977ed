#include "cli/interrupt.h"

#include <string.h>
#include <time.h>

static n2v_status add_signal(cli_interrupt *interrupt, int number, n2v_error *error)
{
    struct sigaction action;

    if (sigaction(number, NULL, &action) || (action.sa_handler != SIG_IGN && sigaddset(&interrupt->signals, number)))
        return error_set(error, N2V_ERROR_IO, "signal %d cannot be set up", number);
    return N2V_OK;
}

n2v_status interrupt_hold(cli_interrupt *interrupt, n2v_error *error)
{
    n2v_status status;
    int code;

    interrupt->asked = false;
    sigemptyset(&interrupt->signals);
    if ((status = add_signal(interrupt, SIGINT, error)) || (status = add_signal(interrupt, SIGTERM, error)) ||
        (status = add_signal(interrupt, SIGHUP, error)))
        return status;
    code = pthread_sigmask(SIG_BLOCK, &interrupt->signals, NULL);
    return code ? error_set(error, N2V_ERROR_IO, "signals cannot be held back: %s", strerror(code)) : N2V_OK;
}

static bool test(void *context)
{
    cli_interrupt *state = context;
    const struct timespec at_once = {0};

    if (!state->asked && sigtimedwait(&state->signals, NULL, &at_once) > 0)
        state->asked = true; /* a second one stays held: it would leave a temporary file */
    return state->asked;
}

Stop interrupt_stop(cli_interrupt *interrupt)
{
    return (Stop){.test = test, .context = interrupt};
}
