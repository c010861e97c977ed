/* vector_math.inc.h - the functions of arrays: a part of the template, see vector_ops.inc.h. vector_math.h says what
 * each function does. */
#ifndef N2V_KERNELS_VECTOR_MATH_INC_H
#define N2V_KERNELS_VECTOR_MATH_INC_H

#include <math.h>

#include "kernels/sets.h"
#include "kernels/vector_ops.inc.h"

/* exp(x) = 2^k exp(r), |r| <= log(2)/2, for x in -87.3 .. 88: exp(r) by its Taylor
 * polynomial of degree 6 (error below 2e-7), in short chains. Adding 1.5 * 2^23 rounds x / log 2 to an
 * integer, which is then in the low bits. */
INLINE vec exp_in_range(vec x)
{
    const vec rounded = x * 1.44269504f + 12582912.0f;
    const vec k = rounded - 12582912.0f;
    const vec r = x - k * 0.693359375f - k * -2.12194440e-4f, square = r * r;
    const vec high = (1.38888889e-3f * r + 8.33333333e-3f) * square + (4.16666667e-2f * r + 1.66666667e-1f);
    const vec p = (high * r + 0.5f) * square + (r + 1.0f);
    return p * (vec)(((vec_int)rounded - (0x4b400000 - 127)) << 23);
}

/* Arguments outside the range of float saturate; below -87.3 the result is 0. */
INLINE vec exp_of(vec x)
{
    return choose(x < -87.3f, broadcast(0), exp_in_range(vec_min(broadcast(88), vec_max(broadcast(-87.3f), x))));
}

/* Below -87.3 the result stays 1.2e-38. */
INLINE vec sigmoid_in_range(vec x)
{
    return 1.0f / (1.0f + exp_in_range(vec_min(broadcast(87.3f), vec_max(broadcast(-87.3f), -x))));
}

INLINE vec sigmoid_of(vec x)
{
    return choose(x < -87.3f, broadcast(0), sigmoid_in_range(x));
}

/* log(1 + t) = 2 atanh(t / (2 + t)) for 0 <= t <= 1: the series in z^2 <= 1/9. */
INLINE vec softplus_of(vec x)
{
    const vec t = exp_of(choose(x > 0.0f, -x, x)), z = t / (2.0f + t), q = z * z;
    vec p = broadcast(2.0f / 15);
    p = p * q + 2.0f / 13;
    p = p * q + 2.0f / 11;
    p = p * q + 2.0f / 9;
    p = p * q + 2.0f / 7;
    p = p * q + 2.0f / 5;
    p = p * q + 2.0f / 3;
    p = p * q + 2.0f;
    return choose(x > 0.0f, x, broadcast(0)) + p * z;
}

/* in = 2^k f, sqrt(1/2) <= f < sqrt(2); log f = 2 atanh(z), z = (f - 1) / (f + 1), |z| <= 0.172. */
INLINE vec log_of(vec x)
{
    const vec_int exponent = ((vec_int)x - 0x3f3504f3) >> 23;
    const vec f = (vec)((vec_int)x - (exponent << 23)), z = (f - 1.0f) / (f + 1.0f), q = z * z;
    vec p = broadcast(2.0f / 9);
    p = p * q + 2.0f / 7;
    p = p * q + 2.0f / 5;
    p = p * q + 2.0f / 3;
    p = p * q + 2.0f;
    p = __builtin_convertvector(exponent, vec) * 0.693147182f + p * z;
    return choose(x > 0.0f, p, choose(x != x, x, broadcast(-INFINITY)));
}

#define FOR_ALL(function)                                                                                              \
    {                                                                                                                  \
        size_t i = 0;                                                                                                  \
        for (; i + LANES <= count; i += LANES)                                                                         \
            store_any(out + i, function(load_any(in + i)));                                                            \
        if (i < count)                                                                                                 \
            vec_store_some(out + i, function(vec_load_some(in + i, count - i)), count - i);                            \
    }

