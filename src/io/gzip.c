#include <stdlib.h>
#include <zlib.h>

#include "base/memory.h"
#include "io/codec.h"

extern const Codec codec_gzip;

static bool gzip_begins(unsigned char byte)
{
    return byte == 0x1f;
}

static void *gzip_open(void)
{
    z_stream *stream = array_create_zero(1, sizeof *stream);

    if (stream && inflateInit2(stream, 15 + 16) == Z_OK) /* the largest window; gzip only */
        return stream;
    free(stream);
    return NULL;
}

static bool gzip_restart(void *state)
{
    return inflateReset((z_stream *)state) == Z_OK;
}

static CodecResult gzip_step(void *state, CodecBuffers *b)
{
    z_stream *stream = state;
    int result;

    stream->next_in = (z_const Bytef *)(uintptr_t)b->in;
    stream->avail_in = (uInt)b->in_bytes;
    stream->next_out = b->out;
    stream->avail_out = (uInt)b->out_bytes;
    result = inflate(stream, Z_NO_FLUSH);
    b->in = stream->next_in;
    b->in_bytes = stream->avail_in;
    b->out = stream->next_out;
    b->out_bytes = stream->avail_out;
    switch (result) {
    case Z_STREAM_END:
        return CODEC_MEMBER_ENDED;
    case Z_OK:
    case Z_BUF_ERROR: /* no progress without more input */
        return CODEC_GOES_ON;
    case Z_MEM_ERROR:
        return CODEC_NO_MEMORY;
    default:
        b->fault = stream->msg ? stream->msg : "not a deflate stream";
        return CODEC_CORRUPT;
    }
}

static void gzip_close(void *state)
{
    (void)inflateEnd((z_stream *)state); /* only frees */
    free(state);
}

const Codec codec_gzip = {
    .name = "gzip",
    .command = "gzip -dc",
    .factor = 1040, /* deflate makes at most 1032 bytes of one */
    .begins = gzip_begins,
    .open = gzip_open,
    .restart = gzip_restart,
    .step = gzip_step,
    .close = gzip_close,
};
