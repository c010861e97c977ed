#include "io/decoder.h"

#include <inttypes.h>

n2v_status decoder_begin(Decoder *d, n2v_error *error)
{
    d->buffers = (CodecBuffers){.in = d->input, .in_bytes = (size_t)d->taken};
    d->in_member = true;
    d->ended = false;
    d->state = d->codec->open();
    return d->state ? N2V_OK : fail_memory(error, 0, "decompressing");
}

void decoder_end(Decoder *d)
{
    d->codec->close(d->state);
}

uint64_t decoder_position(const Decoder *d)
{
    return d->taken - d->buffers.in_bytes;
}

/* No bytes come only at the end. */
static n2v_status fill_input(Decoder *d, n2v_error *error)
{
    size_t count = 0;
    const n2v_status status = d->more(d->context, d->input, d->input_bytes, &count, error);

    d->buffers.in = d->input;
    d->buffers.in_bytes = count;
    d->taken += count;
    return status;
}

/* Skips the zero bytes that tapes, block devices and xz leave after a member. */
static n2v_status find_member(Decoder *d, n2v_error *error)
{
    CodecBuffers *buffers = &d->buffers;
    n2v_status status;

    for (;;) {
        while (buffers->in_bytes && *buffers->in == 0) {
            buffers->in++;
            buffers->in_bytes--;
        }
        if (buffers->in_bytes)
            break;
        if ((status = fill_input(d, error)) != N2V_OK)
            return status;
        if (!buffers->in_bytes) {
            d->ended = true;
            return N2V_OK;
        }
    }
    if (!d->codec->begins(*buffers->in))
        return error_set(error, N2V_ERROR_FORMAT,
                         "%s: there is something else after the %s data, from byte %" PRIu64
                         " on: the file is damaged or two files were joined",
                         d->name, d->codec->name, decoder_position(d));
    if (!d->codec->restart(d->state))
        return fail_memory(error, 0, "decompressing");
    d->in_member = true;
    return N2V_OK;
}

/* One step of the codec. At the end of the input it may still have bytes to give. */
static n2v_status decode_some(Decoder *d, n2v_error *error)
{
    CodecBuffers *buffers = &d->buffers;
    const size_t room = buffers->out_bytes;
    bool at_end;
    n2v_status status;

    if (!buffers->in_bytes && (status = fill_input(d, error)) != N2V_OK)
        return status;
    at_end = !buffers->in_bytes;
    switch (d->codec->step(d->state, buffers)) {
    case CODEC_MEMBER_ENDED:
        d->in_member = false;
        return N2V_OK;
    case CODEC_GOES_ON:
        break;
    case CODEC_NO_MEMORY:
        return fail_memory(error, 0, "decompressing");
    case CODEC_WINDOW:
        return error_set(error, N2V_ERROR_FORMAT,
                         "%s: decompressing its %s data needs a window of more than %zu MiB: compress it again with a "
                         "smaller one",
                         d->name, d->codec->name, CODEC_WINDOW_BYTES >> 20);
    case CODEC_CORRUPT:
        return error_set(error, N2V_ERROR_FORMAT, "%s: the %s data are corrupt near byte %" PRIu64 " (%s)", d->name,
                         d->codec->name, decoder_position(d), buffers->fault);
    }
    if (at_end && buffers->out_bytes == room)
        return error_set(error, N2V_ERROR_FORMAT,
                         "%s: the %s data end in the middle, at byte %" PRIu64
                         ": the file is truncated, fetch it again",
                         d->name, d->codec->name, d->taken);
    return N2V_OK;
}

n2v_status decoder_read(Decoder *d, unsigned char *bytes, size_t room, size_t *count, n2v_error *error)
{
    n2v_status status = N2V_OK;

    d->buffers.out = bytes;
    d->buffers.out_bytes = room;
    while (status == N2V_OK && !d->ended && d->buffers.out_bytes)
        status = d->in_member ? decode_some(d, error) : find_member(d, error);
    *count = room - d->buffers.out_bytes;
    return status;
}
