/* Every kernel set of this machine, against doubles and so against the reference. */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/random.h"
#include "kernels/kernels.h"
#include "test.h"

#define UNIT_ROUNDOFF 0x1p-24

static const size_t dims[] = {1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 100, 127, 128, 200, 300, 333};
#define DIMS (sizeof dims / sizeof *dims)

/* Rows as the engine has them: aligned, padded with zeros, each at its own place. */
typedef struct rows {
    size_t count, dim, stride;
    float *memory, **row;
} rows;

static float random_value(Random *random)
{
    return 2 * random_float(random) - 1;
}

static rows rows_make(size_t count, size_t dim, Random *random)
{
    rows r = {.count = count, .dim = dim, .stride = row_stride(dim)};

    r.memory = aligned_alloc(ROW_ALIGNMENT, count * r.stride * sizeof(float));
    r.row = malloc(count * sizeof *r.row);
    ck_assert_ptr_nonnull(r.memory);
    ck_assert_ptr_nonnull(r.row);
    for (size_t i = 0; i < count; i++) {
        r.row[i] = r.memory + i * r.stride;
        for (size_t d = 0; d < r.stride; d++)
            r.row[i][d] = d < dim ? random_value(random) : 0;
    }
    return r;
}

static rows rows_copy(const rows *other)
{
    rows r = *other;

    r.memory = aligned_alloc(ROW_ALIGNMENT, r.count * r.stride * sizeof(float));
    r.row = malloc(r.count * sizeof *r.row);
    ck_assert_ptr_nonnull(r.memory);
    ck_assert_ptr_nonnull(r.row);
    memcpy(r.memory, other->memory, r.count * r.stride * sizeof(float));
    for (size_t i = 0; i < r.count; i++)
        r.row[i] = r.memory + (other->row[i] - other->memory);
    return r;
}

static void rows_free(rows *r)
{
    free(r->memory);
    free(r->row);
}

static void check_padding(const rows *r, const char *set)
{
    for (size_t i = 0; i < r->count; i++)
        for (size_t d = r->dim; d < r->stride; d++)
            require(r->row[i][d] == 0, "%s: padding of row %zu at %zu of dim %zu", set, i, d, r->dim);
}

/* The roundings of one product's factors, each to 2^-8 in bf16. */
static double product_error(const Kernels *set)
{
    return set->bf16 ? 0x1p-7 + 0x1p-16 : 0;
}

/* Scores of m x n rows against doubles. A sum of dim products in floats, in any order, is off by
 * at most dim + 2 roundings of the sum of their magnitudes. A forgotten element is far beyond that. */
static void check_scores(const Kernels *set, size_t m, size_t n, size_t dim, Random *random)
{
    rows x = rows_make(m, dim, random), y = rows_make(n, dim, random);
    float *dot = malloc((m * n + 1) * sizeof(float)), *sqdist = malloc((m * n + 1) * sizeof(float));
    const double allowed = (double)(dim + 2) * UNIT_ROUNDOFF;

    ck_assert_ptr_nonnull(dot);
    ck_assert_ptr_nonnull(sqdist);
    memcpy(y.row[n / 2], x.row[m / 2], x.stride * sizeof(float)); /* a distance of exactly 0 */
    dot[m * n] = sqdist[m * n] = 4321;
    set->dot((const float *const *)x.row, m, (const float *const *)y.row, n, x.stride, dot);
    set->sqdist((const float *const *)x.row, m, (const float *const *)y.row, n, x.stride, sqdist);
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < n; j++) {
            double product = 0, magnitude = 0, distance = 0;
            for (size_t d = 0; d < dim; d++) {
                const double a = (double)x.row[i][d], b = (double)y.row[j][d];
                product += a * b;
                magnitude += fabs(a * b);
                distance += (a - b) * (a - b);
            }
            require(fabs((double)dot[i * n + j] - product) <= allowed * magnitude,
                    "%s dot m %zu n %zu dim %zu at (%zu, %zu): %.9g, not %.9g", set->name, m, n, dim, i, j,
                    (double)dot[i * n + j], product);
            require(fabs((double)sqdist[i * n + j] - distance) <= 2 * allowed * distance,
                    "%s sqdist m %zu n %zu dim %zu at (%zu, %zu): %.9g, not %.9g", set->name, m, n, dim, i, j,
                    (double)sqdist[i * n + j], distance);
        }
    }
    require(dot[m * n] == 4321 && sqdist[m * n] == 4321, "%s writes beyond m x n", set->name);
    rows_free(&x);
    rows_free(&y);
    free(dot);
    free(sqdist);
}

/* Of rows of length 1, one of them the same on both sides. */
static void check_unit_scores(const Kernels *set, size_t m, size_t n, size_t dim, Random *random)
{
    rows x = rows_make(m, dim, random), y = rows_make(n, dim, random);
    float *scores = malloc((m * n + 1) * sizeof(float));

    ck_assert_ptr_nonnull(scores);
    memcpy(y.row[n / 2], x.row[m / 2], x.stride * sizeof(float));
    set->normalize(x.row, m, x.stride);
    set->normalize(y.row, n, y.stride);
    scores[m * n] = 4321;
    set->unit_sqdist((const float *const *)x.row, m, (const float *const *)y.row, n, x.stride, scores);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            const double got = (double)scores[i * n + j];
            double distance = 0;
            for (size_t d = 0; d < dim; d++)
                distance += ((double)x.row[i][d] - (double)y.row[j][d]) * ((double)x.row[i][d] - (double)y.row[j][d]);
            require(got >= 0 && fabs(got - distance) <= 1e-6 + 2 * (double)(dim + 2) * UNIT_ROUNDOFF,
                    "%s unit_sqdist m %zu n %zu dim %zu: %.9g, not %.9g", set->name, m, n, dim, got, distance);
        }
    require(scores[m * n] == 4321, "%s writes beyond m x n", set->name);
    rows_free(&x);
    rows_free(&y);
    free(scores);
}

/* Neither hides that a row is no number. */
START_TEST(distances_of_no_number)
{
    const Kernels *set;

    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        Random random;
        rows x, y;
        float scores[2];

        random_seed(&random, 2, 0, 0, 0);
        x = rows_make(1, 20, &random);
        y = rows_make(2, 20, &random);
        x.row[0][7] = NAN;
        set->sqdist((const float *const *)x.row, 1, (const float *const *)y.row, 2, x.stride, scores);
        require(isnan(scores[0]) && isnan(scores[1]), "%s sqdist", set->name);
        set->unit_sqdist((const float *const *)x.row, 1, (const float *const *)y.row, 2, x.stride, scores);
        require(isnan(scores[0]) && isnan(scores[1]), "%s unit_sqdist", set->name);
        rows_free(&x);
        rows_free(&y);
    }
}
END_TEST

START_TEST(dot_and_distance)
{
    Random random;
    const Kernels *set;

    random_seed(&random, 1, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t m = 1; m <= 37; m++)
            for (size_t n = 1; n <= 37; n++)
                check_scores(set, m, n, 1 + random_below(&random, 20), &random);
        for (size_t m = 1; m <= 37; m++)
            for (size_t n = 1; n <= 37; n++)
                check_unit_scores(set, m, n, 2 + random_below(&random, 20), &random);
        for (size_t d = 0; d < DIMS; d++)
            for (size_t repeat = 0; repeat < 3; repeat++) {
                const size_t m = 1 + random_below(&random, 37), n = 1 + random_below(&random, 37);
                check_scores(set, m, n, dims[d], &random);
                check_unit_scores(set, m, n, dims[d], &random);
            }
    }
}
END_TEST

enum { SCALE_X = 1, SCALE_Y = 2, REPEAT_X = 4, SPARSE = 8, UPDATE_VARIANTS = 16 };

static void call_update(const Kernels *set, const rows *x, const float *x_scale, const rows *y, const float *y_scale,
                        const float *g, size_t moving)
{
    const size_t floats = UPDATE_SCRATCH(x->count, y->count);
    float *scratch = aligned_alloc(ROW_ALIGNMENT, floats * sizeof *scratch);

    ck_assert_ptr_nonnull(scratch);
    for (size_t i = 0; i < floats; i++)
        scratch[i] = NAN; /* nothing may rely on what stands there */
    set->update(x->row, x_scale, x->count, y->row, y_scale, y->count, x->stride, moving, g, scratch, (Ahead){0});
    free(scratch);
}

