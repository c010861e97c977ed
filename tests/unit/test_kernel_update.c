/* The updates of rows by every kernel set of this machine, against doubles. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "kernel_support.h"
#include "kernels/kernels.h"
#include "test.h"

enum { SCALE_X = 1, SCALE_Y = 2, REPEAT_X = 4, SPARSE = 8, UPDATE_VARIANTS = 16 };

/* What an update is called with, and the rows before it. */
typedef struct update_case {
    unsigned variant;
    const float *g, *x_scale, *y_scale;
    const TestRows *old_x, *old_y;
} update_case;

/* The x rows after an update, against doubles. */
static void check_updated_x(const Kernels *set, const update_case *u, const TestRows *x, size_t n)
{
    const size_t m = x->count;
    const unsigned variant = u->variant;
    const double allowed = (double)(m * n + m + 2) * UNIT_ROUNDOFF;

    for (size_t i = 0; i < m; i++) {
        for (size_t d = 0; d < x->dim; d++) {
            double sum = (double)u->old_x->row[i][d], magnitude = fabs(sum), products = 0;
            for (size_t other = 0; other < m; other++) { /* a repeated row takes its updates one after the other */
                if (x->row[other] != x->row[i])
                    continue;
                sum *= variant & SCALE_X ? (double)u->x_scale[other] : 1;
                magnitude *= variant & SCALE_X ? (double)u->x_scale[other] : 1;
                for (size_t j = 0; j < n; j++) {
                    const double term = (double)u->g[other * n + j] * (double)u->old_y->row[j][d];
                    sum += term;
                    magnitude += fabs(term);
                    products += fabs(term);
                }
            }
            products *= variant & REPEAT_X ? 2 : 1; /* scales of up to 1.3 follow */
            require(fabs((double)x->row[i][d] - sum) <= allowed * magnitude + product_error(set) * products,
                    "%s update variant %u m %zu n %zu dim %zu: x[%zu][%zu] is %.9g, not %.9g", set->name, variant, m, n,
                    x->dim, i, d, (double)x->row[i][d], sum);
        }
    }
}

/* The y rows after an update, against doubles. */
static void check_updated_y(const Kernels *set, const update_case *u, size_t m, const TestRows *y)
{
    const size_t n = y->count;
    const unsigned variant = u->variant;

    for (size_t j = 0; j < n; j++) {
        for (size_t d = 0; d < y->dim; d++) {
            double sum = (variant & SCALE_Y ? (double)u->y_scale[j] : 1) * (double)u->old_y->row[j][d];
            double magnitude = fabs(sum), allowed, coefficients = 0, moved = 0, products = 0;
            for (size_t i = 0; i < m; i++) {
                const double old = (double)u->old_x->row[i][d], term = (double)u->g[i * n + j] * old;
                sum += term;
                magnitude += fabs(term);
                products += fabs(term);
                coefficients += fabs((double)u->g[i * n + j]);
                moved += fabs((double)u->x_scale[i] - 1) * fabs(old);
                for (size_t k = 0; k < n; k++)
                    moved += fabs((double)u->g[i * n + k] * (double)u->old_y->row[k][d]);
            }
            allowed = (double)(m + 2) * UNIT_ROUNDOFF * magnitude + product_error(set) * products;
            if (variant & REPEAT_X) /* a repeated row may come as it was or with its earlier updates */
                allowed += 1.3 * coefficients * moved;
            require(fabs((double)y->row[j][d] - sum) <= allowed,
                    "%s update variant %u m %zu n %zu dim %zu: y[%zu][%zu] is %.9g, not %.9g", set->name, variant, m, n,
                    y->dim, j, d, (double)y->row[j][d], sum);
        }
    }
}

/* The update against doubles, from the rows before the call. */
static void check_update(const Kernels *set, size_t m, size_t n, size_t dim, unsigned variant, Random *random)
{
    TestRows x = test_rows_make(m, dim, random), y = test_rows_make(n, dim, random), old_x, old_y;
    float *g = malloc(m * n * sizeof(float)), x_scale[64], y_scale[64];

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
    old_x = test_rows_copy(&x);
    old_y = test_rows_copy(&y);
    call_update(set, &x, variant & SCALE_X ? x_scale : NULL, &y, variant & SCALE_Y ? y_scale : NULL, g, x.stride);

    const update_case u = {variant, g, x_scale, y_scale, &old_x, &old_y};
    check_updated_x(set, &u, &x, n);
    check_updated_y(set, &u, m, &y);
    test_rows_check_padding(&x, set->name);
    test_rows_check_padding(&y, set->name);
    test_rows_free(&x);
    test_rows_free(&y);
    test_rows_free(&old_x);
    test_rows_free(&old_y);
    free(g);
}

