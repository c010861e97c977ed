/* threads.h - the same work in several threads at once. */
#ifndef N2V_BASE_THREADS_H
#define N2V_BASE_THREADS_H

#include <stddef.h>

/* Calls work(shared) in this thread and in up to threads - 1 others, and returns when all have
 * returned. Where no more threads can be started fewer do the work: it must be taken from shared
 * in pieces, and a lone caller must come to its end, too. */
void in_threads(size_t threads, void *(*work)(void *shared), void *shared);

#endif