/* The way back against doubles, from the rows of before the call. */
static void check_update(const Kernels *set, size_t m, size_t n, size_t dim, unsigned variant, Random *random)
{
    rows x = rows_make(m, dim, random), y = rows_make(n, dim, random), old_x, old_y;
    float *g = malloc(m * n * sizeof(float)), x_scale[64], y_scale[64];
    const double allowed_x = (double)(m * n + m + 2) * UNIT_ROUNDOFF, allowed_y = (double)(m + 2) * UNIT_ROUNDOFF;

    ck_assert_ptr_nonnull(g);
    for (size_t k = 0; k < m * n; k++)
        g[k] = variant & SPARSE && random_below(random, 3) ? 0 : random_value(random);
    for (size_t i = 0; i < 64; i++) {
        x_scale[i] = 1 + 0.3F * random_value(random);
        y_scale[i] = 1 + 0.3F * random_value(random);
    }
    if (variant & REPEAT_X) /* rows of the same word, next to each other and apart */
        for (size_t i = 1; i < m; i++)
            if (random_below(random, 2))
                x.row[i] = x.row[random_below(random, (uint32_t)i)];
    old_x = rows_copy(&x);
    old_y = rows_copy(&y);
    call_update(set, &x, variant & SCALE_X ? x_scale : NULL, &y, variant & SCALE_Y ? y_scale : NULL, g, x.stride);

    for (size_t i = 0; i < m; i++) {
        for (size_t d = 0; d < dim; d++) {
            double sum = (double)old_x.row[i][d], magnitude = fabs(sum), products = 0;
            for (size_t other = 0; other < m; other++) { /* a repeated row takes its updates one after the other */
                if (x.row[other] != x.row[i])
                    continue;
                sum *= variant & SCALE_X ? (double)x_scale[other] : 1;
                magnitude *= variant & SCALE_X ? (double)x_scale[other] : 1;
                for (size_t j = 0; j < n; j++) {
                    const double term = (double)g[other * n + j] * (double)old_y.row[j][d];
                    sum += term;
                    magnitude += fabs(term);
                    products += fabs(term);
                }
            }
            products *= variant & REPEAT_X ? 2 : 1; /* scales of up to 1.3 follow */
            require(fabs((double)x.row[i][d] - sum) <= allowed_x * magnitude + product_error(set) * products,
                    "%s update variant %u m %zu n %zu dim %zu: x[%zu][%zu] is %.9g, not %.9g", set->name, variant, m, n,
                    dim, i, d, (double)x.row[i][d], sum);
        }
    }
    for (size_t j = 0; j < n; j++) {
        for (size_t d = 0; d < dim; d++) {
            double sum = (variant & SCALE_Y ? (double)y_scale[j] : 1) * (double)old_y.row[j][d], magnitude = fabs(sum);
            double allowed, coefficients = 0, moved = 0, products = 0;
            for (size_t i = 0; i < m; i++) {
                const double term = (double)g[i * n + j] * (double)old_x.row[i][d];
                sum += term;
                magnitude += fabs(term);
                products += fabs(term);
                coefficients += fabs((double)g[i * n + j]);
                moved += fabs((double)x_scale[i] - 1) * fabs((double)old_x.row[i][d]);
                for (size_t k = 0; k < n; k++)
                    moved += fabs((double)g[i * n + k] * (double)old_y.row[k][d]);
            }
            allowed = allowed_y * magnitude + product_error(set) * products;
            if (variant & REPEAT_X) /* a repeated row may come as it was or with its earlier updates */
                allowed += 1.3 * coefficients * moved;
            require(fabs((double)y.row[j][d] - sum) <= allowed,
                    "%s update variant %u m %zu n %zu dim %zu: y[%zu][%zu] is %.9g, not %.9g", set->name, variant, m, n,
                    dim, j, d, (double)y.row[j][d], sum);
        }
    }
    check_padding(&x, set->name);
    check_padding(&y, set->name);
    rows_free(&x);
    rows_free(&y);
    rows_free(&old_x);
    rows_free(&old_y);
    free(g);
}

START_TEST(update)
{
    Random random;
    const Kernels *set;

    random_seed(&random, 2, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t m = 1; m <= 37; m++)
            for (size_t n = 1; n <= 37; n++)
                check_update(set, m, n, 1 + random_below(&random, 20), (unsigned)(m + n) % UPDATE_VARIANTS, &random);
        for (size_t d = 0; d < DIMS; d++)
            for (unsigned variant = 0; variant < UPDATE_VARIANTS; variant++)
                check_update(set, 1 + random_below(&random, 12), 1 + random_below(&random, 12), dims[d], variant,
                             &random);
    }
}
END_TEST

/* What a matrix has beyond its cells. */
#define GUARD 4321.0F

START_TEST(logistic)
{
    enum { MOST = 40 };
    Random random;
    const Kernels *set;

    random_seed(&random, 8, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t m = 1; m <= MOST; m++) {
            for (size_t n = 1; n <= MOST; n++) {
                float in[MOST * MOST], out[MOST * MOST + 1], noise[MOST], column[MOST];
                uint32_t first[MOST + 1] = {0};
                const bool shifted = random_below(&random, 2), weighed = random_below(&random, 2);
                const float factor = 3 * random_value(&random);

                for (size_t i = 0; i < MOST; i++) {
                    noise[i] = 5 * random_value(&random);
                    first[i + 1] = first[i] + random_below(&random, 4);
                    column[i] = 1 + (float)random_below(&random, 3);
                }
                for (size_t c = 0; c < m * n; c++)
                    in[c] = 20 * random_value(&random);
                out[m * n] = GUARD;
                set->math.logistic(in, m, n, factor, shifted ? noise : NULL, first, weighed ? column : NULL, out);
                for (size_t c = 0; c < m * n; c++) {
                    const double logit =
                        (double)factor * (double)in[c] - (shifted ? (double)noise[c % n] : 0);
                    const double weight = (double)factor * (first[c / n + 1] - first[c / n]) *
                                          (weighed ? (double)column[c % n] : 1);
                    const double wanted = weight / (1 + exp(-logit));
                    require(fabs((double)out[c] - wanted) <= 2e-5 * fabs(wanted), "%s %zu x %zu, cell %zu: %g, not %g",
                            set->name, m, n, c, (double)out[c], wanted);
                }
                require(out[m * n] == GUARD, "%s writes beyond %zu x %zu", set->name, m, n);
            }
        }
    }
}
END_TEST

START_TEST(logistic_of_positives)
{
    enum { MOST = 40 };
    Random random;
    const Kernels *set;

    random_seed(&random, 11, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t count = 1; count <= MOST; count++) {
            float in[MOST], noise[MOST], out[MOST + 1];
            const bool shifted = random_below(&random, 2);
            const float factor = 3 * random_value(&random);

            for (size_t p = 0; p < count; p++) {
                in[p] = 20 * random_value(&random);
                noise[p] = 5 * random_value(&random);
            }
            out[count] = GUARD;
            set->math.logistic_positives(in, count, factor, shifted ? noise : NULL, out);
            for (size_t p = 0; p < count; p++) {
                const double logit = (double)factor * (double)in[p] - (shifted ? (double)noise[p] : 0);
                const double wanted = -(double)factor / (1 + exp(logit));
                require(fabs((double)out[p] - wanted) <= 2e-5 * fabs(wanted), "%s, positive %zu of %zu: %g, not %g",
                        set->name, p, count, (double)out[p], wanted);
            }
            require(out[count] == GUARD, "%s writes beyond %zu", set->name, count);
        }
    }
}
END_TEST

