#include "noise/stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

n2v_status n2v_noise_stream_create(n2v_noise_stream *stream, const n2v_noise *noise, size_t count, n2v_error *error)
{
    const size_t room = count + 2 * N2V_STREAM_DRAWS;

    *stream = (n2v_noise_stream){.noise = noise, .count = count, .words = n2v_array(room, sizeof *stream->words)};
    stream->next = stream->end = stream->words;
    return stream->words ? N2V_OK : n2v_fail_memory(error, room * sizeof *stream->words, "noise words");
}

void n2v_noise_stream_destroy(n2v_noise_stream *stream)
{
    free(stream->words);
}

void n2v_noise_stream_start(n2v_noise_stream *stream, const n2v_random *random)
{
    stream->random = *random;
    stream->next = stream->end = stream->words;
    n2v_noise_draw(stream->noise, &stream->random, stream->latest, N2V_STREAM_DRAWS);
}

void n2v_noise_stream_fill(n2v_noise_stream *stream)
{
    const size_t left = (size_t)(stream->end - stream->next);
    uint32_t fresh[N2V_STREAM_DRAWS];

    n2v_noise_draw(stream->noise, &stream->random, fresh, N2V_STREAM_DRAWS);
    memmove(stream->words, stream->next, left * sizeof *stream->words);
    stream->next = stream->words;
    stream->end = stream->words + left;
    for (size_t k = 0; k < N2V_STREAM_DRAWS; k++) {
        *stream->end++ = stream->latest[k];
        *stream->end++ = fresh[k];
    }
    memcpy(stream->latest, fresh, sizeof fresh);
}
