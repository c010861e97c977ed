/* vector_ops.inc.h - operations on vectors of LANES floats, for the template of the vector kernels.
 *
 * The template is compiled once for each instruction set, in a source file of its own, which includes
 *     avx2.inc.h or avx512.inc.h   the operations of the instruction set
 *     vector.inc.h                 the kernels, in parts: vector_cells, _math, _scores, _update, _rows, _matched
 * Each part includes this header and the parts whose functions it calls. An instruction set's header comes first and
 * includes nothing of the template. It defines
 *     LANES                   floats in a vector
 *     DOT_SHAPES(SHAPE)       SHAPE(rows, columns) for each block of scores whose sums stay in registers
 *     DOT_ROWS, DOT_COLUMNS   the maximum rows and columns of a block
 *     DOT_MAX_ROWS(columns)   the maximum rows of a block with this many columns
 *     DOT_BLOCK               the columns of a block where there are more than DOT_COLUMNS; a multiple of 4
 *     UPDATE_COLUMNS          the columns whose y and dy stay in registers
 *     SINGLE_VECTORS          the vectors of a single x row, and of dx, that stay in registers
 *     TWO_ROWS                whether it has the operations on two short rows in one vector, see softmax_eight
 * vectors of LANES floats and integers, vec and vec_int, and
 *     vec_load_some(p, count), vec_store_some(p, v, count): the first count < LANES lanes, the others 0 or untouched
 *     vec_max(a, b), vec_min(a, b): b where either is NaN
 *     vec_sqrt(v)
 *     vec_look_up(low, high, index): for each lane, element index of the two vectors one after the other
 *     vec_of_four(v): a vector that begins with four lanes
 *     sum_lanes_of_four(a, b, c, d), max_lanes_of_four(a, b, c, d): one result for each vector; the maximum of lanes
 *         with a NaN is NaN or any of the others
 * four floats, vec4, and
 *     load_four(p), store_four(p, v), broadcast_four(value)
 *     max_four(a, b): b where either is NaN
 *     inverse_or_zero(v): 1 / v, 0 where v is 0
 *     inverse_root_or_one(v): 1 / sqrt(v), 1 where v is not above 0
 *     any_less(a, b), all_between(v, low, high): comparisons with NaN are false
 * eight floats, vec8, and
 *     load_eight(p), store_eight(p, v)
 *     load_expanded(p, mask): the lanes in the mask are loaded from consecutive floats, the others are 0
 *     store_compressed(p, v, mask): the lanes in the mask are stored to consecutive floats
 *         (both may read or write all of eight)
 * and address_among(row, rows, count): whether a row's address is among others.
 *
 * Arithmetic is written with C's operators, which compilers know for vectors. A product and a sum become one FMA
 * (-ffp-contract=fast). */
#ifndef N2V_KERNELS_VECTOR_OPS_INC_H
#define N2V_KERNELS_VECTOR_OPS_INC_H

#ifndef LANES
#error "include the header of an instruction set first: kernels/avx2.inc.h or kernels/avx512.inc.h"
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

/* Before a loop over registers: in a loop that is not unrolled, its arrays would live on the stack. */
#if defined(N2V_ONE_WIDTH)
#define UNROLL
#elif defined(__clang__)
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif

/* Runs the statement with WIDTH, a constant equal to value; nothing where value is not in low .. high, of at most 16.
 * Loops of a constant width keep their arrays of vectors in registers. With N2V_ONE_WIDTH WIDTH is a variable:
 * sanitizers make so much code of each access to memory that all widths would take minutes to compile. */
#if defined(N2V_ONE_WIDTH)
#define WITH_WIDTH(value, low, high, statement)                                                                        \
    {                                                                                                                  \
        const size_t WIDTH = (size_t)(value);                                                                          \
        if (WIDTH >= (low) && WIDTH <= (high)) {                                                                       \
            statement;                                                                                                 \
        }                                                                                                              \
    }