/* Rows of negatives with and without shifts and copies, with cells and whole rows that have no share, in place too. */
START_TEST(softmax)
{
    enum { MOST = 40 };
    Random random;
    const Kernels *set;

    random_seed(&random, 10, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t m = 1; m <= MOST; m++) {
            for (size_t n = 1; n <= MOST; n++) {
                float in[MOST * MOST], cells[MOST * MOST + 1], shift[MOST], column[MOST];
                float sums[MOST + 1], tops[MOST + 1];
                const bool shifted = random_below(&random, 2), weighed = random_below(&random, 2);
                const bool in_place = random_below(&random, 2);
                const float factor = 1 + random_value(&random),
                            around = (random_below(&random, 2) ? 1e4F : 3) * random_value(&random);

                for (size_t j = 0; j < MOST; j++) {
                    shift[j] = 5 * random_value(&random);
                    column[j] = 1 + (float)random_below(&random, 3);
                }
                for (size_t c = 0; c < m * n; c++)
                    in[c] = random_below(&random, 4) ? around + 9 * random_value(&random) : -INFINITY;
                const bool tame = random_below(&random, 2);
                for (size_t j = 0; j < n; j++)
                    in[j] = m > 1 ? -INFINITY : in[j];
                for (size_t c = 0; c < m * n && tame; c++) /* no sum too small or too large for a float */
                    in[c] = 3 * random_value(&random);
                cells[m * n] = sums[m] = tops[m] = GUARD;
                memcpy(cells, in, m * n * sizeof *in);
                set->math.softmax(in_place ? cells : in, m, n, factor, shifted ? shift : NULL, weighed ? column : NULL,
                                  cells, sums, tops);
                require(cells[m * n] == GUARD && sums[m] == GUARD && tops[m] == GUARD, "%s writes beyond %zu x %zu",
                        set->name, m, n);
                for (size_t i = 0; i < m; i++) {
                    double logits[MOST], top = -(double)INFINITY, sum = 0;
                    for (size_t j = 0; j < n; j++) {
                        logits[j] = (double)factor * (double)in[i * n + j] + (shifted ? (double)shift[j] : 0);
                        top = fmax(top, logits[j]);
                    }
                    for (size_t j = 0; j < n && isfinite(top); j++)
                        sum += (weighed ? (double)column[j] : 1) * exp(logits[j] - top);
                    for (size_t j = 0; j < n; j++) {
                        const double weight = weighed ? (double)column[j] : 1;
                        const double wanted = isfinite(top) ? weight * exp(logits[j] - top) / sum : 0;
                        /* logits up to 2e4 are rounded before exp magnifies that */
                        require(fabs((double)cells[i * n + j] - wanted) <= (tame ? 5e-6 : 5e-3) * wanted,
                                "%s %zu x %zu: %g, not %g", set->name, m, n, (double)cells[i * n + j], wanted);
                    }
                    if (isfinite(top))
                        require(fabs(log((double)sums[i]) + (double)tops[i] - (top + log(sum))) <= 1e-5 + 2e-7 * fabs(top),
                                "%s %zu x %zu: a sum %.8g exp(%.8g), not %.8g", set->name, m, n, (double)sums[i],
                                (double)tops[i], top + log(sum));
                    else
                        require(sums[i] == 0 && tops[i] == -INFINITY, "%s: an empty row's sum is %g exp(%g)", set->name,
                                (double)sums[i], (double)tops[i]);
                }
                in[m * n - 1] = NAN;
                set->math.softmax(in, m, n, factor, NULL, NULL, cells, sums, tops);
                require(isnan(cells[m * n - 1]) && isnan(sums[m - 1]), "%s softmax hides NaN", set->name);
            }
        }
    }
}
END_TEST

START_TEST(softmax_by_columns)
{
    enum { MOST = 40 };
    Random random;
    const Kernels *set;

    random_seed(&random, 13, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t m = 1; m <= MOST; m++) {
            for (size_t n = 1; n <= MOST; n++) {
                float in[MOST * MOST], out[MOST * MOST + 1], sums[MOST + 1], tops[MOST + 1];
                const float factor = random_below(&random, 2) ? -1 : 2;

                for (size_t c = 0; c < m * n; c++)
                    in[c] = random_below(&random, 5) ? 90 * random_value(&random) : -INFINITY * factor;
                for (size_t i = 0; i < m; i++)
                    in[i * n + n / 2] = -INFINITY * factor; /* a column without any share */
                out[m * n] = sums[n] = tops[n] = GUARD;
                set->math.softmax_columns(in, m, n, factor, out, sums, tops);
                require(out[m * n] == GUARD && sums[n] == GUARD && tops[n] == GUARD, "%s writes beyond %zu x %zu",
                        set->name, m, n);
                for (size_t j = 0; j < n; j++) {
                    double top = -(double)INFINITY, sum = 0;
                    for (size_t i = 0; i < m; i++)
                        top = fmax(top, (double)factor * (double)in[i * n + j]);
                    for (size_t i = 0; i < m && isfinite(top); i++)
                        sum += exp((double)factor * (double)in[i * n + j] - top);
                    for (size_t i = 0; i < m; i++) {
                        const double wanted =
                            isfinite(top) ? exp((double)factor * (double)in[i * n + j] - top) / sum : 0;
                        require(fabs((double)out[i * n + j] - wanted) <= 1e-5 * wanted + 1e-37, "%s %zu x %zu: %g, not %g",
                                set->name, m, n, (double)out[i * n + j], wanted);
                    }
                    if (isfinite(top))
                        require(fabs(log((double)sums[j]) + (double)tops[j] - (top + log(sum))) <= 1e-5, "%s: a sum",
                                set->name);
                    else
                        require(sums[j] == 0 && tops[j] == -INFINITY, "%s: an empty column's sum is %g exp(%g)",
                                set->name, (double)sums[j], (double)tops[j]);
                }
            }
        }
    }
}
END_TEST

START_TEST(weights_and_roots)
{
    enum { MOST = 40 };
    Random random;
    const Kernels *set;

    random_seed(&random, 14, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t m = 0; m <= MOST; m++) {
            for (size_t n = 1; n <= MOST; n++) {
                float cells[MOST * MOST + 1], roots[MOST * MOST + 1], before[MOST * MOST], rows_of[MOST], columns[MOST];
                const bool weighed = random_below(&random, 2);

                for (size_t c = 0; c < m * n; c++)
                    cells[c] = before[c] = random_below(&random, 9) ? 1 + random_value(&random) : 0;
                for (size_t i = 0; i < MOST; i++) {
                    rows_of[i] = random_value(&random);
                    columns[i] = 1 + (float)random_below(&random, 3);
                }
                cells[m * n] = roots[m * n] = GUARD;
                set->math.roots(cells, roots, m * n);
                for (size_t c = 0; c < m * n; c++)
                    require(roots[c] == sqrtf(cells[c]), "%s: root %.9g of %.9g", set->name, (double)roots[c],
                            (double)cells[c]);
                set->math.weigh(cells, m, n, rows_of, weighed ? columns : NULL);
                for (size_t c = 0; c < m * n; c++) {
                    const float wanted = before[c] * (rows_of[c / n] * (weighed ? columns[c % n] : 1));
                    require(fabsf(cells[c] - wanted) <= 2e-7F * fabsf(wanted), "%s %zu x %zu: cell %zu is %.9g, not %.9g",
                            set->name, m, n, c, (double)cells[c], (double)wanted);
                    before[c] = cells[c];
                }
                set->math.root_slopes(roots, m * n, 0.01F, cells);
                for (size_t c = 0; c < m * n; c++) {
                    const float wanted = before[c] / (2 * (roots[c] > 0.01F ? roots[c] : 0.01F));
                    require(fabsf(cells[c] - wanted) <= 2e-7F * fabsf(wanted), "%s %zu x %zu: slope %zu is %.9g, not %.9g",
                            set->name, m, n, c, (double)cells[c], (double)wanted);
                }
                require(cells[m * n] == GUARD && roots[m * n] == GUARD, "%s writes beyond %zu x %zu", set->name, m, n);
            }
        }
    }
}
END_TEST

/* A page whose neighbour may not be touched. */
typedef struct guarded {
    unsigned char *pages;
    size_t size;
} guarded;

