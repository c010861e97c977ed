/* kernels.h - the arithmetic of a tile, one implementation per instruction set.
 *
 * scalar.c is the reference: plain loops, meant to be read. The others come from
 * one template, vector.inc.h. A set is chosen once, before threads start, from what
 * the processor and the system support; N2V_KERNELS=scalar|avx2|avx512|avx512bf16 in the
 * environment forces one.
 *
 * Rows are given as pointers, so that the engine works on the model in place.
 * A row has row_stride(dim) floats, is aligned to 64 bytes, and is zero
 * beyond its dim; stride below is that padded length. */
#ifndef N2V_KERNELS_KERNELS_H
#define N2V_KERNELS_KERNELS_H

#include "base/memory.h"
#include "kernels/vector_math.h"

#define UPDATE_SCRATCH(m, n) (((m) + 1) * ROW_FLOATS * (1 + ((n) + 15) / 16))

/* Before the functions that read or write rows: ThreadSanitizer's one exemption, for Hogwild (Recht et al. 2011).
 * Threads share the rows of the model without locks; all else is checked. */
#define RACES __attribute__((no_sanitize("thread")))

/* The rows that the next step reads: to be prefetched. */
typedef struct Prefetch {
    const float *const *rows;
    size_t count;
} Prefetch;

typedef struct Kernels {
    const char *name;
    bool bf16; /* update rounds the factors of its products to bf16, 8 bits; it sums in floats */
    VectorMath math;

    /* scores[i * n + j] = <x_i, y_j>, m x n. */
    void (*dot)(const float *const *x, size_t m, const float *const *y, size_t n, size_t stride, float *scores);

    /* scores[i * n + j] = |x_i - y_j|^2, m x n. */
    void (*sqdist)(const float *const *x, size_t m, const float *const *y, size_t n, size_t stride, float *scores);

    /* The same for rows of length 1, from products, which is faster: 2 - 2 <x_i, y_j>, at least 0, with an error of
     * about 1e-6. The result is 2 for a row of zeros. Where another thread has updated a row and not yet normalized
     * it, the result is only bounded below. */
    void (*unit_sqdist)(const float *const *x, size_t m, const float *const *y, size_t n, size_t stride, float *scores);

    /* products[i] = <x_i, y_i>, count of them. */
    void (*dot_matched)(const float *const *x, const float *const *y, size_t count, size_t stride, float *products);

    /* The backward pass and the update, in place; the right sides are the x and y before the call:
     *     x_i <- x_scale_i x_i + sum_j g_ij y_j      y_j <- y_scale_j y_j + sum_i g_ij x_i
     * Only the first `moving` elements of the x rows change; the y rows get the products of all elements.
     * g is m x n; a NULL scale is 1 for every row. scratch has UPDATE_SCRATCH(m, n) floats, aligned to 64 bytes.
     * A row may appear several times in x, and in y where m is 1. All its updates count, and later ones may see
     * earlier ones. Otherwise a row must not appear twice in y, nor in both x and y.
     * With moving 0 the x rows are only read, all before any row is written: a row may appear several times in y, and
     * in both. The scales of a row that appears several times are applied one after the other. Other threads may
     * write the same rows (Hogwild, Recht et al. 2011): an update may be lost, a float is never torn. Prefetches the
     * rows of `next`. */
    void (*update)(float *const *x, const float *x_scale, size_t m, float *const *y, const float *y_scale, size_t n,
                   size_t stride, size_t moving, const float *g, float *scratch, Prefetch next);

    /* The same for rows matched one to one, x_i and y_i, one pair after the other, each with its own coefficient:
     *     x_i <- scale_i x_i + g_i y_i      y_i <- scale_i y_i + g_i x_i
     * Only the first `moving` elements of the x rows change; scale NULL: 1. With unit, where all elements move, the
     * rows have length 1 afterwards. A row may appear several times in x or in y, but not in both. */
    void (*update_matched)(float *const *x, float *const *y, const float *scale, size_t count, size_t stride,
                           size_t moving, const float *g, bool unit);

    /* Splits m x width cells. Their columns are n of negatives and then at most 8 of positives; row i has the
     * positives of the bits that are set in members[i]:
     *     scores[i * n + j] = cells[i * width + j], j < n
     *     positives[first[i]], ... = cells[i * width + n + w], w the bits of members[i]; first[i + 1] is where they end
     * Whole vectors are read and written: all three arrays have room for ROW_FLOATS more. With n and width 0 the
     * cells are one row of positives, the same for all rows, and scores may be NULL. */
    void (*split)(const float *cells, size_t m, size_t width, size_t n, const uint8_t *members,
                  const uint32_t *first, float *scores, float *positives);

    /* The reverse, each cell times factor; a cell is 0 where its bit is not set. All three arrays have room for
     * ROW_FLOATS more. */
    void (*join)(const float *scores, const float *positives, size_t m, size_t n, const uint8_t *members,
                 const uint32_t *first, float factor, size_t width, float *cells);

    /* Step clipping: where the magnitudes of a row or column of the m x n cells add up to more than limit, all cells
     * are multiplied by limit / the largest such sum. Then x_scale[i] = 1 - the sum of row i, y_scale[j] = 1 - the
     * sum of column j. */
    void (*bound_steps)(float *cells, size_t m, size_t n, float limit, float *x_scale, float *y_scale);

    /* norms[i] = |row_i|^2. */
    void (*norms)(const float *const *rows, size_t count, size_t stride, float *norms);

    /* row_i <- factor_i row_i, of which only the first `moving` elements change. */
    void (*scale)(float *const *rows, const float *factors, size_t count, size_t stride, size_t moving);

    /* to <- factor sum_i row_i; count is 1 or more. A row may appear several times. */
    void (*gather)(const float *const *rows, size_t count, float factor, size_t stride, float *to);

    /* row_i <- row_i + factor (after - before), one after the other: a row may appear several times. */
    void (*scatter)(float *const *rows, size_t count, float factor, const float *after, const float *before,
                    size_t stride);

    /* Scales each of count rows to length 1; a row of zeros stays as it is. A row may appear several times. */
    void (*normalize)(float *const *rows, size_t count, size_t stride);
} Kernels;

typedef enum Precision { PRECISION_AUTO, PRECISION_FP32, PRECISION_BF16 } Precision;

/* The set of this name; with NULL or "auto" the one that N2V_KERNELS names, else the fastest for this machine and
 * precision. N2V_ERROR_ARGUMENT when this machine has none such. */
n2v_status kernels_choose(Precision precision, const char *name, const Kernels **kernels, n2v_error *error);

/* Every set this machine can run, the reference first; NULL beyond the last. */
const Kernels *kernels_at(size_t index);

#endif
