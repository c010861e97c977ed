/* Softmax and logistic regression by every kernel set of this machine, against doubles. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "kernel_support.h"
#include "kernels/kernels.h"
#include "test.h"

enum { MAX_COUNT = 40 }; /* rows and columns */

START_TEST(logistic)
{
    Random random;
    const Kernels *set;

    random_seed(&random, 8, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t m = 1; m <= MAX_COUNT; m++) {
            for (size_t n = 1; n <= MAX_COUNT; n++) {
                float in[MAX_COUNT * MAX_COUNT], out[MAX_COUNT * MAX_COUNT + 1], noise[MAX_COUNT], column[MAX_COUNT];
                uint32_t first[MAX_COUNT + 1] = {0};
                const bool shifted = random_below(&random, 2), weighed = random_below(&random, 2);
                const float factor = 3 * random_value(&random);

                for (size_t i = 0; i < MAX_COUNT; i++) {
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
    Random random;
    const Kernels *set;

    random_seed(&random, 11, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t count = 1; count <= MAX_COUNT; count++) {
            float in[MAX_COUNT], noise[MAX_COUNT], out[MAX_COUNT + 1];
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

/* A matrix of logits and what softmax is called with. */
typedef struct softmax_case {
    size_t m, n;
    bool tame; /* no sum is too small or too large for a float */
    float factor, in[MAX_COUNT * MAX_COUNT];
    const float *shift, *column; /* NULL: none */
} softmax_case;

/* Cells and whole rows that have no share are among the logits. */
static void fill_softmax(softmax_case *s, float around, Random *random)
{
    for (size_t c = 0; c < s->m * s->n; c++)
        s->in[c] = random_below(random, 4) ? around + 9 * random_value(random) : -INFINITY;
    s->tame = random_below(random, 2);
    for (size_t j = 0; j < s->n; j++)
        s->in[j] = s->m > 1 ? -INFINITY : s->in[j];
    for (size_t c = 0; c < s->m * s->n && s->tame; c++)
        s->in[c] = 3 * random_value(random);
}

/* Row i of the result. */
static void check_softmax_row(const char *set, const softmax_case *s, size_t i, const float *row, float of_row,
                              float of_top)
{
    double logits[MAX_COUNT], top = -(double)INFINITY, sum = 0;

    for (size_t j = 0; j < s->n; j++) {
        logits[j] = (double)s->factor * (double)s->in[i * s->n + j] + (s->shift ? (double)s->shift[j] : 0);
        top = fmax(top, logits[j]);
    }
    for (size_t j = 0; j < s->n && isfinite(top); j++)
        sum += (s->column ? (double)s->column[j] : 1) * exp(logits[j] - top);
    for (size_t j = 0; j < s->n; j++) {
        const double weight = s->column ? (double)s->column[j] : 1;
        const double wanted = isfinite(top) ? weight * exp(logits[j] - top) / sum : 0;
        /* logits up to 2e4 are rounded before exp magnifies that */
        require(fabs((double)row[j] - wanted) <= (s->tame ? 5e-6 : 5e-3) * wanted, "%s %zu x %zu: %g, not %g", set,
                s->m, s->n, (double)row[j], wanted);
    }
    if (isfinite(top))
        require(fabs(log((double)of_row) + (double)of_top - (top + log(sum))) <= 1e-5 + 2e-7 * fabs(top),
                "%s %zu x %zu: a sum %.8g exp(%.8g), not %.8g", set, s->m, s->n, (double)of_row, (double)of_top,
                top + log(sum));
    else
        require(of_row == 0 && of_top == -INFINITY, "%s: an empty row's sum is %g exp(%g)", set, (double)of_row,
                (double)of_top);
}

/* With and without shifts and copies, in place and not. */
static void check_softmax(const Kernels *set, size_t m, size_t n, Random *random)
{
    softmax_case s = {.m = m, .n = n};
    float cells[MAX_COUNT * MAX_COUNT + 1], shift[MAX_COUNT], column[MAX_COUNT], sums[MAX_COUNT + 1],
        tops[MAX_COUNT + 1];
    const bool shifted = random_below(random, 2), weighed = random_below(random, 2), in_place = random_below(random, 2);
    float around;

    s.factor = 1 + random_value(random);
    around = (random_below(random, 2) ? 1e4F : 3) * random_value(random);
    for (size_t j = 0; j < MAX_COUNT; j++) {
        shift[j] = 5 * random_value(random);
        column[j] = 1 + (float)random_below(random, 3);
    }
    s.shift = shifted ? shift : NULL;
    s.column = weighed ? column : NULL;
    fill_softmax(&s, around, random);
    cells[m * n] = sums[m] = tops[m] = GUARD;
    memcpy(cells, s.in, m * n * sizeof *s.in);
    set->math.softmax(in_place ? cells : s.in, m, n, s.factor, s.shift, s.column, cells, sums, tops);
    require(cells[m * n] == GUARD && sums[m] == GUARD && tops[m] == GUARD, "%s writes beyond %zu x %zu", set->name, m,
            n);
    for (size_t i = 0; i < m; i++)
        check_softmax_row(set->name, &s, i, cells + i * n, sums[i], tops[i]);
    s.in[m * n - 1] = NAN;
    set->math.softmax(s.in, m, n, s.factor, NULL, NULL, cells, sums, tops);
    require(isnan(cells[m * n - 1]) && isnan(sums[m - 1]), "%s softmax hides NaN", set->name);
}

START_TEST(softmax)
{
    Random random;
    const Kernels *set;

    random_seed(&random, 10, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++)
        for (size_t m = 1; m <= MAX_COUNT; m++)
            for (size_t n = 1; n <= MAX_COUNT; n++)
                check_softmax(set, m, n, &random);
}
END_TEST

START_TEST(softmax_by_columns)
{
    Random random;
    const Kernels *set;

    random_seed(&random, 13, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t m = 1; m <= MAX_COUNT; m++) {
            for (size_t n = 1; n <= MAX_COUNT; n++) {
                float in[MAX_COUNT * MAX_COUNT], out[MAX_COUNT * MAX_COUNT + 1], sums[MAX_COUNT + 1],
                    tops[MAX_COUNT + 1];
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
                        require(fabs((double)out[i * n + j] - wanted) <= 1e-5 * wanted + 1e-37,
                                "%s %zu x %zu: %g, not %g", set->name, m, n, (double)out[i * n + j], wanted);
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

/* So many cells that a plain sum of floats loses digits. */
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
        require(top == 3 && fabs((double)sum / ((double)CELLS * (double)0.1F) - 1) < 1e-6, "%s: %.9g", set->name,
                (double)sum);
        require(fabs((double)in[CELLS / 2] * (double)CELLS - 1) < 1e-6, "%s: share %.9g", set->name,
                (double)in[CELLS / 2]);
    }
    free(in);
    free(column);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels: softmax");
    add_test(suite, "logistic", logistic);
    add_test(suite, "logistic_of_positives", logistic_of_positives);
    add_test(suite, "softmax", softmax);
    add_test(suite, "softmax by columns", softmax_by_columns);
    add_test(suite, "softmax of a million", softmax_of_a_million);
    return run_suite(suite);
}
