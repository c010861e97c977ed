#include "io/gzip.h"

#include <inttypes.h>

n2v_status gzip_begin(Gzip *gzip, n2v_error *error)
{
    gzip->stream = (z_stream){.next_in = gzip->input, .avail_in = (uInt)gzip->taken};
    gzip->in_member = true;
    gzip->ended = false;
    if (inflateInit2(&gzip->stream, 15 + 16) != Z_OK) /* the largest window; gzip only */
        return fail_memory(error, 0, "inflating");
    return N2V_OK;
}

void gzip_end(Gzip *gzip)
{
    (void)inflateEnd(&gzip->stream); /* only frees */
}

uint64_t gzip_position(const Gzip *gzip)
{
    return gzip->taken - gzip->stream.avail_in;
}

static n2v_status fill_input(Gzip *gzip, n2v_error *error)
{
    size_t count = 0;
    const n2v_status status = gzip->more(gzip->context, gzip->input, gzip->input_bytes, &count, error);

    gzip->stream.next_in = gzip->input;
    gzip->stream.avail_in = (uInt)count;
    gzip->taken += count;
    return status;
}

/* Skips the zero bytes that tapes and block devices leave after a member. */
static n2v_status find_member(Gzip *gzip, n2v_error *error)
{
    z_stream *stream = &gzip->stream;
    n2v_status status;

    for (;;) {
        while (stream->avail_in && *stream->next_in == 0) {
            stream->next_in++;
            stream->avail_in--;
        }
        if (stream->avail_in)
            break;
        if ((status = fill_input(gzip, error)) != N2V_OK)
            return status;
        if (!stream->avail_in) {
            gzip->ended = true;
            return N2V_OK;
        }
    }
    if (*stream->next_in != 0x1f)
        return error_set(error, N2V_ERROR_FORMAT,
                         "%s: there is something else after the gzip data, from byte %" PRIu64
                         " on: the file is damaged or two files were joined",
                         gzip->name, gzip_position(gzip));
    if (inflateReset(stream) != Z_OK)
        return error_set(error, N2V_ERROR_IO, "%s: zlib cannot start a gzip member", gzip->name);
    gzip->in_member = true;
    return N2V_OK;
}

/* One call of inflate. */
static n2v_status inflate_some(Gzip *gzip, n2v_error *error)
{
    z_stream *stream = &gzip->stream;
    n2v_status status;

    if (!stream->avail_in) {
        if ((status = fill_input(gzip, error)) != N2V_OK)
            return status;
        if (!stream->avail_in)
            return error_set(error, N2V_ERROR_FORMAT,
                             "%s: the gzip data end in the middle, at byte %" PRIu64
                             ": the file is truncated, fetch it again",
                             gzip->name, gzip->taken);
    }
    switch (inflate(stream, Z_NO_FLUSH)) {
    case Z_STREAM_END:
        gzip->in_member = false;
        return N2V_OK;
    case Z_OK:
    case Z_BUF_ERROR: /* no progress without more input */
        return N2V_OK;
    case Z_MEM_ERROR:
        return fail_memory(error, 0, "inflating");
    default:
        return error_set(error, N2V_ERROR_FORMAT, "%s: the gzip data are corrupt near byte %" PRIu64 " (%s)",
                         gzip->name, gzip_position(gzip), stream->msg ? stream->msg : "not a deflate stream");
    }
}

n2v_status gzip_read(Gzip *gzip, unsigned char *bytes, size_t room, size_t *count, n2v_error *error)
{
    z_stream *stream = &gzip->stream;
    n2v_status status = N2V_OK;

    stream->next_out = bytes;
    stream->avail_out = (uInt)room;
    while (status == N2V_OK && !gzip->ended && stream->avail_out)
        status = gzip->in_member ? inflate_some(gzip, error) : find_member(gzip, error);
    *count = room - stream->avail_out;
    return status;
}
