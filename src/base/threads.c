#include "base/threads.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"

void in_threads(size_t threads, void *(*work)(void *shared), void *shared)
{
    pthread_t *others = threads > 1 ? array_create(threads - 1, sizeof *others) : NULL;
    size_t started = 0;

    while (others && started + 1 < threads && pthread_create(&others[started], NULL, work, shared) == 0)
        started++;
    (void)work(shared);
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(others[i], NULL); /* cannot fail on a thread of ours */
    free(others);
}