START_TEST(update)
{
    Random random;
    const Kernels *set;

    random_seed(&random, 2, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t m = 1; m <= 37; m++)
            for (size_t n = 1; n <= 37; n += SANITIZED ? 2 : 1)
                check_update(set, m, n, 1 + random_below(&random, 20), (unsigned)(m + n) % UPDATE_VARIANTS, &random);
        for (size_t d = 0; d < DIMS; d++)
            for (unsigned variant = 0; variant < UPDATE_VARIANTS; variant++)
                check_update(set, 1 + random_below(&random, 12), 1 + random_below(&random, 12), kernel_dims[d], variant,
                             &random);
    }
}
END_TEST

/* Elements of x that do not change still change y. */
START_TEST(rows_that_move_in_part)
{
    Random random;
    const Kernels *set;

    random_seed(&random, 10, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t repeat = 0; repeat < (SANITIZED ? 75 : 300); repeat++) {
            const size_t m = 1 + random_below(&random, 9), n = 1 + random_below(&random, 20);
            const size_t dim = 1 + random_below(&random, 150), moving = 1 + random_below(&random, (uint32_t)dim);
            TestRows x = test_rows_make(m, dim, &random), y = test_rows_make(n, dim, &random), all_x, all_y, old;
            float g[9 * 20];

            for (size_t c = 0; c < m * n; c++)
                g[c] = 0.1F * random_value(&random);
            all_x = test_rows_copy(&x);
            all_y = test_rows_copy(&y);
            old = test_rows_copy(&x);
            call_update(set, &all_x, NULL, &all_y, NULL, g, all_x.stride);
            call_update(set, &x, NULL, &y, NULL, g, moving);
            for (size_t i = 0; i < m; i++)
                for (size_t d = 0; d < x.stride; d++)
                    require(x.row[i][d] == (d < moving ? all_x : old).row[i][d], "%s: element %zu of %zu, %zu move",
                            set->name, d, dim, moving);
            require(!memcmp(y.memory, all_y.memory, n * y.stride * sizeof(float)),
                    "%s: y, m %zu n %zu dim %zu, %zu move", set->name, m, n, dim, moving);
            test_rows_free(&x);
            test_rows_free(&y);
            test_rows_free(&all_x);
            test_rows_free(&all_y);
            test_rows_free(&old);
        }
    }
}
END_TEST

/* x is only read, before y is written; a row that appears several times in y gets all its updates. */
START_TEST(rows_that_do_not_move)
{
    Random random;
    const Kernels *set;

    random_seed(&random, 11, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t repeat = 0; repeat < (SANITIZED ? 150 : 600); repeat++) {
            const size_t m = 1 + random_below(&random, 20), n = 1 + random_below(&random, 40);
            const size_t dim = 1 + random_below(&random, 60);
            const double tolerance = set->bf16 ? 2e-2 : 1e-5; /* 20 products of at most 0.1, factors of 8 bits */
            const bool scaled = random_below(&random, 2), some_twice = random_below(&random, 2);
            TestRows x = test_rows_make(m, dim, &random), y = test_rows_make(n, dim, &random), old_y;
            float old[20][64], g[20 * 40], y_scale[40];
            double wanted[60];

            for (size_t c = 0; c < m * n; c++)
                g[c] = 0.1F * random_value(&random);
            for (size_t j = 0; j < n; j++) {
                y_scale[j] = 1 + 0.3F * random_value(&random);
                if (some_twice && random_below(&random, 3) == 0)
                    y.row[j] = y.row[random_below(&random, (uint32_t)n)];
            }
            old_y = test_rows_copy(&y);
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
            test_rows_free(&x);
            test_rows_free(&y);
            test_rows_free(&old_y);
        }
    }
}
END_TEST

enum { PAIRS = 9, PAIR_DIM = 60 };

/* Updates a pair in doubles. */
static void move_pair(double *a, double *b, size_t dim, size_t moving, double left, double g, bool unit)
{
    double square_a = 0, square_b = 0;

    for (size_t d = 0; d < dim; d++) {
        const double old = a[d];
        a[d] = d < moving ? left * old + g * b[d] : old;
        b[d] = left * b[d] + g * old;
        square_a += a[d] * a[d];
        square_b += b[d] * b[d];
    }
    for (size_t d = 0; d < dim && unit; d++) {
        a[d] /= sqrt(square_a);
        b[d] /= sqrt(square_b);
    }
}

