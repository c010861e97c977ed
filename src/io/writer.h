/* writer.h - a file that appears under its name only when it is complete.
 *
 * Bytes go to a temporary file in the same folder; commit flushes it to disk
 * and renames it. Opening proves that the folder can be written. A path that
 * exists and is no regular file (a pipe, /dev/stdout, /dev/null) is written
 * to directly. "-" is standard output. */
#ifndef N2V_IO_WRITER_H
#define N2V_IO_WRITER_H

#include "base/status.h"

typedef struct Writer Writer;

/* N2V_ERROR_ARGUMENT when path is a directory or its folder cannot be written. stop (kept by
 * reference, may be NULL) is asked between pieces, and while a pipe has no reader or is full. */
n2v_status writer_open(Writer **writer, const char *path, const Stop *stop, n2v_error *error);

n2v_status writer_write(Writer *writer, const void *bytes, size_t count, n2v_error *error);
n2v_status writer_print(Writer *writer, n2v_error *error, const char *format, ...) PRINTF_LIKE(3, 4);

/* What is written so far appears under its name, and stays there whatever comes; what is
 * written later is appended to it by the next call. For a log that others follow. */
n2v_status writer_publish(Writer *writer, n2v_error *error);

/* Flushes, syncs, renames and frees the writer. On failure the temporary file
 * is removed, whatever stood at path before is untouched, and the writer is freed. */
n2v_status writer_commit(Writer *writer, n2v_error *error);

/* The same for two files that belong together: both appear or none does, and if none does,
 * what stood at either path is there again. (Where the file system cannot exchange two
 * names, and only the last step fails, the first path has lost what stood there.) */
n2v_status writer_commit_both(Writer *first, Writer *second, n2v_error *error);

/* Removes the temporary file and frees the writer. Accepts NULL. */
void writer_discard(Writer *writer);

#endif
