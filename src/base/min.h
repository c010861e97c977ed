/* min.h - the smaller of two sizes. */
#ifndef N2V_BASE_MIN_H
#define N2V_BASE_MIN_H

#include <stddef.h>

static inline size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

#endif
