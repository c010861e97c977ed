/* vector_rows.inc.h - norms and lengths of rows: a part of the template, see vector_ops.inc.h. kernels.h says what
 * each function does. */
#ifndef N2V_KERNELS_VECTOR_ROWS_INC_H
#define N2V_KERNELS_VECTOR_ROWS_INC_H

#include "kernels/kernels.h"
#include "kernels/vector_ops.inc.h"

INLINE float norm_of(const float *row, size_t stride)
{
    vec sum = broadcast(0);

    for (size_t c = 0; c < stride; c += LANES)
        sum += load(row + c) * load(row + c);
    return sum_lanes(sum);
}

RACES
static void norms(const float *const *rows, size_t count, size_t stride, float *out)
{
    for (size_t i = 0; i < count; i++)
        out[i] = norm_of(rows[i], stride);
}

RACES
static void scale(float *const *rows, const float *factors, size_t count, size_t stride, size_t moving)
{
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < stride; c += LANES)
            store_moving(rows[i], load(rows[i] + c) * factors[i], c, moving);
}

RACES
static void gather(const float *const *rows, size_t count, float factor, size_t stride, float *to)
{
    for (size_t c = 0; c < stride; c += LANES) {
        vec sum = load(rows[0] + c);
        for (size_t i = 1; i < count; i++)
            sum += load(rows[i] + c);
        store(to + c, sum * factor);
    }
}

RACES
static void scatter(float *const *rows, size_t count, float factor, const float *after, const float *before,
                    size_t stride)
{
    for (size_t c = 0; c < stride; c += LANES) {
        const vec change = (load(after + c) - load(before + c)) * factor;
        for (size_t i = 0; i < count; i++)
            store(rows[i] + c, load(rows[i] + c) + change);
    }
}

/* 1 / the lengths of up to four rows, 1 where that is 0. */
INLINE vec4 inverse_lengths(float *const *rows, size_t count, size_t stride)
{
    const size_t last = count - 1;
    const float *const row[4] = {rows[0], rows[last < 1 ? last : 1], rows[last < 2 ? last : 2],
                                 rows[last < 3 ? last : 3]};
    vec sums[4] = {broadcast(0), broadcast(0), broadcast(0), broadcast(0)};

    for (size_t c = 0; c < stride; c += LANES) {
        UNROLL
        for (size_t k = 0; k < 4; k++)
            sums[k] += load(row[k] + c) * load(row[k] + c);
    }
    return inverse_root_or_one(sum_lanes_of_four(sums[0], sums[1], sums[2], sums[3]));
}

/* Rows whose lengths are computed before the first is scaled, about as many as a tile has: the latency of a square
 * root is longer than the work on four rows. */
#define MEASURED ((size_t)16)

RACES
static void normalize(float *const *rows, size_t count, size_t stride)
{
    for (size_t i = 0; i < count; i += MEASURED) {
        const size_t some = count - i < MEASURED ? count - i : MEASURED;
        float factors[MEASURED];

        for (size_t k = 0; k < some; k += 4)
            store_four(factors + k, inverse_lengths(rows + i + k, some - k, stride));
        for (size_t k = 0; k < some; k++) {
            float *row = rows[i + k];
            const bool done = address_among(row, rows + i, k);
            for (size_t c = 0; c < stride && !done; c += LANES)
                store(row + c, load(row + c) * factors[k]);
        }
    }
}

#endif
