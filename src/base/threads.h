/* threads.h - threads that leave signals to the caller's, and the same work in several of them. */
#ifndef N2V_BASE_THREADS_H
#define N2V_BASE_THREADS_H

#include <pthread.h>
#include <stddef.h>

/* As pthread_create with default attributes, but all signals are blocked in the new thread: they belong to the
 * program that uses the library. Returns 0 or an errno. */
int thread_start(pthread_t *thread, void *(*work)(void *context), void *context);

/* Calls work(shared) in this thread and in up to threads - 1 others, and returns when all have
 * returned. Where no more threads can be started fewer do the work: it must be taken from shared
 * in pieces, and a lone caller must come to its end, too. */
void in_threads(size_t threads, void *(*work)(void *shared), void *shared);

#endif
