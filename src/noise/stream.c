#include "noise/stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

n2v_status noise_stream_create(NoiseStream *stream, const Noise *noise, size_t count, n2v_error *error)
{
    const size_t room = count + STREAM_USES * STREAM_DRAWS;

    *stream = (NoiseStream){.noise = noise,
                            .count = count,
                            .uses = count > STREAM_DRAWS ? 1 : STREAM_USES,
                            .words = array_create(room, sizeof *stream->words)};
    stream->next = stream->end = stream->words;
    return stream->words ? N2V_OK : fail_memory(error, room * sizeof *stream->words, "noise words");
}

void noise_stream_destroy(NoiseStream *stream)
{
    free(stream->words);
}

void noise_stream_start(NoiseStream *stream, const Random *random)
{
    stream->random = *random;
    stream->next = stream->end = stream->words;
    stream->fillings = 0;
    for (size_t g = 1; g < stream->uses; g++) /* the first filling draws the others */
        noise_draw(stream->noise, &stream->random, stream->drawn[g], STREAM_DRAWS);
}

void noise_stream_fill(NoiseStream *stream)
{
    const size_t left = (size_t)(stream->end - stream->next), turn = stream->fillings++;

    noise_draw(stream->noise, &stream->random, stream->drawn[turn % stream->uses], STREAM_DRAWS);
    memmove(stream->words, stream->next, left * sizeof *stream->words);
    stream->next = stream->words;
    stream->end = stream->words + left;
    for (size_t k = 0; k < STREAM_DRAWS; k++) {
        /* Sixteen words in another order each time, so that each use is beside others. */
        const size_t among = k * (2 * turn + 1), sixteen = k & ~(size_t)15;
        for (size_t g = 0; g < stream->uses; g++)
            *stream->end++ = stream->drawn[g][sixteen | ((among + turn * g) & 15)];
    }
}
