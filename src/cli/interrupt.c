#include "cli/interrupt.h"

#include <string.h>
#include <time.h>

#include "cli/fail.h"

static n2v_status add_signal(cli_interrupt *interrupt, int number, n2v_error *error)
{
    struct sigaction action;

    if (sigaction(number, NULL, &action) != 0 ||
        (action.sa_handler != SIG_IGN && sigaddset(&interrupt->signals, number) != 0))
        return fail(error, N2V_ERROR_IO, "signal %d cannot be set up", number);
    return N2V_OK;
}

n2v_status interrupt_hold(cli_interrupt *interrupt, n2v_error *error)
{
    n2v_status status;
    int code;

    interrupt->requested = false;
    sigemptyset(&interrupt->signals);
    if ((status = add_signal(interrupt, SIGINT, error)) != N2V_OK ||
        (status = add_signal(interrupt, SIGTERM, error)) != N2V_OK ||
        (status = add_signal(interrupt, SIGHUP, error)) != N2V_OK)
        return status;
    code = pthread_sigmask(SIG_BLOCK, &interrupt->signals, NULL);
    return code ? fail(error, N2V_ERROR_IO, "signals cannot be blocked: %s", strerror(code)) : N2V_OK;
}

bool interrupt_requested(cli_interrupt *interrupt)
{
    const struct timespec at_once = {0};

    if (!interrupt->requested && sigtimedwait(&interrupt->signals, NULL, &at_once) > 0)
        interrupt->requested = true; /* a second one stays blocked: it would leave a temporary file */
    return interrupt->requested;
}