static guarded guarded_make(void)
{
    guarded g = {NULL, (size_t)sysconf(_SC_PAGESIZE)};

    g.pages = mmap(NULL, 2 * g.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(g.pages, MAP_FAILED);
    ck_assert_int_eq(mprotect(g.pages + g.size, g.size, PROT_NONE), 0);
    return g;
}

/* count floats that end where the page does. */
static float *guarded_floats(const guarded *g, size_t count, float value)
{
    float *end = (float *)(void *)(g->pages + g->size);

    for (size_t i = 1; i <= count; i++)
        end[-(ptrdiff_t)i] = value;
    return end - count;
}

/* Lanes beyond the end are neither read nor written, even where that would change nothing. */
START_TEST(ends_of_memory)
{
    guarded pages[4];
    const Kernels *set;

    for (size_t i = 0; i < 4; i++)
        pages[i] = guarded_make();
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t m = 1; m <= 20; m++) {
            for (size_t n = 1; n <= 20; n++) {
                const size_t cells = m * n;
                float *in = guarded_floats(&pages[0], cells, -1), *out = guarded_floats(&pages[1], cells, 0);
                float *column = guarded_floats(&pages[3], n, 1);
                float tops[20];
                uint32_t first[21];

                for (size_t i = 0; i <= m; i++)
                    first[i] = (uint32_t)i;
                set->math.softmax(in, m, n, 2, column, column, out, guarded_floats(&pages[2], m, 0), tops);
                set->math.softmax(in, m, n, 200, NULL, NULL, out, tops, guarded_floats(&pages[2], m, 0));
                ck_assert(fabsf(out[cells - 1] - 1 / (float)n) < 1e-6F);
                set->math.softmax_columns(in, m, n, 2, out, guarded_floats(&pages[2], n, 0), tops);
                ck_assert(fabsf(out[cells - 1] - 1 / (float)m) < 1e-6F);
                set->math.logistic(in, m, n, 2, column, first, column, out);
                set->math.weigh(out, m, n, guarded_floats(&pages[2], m, 2), column);
                set->math.roots(out, out, cells);
                set->math.root_slopes(out, cells, 0.1F, in);
                set->math.exp(in, out, cells);
                set->math.log(out, out, cells);
                set->math.softplus(in, out, cells);
                set->math.sigmoid(in, out, cells);
                set->math.logistic_positives(in, cells, 2, NULL, out);
                ck_assert(isfinite(set->math.exp_sum(in, 1, out, cells) + set->math.magnitude(in, cells)));
                set->bound_steps(in, m, n, 0.5F, guarded_floats(&pages[2], m, 0), column);
            }
        }
    }
    for (size_t i = 0; i < 4; i++)
        munmap(pages[i].pages, 2 * pages[i].size);
}
END_TEST

/* Of so many cells that a plain sum of floats loses digits. */
START_TEST(softmax_of_a_million)
{
    enum { CELLS = 1 << 20 };
    const Kernels *set;
    float *in = malloc(CELLS * sizeof *in), *column = malloc(CELLS * sizeof *column);

    ck_assert(in && column);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        float sum, top;
        for (size_t j = 0; j < CELLS; j++) {
            in[j] = 3;
            column[j] = 0.1F;
        }
        set->math.softmax(in, 1, CELLS, 1, NULL, column, in, &sum, &top);
        require(top == 3 && fabs((double)sum / (CELLS * (double)0.1F) - 1) < 1e-6, "%s: %.9g", set->name, (double)sum);
        require(fabs((double)in[CELLS / 2] * CELLS - 1) < 1e-6, "%s: share %.9g", set->name, (double)in[CELLS / 2]);
    }
    free(in);
    free(column);
}
END_TEST

START_TEST(hinges)
{
    enum { MOST = 40 };
    Random random;
    const Kernels *set;

    random_seed(&random, 12, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t n = 1; n <= MOST; n++) {
            for (size_t count = 0; count <= MOST; count++) {
                const size_t m = 1 + random_below(&random, 9);
                const bool weighed = random_below(&random, 2);
                float in[9 * MOST], out[9 * MOST + 1], wanted[9 * MOST], positives[MOST], column[MOST], sums[MOST + 1];
                const float margin = random_below(&random, 3) ? 0.3F : 0;
                uint32_t row[MOST];

                for (size_t c = 0; c < m * n; c++) {
                    in[c] = random_below(&random, 5) ? random_value(&random) : INFINITY;
                    out[c] = wanted[c] = 3;
                }
                for (size_t j = 0; j < n; j++)
                    column[j] = 1 + (float)random_below(&random, 3);
                for (size_t p = 0; p < count; p++) {
                    row[p] = random_below(&random, (uint32_t)m);
                    positives[p] = p % 4 ? random_value(&random) : in[row[p] * n];
                }
                out[m * n] = sums[count] = GUARD;
                set->math.hinges(in, n, row, positives, margin, count, weighed ? column : NULL, out, sums);
                require(out[m * n] == GUARD && sums[count] == GUARD, "%s writes beyond %zu", set->name, n);
                for (size_t p = 0; p < count; p++) {
                    float sum = 0;
                    for (size_t j = 0; j < n; j++) {
                        const float hinge = positives[p] - in[row[p] * n + j];
                        const float times = hinge > -margin ? (weighed ? column[j] : 1) : 0;
                        sum += times;
                        wanted[row[p] * n + j] -= times;
                    }
                    require(sums[p] == sum, "%s: %g of %zu, not %g", set->name, (double)sums[p], n, (double)sum);
                }
                ck_assert_mem_eq(out, wanted, m * n * sizeof *out);
            }
        }
    }
}
END_TEST

START_TEST(logarithm)
{
    const Kernels *set;

    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t count = 0; count <= 40; count++) {
            float in[41], out[41];
            for (size_t i = 0; i < count; i++)
                in[i] = (float)((double)FLT_MIN * pow(80, (double)i) * (1 + 0.017 * (double)count));
            in[count / 2] = count % 3 ? in[count / 2] : 0;
            in[count] = out[count] = GUARD;
            set->math.log(in, out, count);
            require(out[count] == GUARD, "%s log writes beyond %zu", set->name, count);
            for (size_t i = 0; i < count; i++) {
                const double wanted = log((double)in[i]);
                if (in[i] == 0)
                    require(out[i] == -INFINITY, "%s log(0) = %g", set->name, (double)out[i]);
                else
                    require(fabs((double)out[i] - wanted) <= 2e-7 * fabs(wanted) + 1e-7, "%s log(%g) = %.9g, not %.9g",
                            set->name, (double)in[i], (double)out[i], wanted);
            }
        }
        for (float x = 0.5F; x < 2; x *= 1.001F) {
            float out;
            set->math.log(&x, &out, 1);
            require(fabs((double)out - log((double)x)) <= 2e-7, "%s log(%.8g) = %.8g", set->name, (double)x, (double)out);
        }
    }
}
END_TEST

START_TEST(bounded_steps)
{
    enum { MOST = 40 };
    Random random;
    const Kernels *set;
    size_t bounded = 0, free_ones = 0;

    random_seed(&random, 11, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t m = 1; m <= MOST; m++) {
            for (size_t n = 1; n <= MOST; n++) {
                float cells[MOST * MOST + 1], before[MOST * MOST], x[MOST + 1], y[MOST + 1];
                double longest = 0.5, factor;
                const float size = random_below(&random, 2) ? 0.01F : 1;

                for (size_t c = 0; c < m * n; c++)
                    before[c] = cells[c] = size * random_value(&random);
                cells[m * n] = x[m] = y[n] = GUARD;
                set->bound_steps(cells, m, n, 0.5F, x, y);
                require(cells[m * n] == GUARD && x[m] == GUARD && y[n] == GUARD, "%s writes beyond %zu x %zu",
                        set->name, m, n);
                for (size_t i = 0; i < m; i++) {
                    double sum = 0;
                    for (size_t j = 0; j < n; j++)
                        sum += fabs((double)before[i * n + j]);
                    longest = fmax(longest, sum);
                }
                for (size_t j = 0; j < n; j++) {
                    double sum = 0;
                    for (size_t i = 0; i < m; i++)
                        sum += fabs((double)before[i * n + j]);
                    longest = fmax(longest, sum);
                }
                factor = 0.5 / longest;
                bounded += factor < 1;
                free_ones += factor >= 1;
                for (size_t i = 0; i < m; i++) {
                    double left = 1;
                    for (size_t j = 0; j < n; j++) {
                        const double wanted = factor * (double)before[i * n + j];
                        left -= wanted;
                        require(fabs((double)cells[i * n + j] - wanted) <= 1e-6, "%s %zu x %zu: cell %g, not %g",
                                set->name, m, n, (double)cells[i * n + j], wanted);
                    }
                    require(fabs((double)x[i] - left) <= 1e-5, "%s %zu x %zu: %g of row %zu is left, not %g", set->name,
                            m, n, (double)x[i], i, left);
                }
                for (size_t j = 0; j < n; j++) {
                    double left = 1;
                    for (size_t i = 0; i < m; i++)
                        left -= factor * (double)before[i * n + j];
                    require(fabs((double)y[j] - left) <= 1e-5, "%s %zu x %zu: %g of column %zu is left, not %g",
                            set->name, m, n, (double)y[j], j, left);
                }
            }
        }
    }
    require(bounded && free_ones, "%zu bounded, %zu free", bounded, free_ones);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++)
        for (size_t n = 5; n <= MOST; n += 7)
            for (size_t cell = 1; cell < 6 * n; cell++) { /* one that is none: the others are bounded all the same */
                float cells[6 * MOST], x[6], y[MOST];
                for (size_t c = 0; c < 6 * n; c++)
                    cells[c] = 0;
                cells[0] = 3;
                cells[cell] = NAN;
                set->bound_steps(cells, 6, n, 0.5F, x, y);
                for (size_t i = 0; i < 6; i++)
                    require(i == cell / n || x[i] == (i ? 1 : 0.5F), "%s: %g of row %zu beside NaN", set->name,
                            (double)x[i], i);
                for (size_t j = 0; j < n; j++)
                    require(j == cell % n || y[j] == (j ? 1 : 0.5F), "%s: %g of column %zu beside NaN", set->name,
                            (double)y[j], j);
            }
}
END_TEST

