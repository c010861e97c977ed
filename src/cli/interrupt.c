#include "cli/interrupt.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/fail.h"

static n2v_status block(cli_interrupt *interrupt, n2v_error *error)
{
    const int code = pthread_sigmask(SIG_BLOCK, &interrupt->signals, NULL);
    return code ? fail(error, N2V_ERROR_IO, "signals cannot be blocked: %s", strerror(code)) : N2V_OK;
}

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

    interrupt->number = 0;
    interrupt->save = false;
    sigemptyset(&interrupt->signals);
    if ((status = add_signal(interrupt, SIGINT, error)) != N2V_OK ||
        (status = add_signal(interrupt, SIGTERM, error)) != N2V_OK ||
        (status = add_signal(interrupt, SIGHUP, error)) != N2V_OK)
        return status;
    return block(interrupt, error);
}

n2v_status interrupt_hold_save(cli_interrupt *interrupt, n2v_error *error)
{
    const n2v_status status = add_signal(interrupt, SIGUSR1, error);
    return status == N2V_OK ? block(interrupt, error) : status;
}

static void end_at_once(int number)
{
    _exit(128 + number);
}

/* What may be under a final name is complete at any moment, so that the program may end at any. */
static void release(const cli_interrupt *interrupt)
{
    struct sigaction action = {.sa_handler = end_at_once};
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    sigset_t released;

    sigemptyset(&released);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigismember(&interrupt->signals, numbers[i]) == 1 && sigaction(numbers[i], &action, NULL) == 0)
            sigaddset(&released, numbers[i]);
    (void)pthread_sigmask(SIG_UNBLOCK, &released, NULL); /* else a second one waits until the end */
}

bool interrupt_requested(cli_interrupt *interrupt)
{
    const struct timespec at_once = {0};
    int number;

    while (!interrupt->number && (number = sigtimedwait(&interrupt->signals, NULL, &at_once)) > 0) {
        if (number == SIGUSR1) {
            interrupt->save = true;
            continue;
        }
        interrupt->number = number;
        release(interrupt);
    }
    return interrupt->number != 0;
}
