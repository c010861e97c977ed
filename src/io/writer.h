/* writer.h - a file that appears under its name only when it is complete.
 *
 * Bytes go to a temporary file in the same folder; commit flushes it to disk
 * and renames it. Opening proves that the folder can be written. A path that
 * exists and is no regular file (a pipe, /dev/stdout, /dev/null) is written
 * to directly. "-" is standard output. A path that ends in .gz gets gzip. */
#ifndef N2V_IO_WRITER_H
#define N2V_IO_WRITER_H

#include "base/status.h"

typedef struct Writer Writer;

/* N2V_ERROR_ARGUMENT when path is a directory, its folder cannot be written, or its ending is
 * that of a compressed file that cannot be written (ending.h). stop (kept by
 * reference, may be NULL) is asked between pieces, and while a pipe has no reader or is full. */
n2v_status writer_open(Writer **writer, const char *path, const Stop *stop, n2v_error *error);

n2v_status writer_write(Writer *writer, const void *bytes, size_t count, n2v_error *error);
n2v_status writer_print(Writer *writer, n2v_error *error, const char *format, ...) PRINTF_LIKE(3, 4);

/* What is written so far appears under its name, and stays there whatever comes; what is
 * written later is appended to it by the next call. For a log that others follow. Of gzip
 * each call writes complete members. */
n2v_status writer_publish(Writer *writer, n2v_error *error);

/* What is published, and its name, reach the disk. */
n2v_status writer_flush(Writer *writer, n2v_error *error);

/* Flushes, syncs, renames and frees the writer, also when it fails. Until the renaming a
 * failure removes the temporary file, and what was at path before is untouched. After it the
 * new file is there and complete; when its folder cannot be flushed to disk, the status is
 * N2V_ERROR_DURABILITY: the file may be lost when the machine stops. */
n2v_status writer_commit(Writer *writer, n2v_error *error);

/* The same for files that belong together, at most WRITERS_TOGETHER: all appear or none does, and if none does,
 * what was at their paths is there again. (Where the file system cannot exchange two names, and a later renaming fails,
 * the paths before have lost what was there.) */
#define WRITERS_TOGETHER 4
n2v_status writer_commit_all(Writer *const *writers, size_t count, n2v_error *error);

/* Removes the temporary file and frees the writer. Accepts NULL. */
void writer_discard(Writer *writer);

#endif
