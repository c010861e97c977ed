/* content.h - what kind of bytes a file contains, by its first ones. */
#ifndef N2V_IO_CONTENT_H
#define N2V_IO_CONTENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "io/codec.h"

#define CONTENT_BYTES ((size_t)4096) /* enough to recognize every format and encoding */

/* The first bytes of a file, or of what a compressed file contains. */
typedef struct Content {
    const unsigned char *head;
    size_t have;
    const char *file;   /* the argument of the command that the message proposes, or "" */
    const Codec *codec; /* which decompressed them; NULL: they are the file's */
    bool text;          /* text is expected: vectors in binary formats may look like UTF-16 without a mark */
} Content;

/* The compression of a file that begins with these bytes, if this build can read it; otherwise NULL. */
const Codec *content_codec(const unsigned char *head, size_t have);

/* N2V_ERROR_FORMAT for bytes that are still compressed, archives, and text in UTF-16 or UTF-32, which would train as if
 * they were words. */
n2v_status content_refuse(const Content *content, const char *name, n2v_error *error);

#endif