#else
#define WITH_WIDTH(value, low, high, statement)                                                                        \
    switch (value) {                                                                                                   \
        WIDTH_CASE(1, low, high, statement) WIDTH_CASE(2, low, high, statement)                                        \
        WIDTH_CASE(3, low, high, statement) WIDTH_CASE(4, low, high, statement)                                        \
        WIDTH_CASE(5, low, high, statement) WIDTH_CASE(6, low, high, statement)                                        \
        WIDTH_CASE(7, low, high, statement) WIDTH_CASE(8, low, high, statement)                                        \
        WIDTH_CASE(9, low, high, statement) WIDTH_CASE(10, low, high, statement)                                       \
        WIDTH_CASE(11, low, high, statement) WIDTH_CASE(12, low, high, statement)                                      \
        WIDTH_CASE(13, low, high, statement) WIDTH_CASE(14, low, high, statement)                                      \
        WIDTH_CASE(15, low, high, statement) WIDTH_CASE(16, low, high, statement)                                      \
    default:                                                                                                           \
        break;                                                                                                         \
    }
#define WIDTH_CASE(number, low, high, statement)                                                                       \
    case number:                                                                                                       \
        if ((number) >= (low) && (number) <= (high)) {                                                                 \
            enum { WIDTH = (number) };                                                                                 \
            statement;                                                                                                 \
        }                                                                                                              \
        break;
#endif

/* Floats are read and written as vectors, which C's rules on aliasing forbid for vec itself. */
typedef vec vec_in_memory __attribute__((may_alias));

INLINE vec load(const float *p)
{
    return *(const vec_in_memory *)__builtin_assume_aligned(p, LANES * 4);
}

INLINE void store(float *p, vec v)
{
    *(vec_in_memory *)__builtin_assume_aligned(p, LANES * 4) = v;
}

/* At any address. */
INLINE vec load_any(const float *p)
{
    vec v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void store_any(float *p, vec v)
{
    memcpy(p, &v, sizeof v);
}

INLINE vec broadcast(float value)
{
    return value - (vec){0};
}

INLINE vec choose(vec_int mask, vec yes, vec no)
{
    return (vec)((mask & (vec_int)yes) | (~mask & (vec_int)no));
}

INLINE vec vec_load_up_to(const float *p, size_t count)
{
    return count < LANES ? vec_load_some(p, count) : load_any(p);
}

INLINE void vec_store_up_to(float *p, vec v, size_t count)
{
    if (count < LANES)
        vec_store_some(p, v, count);
    else
        store_any(p, v);
}

/* Stores elements c.. of a row, of which the first `moving` change. */
INLINE void store_moving(float *row, vec v, size_t c, size_t moving)
{
    if (c + LANES <= moving)
        store(row + c, v);
    else if (c < moving)
        vec_store_some(row + c, v, moving - c);
}

INLINE vec_int lane_numbers(void)
{
    vec_int numbers;
    for (int i = 0; i < LANES; i++)
        numbers[i] = i;
    return numbers;
}

INLINE float sum_lanes(vec v)
{
    return sum_lanes_of_four(v, v, v, v)[0];
}

INLINE float max_lanes(vec v)
{
    return max_lanes_of_four(v, v, v, v)[0];
}

/* Row i of an m x n matrix; zeros beyond the last. */
INLINE vec load_row(const float *in, size_t i, size_t m, size_t n)
{
    return i < m ? vec_load_up_to(in + i * n, n) : broadcast(0);
}

INLINE vec magnitude(vec v)
{
    return (vec)((vec_int)v & 0x7fffffff);
}

/* Adds the sums of four vectors, each times factor, to elements i .. i + 3 of out, which has m. */
INLINE void add_row_sums(const vec *row, size_t i, size_t m, float factor, float *out)
{
    const vec4 sums = sum_lanes_of_four(row[0], row[1], row[2], row[3]);

    for (size_t k = 0; k < 4 && i + k < m; k++)
        out[i + k] += factor * sums[k];
}

#endif
