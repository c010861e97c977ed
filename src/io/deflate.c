#include "io/deflate.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/memory.h"

#define OUTPUT_BYTES ((size_t)64 << 10)
#define PIECE_BYTES  ((size_t)1 << 30) /* zlib counts in unsigned ints */

struct Deflate {
    z_stream stream;
    DeflateOutput output;
    void *context;
    bool in_member, any; /* any: a member has begun since the creation */
    unsigned char bytes[OUTPUT_BYTES];
};

Deflate *deflate_create(DeflateOutput output, void *context)
{
    Deflate *d = array_create_zero(1, sizeof *d);

    if (!d)
        return NULL;
    d->output = output;
    d->context = context;
    /* The largest window, and a gzip header without name and time: the same bytes give the same file. */
    if (deflateInit2(&d->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        free(d);
        return NULL;
    }
    return d;
}

/* Compresses what is in the stream; with Z_FINISH to the member's end. */
static n2v_status run(Deflate *d, int flush, n2v_error *error)
{
    int result;

    do {
        size_t count;
        n2v_status status;
        d->stream.next_out = d->bytes;
        d->stream.avail_out = OUTPUT_BYTES;
        result = deflate(&d->stream, flush);
        if (result == Z_STREAM_ERROR)
            return error_set(error, N2V_ERROR_IO, "zlib cannot compress");
        count = OUTPUT_BYTES - d->stream.avail_out;
        if (count && (status = d->output(d->context, d->bytes, count, error)) != N2V_OK)
            return status;
    } while (flush == Z_FINISH ? result != Z_STREAM_END : !d->stream.avail_out);
    return N2V_OK;
}

n2v_status deflate_bytes(Deflate *d, const unsigned char *bytes, size_t count, n2v_error *error)
{
    n2v_status status = N2V_OK;

    while (status == N2V_OK && count) {
        const size_t some = count < PIECE_BYTES ? count : PIECE_BYTES;
        d->in_member = d->any = true;
        d->stream.next_in = (z_const Bytef *)(uintptr_t)bytes;
        d->stream.avail_in = (uInt)some;
        status = run(d, Z_NO_FLUSH, error);
        bytes += some;
        count -= some;
    }
    return status;
}

n2v_status deflate_end_member(Deflate *d, n2v_error *error)
{
    n2v_status status;

    if (!d->in_member && d->any)
        return N2V_OK;
    d->any = true;
    d->in_member = false;
    d->stream.avail_in = 0;
    if ((status = run(d, Z_FINISH, error)) != N2V_OK)
        return status;
    return deflateReset(&d->stream) == Z_OK ? N2V_OK : error_set(error, N2V_ERROR_IO, "zlib cannot compress");
}

void deflate_destroy(Deflate *d)
{
    if (!d)
        return;
    (void)deflateEnd(&d->stream); /* only frees: what was given is out, or thrown away */
    free(d);
}
