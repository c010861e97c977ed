/* clock.h - seconds, and waiting for a while, on a clock that nobody sets. */
#ifndef N2V_BASE_CLOCK_H
#define N2V_BASE_CLOCK_H

#include <pthread.h>
#include <stdbool.h>

/* Seconds since some moment in the past. Only differences have a meaning. 0 where the clock cannot be read. */
double seconds_now(void);

/* Seconds since a moment of seconds_now; 0 where the clock could not be read. */
double seconds_since(double moment);

/* A condition variable for condition_wait. Returns 0 or an errno; destroy it with pthread_cond_destroy. */
int condition_create(pthread_cond_t *condition);

/* Waits, with the mutex held, for at most so many seconds. False: the time is over. True: look at what the mutex
 * guards, as after pthread_cond_wait. */
bool condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, double seconds);

#endif
