#include "base/threads.h"

#include <signal.h>
#include <stdlib.h>

#include "base/memory.h"

int thread_start(pthread_t *thread, void *(*work)(void *context), void *context)
{
    sigset_t all, before;
    int failed;

    sigfillset(&all);
    failed = pthread_sigmask(SIG_SETMASK, &all, &before);
    if (failed)
        return failed;
    failed = pthread_create(thread, NULL, work, context);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL); /* cannot fail: the arguments are valid */
    return failed;
}

void in_threads(size_t threads, void *(*work)(void *shared), void *shared)
{
    pthread_t *others = threads > 1 ? array_create(threads - 1, sizeof *others) : NULL;
    size_t started = 0;

    while (others && started + 1 < threads && thread_start(&others[started], work, shared) == 0)
        started++;
    (void)work(shared);
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(others[i], NULL); /* cannot fail on a thread of ours */
    free(others);
}