/* Cells in two parts and back: every way in which rows can be in up to eight windows. */
START_TEST(parted_cells)
{
    enum { ROWS = 12, NOISE = 37, WINDOWS = 8 };
    Random random;
    const Kernels *set;

    random_seed(&random, 9, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t n = 0; n <= NOISE; n++) {
            for (size_t windows = 1; windows <= WINDOWS; windows++) {
                const size_t m = 1 + random_below(&random, ROWS), width = n ? n + windows : 0;
                float cells[ROWS * (NOISE + WINDOWS) + ROW_FLOATS], scores[ROWS * NOISE + ROW_FLOATS];
                float positives[ROWS * WINDOWS + ROW_FLOATS], joined[ROWS * (NOISE + WINDOWS) + ROW_FLOATS + 1];
                uint8_t members[ROWS];
                uint32_t first[ROWS + 1] = {0};

                for (size_t c = 0; c < m * width || c < windows; c++)
                    cells[c] = random_value(&random);
                for (size_t i = 0; i < m; i++) {
                    members[i] = (uint8_t)random_below(&random, 1u << windows);
                    first[i + 1] = first[i] + (uint32_t)__builtin_popcount(members[i]);
                }
                set->split(cells, m, width, n, members, first, n ? scores : NULL, positives);
                for (size_t i = 0; i < m; i++) {
                    size_t p = first[i];
                    for (size_t j = 0; j < n; j++)
                        require(scores[i * n + j] == cells[i * width + j], "%s: score (%zu, %zu)", set->name, i, j);
                    for (size_t w = 0; w < windows; w++)
                        if (members[i] >> w & 1)
                            require(positives[p++] == cells[i * width + n + w], "%s: positive of (%zu, %zu)",
                                    set->name, i, w);
                }
                if (!n)
                    continue;
                joined[m * width + ROW_FLOATS] = GUARD;
                set->join(scores, positives, m, n, members, first, 0.3F, width, joined);
                for (size_t i = 0; i < m; i++)
                    for (size_t j = 0; j < width; j++)
                        require(joined[i * width + j] ==
                                    (j < n || members[i] >> (j - n) & 1 ? 0.3F * cells[i * width + j] : 0),
                                "%s: cell (%zu, %zu)", set->name, i, j);
                require(joined[m * width + ROW_FLOATS] == GUARD, "%s writes beyond %zu x %zu", set->name, m, width);
            }
        }
    }
}
END_TEST

/* Elements that do not move still move the other side. */
START_TEST(rows_that_move_in_part)
{
    Random random;
    const Kernels *set;

    random_seed(&random, 10, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t repeat = 0; repeat < 300; repeat++) {
            const size_t m = 1 + random_below(&random, 9), n = 1 + random_below(&random, 20);
            const size_t dim = 1 + random_below(&random, 150), moving = 1 + random_below(&random, (uint32_t)dim);
            rows x = rows_make(m, dim, &random), y = rows_make(n, dim, &random), all_x, all_y, old;
            float g[9 * 20];

            for (size_t c = 0; c < m * n; c++)
                g[c] = 0.1F * random_value(&random);
            all_x = rows_copy(&x);
            all_y = rows_copy(&y);
            old = rows_copy(&x);
            call_update(set, &all_x, NULL, &all_y, NULL, g, all_x.stride);
            call_update(set, &x, NULL, &y, NULL, g, moving);
            for (size_t i = 0; i < m; i++)
                for (size_t d = 0; d < x.stride; d++)
                    require(x.row[i][d] == (d < moving ? all_x : old).row[i][d], "%s: element %zu of %zu, %zu move",
                            set->name, d, dim, moving);
            ck_assert_mem_eq(y.memory, all_y.memory, n * y.stride * sizeof(float));
            rows_free(&x);
            rows_free(&y);
            rows_free(&all_x);
            rows_free(&all_y);
            rows_free(&old);
        }
    }
}
END_TEST

/* x is only read, before y is written; rows of y that stand there several times get all that is theirs. */
START_TEST(rows_that_stand_still)
{
    Random random;
    const Kernels *set;

    random_seed(&random, 11, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t repeat = 0; repeat < 600; repeat++) {
            const size_t m = 1 + random_below(&random, 20), n = 1 + random_below(&random, 40);
            const size_t dim = 1 + random_below(&random, 60);
            const double tolerance = set->bf16 ? 2e-2 : 1e-5; /* 20 products of at most 0.1, factors of 8 bits */
            const bool scaled = random_below(&random, 2), some_twice = random_below(&random, 2);
            rows x = rows_make(m, dim, &random), y = rows_make(n, dim, &random), old_y;
            float old[20][64], g[20 * 40], y_scale[40];
            double wanted[60];

            for (size_t c = 0; c < m * n; c++)
                g[c] = 0.1F * random_value(&random);
            for (size_t j = 0; j < n; j++) {
                y_scale[j] = 1 + 0.3F * random_value(&random);
                if (some_twice && random_below(&random, 3) == 0)
                    y.row[j] = y.row[random_below(&random, (uint32_t)n)];
            }
            old_y = rows_copy(&y);
            for (size_t i = 0; i < m; i++) {
                if (random_below(&random, 2))
                    x.row[i] = y.row[random_below(&random, (uint32_t)n)];
                memcpy(old[i], x.row[i], dim * sizeof(float));
            }
            call_update(set, &x, NULL, &y, scaled ? y_scale : NULL, g, 0);
            for (size_t i = 0; i < m; i++)
                if (x.row[i] == x.memory + i * x.stride)
                    ck_assert_mem_eq(x.row[i], old[i], dim * sizeof(float));
            for (size_t j = 0; j < n; j++) {
                for (size_t d = 0; d < dim; d++)
                    wanted[d] = (double)old_y.row[j][d];
                for (size_t l = 0; l < n; l++) {
                    if (y.row[l] != y.row[j])
                        continue;
                    for (size_t d = 0; d < dim; d++)
                        wanted[d] *= scaled ? (double)y_scale[l] : 1;
                    for (size_t i = 0; i < m; i++)
                        for (size_t d = 0; d < dim; d++)
                            wanted[d] += (double)g[i * n + l] * (double)old[i][d];
                }
                for (size_t d = 0; d < y.stride; d++)
                    require(fabs((double)y.row[j][d] - (d < dim ? wanted[d] : 0)) <= (d < dim ? tolerance : 0),
                            "%s: element %zu of row %zu is %g, not %g", set->name, d, j, (double)y.row[j][d],
                            d < dim ? wanted[d] : 0);
            }
            rows_free(&x);
            rows_free(&y);
            rows_free(&old_y);
        }
    }
}
END_TEST

