/* random.h - xoshiro256** (Blackman & Vigna 2018), seeded by splitmix64.
 *
 * A stream is named by (seed, epoch, block, purpose), never by a thread: the
 * same samples are drawn whatever the number of threads. No two purposes share a
 * name, and none ever changes its number: old seeds give what they gave. */
#ifndef N2V_BASE_RANDOM_H
#define N2V_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

typedef enum Purpose {
    STREAM_WINDOWS,   /* subsampling and the windows' widths; (seed, epoch, block) */
    STREAM_NOISE,     /* noise words; (seed, epoch, block) */
    STREAM_INPUT,     /* the first input vectors; seed alone */
    STREAM_OUTPUT,    /* the first output vectors; seed alone */
    STREAM_HELDOUT,   /* whether a sentence is held out; (seed, its number) */
    STREAM_LIKELIHOOD, /* subsampling of a text that is measured; (seed, block) */
    STREAM_LINES,      /* the order of words in the lines of a text that is measured; (seed, block) */
    STREAM_LONG_LINES, /* the same in lines that are cut into pieces; (seed, ids before) */
    STREAM_COMPARISON, /* the words whose neighbors are compared; seed alone */
    STREAM_WEIGHTS     /* which lines of a weight that is not whole are there; (seed, epoch, block) */
} Purpose;

typedef struct Random {
    uint64_t state[4];
} Random;

static inline uint64_t splitmix(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static inline void random_seed(Random *random, uint64_t seed, uint64_t epoch, uint64_t block, uint64_t purpose)
{
    const uint64_t names[4] = {seed, epoch, block, purpose};
    uint64_t state = 0;
    for (int i = 0; i < 4; i++)
        state = names[i] ^ splitmix(&state);
    for (int i = 0; i < 4; i++)
        random->state[i] = splitmix(&state);
}

static inline uint64_t rotate_left(uint64_t x, int bits)
{
    return (x << bits) | (x >> (64 - bits));
}

static inline uint64_t random_next(Random *random)
{
    uint64_t *s = random->state;
    const uint64_t result = rotate_left(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

/* Uniform in [0, bound), bound >= 1; the bias is below bound / 2^64. */
static inline uint32_t random_below(Random *random, uint32_t bound)
{
    return (uint32_t)(((unsigned __int128)random_next(random) * bound) >> 64);
}

/* Uniform in [0, 1), 24 bits. */
static inline float random_float(Random *random)
{
    return (float)(random_next(random) >> 40) * 0x1p-24f;
}

#endif
