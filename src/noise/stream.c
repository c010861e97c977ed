#include "noise/stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

n2v_status n2v_noise_stream_create(n2v_noise_stream *stream, const n2v_noise *noise, size_t count, n2v_error *error)
{
    const size_t room = count + N2V_STREAM_USES * N2V_STREAM_DRAWS;

    *stream = (n2v_noise_stream){.noise = noise,
                                 .count = count,
                                 .uses = count > N2V_STREAM_DRAWS ? 1 : N2V_STREAM_USES,
                                 .words = n2v_array(room, sizeof *stream->words)};
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
    stream->fillings = 0;
    for (size_t g = 1; g < stream->uses; g++) /* the first filling draws the others */
        n2v_noise_draw(stream->noise, &stream->random, stream->drawn[g], N2V_STREAM_DRAWS);
}

void n2v_noise_stream_fill(n2v_noise_stream *stream)
{
    const size_t left = (size_t)(stream->end - stream->next), turn = stream->fillings++;

    n2v_noise_draw(stream->noise, &stream->random, stream->drawn[turn % stream->uses], N2V_STREAM_DRAWS);
    memmove(stream->words, stream->next, left * sizeof *stream->words);
    stream->next = stream->words;
    stream->end = stream->words + left;
    for (size_t k = 0; k < N2V_STREAM_DRAWS; k++) {
        /* Sixteen words in another order each time, so that each use is beside others. */
        const size_t among = k * (2 * turn + 1), sixteen = k & ~(size_t)15;
        for (size_t g = 0; g < stream->uses; g++)
            *stream->end++ = stream->drawn[g][sixteen | ((among + turn * g) & 15)];
    }
}
