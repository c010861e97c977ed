/* gzip.h - inflates a stream of gzip members: any number of them, dictzip's extra field, zero padding between. */
#ifndef N2V_IO_GZIP_H
#define N2V_IO_GZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#include "base/status.h"

/* Reads up to room compressed bytes, at least one unless they end. */
typedef n2v_status (*GzipInput)(void *context, unsigned char *bytes, size_t room, size_t *count, n2v_error *error);

typedef struct Gzip {
    /* Set these; input has room for input_bytes, and its first `taken` bytes are there already. */
    const char *name; /* in messages */
    unsigned char *input;
    size_t input_bytes;
    uint64_t taken; /* compressed bytes so far */
    GzipInput more;
    void *context;

    z_stream stream;
    bool in_member, ended;
} Gzip;

/* After success the caller calls gzip_end. */
n2v_status gzip_begin(Gzip *gzip, n2v_error *error);

/* Inflates into bytes; *count is below room only at the end. N2V_ERROR_FORMAT, with the compressed byte: cut or
 * corrupt data. */
n2v_status gzip_read(Gzip *gzip, unsigned char *bytes, size_t room, size_t *count, n2v_error *error);

/* Compressed bytes that are inflated. */
uint64_t gzip_position(const Gzip *gzip);
void gzip_end(Gzip *gzip);

#endif
