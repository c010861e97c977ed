/* stream.h - noise words drawn ahead of their use, each used twice.
 *
 * A word's second use comes N2V_STREAM_DRAWS draws after its first, among other words: by then its
 * row is in the second-level cache still, but the windows are others. It halves the draws from Q and the rows
 * that come from memory, and every use by itself is a draw from Q. */
#ifndef N2V_NOISE_STREAM_H
#define N2V_NOISE_STREAM_H

#include "noise/noise.h"

#define N2V_STREAM_DRAWS 512 /* at once: overlaps the cache misses of the distribution's table */

typedef struct n2v_noise_stream {
    const n2v_noise *noise;
    size_t count; /* taken at a time */
    uint32_t *next; /* among words */
    uint32_t *end;
    uint32_t *words; /* what is left of the last filling, count - 1 at most, and 2 N2V_STREAM_DRAWS */
    uint32_t latest[N2V_STREAM_DRAWS]; /* used once */
    n2v_random random;
} n2v_noise_stream;

/* A stream that gives count words at a time. */
n2v_status n2v_noise_stream_create(n2v_noise_stream *stream, const n2v_noise *noise, size_t count, n2v_error *error);
void n2v_noise_stream_destroy(n2v_noise_stream *stream); /* accepts one of zeros */

/* Begins anew with these random numbers. */
void n2v_noise_stream_start(n2v_noise_stream *stream, const n2v_random *random);

void n2v_noise_stream_fill(n2v_noise_stream *stream);

/* The next count words; they stay until the next call. */
static inline const uint32_t *n2v_noise_stream_take(n2v_noise_stream *stream)
{
    const uint32_t *taken;

    while ((size_t)(stream->end - stream->next) < stream->count)
        n2v_noise_stream_fill(stream);
    taken = stream->next;
    stream->next += stream->count;
    return taken;
}

#endif
