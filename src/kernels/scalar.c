/* scalar.c - the reference: every kernel as a plain loop. */
#include <float.h>
#include <math.h>

#include "kernels/sets.h"

RACES
static void dot(const float *const *x, size_t m, const float *const *y, size_t n, size_t stride, float *scores)
{
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < n; j++) {
            float sum = 0;
            for (size_t c = 0; c < stride; c++)
                sum += x[i][c] * y[j][c];
            scores[i * n + j] = sum;
        }
    }
}

RACES
static void sqdist(const float *const *x, size_t m, const float *const *y, size_t n, size_t stride, float *scores)
{
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < n; j++) {
            float sum = 0;
            for (size_t c = 0; c < stride; c++)
                sum += (x[i][c] - y[j][c]) * (x[i][c] - y[j][c]);
            scores[i * n + j] = sum;
        }
    }
}

RACES
static void unit_sqdist(const float *const *x, size_t m, const float *const *y, size_t n, size_t stride, float *scores)
{
    dot(x, m, y, n, stride, scores);
    for (size_t c = 0; c < m * n; c++)
        scores[c] = scores[c] >= 1 ? 0 : 2 - 2 * scores[c]; /* NaN stays */
}

RACES
static void dot_matched(const float *const *x, const float *const *y, size_t count, size_t stride, float *products)
{
    for (size_t i = 0; i < count; i++)
        dot(x + i, 1, y + i, 1, stride, products + i);
}

RACES
static void update(float *const *x, const float *x_scale, size_t m, float *const *y, const float *y_scale, size_t n,
                   size_t stride, size_t moving, const float *g, float *scratch, Prefetch next)
{
    float *of_x = scratch, *of_y = scratch + m;

    for (size_t c = 0; c < stride; c++) {
        for (size_t k = 0; k < next.count && c % ROW_FLOATS == 0; k++)
            __builtin_prefetch(next.rows[k] + c, 1);
        for (size_t i = 0; i < m; i++) {
            of_x[i] = 0;
            for (size_t j = 0; j < n; j++)
                of_x[i] += g[i * n + j] * y[j][c];
        }
        for (size_t j = 0; j < n; j++) {
            of_y[j] = 0;
            for (size_t i = 0; i < m; i++)
                of_y[j] += g[i * n + j] * x[i][c];
        }
        for (size_t j = 0; j < n; j++)
            y[j][c] = (y_scale ? y_scale[j] : 1) * y[j][c] + of_y[j];
        for (size_t i = 0; i < m && c < moving; i++)
            x[i][c] = (x_scale ? x_scale[i] : 1) * x[i][c] + of_x[i];
    }
}

static void split(const float *cells, size_t m, size_t width, size_t n, const uint8_t *members,
                  const uint32_t *first, float *scores, float *positives)
{
    for (size_t i = 0; i < m; i++) {
        size_t p = first[i];
        for (size_t j = 0; j < n; j++)
            scores[i * n + j] = cells[i * width + j];
        for (size_t w = 0; members[i] >> w; w++)
            if (members[i] >> w & 1)
                positives[p++] = cells[i * width + n + w];
    }
}

static void join(const float *scores, const float *positives, size_t m, size_t n, const uint8_t *members,
                 const uint32_t *first, float factor, size_t width, float *cells)
{
    for (size_t i = 0; i < m; i++) {
        size_t p = first[i];
        for (size_t j = 0; j < n; j++)
            cells[i * width + j] = factor * scores[i * n + j];
        for (size_t w = 0; n + w < width; w++)
            cells[i * width + n + w] = members[i] >> w & 1 ? factor * positives[p++] : 0;
    }
}