static void exp_array(const float *in, float *out, size_t count)
{
    FOR_ALL(exp_of)
}

static void sigmoid(const float *in, float *out, size_t count)
{
    FOR_ALL(sigmoid_of)
}

static void softplus(const float *in, float *out, size_t count)
{
    FOR_ALL(softplus_of)
}

static void log_array(const float *in, float *out, size_t count)
{
    FOR_ALL(log_of)
}

/* The hinges of one positive; returns the lanes of their sum. */
INLINE vec hinge_row(const float *in, size_t n, float positive, float margin, const float *column, float *out)
{
    vec sum = broadcast(0);

    for (size_t j = 0; j < n; j += LANES) {
        const vec_int below = positive - vec_load_up_to(in + j, n - j) > -margin;
        const vec_int inside = lane_numbers() < (int32_t)(n - j < LANES ? n - j : LANES);
        const vec times = column ? vec_load_up_to(column + j, n - j) : broadcast(1);
        const vec within = choose(below & inside, times, broadcast(0));
        vec_store_up_to(out + j, vec_load_up_to(out + j, n - j) - within, n - j);
        sum += within;
    }
    return sum;
}

static void hinges(const float *in, size_t n, const uint32_t *row, const float *positives, float margin,
                   size_t count, const float *column, float *out, float *sums)
{
    for (size_t p = 0; p < count; p += 4) {
        vec within[4];
        UNROLL
        for (size_t k = 0; k < 4; k++) {
            within[k] = broadcast(0);
            if (p + k < count) {
                sums[p + k] = 0;
                within[k] = hinge_row(in + row[p + k] * n, n, positives[p + k], margin, column,
                                      out + row[p + k] * n);
            }
        }
        add_row_sums(within, p, count, 1, sums);
    }
}

static float exp_sum(const float *in, float shift, float *out, size_t count)
{
    vec sum = broadcast(0);
    size_t i = 0;

    for (; i + LANES <= count; i += LANES) {
        const vec e = exp_of(load_any(in + i) - shift);
        store_any(out + i, e);
        sum += e;
    }
    if (i < count) {
        vec_store_some(out + i, exp_of(vec_load_some(in + i, count - i) - shift), count - i);
        sum += vec_load_some(out + i, count - i);
    }
    return sum_lanes(sum);
}

static float max_array(const float *in, size_t count)
{
    float max = in[0];
    size_t i = 0;

    if (count >= LANES) {
        float lanes[LANES];
        vec top = load_any(in);
        for (i = LANES; i + LANES <= count; i += LANES) {
            const vec v = load_any(in + i);
            top = choose((v > top) | (v != v), v, top);
        }
        store_any(lanes, top);
        max = kernels_scalar.math.max(lanes, LANES);
    }
    for (; i < count; i++)
        max = in[i] > max || isnan(in[i]) ? in[i] : max;
    return max;
}

static float magnitude_array(const float *in, size_t count)
{
    vec top = broadcast(0);

    for (size_t i = 0; i < count; i += LANES)
        top = vec_max(magnitude(vec_load_up_to(in + i, count - i)), top);
    return max_lanes(top);
}

/* Between these a sum of exponentials keeps its digits without the largest exponent taken out. */
#define MIN_SUM 1e-9f
#define MAX_SUM 1e9f

