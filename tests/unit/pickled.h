/* pickled.h - pickles of Python's, byte by byte as Python writes them in any protocol, for tests. */
#ifndef N2V_TEST_PICKLED_H
#define N2V_TEST_PICKLED_H

#include <stddef.h>

typedef struct py_bytes {
    unsigned char at[1 << 14];
    size_t count;
} py_bytes;

/* Bytes, and opcodes, as they are. */
void py_put(py_bytes *b, const void *from, size_t count);
void py_op(py_bytes *b, const char *opcodes);

void py_begin(py_bytes *b, int protocol); /* empties it first */

/* A string in the way of protocol 4, or 2. */
void py_text(py_bytes *b, const char *string, int protocol);

void py_number(py_bytes *b, unsigned value); /* of a byte */

/* A string of one letter that was taken out of an array. */
void py_letter(py_bytes *b, const char *string, int protocol);

/* An array. In protocol 2, bytes are a text in Latin-1 that is to be encoded; in protocol 5, a buffer. The shape has
 * one axis where columns is 0. */
void py_array(py_bytes *b, const char *name, unsigned rows, unsigned columns, const void *content, size_t count,
              int protocol);

/* An object of a class, up to its attributes: pairs of a text and a value, then "ub". */
void py_object(py_bytes *b, const char *module, const char *name, int protocol);

#endif
