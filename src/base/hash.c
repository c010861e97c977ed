#include "base/hash.h"

#include <sys/random.h>
#include <time.h>

/* Without the system's random numbers: the clock, and where this machine has put the stack and the program. */
static uint64_t mixed_seed(void)
{
    struct timespec now = {0};
    const uint64_t stack = (uint64_t)(uintptr_t)&now, program = (uint64_t)(uintptr_t)&hash_seed;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* without a clock it is zero */
    return hash_mix(stack ^ (uint64_t)now.tv_nsec, program ^ UINT64_C(0xd6e8feb86659fd93));
}

uint64_t hash_seed(void)
{
    uint64_t seed;
    return getrandom(&seed, sizeof seed, GRND_NONBLOCK) == (ssize_t)sizeof seed ? seed : mixed_seed();
}
