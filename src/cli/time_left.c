#include "cli/time_left.h"

#include <math.h>

#define MEMORY_SECONDS 30.0 /* work this old counts 1 / e */

void time_left_measure(cli_time_left *t, double done, double seconds)
{
    const double passed = seconds - t->seconds, keep = exp(-passed / MEMORY_SECONDS);
    const double counted = MEMORY_SECONDS * (1 - keep); /* of a long time, its last part */

    if (!(passed > 0))
        return;
    t->recent_done = t->recent_done * keep + (done - t->done) / passed * counted;
    t->recent_seconds = t->recent_seconds * keep + counted;
    t->done = done;
    t->seconds = seconds;
}

double time_left_rate(const cli_time_left *t)
{
    return t->recent_done > 0 ? t->recent_done / t->recent_seconds : 0;
}

double time_left(const cli_time_left *t, double total)
{
    const double rate = time_left_rate(t);

    if (!(rate > 0))
        return (double)NAN;
    return total > t->done ? (total - t->done) / rate : 0;
}
