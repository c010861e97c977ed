#include <zstd.h>
#include <zstd_errors.h>

#include "io/codec.h"

extern const Codec codec_zstd;

#define WINDOW_LOG 27
_Static_assert((size_t)1 << WINDOW_LOG == CODEC_WINDOW_BYTES, "the window's limit");

/* Frames begin with (, skippable ones with 0x50 to 0x5f. */
static bool zstd_begins(unsigned char byte)
{
    return byte == '(' || byte >> 4 == 5;
}

static void *zstd_open(void)
{
    ZSTD_DCtx *context = ZSTD_createDCtx();

    if (context && ZSTD_isError(ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, WINDOW_LOG))) {
        (void)ZSTD_freeDCtx(context); /* cannot fail */
        return NULL;
    }
    return context;
}

static bool zstd_restart(void *state)
{
    return !ZSTD_isError(ZSTD_DCtx_reset(state, ZSTD_reset_session_only));
}

static CodecResult zstd_step(void *state, CodecBuffers *b)
{
    ZSTD_inBuffer in = {b->in, b->in_bytes, 0};
    ZSTD_outBuffer out = {b->out, b->out_bytes, 0};
    const size_t result = ZSTD_decompressStream(state, &out, &in);

    b->in += in.pos;
    b->in_bytes -= in.pos;
    b->out += out.pos;
    b->out_bytes -= out.pos;
    if (!ZSTD_isError(result))
        return result ? CODEC_GOES_ON : CODEC_MEMBER_ENDED;
    switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_memory_allocation:
        return CODEC_NO_MEMORY;
    case ZSTD_error_frameParameter_windowTooLarge:
        return CODEC_WINDOW;
    default:
        b->fault = ZSTD_getErrorName(result);
        return CODEC_CORRUPT;
    }
}

static void zstd_close(void *state)
{
    (void)ZSTD_freeDCtx(state); /* cannot fail */
}

const Codec codec_zstd = {
    .name = "zstd",
    .command = "zstd -dc",
    .begins = zstd_begins,
    .open = zstd_open,
    .restart = zstd_restart,
    .step = zstd_step,
    .close = zstd_close,
};