/* Pairs of rows that stand several times on their side, against the same in doubles. */
START_TEST(pairs_by_themselves)
{
    Random random;
    const Kernels *set;

    random_seed(&random, 15, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t repeat = 0; repeat < 600; repeat++) {
            enum { MOST = 9, DIM = 60 };
            const size_t count = random_below(&random, MOST + 1), dim = 1 + random_below(&random, DIM);
            const size_t moving = random_below(&random, 3) ? dim : random_below(&random, (uint32_t)dim + 1);
            const bool scaled = random_below(&random, 2), unit = moving == dim && random_below(&random, 2);
            const bool once = random_below(&random, 2);
            rows x = rows_make(MOST, dim, &random), y = rows_make(MOST, dim, &random);
            double of_x[MOST][DIM], of_y[MOST][DIM];
            float *px[MOST], *py[MOST], scale[MOST], g[MOST];
            size_t at_x[MOST], at_y[MOST];

            for (size_t i = 0; i < MOST; i++) {
                for (size_t d = 0; d < dim; d++) {
                    of_x[i][d] = (double)x.row[i][d];
                    of_y[i][d] = (double)y.row[i][d];
                }
                px[i] = x.row[at_x[i] = once ? i : random_below(&random, MOST)];
                py[i] = y.row[at_y[i] = once ? i : random_below(&random, MOST)];
                scale[i] = 1 + 0.3F * random_value(&random);
                g[i] = 0.3F * random_value(&random);
            }
            set->update_matched(px, py, scaled ? scale : NULL, count, x.stride, moving, g, unit);
            for (size_t i = 0; i < count; i++) {
                double *a = of_x[at_x[i]], *b = of_y[at_y[i]], square_a = 0, square_b = 0;
                for (size_t d = 0; d < dim; d++) {
                    const double left = scaled ? (double)scale[i] : 1, old = a[d];
                    a[d] = d < moving ? left * old + (double)g[i] * b[d] : old;
                    b[d] = left * b[d] + (double)g[i] * old;
                    square_a += a[d] * a[d];
                    square_b += b[d] * b[d];
                }
                for (size_t d = 0; d < dim && unit; d++) {
                    a[d] /= sqrt(square_a);
                    b[d] /= sqrt(square_b);
                }
            }
            for (size_t i = 0; i < count && unit; i++) {
                double square_x = 0, square_y = 0;
                for (size_t d = 0; d < dim; d++) {
                    square_x += (double)px[i][d] * (double)px[i][d];
                    square_y += (double)py[i][d] * (double)py[i][d];
                }
                require(fabs(square_x - 1) < 1e-5 && fabs(square_y - 1) < 1e-5, "%s: squares %g and %g", set->name,
                        square_x, square_y);
            }
            for (size_t i = 0; i < MOST; i++)
                for (size_t d = 0; d < x.stride; d++) {
                    require(fabs((double)x.row[i][d] - (d < dim ? of_x[i][d] : 0)) <= (d < dim ? 2e-5 : 0),
                            "%s: element %zu of x %zu", set->name, d, i);
                    require(fabs((double)y.row[i][d] - (d < dim ? of_y[i][d] : 0)) <= (d < dim ? 2e-5 : 0),
                            "%s: element %zu of y %zu", set->name, d, i);
                }
            rows_free(&x);
            rows_free(&y);
        }
    }
}
END_TEST

static void require_unit(const float *row, size_t dim, const char *set)
{
    double square = 0;

    for (size_t d = 0; d < dim; d++)
        square += (double)row[d] * (double)row[d];
    require(fabs(square - 1) < 1e-5, "%s: a row's square is %.9g, not 1", set, square);
}

/* Parts of a row and of nearly its opposite: what is left has its direction and length 1 all the same. */
START_TEST(pairs_that_cancel)
{
    const Kernels *set;
    Random random;

    random_seed(&random, 33, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++)
        for (size_t count = 1; count <= 9; count++)
            for (int less = 1; less < 18; less++) {
                rows x = rows_make(count, 37, &random), y = rows_make(count, 37, &random), old_x, old_y;
                float scale[9], g[9];
                for (size_t i = 0; i < count; i++) {
                    scale[i] = g[i] = less == 17 ? 0.5F : 0.53F; /* 17: nothing is left, which has no length */
                    for (size_t d = 0; d < 37; d++)
                        y.row[i][d] = less == 17 ? -x.row[i][d] : -x.row[i][d] + ldexpf(y.row[i][d], -less);
                }
                old_x = rows_copy(&x);
                old_y = rows_copy(&y);
                set->update_matched(x.row, y.row, scale, count, x.stride, 37, g, true);
                for (size_t i = 0; i < count; i++) {
                    double square = 0;
                    for (size_t d = 0; d < 37; d++) {
                        const double left = (double)old_x.row[i][d] + (double)old_y.row[i][d];
                        square += left * left;
                    }
                    for (size_t d = 0; d < 37; d++) {
                        const double left = (double)old_x.row[i][d] + (double)old_y.row[i][d];
                        const double wanted = square > 0 ? left / sqrt(square) : 0;
                        const double allowed = square > 0 ? 1e-6 + 4e-7 * ldexp(1, less) : 0;
                        require(fabs((double)x.row[i][d] - wanted) <= allowed &&
                                    fabs((double)y.row[i][d] - wanted) <= allowed,
                                "%s: pair %zu of %zu, less by %d, at %zu is %g and %g, not %g", set->name, i, count,
                                less, d, (double)x.row[i][d], (double)y.row[i][d], wanted);
                    }
                    if (square > 0)
                        require_unit(x.row[i], 37, set->name);
                }
                rows_free(&old_x);
                rows_free(&old_y);
                rows_free(&x);
                rows_free(&y);
            }
}
END_TEST

/* Products of rows matched one to one, some of which stand several times. */
START_TEST(products_of_pairs)
{
    enum { MOST = 9 };
    const Kernels *set;
    Random random;

    random_seed(&random, 34, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++)
        for (size_t t = 0; t < DIMS; t++)
            for (size_t count = 0; count <= MOST; count++) {
                rows x = rows_make(MOST, dims[t], &random), y = rows_make(MOST, dims[t], &random);
                const float *px[MOST], *py[MOST];
                float products[MOST + 1];
                for (size_t i = 0; i < count; i++) {
                    px[i] = x.row[random_below(&random, MOST)];
                    py[i] = y.row[random_below(&random, MOST)];
                }
                products[count] = GUARD;
                set->dot_matched(px, py, count, x.stride, products);
                require(products[count] == GUARD, "%s writes beyond %zu", set->name, count);
                for (size_t i = 0; i < count; i++) {
                    double product = 0, magnitude = 0;
                    for (size_t d = 0; d < dims[t]; d++) {
                        product += (double)px[i][d] * (double)py[i][d];
                        magnitude += fabs((double)px[i][d] * (double)py[i][d]);
                    }
                    require(fabs((double)products[i] - product) <=
                                (double)(dims[t] + 2) * UNIT_ROUNDOFF * magnitude,
                            "%s: product %zu of %zu, dim %zu: %.9g, not %.9g", set->name, i, count, dims[t],
                            (double)products[i], product);
                }
                rows_free(&x);
                rows_free(&y);
            }
}
END_TEST

START_TEST(norms_and_scales)
{
    const Kernels *set;
    Random random;

    random_seed(&random, 31, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t t = 0; t < sizeof dims / sizeof *dims; t++) {
            rows r = rows_make(5, dims[t], &random), copies = rows_copy(&r);
            float norms[5], factors[5];

            r.row[3] = r.row[1]; /* a row may stand twice */
            memcpy(copies.row[3], r.row[3], r.stride * sizeof(float));
            set->norms((const float *const *)r.row, r.count, r.stride, norms);
            for (size_t i = 0; i < r.count; i++) {
                double norm = 0;
                for (size_t d = 0; d < r.dim; d++)
                    norm += (double)r.row[i][d] * (double)r.row[i][d];
                require(fabs((double)norms[i] - norm) < 1e-5 * norm, "%s: norm %g, not %g", set->name, (double)norms[i],
                        norm);
                factors[i] = random_value(&random);
            }
            set->scale(r.row, factors, r.count, r.stride);
            for (size_t i = 0; i < r.count; i++)
                for (size_t d = 0; d < r.stride; d++) {
                    const float twice = i == 1 || i == 3 ? factors[4 - i] : 1; /* the other of the two */
                    require(fabsf(r.row[i][d] - copies.row[i][d] * factors[i] * twice) < 1e-6f, "%s: scale of row %zu",
                            set->name, i);
                }
            rows_free(&r);
            rows_free(&copies);
        }
    }
}
END_TEST

