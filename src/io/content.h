/* content.h - what kind of bytes a file contains, by its first ones. */
#ifndef N2V_IO_CONTENT_H
#define N2V_IO_CONTENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

#define CONTENT_BYTES ((size_t)10) /* enough to recognize every format below */

/* Also with one of the two magic bytes damaged, which inflating then reports: no text goes on with a backspace. */
bool content_is_gzip(const unsigned char *head, size_t have);

/* N2V_ERROR_FORMAT for compressed bytes and for text in UTF-16 or UTF-32, which would train as if they were words.
 * file is the argument of the command that the message proposes, or "". */
n2v_status content_refuse(const unsigned char *head, size_t have, const char *name, const char *file,
                          n2v_error *error);

#endif