/* A softmax of up to four rows, each at most one vector. */
INLINE void softmax_four(const float *in, size_t m, size_t n, float factor, vec shifts, vec times, float *out,
                         float *sums, float *tops)
{
    const vec_int inside = lane_numbers() < (int32_t)n;
    vec u[4], e[4];
    vec4 sum, top = broadcast_four(0), inverse;

    UNROLL
    for (size_t k = 0; k < 4; k++) {
        u[k] = choose(inside, load_row(in, k, m, n) * factor + shifts, broadcast(-INFINITY));
        e[k] = exp_of(u[k]) * times;
    }
    sum = sum_lanes_of_four(e[0], e[1], e[2], e[3]);
    if (!all_between(sum, MIN_SUM, MAX_SUM)) {
        top = max_lanes_of_four(u[0], u[1], u[2], u[3]);
        UNROLL
        for (size_t k = 0; k < 4; k++)
            e[k] = exp_of(u[k] - (top[k] > -INFINITY ? top[k] : 0)) * times;
        sum = sum_lanes_of_four(e[0], e[1], e[2], e[3]);
    }
    inverse = inverse_or_zero(sum); /* a row of zeros stays one */
    UNROLL
    for (size_t k = 0; k < 4; k++) {
        if (k < m) {
            sums[k] = sum[k];
            tops[k] = top[k];
            vec_store_up_to(out + k * n, e[k] * inverse[k], n);
        }
    }
}

#if TWO_ROWS
/* A softmax of up to eight rows of at most eight, two in a vector. False where a sum is too small or too large: then
 * nothing is written. */
INLINE bool softmax_eight(const float *in, size_t m, size_t n, float factor, const float *shift, const float *column,
                          float *out, float *sums, float *tops)
{
    const vec shifts = shift ? load_row_twice(shift, n) : broadcast(0);
    const vec times = column ? load_row_twice(column, n) : broadcast(1);
    vec e[4], sum, inverse;
    float of_row[8];

    UNROLL
    for (size_t k = 0; k < 4; k++)
        e[k] = first_of_halves(exp_of(load_two_rows(in, 2 * k, m, n) * factor + shifts) * times, n);
    sum = sum_halves_of_four(e[0], e[1], e[2], e[3]);
    if (!vec_all_between(sum, MIN_SUM, MAX_SUM))
        return false;
    inverse = 1 / sum;
    store_two_rows(out, 0, m, n, e[0] * LANE_OF_QUARTERS(inverse, 0));
    store_two_rows(out, 2, m, n, e[1] * LANE_OF_QUARTERS(inverse, 1));
    store_two_rows(out, 4, m, n, e[2] * LANE_OF_QUARTERS(inverse, 2));
    store_two_rows(out, 6, m, n, e[3] * LANE_OF_QUARTERS(inverse, 3));
    store_sums_of_rows(of_row, sum);
    for (size_t k = 0; k < 8 && k < m; k++) {
        sums[k] = of_row[k];
        tops[k] = 0;
    }
    return true;
}
#else
INLINE bool softmax_eight(const float *in, size_t m, size_t n, float factor, const float *shift, const float *column,
                          float *out, float *sums, float *tops)
{
    (void)in, (void)m, (void)n, (void)factor, (void)shift, (void)column, (void)out, (void)sums, (void)tops;
    return false;
}
#endif

INLINE vec softmax_logits(const float *in, const float *shift, size_t j, size_t n, float factor)
{
    const vec u = vec_load_up_to(in + j, n - j) * factor;
    return shift ? u + vec_load_up_to(shift + j, n - j) : u;
}

/* A softmax of one row of any length; returns its sum. The sum is compensated (Kahan), because a row may have
 * millions of elements: all pairs of a thousand rows. */
static float softmax_row(const float *in, size_t n, float factor, const float *shift, const float *column, float *out,
                         float *top)
{
    vec tops = broadcast(-INFINITY), sums = broadcast(0), excess = broadcast(0);
    float sum, inverse;

    for (size_t j = 0; j < n; j += LANES) {
        const vec_int inside = lane_numbers() < (int32_t)(n - j < LANES ? n - j : LANES);
        tops = vec_max(tops, choose(inside, softmax_logits(in, shift, j, n, factor), broadcast(-INFINITY)));
    }
    *top = max_lanes(tops);
    for (size_t j = 0; j < n; j += LANES) {
        const vec_int inside = lane_numbers() < (int32_t)(n - j < LANES ? n - j : LANES);
        vec e = exp_of(softmax_logits(in, shift, j, n, factor) - (*top > -INFINITY ? *top : 0)), before;
        e = choose(inside, column ? e * vec_load_up_to(column + j, n - j) : e, broadcast(0));
        vec_store_up_to(out + j, e, n - j);
        before = sums;
        sums += e - excess;
        excess = (sums - before) - (e - excess);
    }
    sum = sum_lanes(sums);
    inverse = sum != 0 ? 1 / sum : 0;
    for (size_t j = 0; j < n; j += LANES)
        vec_store_up_to(out + j, vec_load_up_to(out + j, n - j) * inverse, n - j);
    return sum;
}