/* More rows than are measured at once, and some that stand twice, near and far from each other. */
START_TEST(normalize_many)
{
    enum { MOST = 26 };
    const Kernels *set;
    Random random;

    random_seed(&random, 35, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++)
        for (size_t count = 0; count <= MOST; count++)
            for (size_t apart = 1; apart <= 13; apart++) {
                rows r = rows_make(MOST, 33, &random), old = rows_copy(&r);
                for (size_t i = apart; i < count; i += 2 * apart + 1)
                    r.row[i] = r.row[i - apart];
                set->normalize(r.row, count, r.stride);
                for (size_t i = 0; i < count; i++)
                    require_unit(r.row[i], 33, set->name);
                for (size_t i = count; i < MOST; i++)
                    ck_assert_mem_eq(r.row[i], old.row[i], r.stride * sizeof(float));
                rows_free(&r);
                rows_free(&old);
            }
}
END_TEST

START_TEST(normalize)
{
    Random random;
    const Kernels *set;

    random_seed(&random, 3, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t d = 0; d < DIMS; d++) {
            rows r = rows_make(6, dims[d], &random), old;
            const float sizes[6] = {1, 0, 1e-12F, 1e12F, 1e-30F, 1};

            for (size_t i = 0; i < 6; i++)
                for (size_t e = 0; e < r.dim; e++)
                    r.row[i][e] *= sizes[i];
            old = rows_copy(&r);
            set->normalize(r.row, 0, r.stride);
            ck_assert_mem_eq(r.memory, old.memory, 6 * r.stride * sizeof(float));
            set->normalize((float *[]){r.row[0], r.row[2], r.row[0], r.row[0], r.row[2]}, 5, r.stride); /* some twice */
            for (size_t i = 0; i < 3; i += 2) {
                double length = 0;
                for (size_t e = 0; e < r.dim; e++)
                    length += (double)r.row[i][e] * (double)r.row[i][e];
                require(fabs(length - 1) < 1e-5, "%s normalize: square %g of a row that is there twice", set->name, length);
            }
            set->normalize(r.row, 5, r.stride);
            for (size_t i = 0; i < 6; i++) {
                double length = 0, old_length = 0;
                for (size_t e = 0; e < r.dim; e++) {
                    length += (double)r.row[i][e] * (double)r.row[i][e];
                    old_length += (double)old.row[i][e] * (double)old.row[i][e];
                }
                old_length = sqrt(old_length);
                require(isfinite(length), "%s normalize: row %zu of dim %zu", set->name, i, r.dim);
                if (i == 1 || i == 5) { /* the zero row; the row beyond count */
                    ck_assert_mem_eq(r.row[i], old.row[i], r.stride * sizeof(float));
                } else if (i != 4) { /* squares of 1e-30 are 0 in floats: finite is all one can ask */
                    require(fabs(sqrt(length) - 1) < 1e-5, "%s normalize: length %.9g of row %zu, dim %zu", set->name,
                            sqrt(length), i, r.dim);
                    for (size_t e = 0; e < r.dim; e++)
                        require(fabs((double)r.row[i][e] - (double)old.row[i][e] / old_length) < 1e-5,
                                "%s normalize: direction of row %zu, dim %zu", set->name, i, r.dim);
                }
            }
            check_padding(&r, set->name);
            rows_free(&r);
            rows_free(&old);
        }
    }
}
END_TEST

typedef void array_function(const float *in, float *out, size_t count);

static double exact_exp(double x)
{
    return x < -87.3 ? 0 : exp(x > 88 ? 88 : x);
}

static double exact_sigmoid(double x)
{
    return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x));
}

static double exact_softplus(double x)
{
    return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

/* Where results fall out of the normal floats a set may flush to 0; above, the relative error counts. */
static bool close_enough(double got, double expected)
{
    if (isnan(expected))
        return isnan(got);
    if (isinf(expected)) /* softplus of inf; whether it is inf or the largest float is the set's choice */
        return got >= (double)FLT_MAX;
    return fabs(got - expected) <= 1e-6 * fabs(expected) + 2 * (double)FLT_MIN;
}

static void check_function(const Kernels *set, const char *name, array_function *function, double (*exact)(double),
                           const float *in, size_t count)
{
    float out[80], in_place[80];

    ck_assert_uint_lt(count, 80);
    memcpy(in_place, in, count * sizeof *in);
    in_place[count] = out[count] = 4321;
    function(in, out, count);
    function(in_place, in_place, count);
    require(out[count] == 4321 && in_place[count] == 4321, "%s %s writes beyond %zu", set->name, name, count);
    for (size_t i = 0; i < count; i++) {
        require(close_enough((double)out[i], exact((double)in[i])), "%s %s(%.9g) is %.9g, not %.9g (%zu of %zu)",
                set->name, name, (double)in[i], (double)out[i], exact((double)in[i]), i, count);
        require(memcmp(&out[i], &in_place[i], sizeof *out) == 0 || isnan(out[i]), "%s %s in place", set->name, name);
    }
}

static void check_functions(const Kernels *set, const float *in, size_t count)
{
    check_function(set, "exp", set->math.exp, exact_exp, in, count);
    check_function(set, "sigmoid", set->math.sigmoid, exact_sigmoid, in, count);
    check_function(set, "softplus", set->math.softplus, exact_softplus, in, count);
}

/* The borders of exp are given to a decimal: what lies just around them may go either way. */
static bool on_border(float x)
{
    return (x > -87.4F && x < -87.29F) || (x > 88.69F && x < 88.73F);
}

START_TEST(functions)
{
    static const float special[] = {0.0F,   -0.0F,   1e-45F,   -1e-45F,   1e-38F,     -1e-38F, 1e-7F,   -1e-7F,  87.2F,
                                    -87.2F, -87.5F,  88.6F,    88.8F,     89.0F,      -89.0F,  -103.0F, -104.0F, 1e4F,
                                    -1e4F,  FLT_MAX, -FLT_MAX, HUGE_VALF, -HUGE_VALF, NAN,     0.5F,    1.0F,    -1.0F};
    Random random;
    const Kernels *set;

    random_seed(&random, 4, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        float in[80];
        for (size_t s = 0; s < sizeof special / sizeof *special; s++)
            for (size_t count = 1; count < 40; count += 19) { /* in the vector body and in the tail */
                for (size_t i = 0; i < count; i++)
                    in[i] = 0.25F;
                in[count - 1] = special[s];
                check_functions(set, in, count);
                in[count - 1] = 0.25F;
                in[0] = special[s];
                check_functions(set, in, count);
            }
        for (float x = -110; x < 110; x += 0.37F) { /* the whole range, and the smallest magnitudes */
            for (size_t i = 0; i < 37; i++) {
                in[i] = x + 0.01F * (float)i;
                if (on_border(in[i]))
                    in[i] = 1;
            }
            check_functions(set, in, 37);
        }
        for (float x = 1e-44F; x < 1; x *= 3) {
            in[0] = x;
            in[1] = -x;
            check_functions(set, in, 2);
        }
        for (size_t count = 0; count <= 70; count++) {
            for (size_t i = 0; i < count; i++)
                in[i] = 20 * random_value(&random);
            check_functions(set, in, count);
        }
    }
}
END_TEST

START_TEST(sums_of_exponentials)
{
    Random random;
    const Kernels *set;

    random_seed(&random, 5, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t count = 0; count <= 70; count++) {
            for (size_t repeat = 0; repeat < 8; repeat++) {
                const float around = repeat < 4 ? 0 : 1e4F * random_value(&random), shift = around + 3;
                float in[80], out[80], sum;
                double expected_sum = 0, allowed_sum = 0;

                for (size_t i = 0; i < count; i++)
                    in[i] = around + (repeat % 2 ? 60 : 3) * random_value(&random);
                out[count] = 4321;
                sum = set->math.exp_sum(in, shift, out, count);
                require(out[count] == 4321, "%s exp_sum writes beyond %zu", set->name, count);
                for (size_t i = 0; i < count; i++) {
                    /* the difference is rounded to float, which exp then magnifies */
                    const double exact = (double)in[i] - (double)shift, expected = exp(exact);
                    const double allowed = (1e-6 + fabs(exact) * UNIT_ROUNDOFF) * expected;
                    require(fabs((double)out[i] - expected) <= allowed, "%s exp_sum: exp(%.9g - %.9g) is %.9g",
                            set->name, (double)in[i], (double)shift, (double)out[i]);
                    expected_sum += expected;
                    allowed_sum += allowed;
                }
                allowed_sum += (double)count * UNIT_ROUNDOFF * expected_sum;
                require(fabs((double)sum - expected_sum) <= allowed_sum, "%s exp_sum of %zu is %.9g, not %.9g",
                        set->name, count, (double)sum, expected_sum);
                if (count) {
                    in[random_below(&random, (uint32_t)count)] = NAN;
                    require(isnan(set->math.exp_sum(in, shift, out, count)), "%s exp_sum hides NaN", set->name);
                }
            }
        }
    }
}
END_TEST

