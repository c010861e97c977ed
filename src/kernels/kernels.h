/* kernels.h - the arithmetic of a tile, one implementation per instruction set.
 *
 * scalar.c is the reference: plain loops, meant to be read. The others come from
 * one template, vector.inc.h. A set is chosen once, before threads start, from what
 * the processor and the system support; N2V_KERNELS=scalar|avx2|avx512|avx512bf16 in the
 * environment forces one.
 *
 * Rows are given as pointers, so that the engine works on the model in place.
 * A row has n2v_row_stride(dim) floats, is aligned to 64 bytes, and is zero
 * beyond its dim; stride below is that padded length. */
#ifndef N2V_KERNELS_KERNELS_H
#define N2V_KERNELS_KERNELS_H

#include "base/memory.h"
#include "kernels/vector_math.h"

#define N2V_UPDATE_SCRATCH(m) (((m) + 1) * N2V_ROW_FLOATS)

typedef struct n2v_kernels {
    const char *name;
    bool bf16; /* the products of an update take their factors rounded to 8 bits; sums are floats all the same */
    n2v_vector_math math;

    /* scores[i * n + j] = <x_i, y_j>, m x n. */
    void (*dot)(const float *const *x, size_t m, const float *const *y, size_t n, size_t stride, float *scores);

    /* scores[i * n + j] = |x_i - y_j|^2, m x n. */
    void (*sqdist)(const float *const *x, size_t m, const float *const *y, size_t n, size_t stride, float *scores);

    /* The way back, in place, from the x and y of before the call:
     *     x_i <- x_scale_i x_i + sum_j g_ij y_j      y_j <- y_scale_j y_j + sum_i g_ij x_i
     * Of the x rows only the first `moving` elements change; the y rows see all of them.
     * g is m x n; a NULL scale is 1 for every row. A row may stand several times in
     * x, and where m is 1 in y; all its updates count, and a later one may see those
     * before. It must not stand twice in y otherwise, nor in both. scratch has N2V_UPDATE_SCRATCH(m) floats, aligned to 64 bytes.
     * Other threads may write the same rows (Hogwild, Recht et al. 2011): an update
     * may be lost, a float is never torn. */
    void (*update)(float *const *x, const float *x_scale, size_t m, float *const *y, const float *y_scale, size_t n,
                   size_t stride, size_t moving, const float *g, float *scratch);

    /* A wider matrix from one of m x n: out[i * width + j] = factor * in[i * n + j], 0 where j >= n. Whole vectors
     * are written: out has room for N2V_ROW_FLOATS more, which are lost. */
    void (*widen)(const float *in, size_t m, size_t n, float factor, float *out, size_t width);

    /* The other way: out[i * n + j] = in[i * width + j]. Whole vectors are read and written: both have room for
     * N2V_ROW_FLOATS more. */
    void (*narrow)(const float *in, size_t m, size_t width, float *out, size_t n);

    /* Shortens steps that are too long, all alike: where the magnitudes of a row or column of the m x n
     * cells add up to more than limit, all cells are multiplied by limit / the largest such sum. Then
     * x_scale[i] = 1 - the sum of row i, y_scale[j] = 1 - the sum of column j. */
    void (*bound_steps)(float *cells, size_t m, size_t n, float limit, float *x_scale, float *y_scale);

    /* norms[i] = |row_i|^2. */
    void (*norms)(const float *const *rows, size_t count, size_t stride, float *norms);

    /* Copies rows to one after another, stride floats each. */
    void (*gather)(const float *const *rows, size_t count, size_t stride, float *out);

    /* row_i <- factor_i row_i. */
    void (*scale)(float *const *rows, const float *factors, size_t count, size_t stride);

    /* Scales each of count rows, of which some may be the same, to length 1; a zero row stays zero. */
    void (*normalize)(float *const *rows, size_t count, size_t stride);
} n2v_kernels;

typedef enum n2v_precision { N2V_PRECISION_AUTO, N2V_PRECISION_FP32, N2V_PRECISION_BF16 } n2v_precision;

/* The best set for this machine and precision (auto: whatever is fastest), or the one that
 * N2V_KERNELS names. N2V_ERROR_ARGUMENT when there is none. */
n2v_status n2v_kernels_choose(n2v_precision precision, const n2v_kernels **kernels, n2v_error *error);

/* Every set this machine can run, the reference first; NULL beyond the last. */
const n2v_kernels *n2v_kernels_at(size_t index);

#endif
