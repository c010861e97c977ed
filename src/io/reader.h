/* reader.h - a stream of bytes from a plain file, a gzip file or standard input.
 *
 * The format is told by content: bytes that begin with gzip's magic are inflated
 * (any number of members, dictzip's extra field, zero padding between members),
 * all others are passed on. Memory is bounded: a ring of a few chunks. Reading
 * and inflating run in a thread of their own, ahead of the caller. */
#ifndef N2V_IO_READER_H
#define N2V_IO_READER_H

#include "base/status.h"

typedef struct n2v_reader n2v_reader;

/* Refuses, as N2V_ERROR_ARGUMENT, a path that is missing, unreadable or a
 * directory. "-" is standard input. Cheap: call it for every input before work
 * begins. Does not open. */
n2v_status n2v_reader_check(const char *path, n2v_error *error);

/* Opens path; stop (kept by reference, may be NULL) is asked while waiting for
 * input and before each chunk. The caller closes the reader, also after a failed n2v_reader_next. */
n2v_status n2v_reader_open(n2v_reader **reader, const char *path, const n2v_stop *stop, n2v_error *error);

/* The next chunk: *count bytes at *bytes, valid until the next call; *count is 0
 * at the end. A gzip stream that is cut or corrupt fails with N2V_ERROR_FORMAT,
 * naming the file and the byte of the compressed file. */
n2v_status n2v_reader_next(n2v_reader *reader, const unsigned char **bytes, size_t *count, n2v_error *error);

/* Bytes of the file consumed so far (compressed ones), and its size, or 0 when
 * it is not known: for progress. */
uint64_t n2v_reader_position(const n2v_reader *reader);
uint64_t n2v_reader_size(const n2v_reader *reader);

/* Whether the bytes are inflated ones. Known once n2v_reader_next has returned. */
bool n2v_reader_inflates(const n2v_reader *reader);

void n2v_reader_close(n2v_reader *reader); /* accepts NULL */

#endif