START_TEST(maximum)
{
    Random random;
    const Kernels *set;

    random_seed(&random, 6, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t count = 1; count <= 70; count++) {
            float in[71];
            for (size_t place = 0; place < count; place++) { /* all negative, the largest at every place */
                for (size_t i = 0; i < count; i++)
                    in[i] = -5 + random_value(&random);
                in[place] = -2;
                in[count] = 7; /* not looked at */
                require(set->math.max(in, count) == -2, "%s max of %zu, largest at %zu", set->name, count, place);
            }
            for (size_t i = 0; i < count; i++)
                in[i] = -FLT_MAX;
            ck_assert(set->math.max(in, count) == -FLT_MAX);
            in[random_below(&random, (uint32_t)count)] = NAN;
            require(isnan(set->math.max(in, count)), "%s max hides NaN", set->name);
        }
    }
}
END_TEST

START_TEST(largest_magnitude)
{
    Random random;
    const Kernels *set;

    random_seed(&random, 6, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        ck_assert(set->math.magnitude(NULL, 0) == 0);
        for (size_t count = 1; count <= 70; count++) {
            float in[71];
            for (size_t place = 0; place < count; place++) {
                for (size_t i = 0; i < count; i++)
                    in[i] = 0.1F * random_value(&random);
                in[place] = place % 2 ? 2 : -2;
                in[count] = 7; /* not looked at */
                require(set->math.magnitude(in, count) == 2, "%s, %zu, largest at %zu", set->name, count, place);
                in[(place + 1) % count] = NAN;
                require(set->math.magnitude(in, count) == (count > 1 ? 2 : 0), "%s: NaN counts", set->name);
            }
            in[count / 2] = -INFINITY;
            require(set->math.magnitude(in, count) == INFINITY, "%s, %zu: infinity", set->name, count);
        }
    }
}
END_TEST

/* Sets may sum in another order; beyond that they are the same function. */
START_TEST(same_as_reference)
{
    Random random;
    const Kernels *reference = kernels_at(0), *set;

    random_seed(&random, 7, 0, 0, 0);
    for (size_t k = 1; (set = kernels_at(k)) != NULL; k++) {
        const double allowed = 1e-5 + product_error(set) * 20 * 0.1;
        for (size_t repeat = 0; repeat < 200; repeat++) {
            const size_t m = 1 + random_below(&random, 20), n = 1 + random_below(&random, 20);
            const size_t dim = 1 + random_below(&random, 130);
            rows x = rows_make(m, dim, &random), y = rows_make(n, dim, &random);
            float g[400], x_scale[20], y_scale[20];
            rows x2, y2;

            for (size_t c = 0; c < m * n; c++)
                g[c] = 0.1F * random_value(&random);
            for (size_t i = 0; i < 20; i++) {
                x_scale[i] = 1 + 0.1F * random_value(&random);
                y_scale[i] = 1 + 0.1F * random_value(&random);
            }
            x2 = rows_copy(&x);
            y2 = rows_copy(&y);
            call_update(reference, &x, x_scale, &y, y_scale, g, x.stride);
            call_update(set, &x2, x_scale, &y2, y_scale, g, x.stride);
            for (size_t i = 0; i < m * x.stride; i++)
                require(fabs((double)x.memory[i] - (double)x2.memory[i]) < allowed, "%s update differs from %s: x",
                        set->name, reference->name);
            for (size_t j = 0; j < n * y.stride; j++)
                require(fabs((double)y.memory[j] - (double)y2.memory[j]) < allowed, "%s update differs from %s: y",
                        set->name, reference->name);
            rows_free(&x);
            rows_free(&y);
            rows_free(&x2);
            rows_free(&y2);
        }
    }
}
END_TEST

/* Each test runs in a process of its own, so the environment is ours. */
START_TEST(choice)
{
    const Kernels *chosen = NULL, *set;
    n2v_error error = {.text = ""};
    bool known = false;

    ck_assert_ptr_nonnull(kernels_at(0));
    ck_assert_int_eq(unsetenv("N2V_KERNELS"), 0);
    ck_assert_int_eq(kernels_choose(PRECISION_AUTO, NULL, &chosen, &error), N2V_OK);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++)
        known = known || set == chosen;
    ck_assert(known);
    ck_assert_ptr_null(kernels_at(1000));

    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        ck_assert_int_eq(setenv("N2V_KERNELS", set->name, 1), 0);
        ck_assert_int_eq(kernels_choose(PRECISION_AUTO, NULL, &chosen, &error), N2V_OK);
        ck_assert_str_eq(chosen->name, set->name);
    }
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) { /* a precision that the set does not have */
        const Precision other = set->bf16 ? PRECISION_FP32 : PRECISION_BF16;
        ck_assert_int_eq(setenv("N2V_KERNELS", set->name, 1), 0);
        ck_assert_int_eq(kernels_choose(other, NULL, &chosen, &error), N2V_ERROR_ARGUMENT);
        require(strstr(error.text, set->name) && strstr(error.text, set->bf16 ? "fp32" : "bf16"), "%s", error.text);
    }
    ck_assert_int_eq(unsetenv("N2V_KERNELS"), 0);
    ck_assert_int_eq(kernels_choose(PRECISION_FP32, NULL, &chosen, &error), N2V_OK);
    ck_assert(!chosen->bf16);
    ck_assert_str_eq(kernels_at(0)->name, "scalar");
    ck_assert_int_eq(setenv("N2V_KERNELS", "sse9", 1), 0);
    ck_assert_int_eq(kernels_choose(PRECISION_AUTO, NULL, &chosen, &error), N2V_ERROR_ARGUMENT);
    require(strstr(error.text, "sse9") && strstr(error.text, "N2V_KERNELS") && strstr(error.text, "scalar"),
            "the refusal names neither the word, the variable nor what exists: %s", error.text);
    ck_assert_int_eq(kernels_choose(PRECISION_AUTO, NULL, &chosen, NULL), N2V_ERROR_ARGUMENT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels");
    add_test(suite, "dot and distance", dot_and_distance);
    add_test(suite, "distances of no number", distances_of_no_number);
    add_test(suite, "update", update);
    add_test(suite, "logistic", logistic);
    add_test(suite, "logistic_of_positives", logistic_of_positives);
    add_test(suite, "softmax", softmax);
    add_test(suite, "softmax by columns", softmax_by_columns);
    add_test(suite, "weights and roots", weights_and_roots);
    add_test(suite, "ends of memory", ends_of_memory);
    add_test(suite, "softmax of a million", softmax_of_a_million);
    add_test(suite, "hinges", hinges);
    add_test(suite, "logarithm", logarithm);
    add_test(suite, "bounded steps", bounded_steps);
    add_test(suite, "parted cells", parted_cells);
    add_test(suite, "rows that move in part", rows_that_move_in_part);
    add_test(suite, "rows that stand still", rows_that_stand_still);
    add_test(suite, "pairs by themselves", pairs_by_themselves);
    add_test(suite, "pairs that cancel", pairs_that_cancel);
    add_test(suite, "products of pairs", products_of_pairs);
    add_test(suite, "norms and scales", norms_and_scales);
    add_test(suite, "normalize", normalize);
    add_test(suite, "normalize many", normalize_many);
    add_test(suite, "functions", functions);
    add_test(suite, "sums of exponentials", sums_of_exponentials);
    add_test(suite, "maximum", maximum);
    add_test(suite, "largest magnitude", largest_magnitude);
    add_test(suite, "same as the reference", same_as_reference);
    add_test(suite, "choice", choice);
    return run_suite(suite);
}
