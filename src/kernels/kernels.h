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

/* Rows that the step after this one will need. */
typedef struct Ahead {
    const float *const *rows;
    size_t count;
} Ahead;

typedef struct Kernels {
    const char *name;
    bool bf16; /* the products of an update take their factors rounded to 8 bits; sums are floats all the same */
    VectorMath math;

    /* scores[i * n + j] = <x_i, y_j>, m x n. */
    void (*dot)(const float *const *x, size_t m, const float *const *y, size_t n, size_t stride, float *scores);

    /* scores[i * n + j] = |x_i - y_j|^2, m x n. */
    void (*sqdist)(const float *const *x, size_t m, const float *const *y, size_t n, size_t stride, float *scores);

    /* The same of rows of length 1, from products: 2 - 2 <x_i, y_j>, at least 0, off by about 1e-6 (3 to 5 % of the
     * time of a loss of distances). It is 2 beside a row of zeros, and only bounded below where another thread has
     * moved a row and not yet normalized it. */
    void (*unit_sqdist)(const float *const *x, size_t m, const float *const *y, size_t n, size_t stride, float *scores);

    /* products[i] = <x_i, y_i>, count of them. (alignuniform with 16 pairs 2 % faster than with blocks of dot.) */
    void (*dot_matched)(const float *const *x, const float *const *y, size_t count, size_t stride, float *products);

    /* The way back, in place, from the x and y of before the call:
     *     x_i <- x_scale_i x_i + sum_j g_ij y_j      y_j <- y_scale_j y_j + sum_i g_ij x_i
     * Of the x rows only the first `moving` elements change; the y rows see all of them. With moving 0 they
     * are only read, all before any is written: rows may stand several times in y, and in both; the scales of
     * such a row multiply, each applied to what is there so far.
     * g is m x n; a NULL scale is 1 for every row. A row may stand several times in
     * x, and where m is 1 in y; all its updates count, and a later one may see those
     * before. It must not stand twice in y otherwise, nor in both. scratch has
     * UPDATE_SCRATCH(m, n) floats, aligned to 64 bytes.
     * Other threads may write the same rows (Hogwild, Recht et al. 2011): an update
     * may be lost, a float is never torn. The processor is asked for the rows ahead meanwhile. */
    void (*update)(float *const *x, const float *x_scale, size_t m, float *const *y, const float *y_scale, size_t n,
                   size_t stride, size_t moving, const float *g, float *scratch, Ahead ahead);

    /* The way back of rows matched one to one, x_i and y_i, one after the other, each with its own coefficient:
     *     x_i <- scale_i x_i + g_i y_i      y_i <- scale_i y_i + g_i x_i
     * Of the x rows only the first `moving` elements change; scale NULL: 1. unit (all move): at the end the rows are of
     * length 1. Rows may stand several times on their side, not on both. (alignuniform with 16 pairs about 10 %
     * faster than with update and normalize.) */
    void (*update_matched)(float *const *x, float *const *y, const float *scale, size_t count, size_t stride,
                           size_t moving, const float *g, bool unit);

    /* Parts m x width cells, n columns of negatives and then at most 8 of positives, of which row i has those
     * that members[i] has bits for:
     *     scores[i * n + j] = cells[i * width + j], j < n
     *     positives[first[i]], ... = cells[i * width + n + w], w the bits of members[i]; first[i + 1] is where they end
     * Whole vectors are read and written: all three have room for ROW_FLOATS more. With n and width 0
     * cells are of the columns of positives alone, the same for all rows, and scores may be NULL. */
    void (*split)(const float *cells, size_t m, size_t width, size_t n, const uint8_t *members,
                  const uint32_t *first, float *scores, float *positives);

    /* The way back, each times factor; 0 where a row has no bit. All three have room for ROW_FLOATS more, too. */
    void (*join)(const float *scores, const float *positives, size_t m, size_t n, const uint8_t *members,
                 const uint32_t *first, float factor, size_t width, float *cells);

    /* Shortens steps that are too long, all alike: where the magnitudes of a row or column of the m x n
     * cells add up to more than limit, all cells are multiplied by limit / the largest such sum. Then
     * x_scale[i] = 1 - the sum of row i, y_scale[j] = 1 - the sum of column j. */
    void (*bound_steps)(float *cells, size_t m, size_t n, float limit, float *x_scale, float *y_scale);

    /* norms[i] = |row_i|^2. */
    void (*norms)(const float *const *rows, size_t count, size_t stride, float *norms);

    /* row_i <- factor_i row_i. */
    void (*scale)(float *const *rows, const float *factors, size_t count, size_t stride);

    /* Scales each of count rows, of which some may be the same, to length 1; a zero row stays zero. */
    void (*normalize)(float *const *rows, size_t count, size_t stride);
} Kernels;

typedef enum Precision { PRECISION_AUTO, PRECISION_FP32, PRECISION_BF16 } Precision;

/* The set of this name; with NULL or "auto" the one that N2V_KERNELS names, else the fastest for this machine and
 * precision. N2V_ERROR_ARGUMENT when this machine has none such. */
n2v_status kernels_choose(Precision precision, const char *name, const Kernels **kernels, n2v_error *error);

/* Every set this machine can run, the reference first; NULL beyond the last. */
const Kernels *kernels_at(size_t index);

#endif
