/* stream.h - noise words drawn ahead of their use, each used a few times.
 *
 * A word is used N2V_STREAM_USES times, at least 190 draws apart and each time beside others: its row is in the
 * second-level cache still, but the windows are others. Draws from Q and rows that come from memory are saved, and
 * every use by itself is a draw from Q. (Used four times instead of twice: 7 % faster at 100 and at 300 dimensions;
 * quality in eval/ABLATIONS.md.) Where more than N2V_STREAM_DRAWS words are taken at a time each is used once. */
#ifndef N2V_NOISE_STREAM_H
#define N2V_NOISE_STREAM_H

#include "noise/noise.h"

#define N2V_STREAM_USES  4
#define N2V_STREAM_DRAWS 64 /* at once: overlaps the cache misses of the distribution's table */

typedef struct n2v_noise_stream {
    const n2v_noise *noise;
    n2v_random random;
    size_t count;    /* taken at a time */
    size_t uses;     /* of each word */
    uint32_t *words; /* what is left of the last filling, count - 1 at most, and a filling */
    uint32_t *next, *end; /* among them */
    uint32_t drawn[N2V_STREAM_USES][N2V_STREAM_DRAWS]; /* a filling has one use of all of these */
    size_t fillings;
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