/* Pairs, some of whose rows appear several times, against the same in doubles. */
static void check_matched(const Kernels *set, Random *random)
{
    const size_t count = random_below(random, PAIRS + 1), dim = 1 + random_below(random, PAIR_DIM);
    const size_t moving = random_below(random, 3) ? dim : random_below(random, (uint32_t)dim + 1);
    const bool scaled = random_below(random, 2), unit = moving == dim && random_below(random, 2);
    const bool once = random_below(random, 2);
    TestRows x = test_rows_make(PAIRS, dim, random), y = test_rows_make(PAIRS, dim, random);
    double of_x[PAIRS][PAIR_DIM], of_y[PAIRS][PAIR_DIM];
    float *px[PAIRS], *py[PAIRS], scale[PAIRS], g[PAIRS];
    size_t at_x[PAIRS], at_y[PAIRS];

    for (size_t i = 0; i < PAIRS; i++) {
        for (size_t d = 0; d < dim; d++) {
            of_x[i][d] = (double)x.row[i][d];
            of_y[i][d] = (double)y.row[i][d];
        }
        px[i] = x.row[at_x[i] = once ? i : random_below(random, PAIRS)];
        py[i] = y.row[at_y[i] = once ? i : random_below(random, PAIRS)];
        scale[i] = 1 + 0.3F * random_value(random);
        g[i] = 0.3F * random_value(random);
    }
    set->update_matched(px, py, scaled ? scale : NULL, count, x.stride, moving, g, unit);
    for (size_t i = 0; i < count; i++)
        move_pair(of_x[at_x[i]], of_y[at_y[i]], dim, moving, scaled ? (double)scale[i] : 1, (double)g[i], unit);
    for (size_t i = 0; i < count && unit; i++) {
        require_unit(px[i], dim, set->name);
        require_unit(py[i], dim, set->name);
    }
    for (size_t i = 0; i < PAIRS; i++)
        for (size_t d = 0; d < x.stride; d++) {
            require(fabs((double)x.row[i][d] - (d < dim ? of_x[i][d] : 0)) <= (d < dim ? 2e-5 : 0),
                    "%s: element %zu of x %zu", set->name, d, i);
            require(fabs((double)y.row[i][d] - (d < dim ? of_y[i][d] : 0)) <= (d < dim ? 2e-5 : 0),
                    "%s: element %zu of y %zu", set->name, d, i);
        }
    test_rows_free(&x);
    test_rows_free(&y);
}

START_TEST(pairs_by_themselves)
{
    Random random;
    const Kernels *set;

    random_seed(&random, 15, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++)
        for (size_t repeat = 0; repeat < (SANITIZED ? 150 : 600); repeat++)
            check_matched(set, &random);
}
END_TEST

/* A row plus nearly its opposite: the small rest still has the right direction and length 1. */
START_TEST(pairs_that_cancel)
{
    const Kernels *set;
    Random random;

    random_seed(&random, 33, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++)
        for (size_t count = 1; count <= 9; count++)
            for (int less = 1; less < 18; less++) {
                TestRows x = test_rows_make(count, 37, &random), y = test_rows_make(count, 37, &random), old_x, old_y;
                float scale[9], g[9];
                for (size_t i = 0; i < count; i++) {
                    scale[i] = g[i] = less == 17 ? 0.5F : 0.53F; /* 17: nothing is left, and it has no direction */
                    for (size_t d = 0; d < 37; d++)
                        y.row[i][d] = less == 17 ? -x.row[i][d] : -x.row[i][d] + ldexpf(y.row[i][d], -less);
                }
                old_x = test_rows_copy(&x);
                old_y = test_rows_copy(&y);
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
                test_rows_free(&old_x);
                test_rows_free(&old_y);
                test_rows_free(&x);
                test_rows_free(&y);
            }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels: update");
    add_test(suite, "update", update);
    add_test(suite, "rows that move in part", rows_that_move_in_part);
    add_test(suite, "rows that do not move", rows_that_do_not_move);
    add_test(suite, "pairs by themselves", pairs_by_themselves);
    add_test(suite, "pairs that cancel", pairs_that_cancel);
    return run_suite(suite);
}