static void softmax(const float *in, size_t m, size_t n, float factor, const float *shift, const float *column,
                    float *out, float *sums, float *tops)
{
    if (n <= LANES) {
        const vec shifts = shift ? vec_load_up_to(shift, n) : broadcast(0);
        const vec times = column ? vec_load_up_to(column, n) : broadcast(1);
        for (size_t i = 0; i < m; i += 8) {
            if (n <= 8 && softmax_eight(in + i * n, m - i, n, factor, shift, column, out + i * n, sums + i, tops + i))
                continue;
            for (size_t k = i; k < m && k < i + 8; k += 4)
                softmax_four(in + k * n, m - k, n, factor, shifts, times, out + k * n, sums + k, tops + k);
        }
        return;
    }
    for (size_t i = 0; i < m; i++)
        sums[i] = softmax_row(in + i * n, n, factor, shift, column, out + i * n, tops + i);
}

static void softmax_columns(const float *in, size_t m, size_t n, float factor, float *out, float *sums, float *tops)
{
    for (size_t j = 0; j < n; j += LANES) {
        const size_t some = n - j;
        vec top = broadcast(-INFINITY), sum = broadcast(0), shift;
        for (size_t i = 0; i < m; i++)
            top = vec_max(top, vec_load_up_to(in + i * n + j, some) * factor);
        shift = choose(top > -INFINITY, top, broadcast(0));
        for (size_t i = 0; i < m; i++) {
            const vec e = exp_of(vec_load_up_to(in + i * n + j, some) * factor - shift);
            vec_store_up_to(out + i * n + j, e, some);
            sum += e;
        }
        vec_store_up_to(tops + j, top, some);
        vec_store_up_to(sums + j, sum, some);
        sum = choose(sum == 0.0f, broadcast(1), sum);
        for (size_t i = 0; i < m; i++)
            vec_store_up_to(out + i * n + j, vec_load_up_to(out + i * n + j, some) / sum, some);
    }
}

/* One row, whose elements have the same weight. */
INLINE void logistic_row(const float *in, size_t n, float factor, const float *noise, float weight,
                         const float *column, float *out)
{
    for (size_t j = 0; j < n; j += LANES) {
        const vec shift = noise ? vec_load_up_to(noise + j, n - j) : broadcast(0);
        const vec logit = vec_load_up_to(in + j, n - j) * factor - shift;
        const vec times = column ? vec_load_up_to(column + j, n - j) * weight : broadcast(weight);
        vec_store_up_to(out + j, sigmoid_in_range(logit) * times, n - j);
    }
}

/* The number of positives of each row, times factor. */
INLINE vec row_weights(const uint32_t *first, size_t rows, float factor)
{
    const vec_int begin = (vec_int)vec_load_up_to((const float *)first, rows);
    const vec_int end = (vec_int)vec_load_up_to((const float *)(first + 1), rows);
    return __builtin_convertvector(end - begin, vec) * factor;
}

/* c / n = c inverse / 65536, rounded down, for c below 4096. */
INLINE int32_t inverse_of(size_t n)
{
    return (int32_t)((65536 + n - 1) / n);
}

