/* vector_math.h - the functions of arrays that objectives are made of.
 *
 * Chosen once for the processor, like the tile kernels. Arguments beyond the
 * range of float saturate; NaN stays NaN. Relative error below 1e-6, or absolute
 * where the result is near 0. in and out may be the same array, not overlap otherwise. Rows have n of at least 1. */
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

    /* The largest |in[i]|, 0 of none; NaN is passed over. */
    float (*magnitude)(const float *in, size_t count);

    /* out[i] = log(in[i]), of 0 -INFINITY; in is 0 or at least FLT_MIN. */
    void (*log)(const float *in, float *out, size_t count);

    /* Each row of m x n scores as a softmax, u_ij = factor in[i * n + j] + shift[j]:
     *     out[i * n + j] = column[j] exp(u_ij - tops[i]) / sums[i],   sums[i] = sum_j column[j] exp(u_ij - tops[i])
     * shift NULL: 0; column NULL: 1. tops[i] is what keeps the sum within a float's range: the row's largest u, or 0.
     * Where u is -INFINITY there is no share; of a row without any the sum is 0 and tops[i] is -INFINITY. (Sums, not
     * their logs: a log and an exp of it are a long way from scores to coefficients; infonce 3 % faster.) */
    void (*softmax)(const float *in, size_t m, size_t n, float factor, const float *shift, const float *column,
                    float *out, float *sums, float *tops);

    /* The same of each column, without shifts and weights: sums and tops have n. */
    void (*softmax_columns)(const float *in, size_t m, size_t n, float factor, float *out, float *sums, float *tops);

    /* The gradient of logistic regression of the m x n scores of negatives, those of row i once for each of its
     * positives, of which it has first[i + 1] - first[i]:
     *     out[i * n + j] = factor (first[i + 1] - first[i]) column[j] sigmoid(factor in[i * n + j] - noise[j])
     * noise NULL: 0; column NULL: 1. */
    void (*logistic)(const float *in, size_t m, size_t n, float factor, const float *noise, const uint32_t *first,
                     const float *column, float *out);

    /* The same of count scores of positives; keeps its digits where sigmoid(u) - 1 would cancel:
     *     out[p] = -factor sigmoid(noise[p] - factor in[p])
     * noise NULL: 0. */
    void (*logistic_positives)(const float *in, size_t count, float factor, const float *noise, float *out);

    /* cells[i * n + j] *= rows[i] columns[j], m x n; columns NULL: 1. */
    void (*weigh)(float *cells, size_t m, size_t n, const float *rows, const float *columns);

    /* out[c] = sqrt(in[c]). */
    void (*roots)(const float *in, float *out, size_t count);

    /* From slopes by roots d to those by their squares, in place; below `least` a root's slope stays what it is there:
     *     slopes[c] /= 2 max(d[c], least) */
    void (*root_slopes)(const float *d, size_t count, float least, float *slopes);

    /* The slopes of hinges max(0, positives[p] - score + margin), one for each element of a row of n scores and
     * each of count positives, each of which has its row: where positives[p] - in[row[p] * n + j] > -margin,
     * column[j] (NULL: 1) is added to sums[p], which begin at 0, and subtracted from out[row[p] * n + j].
     * (triplet is 15 % faster than with loops of its own.) */
    void (*hinges)(const float *in, size_t n, const uint32_t *row, const float *positives, float margin, size_t count,
                   const float *column, float *out, float *sums);
};

#endif
