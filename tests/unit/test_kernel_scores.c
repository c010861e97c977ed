/* The scores of every kernel set of this machine, against doubles. */
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "kernel_support.h"
#include "kernels/kernels.h"
#include "test.h"

/* Scores of m x n rows against doubles. The error of a sum of dim products in floats, in any order, is at most
 * dim + 2 roundings of the sum of their magnitudes. A missing element is far beyond that. */
static void check_scores(const Kernels *set, size_t m, size_t n, size_t dim, Random *random)
{
    TestRows x = test_rows_make(m, dim, random), y = test_rows_make(n, dim, random);
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
    test_rows_free(&x);
    test_rows_free(&y);
    free(dot);
    free(sqdist);
}

/* Scores of rows of length 1, one of which is the same on both sides. */
static void check_unit_scores(const Kernels *set, size_t m, size_t n, size_t dim, Random *random)
{
    TestRows x = test_rows_make(m, dim, random), y = test_rows_make(n, dim, random);
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
    test_rows_free(&x);
    test_rows_free(&y);
    free(scores);
}

/* A NaN in a row is in its distances, too. */
START_TEST(distances_of_no_number)
{
    const Kernels *set;

    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        Random random;
        TestRows x, y;
        float scores[2];

        random_seed(&random, 2, 0, 0, 0);
        x = test_rows_make(1, 20, &random);
        y = test_rows_make(2, 20, &random);
        x.row[0][7] = NAN;
        set->sqdist((const float *const *)x.row, 1, (const float *const *)y.row, 2, x.stride, scores);
        require(isnan(scores[0]) && isnan(scores[1]), "%s sqdist", set->name);
        set->unit_sqdist((const float *const *)x.row, 1, (const float *const *)y.row, 2, x.stride, scores);
        require(isnan(scores[0]) && isnan(scores[1]), "%s unit_sqdist", set->name);
        test_rows_free(&x);
        test_rows_free(&y);
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
                check_scores(set, m, n, kernel_dims[d], &random);
                check_unit_scores(set, m, n, kernel_dims[d], &random);
            }
    }
}
END_TEST

/* Products of rows matched one to one, some of which appear several times. */
START_TEST(products_of_pairs)
{
    enum { MAX_COUNT = 9 };
    const Kernels *set;
    Random random;

    random_seed(&random, 34, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++)
        for (size_t t = 0; t < DIMS; t++)
            for (size_t count = 0; count <= MAX_COUNT; count++) {
                TestRows x = test_rows_make(MAX_COUNT, kernel_dims[t], &random);
                TestRows y = test_rows_make(MAX_COUNT, kernel_dims[t], &random);
                const float *px[MAX_COUNT], *py[MAX_COUNT];
                float products[MAX_COUNT + 1];
                for (size_t i = 0; i < count; i++) {
                    px[i] = x.row[random_below(&random, MAX_COUNT)];
                    py[i] = y.row[random_below(&random, MAX_COUNT)];
                }
                products[count] = GUARD;
                set->dot_matched(px, py, count, x.stride, products);
                require(products[count] == GUARD, "%s writes beyond %zu", set->name, count);
                for (size_t i = 0; i < count; i++) {
                    double product = 0, magnitude = 0;
                    for (size_t d = 0; d < kernel_dims[t]; d++) {
                        product += (double)px[i][d] * (double)py[i][d];
                        magnitude += fabs((double)px[i][d] * (double)py[i][d]);
                    }
                    require(fabs((double)products[i] - product) <=
                                (double)(kernel_dims[t] + 2) * UNIT_ROUNDOFF * magnitude,
                            "%s: product %zu of %zu, dim %zu: %.9g, not %.9g", set->name, i, count, kernel_dims[t],
                            (double)products[i], product);
                }
                test_rows_free(&x);
                test_rows_free(&y);
            }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels: scores");
    add_test(suite, "dot and distance", dot_and_distance);
    add_test(suite, "distances of no number", distances_of_no_number);
    add_test(suite, "products of pairs", products_of_pairs);
    return run_suite(suite);
}