static void bound_steps(float *cells, size_t m, size_t n, float limit, float *x_scale, float *y_scale)
{
    float longest = limit;

    for (size_t j = 0; j < n; j++)
        y_scale[j] = 0;
    for (size_t i = 0; i < m; i++) {
        float sum = 0;
        for (size_t j = 0; j < n; j++) {
            sum += fabsf(cells[i * n + j]);
            y_scale[j] += fabsf(cells[i * n + j]);
        }
        longest = sum > longest ? sum : longest;
    }
    for (size_t j = 0; j < n; j++) {
        longest = y_scale[j] > longest ? y_scale[j] : longest;
        y_scale[j] = 1;
    }
    for (size_t i = 0; i < m; i++) {
        x_scale[i] = 1;
        for (size_t j = 0; j < n; j++) {
            cells[i * n + j] *= limit / longest;
            x_scale[i] -= cells[i * n + j];
            y_scale[j] -= cells[i * n + j];
        }
    }
}

RACES
static void norms(const float *const *rows, size_t count, size_t stride, float *out)
{
    for (size_t i = 0; i < count; i++) {
        out[i] = 0;
        for (size_t c = 0; c < stride; c++)
            out[i] += rows[i][c] * rows[i][c];
    }
}

RACES
static void gather(const float *const *rows, size_t count, float factor, size_t stride, float *to)
{
    for (size_t c = 0; c < stride; c++) {
        float sum = 0;
        for (size_t i = 0; i < count; i++)
            sum += rows[i][c];
        to[c] = factor * sum;
    }
}

RACES
static void scatter(float *const *rows, size_t count, float factor, const float *after, const float *before,
                    size_t stride)
{
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < stride; c++)
            rows[i][c] += factor * (after[c] - before[c]);
}

RACES
static void normalize(float *const *rows, size_t count, size_t stride)
{
    for (size_t i = 0; i < count; i++) {
        const float *row = rows[i];
        float norm, scale;
        norms(&row, 1, stride, &norm);
        scale = norm > 0 ? 1 / sqrtf(norm) : 1;
        for (size_t c = 0; c < stride; c++)
            rows[i][c] *= scale;
    }
}

RACES
static void update_matched(float *const *x, float *const *y, const float *scale, size_t count, size_t stride,
                           size_t moving, const float *g, bool unit)
{
    for (size_t i = 0; i < count; i++) {
        const float left = scale ? scale[i] : 1;
        for (size_t c = 0; c < stride; c++) {
            const float old = x[i][c];
            x[i][c] = c < moving ? left * old + g[i] * y[i][c] : old;
            y[i][c] = left * y[i][c] + g[i] * old;
        }
        if (unit) {
            normalize(x + i, 1, stride);
            normalize(y + i, 1, stride);
        }
    }
}

RACES
static void scale(float *const *rows, const float *factors, size_t count, size_t stride, size_t moving)
{
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < stride && c < moving; c++)
            rows[i][c] *= factors[i];
}

static float exp_one(float x)
{
    if (x < -87.3f)
        return 0;
    return expf(x > 88 ? 88 : x);
}

static void exp_array(const float *in, float *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = exp_one(in[i]);
}

static void sigmoid(const float *in, float *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = in[i] < -87.3f ? 0 : 1 / (1 + exp_one(-in[i]));
}

static void softplus(const float *in, float *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = (in[i] > 0 ? in[i] : 0) + log1pf(exp_one(-fabsf(in[i])));
}

static float exp_sum(const float *in, float shift, float *out, size_t count)
{
    float sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += out[i] = exp_one(in[i] - shift);
    return sum;
}

static float magnitude_array(const float *in, size_t count)
{
    float max = 0;

    for (size_t i = 0; i < count; i++)
        max = fabsf(in[i]) > max ? fabsf(in[i]) : max;
    return max;
}

static float max_array(const float *in, size_t count)
{
    float max = in[0];
    for (size_t i = 1; i < count; i++)
        max = in[i] > max || isnan(in[i]) ? in[i] : max;
    return max;
}

static void log_array(const float *in, float *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = logf(in[i]);
}