/* Narrow matrices: a vector holds several rows, and each lane looks up the values of its row and column. */
INLINE void logistic_cells(const float *in, size_t m, size_t n, float factor, const float *noise,
                           const uint32_t *first, const float *column, float *out)
{
    const vec rows = row_weights(first, m, factor);
    const vec more = m > LANES ? row_weights(first + LANES, m - LANES, factor) : rows;
    const vec shifts = noise ? vec_load_up_to(noise, n) : broadcast(0);
    const vec columns = column ? vec_load_up_to(column, n) : broadcast(1);
    const int32_t inverse = inverse_of(n);
    vec_int cell = lane_numbers();

    for (size_t c = 0; c < m * n; c += LANES, cell += LANES) {
        const vec_int i = (cell * inverse) >> 16, j = cell - i * (int32_t)n;
        const size_t rest = m * n - c;
        const vec scores = vec_load_up_to(in + c, rest);
        const vec sigmoids = sigmoid_in_range(scores * factor - vec_look_up(shifts, shifts, j));
        vec_store_up_to(out + c, sigmoids * vec_look_up(rows, more, i) * vec_look_up(columns, columns, j), rest);
    }
}

/* Narrow matrices, see logistic_cells. */
INLINE void weigh_cells(float *cells, size_t m, size_t n, const float *rows, const float *columns)
{
    const vec of_rows = vec_load_up_to(rows, m), more = m > LANES ? vec_load_up_to(rows + LANES, m - LANES) : of_rows;
    const vec of_columns = columns ? vec_load_up_to(columns, n) : broadcast(1);
    const int32_t inverse = inverse_of(n);
    vec_int cell = lane_numbers();

    for (size_t c = 0; c < m * n; c += LANES, cell += LANES) {
        const vec_int i = (cell * inverse) >> 16, j = cell - i * (int32_t)n;
        const vec times = vec_look_up(of_rows, more, i) * vec_look_up(of_columns, of_columns, j);
        vec_store_up_to(cells + c, vec_load_up_to(cells + c, m * n - c) * times, m * n - c);
    }
}

static void weigh(float *cells, size_t m, size_t n, const float *rows, const float *columns)
{
    if (n <= LANES) {
        for (size_t i = 0; i < m; i += 2 * LANES)
            weigh_cells(cells + i * n, m - i < 2 * LANES ? m - i : 2 * LANES, n, rows + i, columns);
        return;
    }
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j += LANES) {
            const vec times = columns ? vec_load_up_to(columns + j, n - j) * rows[i] : broadcast(rows[i]);
            vec_store_up_to(cells + i * n + j, vec_load_up_to(cells + i * n + j, n - j) * times, n - j);
        }
}

static void roots(const float *in, float *out, size_t count)
{
    FOR_ALL(vec_sqrt)
}

static void root_slopes(const float *d, size_t count, float min, float *slopes)
{
    for (size_t c = 0; c < count; c += LANES) {
        const vec twice = 2.0f * vec_max(vec_load_up_to(d + c, count - c), broadcast(min));
        vec_store_up_to(slopes + c, vec_load_up_to(slopes + c, count - c) / twice, count - c);
    }
}

static void logistic(const float *in, size_t m, size_t n, float factor, const float *noise, const uint32_t *first,
                     const float *column, float *out)
{
    if (n > LANES) {
        for (size_t i = 0; i < m; i++)
            logistic_row(in + i * n, n, factor, noise, factor * (float)(first[i + 1] - first[i]), column,
                         out + i * n);
        return;
    }
    for (size_t i = 0; i < m; i += 2 * LANES)
        logistic_cells(in + i * n, m - i < 2 * LANES ? m - i : 2 * LANES, n, factor, noise, first + i, column,
                       out + i * n);
}

static void logistic_positives(const float *in, size_t count, float factor, const float *noise, float *out)
{
    for (size_t p = 0; p < count; p += LANES) {
        const size_t rest = count - p;
        const vec shift = noise ? vec_load_up_to(noise + p, rest) : broadcast(0);
        const vec pull = shift - vec_load_up_to(in + p, rest) * factor;
        vec_store_up_to(out + p, sigmoid_in_range(pull) * -factor, rest);
    }
}

#endif
