/* vector_math.h - functions of arrays, which objectives are built from.
 *
 * They are chosen once for the processor, like the tile kernels. Arguments outside the range of float saturate; NaN
 * stays NaN. The relative error is below 1e-6, the absolute one where the result is near 0. in and out may be the
 * same array, but must not overlap otherwise. n is at least 1. */
#ifndef N2V_KERNELS_VECTOR_MATH_H
#define N2V_KERNELS_VECTOR_MATH_H

#include <stddef.h>
#include <stdint.h>

typedef struct n2v_math VectorMath; /* opaque in nce2vec/objective.h */

struct n2v_math {
    /* out[i] = exp(in[i]); below -87.3 it is 0, above 88 it is exp(88). */
    void (*exp)(const float *in, float *out, size_t count);

    /* out[i] = 1 / (1 + exp(-in[i])); below -87.3 it is 0. */
    void (*sigmoid)(const float *in, float *out, size_t count);

    /* out[i] = log(1 + exp(in[i])), exact for large arguments of both signs. */
    void (*softplus)(const float *in, float *out, size_t count);

    /* out[i] = exp(in[i] - shift); returns the sum. */
    float (*exp_sum)(const float *in, float shift, float *out, size_t count);

    /* The largest element; count is at least 1. */
    float (*max)(const float *in, size_t count);

    /* The largest |in[i]|; NaN is skipped; 0 where count is 0. */
    float (*magnitude)(const float *in, size_t count);

    /* out[i] = log(in[i]), -INFINITY for 0; in is 0 or at least FLT_MIN. */
    void (*log)(const float *in, float *out, size_t count);

    /* Each row of m x n scores as a softmax, u_ij = factor in[i * n + j] + shift[j]:
     *     out[i * n + j] = column[j] exp(u_ij - tops[i]) / sums[i],   sums[i] = sum_j column[j] exp(u_ij - tops[i])
     * shift NULL: 0; column NULL: 1. tops[i] keeps the sum within the range of float: it is the row's largest u, or
     * 0. Where u is -INFINITY, out is 0; in a row where all are, the sum is 0 and tops[i] is -INFINITY. It returns
     * sums and not their logs, because a log and then an exp of it would delay the gradient. */
    void (*softmax)(const float *in, size_t m, size_t n, float factor, const float *shift, const float *column,
                    float *out, float *sums, float *tops);

    /* The same for each column, without shifts and weights: sums and tops have n elements. */
    void (*softmax_columns)(const float *in, size_t m, size_t n, float factor, float *out, float *sums, float *tops);

    /* The gradient of logistic regression for the m x n scores of negatives. Row i has first[i + 1] - first[i]
     * positives, and its negatives count once for each of them:
     *     out[i * n + j] = factor (first[i + 1] - first[i]) column[j] sigmoid(factor in[i * n + j] - noise[j])
     * noise NULL: 0; column NULL: 1. */
    void (*logistic)(const float *in, size_t m, size_t n, float factor, const float *noise, const uint32_t *first,
                     const float *column, float *out);

    /* The same for count scores of positives, exact where sigmoid(u) - 1 would cancel:
     *     out[p] = -factor sigmoid(noise[p] - factor in[p])
     * noise NULL: 0. */
    void (*logistic_positives)(const float *in, size_t count, float factor, const float *noise, float *out);

    /* cells[i * n + j] *= rows[i] columns[j], m x n; columns NULL: 1. */
    void (*weigh)(float *cells, size_t m, size_t n, const float *rows, const float *columns);

    /* out[c] = sqrt(in[c]). */
    void (*roots)(const float *in, float *out, size_t count);

    /* Turns derivatives by roots d into those by their squares, in place; roots below min count as min:
     *     slopes[c] /= 2 max(d[c], min) */
    void (*root_slopes)(const float *d, size_t count, float min, float *slopes);

    /* The derivatives of the hinges max(0, positives[p] - in[row[p] * n + j] + margin), for each of count positives
     * and each of the n scores of its row. Where a hinge is above 0, column[j] (NULL: 1) is added to sums[p], which
     * begins at 0, and subtracted from out[row[p] * n + j]. */
    void (*hinges)(const float *in, size_t n, const uint32_t *row, const float *positives, float margin, size_t count,
                   const float *column, float *out, float *sums);
};

#endif
