/* deflate.h - gzip for a stream of bytes: one member after another, each complete in itself. */
#ifndef N2V_IO_DEFLATE_H
#define N2V_IO_DEFLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

typedef struct Deflate Deflate;

/* Takes compressed bytes. */
typedef n2v_status (*DeflateOutput)(void *context, const unsigned char *bytes, size_t count, n2v_error *error);

/* output and context are kept by reference. NULL: out of memory. */
Deflate *deflate_create(DeflateOutput output, void *context);

n2v_status deflate_bytes(Deflate *deflate, const unsigned char *bytes, size_t count, n2v_error *error);

/* Ends the member, so that what was given so far can be read. The next bytes begin another one. Without bytes since the
 * last end nothing happens, but an empty member comes out where there was none yet. */
n2v_status deflate_end_member(Deflate *deflate, n2v_error *error);
void deflate_destroy(Deflate *deflate); /* accepts NULL */

#endif
