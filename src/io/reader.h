/* reader.h - a stream of bytes from a plain or compressed file, standard input, an open descriptor or memory.
 *
 * A compression that this build can read (io/codec.h) is recognized by content and decompressed (any number of
 * members, zero padding between them). Other bytes are passed on, except those that io/content.h refuses, which holds
 * for decompressed bytes, too. Memory is bounded: a ring of a few chunks, and the codec's window. Reading
 * and decompressing run in a thread of their own, ahead of the caller; memory is read in the caller's. */
#ifndef N2V_IO_READER_H
#define N2V_IO_READER_H

#include "base/status.h"
#include "io/codec.h"

typedef struct Reader Reader;

/* Refuses, as N2V_ERROR_ARGUMENT, a path that is missing, unreadable or a
 * directory. "-" is standard input. Cheap: call it for every input before work
 * begins. Does not open. */
n2v_status reader_check(const char *path, n2v_error *error);

/* The same for an open descriptor; name is its name in messages. */
n2v_status reader_check_descriptor(int descriptor, const char *name, n2v_error *error);

/* Opens path; stop (kept by reference, may be NULL) is asked while waiting for
 * input and before each chunk. The caller closes the reader, also after a failed reader_next. */
n2v_status reader_open(Reader **reader, const char *path, const Stop *stop, n2v_error *error);

/* The same for a file of text: UTF-16 and UTF-32 without a mark are refused, too. */
n2v_status reader_open_text(Reader **reader, const char *path, const Stop *stop, n2v_error *error);

/* Text from where an open descriptor is, to its end. It stays the caller's, who leaves it alone meanwhile. */
n2v_status reader_open_descriptor(Reader **reader, int descriptor, const char *name, const Stop *stop,
                                  n2v_error *error);

/* The same from memory, which must stay as it is until the reader is closed. name names it in messages. */
n2v_status reader_open_memory(Reader **reader, const void *bytes, size_t count, const char *name, const Stop *stop,
                              n2v_error *error);

/* The next chunk: *count bytes at *bytes, valid until the next call; *count is 0
 * at the end. A compressed stream that is truncated or corrupt fails with N2V_ERROR_FORMAT,
 * naming the file and the byte of the compressed file. */
n2v_status reader_next(Reader *reader, const unsigned char **bytes, size_t *count, n2v_error *error);

/* Bytes of the file up to the end of the latest chunk (compressed ones), and its size, or 0 when it is not known. */
uint64_t reader_position(const Reader *reader);
uint64_t reader_size(const Reader *reader);

/* The bytes that reading would take, before opening; 0 when that is not known. */
uint64_t reader_bytes(const char *path);
uint64_t reader_bytes_of_descriptor(int descriptor);

/* What decompresses the bytes; NULL: they are the file's. Known once reader_next has returned. */
const Codec *reader_codec(const Reader *reader);

void reader_close(Reader *reader); /* accepts NULL */

#endif
