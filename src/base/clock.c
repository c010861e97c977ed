#include "base/clock.h"

#include <errno.h>
#include <time.h>

#define SECOND_NS 1000000000L

double seconds_now(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

double seconds_since(double moment)
{
    const double seconds = seconds_now() - moment;
    return seconds > 0 ? seconds : 0;
}

int condition_create(pthread_cond_t *condition)
{
    pthread_condattr_t monotonic;
    int failed = pthread_condattr_init(&monotonic);

    if (failed)
        return failed;
    failed = pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    if (!failed)
        failed = pthread_cond_init(condition, &monotonic);
    (void)pthread_condattr_destroy(&monotonic); /* only frees */
    return failed;
}

bool condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, double seconds)
{
    const time_t whole = (time_t)seconds;
    struct timespec until = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += whole;
    until.tv_nsec += (long)((seconds - (double)whole) * (double)SECOND_NS);
    if (until.tv_nsec >= SECOND_NS) {
        until.tv_nsec -= SECOND_NS;
        until.tv_sec++;
    }
    return pthread_cond_timedwait(condition, mutex, &until) != ETIMEDOUT;
}
