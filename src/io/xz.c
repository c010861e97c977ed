#include <lzma.h>
#include <stdlib.h>

#include "base/memory.h"
#include "io/codec.h"

extern const Codec codec_xz;

#define MEMORY_BYTES (CODEC_WINDOW_BYTES + ((size_t)1 << 20)) /* the dictionary, and the decoder itself */

static bool xz_begins(unsigned char byte)
{
    return byte == 0xfd;
}

/* Frees what a stream before this one had. */
static bool xz_restart(void *state)
{
    return lzma_stream_decoder(state, MEMORY_BYTES, 0) == LZMA_OK;
}

static void xz_close(void *state)
{
    lzma_end(state);
    free(state);
}

static void *xz_open(void)
{
    lzma_stream *stream = array_create_zero(1, sizeof *stream);

    if (stream && xz_restart(stream))
        return stream;
    free(stream);
    return NULL;
}

static const char *fault_of(lzma_ret result)
{
    switch (result) {
    case LZMA_FORMAT_ERROR:
        return "not an xz stream";
    case LZMA_OPTIONS_ERROR:
        return "unknown options";
    default:
        return "data integrity error";
    }
}

static CodecResult xz_step(void *state, CodecBuffers *b)
{
    lzma_stream *stream = state;
    lzma_ret result;

    stream->next_in = b->in;
    stream->avail_in = b->in_bytes;
    stream->next_out = b->out;
    stream->avail_out = b->out_bytes;
    result = lzma_code(stream, LZMA_RUN);
    b->in = stream->next_in;
    b->in_bytes = stream->avail_in;
    b->out = stream->next_out;
    b->out_bytes = stream->avail_out;
    switch (result) {
    case LZMA_STREAM_END:
        return CODEC_MEMBER_ENDED;
    case LZMA_OK:
    case LZMA_BUF_ERROR: /* no progress without more input */
        return CODEC_GOES_ON;
    case LZMA_MEM_ERROR:
        return CODEC_NO_MEMORY;
    case LZMA_MEMLIMIT_ERROR:
        return CODEC_WINDOW;
    default:
        b->fault = fault_of(result);
        return CODEC_CORRUPT;
    }
}

const Codec codec_xz = {
    .name = "xz",
    .command = "xz -dc",
    .begins = xz_begins,
    .open = xz_open,
    .restart = xz_restart,
    .step = xz_step,
    .close = xz_close,
};
