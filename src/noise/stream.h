/* stream.h - noise words drawn ahead of their use, each used a few times.
 *
 * A word is used STREAM_USES times, at least 190 draws apart and each time beside others: its row is in the
 * second-level cache still, but the windows are others. Draws from Q and rows that come from memory are saved, and
 * every use by itself is a draw from Q (eval/ABLATIONS.md has the effect on quality). Where more than STREAM_DRAWS
 * words are taken at a time each is used once. */
#ifndef N2V_NOISE_STREAM_H
#define N2V_NOISE_STREAM_H

#include "noise/noise.h"

#define STREAM_USES  4
#define STREAM_DRAWS 64 /* at once: overlaps the cache misses of the distribution's table */

typedef struct NoiseStream {
    const Noise *noise;
    Random random;
    size_t count;    /* taken at a time */
    size_t uses;     /* of each word */
    uint32_t *words; /* what is left of the last filling, count - 1 at most, and a filling */
    uint32_t *next, *end; /* among them */
    uint32_t drawn[STREAM_USES][STREAM_DRAWS]; /* a filling has one use of all of these */
    size_t fillings;
} NoiseStream;

/* A stream that gives count words at a time. */
n2v_status noise_stream_create(NoiseStream *stream, const Noise *noise, size_t count, n2v_error *error);
void noise_stream_destroy(NoiseStream *stream); /* accepts one of zeros */

/* Begins anew with these random numbers. */
void noise_stream_start(NoiseStream *stream, const Random *random);

void noise_stream_fill(NoiseStream *stream);

/* The next count words; they stay until the next call. */
static inline const uint32_t *noise_stream_take(NoiseStream *stream)
{
    const uint32_t *taken;

    while ((size_t)(stream->end - stream->next) < stream->count)
        noise_stream_fill(stream);
    taken = stream->next;
    stream->next += stream->count;
    return taken;
}

#endif
