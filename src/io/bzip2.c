#include <bzlib.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"
#include "io/codec.h"

extern const Codec codec_bzip2;

typedef struct state {
    bz_stream stream;
    bool open; /* between a successful begin and the end */
} state;

static bool bzip2_begins(unsigned char byte)
{
    return byte == 'B';
}

static bool begin(state *s)
{
    s->stream = (bz_stream){.next_in = NULL};
    s->open = BZ2_bzDecompressInit(&s->stream, 0, 0) == BZ_OK;
    return s->open;
}

static void end(state *s)
{
    if (s->open)
        (void)BZ2_bzDecompressEnd(&s->stream); /* only frees */
    s->open = false;
}

static void *bzip2_open(void)
{
    state *s = array_create_zero(1, sizeof *s);

    if (s && begin(s))
        return s;
    free(s);
    return NULL;
}

static bool bzip2_restart(void *opened)
{
    end(opened);
    return begin(opened);
}

static CodecResult bzip2_step(void *opened, CodecBuffers *b)
{
    bz_stream *stream = &((state *)opened)->stream;
    int result;

    stream->next_in = (char *)(uintptr_t)b->in;
    stream->avail_in = (unsigned)b->in_bytes;
    stream->next_out = (char *)b->out;
    stream->avail_out = (unsigned)b->out_bytes;
    result = BZ2_bzDecompress(stream);
    b->in = (const unsigned char *)stream->next_in;
    b->in_bytes = stream->avail_in;
    b->out = (unsigned char *)stream->next_out;
    b->out_bytes = stream->avail_out;
    switch (result) {
    case BZ_STREAM_END:
        return CODEC_MEMBER_ENDED;
    case BZ_OK:
        return CODEC_GOES_ON;
    case BZ_MEM_ERROR:
        return CODEC_NO_MEMORY;
    default:
        b->fault = result == BZ_DATA_ERROR_MAGIC ? "not a bzip2 stream" : "data integrity error";
        return CODEC_CORRUPT;
    }
}

static void bzip2_close(void *opened)
{
    end(opened);
    free(opened);
}

const Codec codec_bzip2 = {
    .name = "bzip2",
    .command = "bzip2 -dc",
    .begins = bzip2_begins,
    .open = bzip2_open,
    .restart = bzip2_restart,
    .step = bzip2_step,
    .close = bzip2_close,
};
