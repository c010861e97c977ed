/* ending.h - which compression the ending of a file's name asks for. */
#ifndef N2V_IO_ENDING_H
#define N2V_IO_ENDING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* The bytes of a path before ".gz" (in any case, after at least one other byte of its name); all of it without that. */
size_t ending_gzip(const char *path, bool *gzip);

/* The ending of a path, such as ".txt", with its dot; NULL: its name has none. */
const char *ending_of(const char *path);

/* N2V_ERROR_ARGUMENT, with the command that helps, for an output whose ending is that of a compressed file or an
 * archive that cannot be written. */
n2v_status ending_check(const char *path, n2v_error *error);

#endif
