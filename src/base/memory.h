/* memory.h - arrays whose sizes cannot overflow, and matrices on huge pages. */
#ifndef N2V_BASE_MEMORY_H
#define N2V_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/status.h"

/* Files, hashes and the tokenizer's words take numbers as they lie in memory. */
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "nce2vec is for little-endian machines: its binary formats are, and are written as they lie in memory"
#endif

/* Rows of floats start on a cache line and are padded to whole vectors. */
#define ROW_ALIGNMENT 64
#define ROW_FLOATS    16

/* An uninitialised array of count items, or NULL (also when count * size
 * overflows). Free with free(). A count of 0 gives a pointer that is not NULL. */
void *array_create(size_t count, size_t size);

/* The same, set to zero bytes. */
void *array_create_zero(size_t count, size_t size);

/* The same on pages of their own, where the system grants it huge ones: for tables that are read at random. Free with
 * pages_destroy, which takes the same count and size and accepts NULL. */
void *pages_create(size_t count, size_t size);
void pages_destroy(void *memory, size_t count, size_t size);

/* Makes room for at least need items in *array, which holds *capacity now;
 * growth is geometric. On failure nothing changes and N2V_ERROR_MEMORY returns. */
n2v_status array_grow(void **array, size_t *capacity, size_t need, size_t size, const char *what, n2v_error *error);

/* Closes a stream of open_memstream. False: out of memory, and the text is not complete. The C library reports success
 * when it has no memory for the last step, and sets *text to NULL. */
bool memory_stream_close(FILE *stream, char *const *text);

/* count zeroed floats, aligned to ROW_ALIGNMENT and, where the system grants it, on huge pages, for fewer TLB misses.
 * NULL on failure. Free with floats_destroy, which takes the same count and accepts NULL. */
float *floats_create(size_t count);
void floats_destroy(float *floats, size_t count);

/* Gives back what is beyond the first `fewer` floats, which stay in place: from then on that is their count. */
void floats_shrink(float *floats, size_t count, size_t fewer);

/* Floats from one row to the next of a matrix with dim columns; the padding is zero. */
static inline size_t row_stride(size_t dim)
{
    return (dim + ROW_FLOATS - 1) / ROW_FLOATS * ROW_FLOATS;
}

#endif