static void softmax(const float *in, size_t m, size_t n, float factor, const float *shift, const float *column,
                    float *out, float *sums, float *tops)
{
    for (size_t i = 0; i < m; i++) {
        float *row = out + i * n;
        double sum = 0;
        tops[i] = -INFINITY;
        for (size_t j = 0; j < n; j++) {
            row[j] = factor * in[i * n + j] + (shift ? shift[j] : 0);
            tops[i] = row[j] > tops[i] || isnan(row[j]) ? row[j] : tops[i];
        }
        for (size_t j = 0; j < n; j++) {
            row[j] = exp_one(row[j] - (tops[i] > -INFINITY ? tops[i] : 0)) * (column ? column[j] : 1);
            sum += (double)row[j];
        }
        sums[i] = (float)sum;
        for (size_t j = 0; j < n; j++)
            row[j] /= sums[i] != 0 ? sums[i] : 1;
    }
}

static void softmax_columns(const float *in, size_t m, size_t n, float factor, float *out, float *sums, float *tops)
{
    for (size_t j = 0; j < n; j++) {
        tops[j] = -INFINITY;
        sums[j] = 0;
        for (size_t i = 0; i < m; i++)
            tops[j] = factor * in[i * n + j] > tops[j] ? factor * in[i * n + j] : tops[j];
        for (size_t i = 0; i < m; i++) {
            out[i * n + j] = exp_one(factor * in[i * n + j] - (tops[j] > -INFINITY ? tops[j] : 0));
            sums[j] += out[i * n + j];
        }
        for (size_t i = 0; i < m; i++)
            out[i * n + j] /= sums[j] != 0 ? sums[j] : 1;
    }
}

static void logistic(const float *in, size_t m, size_t n, float factor, const float *noise, const uint32_t *first,
                     const float *column, float *out)
{
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < n; j++) {
            const float logit = factor * in[i * n + j] - (noise ? noise[j] : 0);
            sigmoid(&logit, &out[i * n + j], 1);
            out[i * n + j] *= factor * (float)(first[i + 1] - first[i]) * (column ? column[j] : 1);
        }
    }
}

static void logistic_positives(const float *in, size_t count, float factor, const float *noise, float *out)
{
    for (size_t p = 0; p < count; p++) {
        const float pull = (noise ? noise[p] : 0) - factor * in[p];
        sigmoid(&pull, &out[p], 1);
        out[p] *= -factor;
    }
}

static void weigh(float *cells, size_t m, size_t n, const float *rows, const float *columns)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            cells[i * n + j] *= rows[i] * (columns ? columns[j] : 1);
}

static void roots(const float *in, float *out, size_t count)
{
    for (size_t c = 0; c < count; c++)
        out[c] = sqrtf(in[c]);
}

static void root_slopes(const float *d, size_t count, float min, float *slopes)
{
    for (size_t c = 0; c < count; c++)
        slopes[c] /= 2 * (d[c] > min ? d[c] : min);
}

static void hinges(const float *in, size_t n, const uint32_t *row, const float *positives, float margin,
                   size_t count, const float *column, float *out, float *sums)
{
    for (size_t p = 0; p < count; p++) {
        sums[p] = 0;
        for (size_t j = 0; j < n; j++) {
            const size_t cell = row[p] * n + j;
            const float times = positives[p] - in[cell] > -margin ? (column ? column[j] : 1) : 0;
            sums[p] += times;
            out[cell] -= times;
        }
    }
}

const Kernels kernels_scalar = {
    .name = "scalar",
    .math = {exp_array, sigmoid, softplus, exp_sum, max_array, magnitude_array, log_array, softmax, softmax_columns,
             logistic, logistic_positives, weigh, roots, root_slopes, hinges},
    .dot = dot,
    .sqdist = sqdist,
    .unit_sqdist = unit_sqdist,
    .dot_matched = dot_matched,
    .update = update,
    .update_matched = update_matched,
    .split = split,
    .join = join,
    .bound_steps = bound_steps,
    .norms = norms,
    .scale = scale,
    .gather = gather,
    .scatter = scatter,
    .normalize = normalize,
};
