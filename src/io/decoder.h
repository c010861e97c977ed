/* decoder.h - decompresses a stream: any number of members of one codec, with zero padding between. */
#ifndef N2V_IO_DECODER_H
#define N2V_IO_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "io/codec.h"

/* Reads up to room compressed bytes, at least one unless they end. */
typedef n2v_status (*DecoderInput)(void *context, unsigned char *bytes, size_t room, size_t *count, n2v_error *error);

typedef struct Decoder {
    /* Set these; input has room for input_bytes, and its first `taken` bytes are there already. */
    const Codec *codec;
    const char *name; /* in messages */
    unsigned char *input;
    size_t input_bytes;
    uint64_t taken; /* compressed bytes so far */
    DecoderInput more;
    void *context;

    void *state; /* the codec's */
    CodecBuffers buffers;
    bool in_member, ended;
} Decoder;

/* After success the caller calls decoder_end. */
n2v_status decoder_begin(Decoder *decoder, n2v_error *error);

/* Decompresses into bytes; *count is below room only at the end. N2V_ERROR_FORMAT, with the compressed byte: cut or
 * corrupt data. */
n2v_status decoder_read(Decoder *decoder, unsigned char *bytes, size_t room, size_t *count, n2v_error *error);

/* Compressed bytes that are decompressed. */
uint64_t decoder_position(const Decoder *decoder);
void decoder_end(Decoder *decoder);

#endif
