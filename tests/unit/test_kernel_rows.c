/* Norms and lengths of rows by every kernel set of this machine, against doubles. */
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "kernel_support.h"
#include "kernels/kernels.h"
#include "test.h"

/* Elements that do not move stay what they are. */
static void check_moving(const Kernels *set, const TestRows *rows)
{
    TestRows r = test_rows_copy(rows);
    const float half[1] = {0.5F};

    for (size_t moving = 0; moving <= r.dim; moving += 1 + r.dim / 3) {
        TestRows before = test_rows_copy(&r);
        set->scale(r.row, half, 1, r.stride, moving);
        for (size_t d = 0; d < r.stride; d++)
            require(r.row[0][d] == before.row[0][d] * (d < moving ? 0.5F : 1),
                    "%s: scale of %zu of %zu elements, at %zu", set->name, moving, r.dim, d);
        test_rows_free(&before);
    }
    test_rows_free(&r);
}

START_TEST(norms_and_scales)
{
    const Kernels *set;
    Random random;

    random_seed(&random, 31, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t t = 0; t < DIMS; t++) {
            TestRows r = test_rows_make(5, kernel_dims[t], &random), copies = test_rows_copy(&r);
            float norms[5], factors[5];

            r.row[3] = r.row[1]; /* a row may appear twice */
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
            check_moving(set, &copies);
            set->scale(r.row, factors, r.count, r.stride, r.stride);
            for (size_t i = 0; i < r.count; i++)
                for (size_t d = 0; d < r.stride; d++) {
                    const float twice = i == 1 || i == 3 ? factors[4 - i] : 1; /* the other of the two */
                    require(fabsf(r.row[i][d] - copies.row[i][d] * factors[i] * twice) < 1e-6f, "%s: scale of row %zu",
                            set->name, i);
                }
            test_rows_free(&r);
            test_rows_free(&copies);
        }
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
            TestRows r = test_rows_make(6, kernel_dims[d], &random), old;
            const float sizes[6] = {1, 0, 1e-12F, 1e12F, 1e-30F, 1};

            for (size_t i = 0; i < 6; i++)
                for (size_t e = 0; e < r.dim; e++)
                    r.row[i][e] *= sizes[i];
            old = test_rows_copy(&r);
            set->normalize(r.row, 0, r.stride);
            ck_assert_mem_eq(r.memory, old.memory, 6 * r.stride * sizeof(float));
            set->normalize((float *[]){r.row[0], r.row[2], r.row[0], r.row[0], r.row[2]}, 5, r.stride); /* some twice */
            for (size_t i = 0; i < 3; i += 2)
                require_unit(r.row[i], r.dim, set->name);
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
                } else if (i != 4) { /* squares of 1e-30 are 0 in floats: the result is only finite */
                    require(fabs(sqrt(length) - 1) < 1e-5, "%s normalize: length %.9g of row %zu, dim %zu", set->name,
                            sqrt(length), i, r.dim);
                    for (size_t e = 0; e < r.dim; e++)
                        require(fabs((double)r.row[i][e] - (double)old.row[i][e] / old_length) < 1e-5,
                                "%s normalize: direction of row %zu, dim %zu", set->name, i, r.dim);
                }
            }
            test_rows_check_padding(&r, set->name);
            test_rows_free(&r);
            test_rows_free(&old);
        }
    }
}
END_TEST

/* More rows than are measured at once, and some that appear twice, near and far from each other. */
START_TEST(normalize_many)
{
    enum { MAX_COUNT = 26 };
    const Kernels *set;
    Random random;

    random_seed(&random, 35, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++)
        for (size_t count = 0; count <= MAX_COUNT; count++)
            for (size_t apart = 1; apart <= 13; apart++) {
                TestRows r = test_rows_make(MAX_COUNT, 33, &random), old = test_rows_copy(&r);
                for (size_t i = apart; i < count; i += 2 * apart + 1)
                    r.row[i] = r.row[i - apart];
                set->normalize(r.row, count, r.stride);
                for (size_t i = 0; i < count; i++)
                    require_unit(r.row[i], 33, set->name);
                for (size_t i = count; i < MAX_COUNT; i++)
                    ck_assert_mem_eq(r.row[i], old.row[i], r.stride * sizeof(float));
                test_rows_free(&r);
                test_rows_free(&old);
            }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels: rows");
    add_test(suite, "norms and scales", norms_and_scales);
    add_test(suite, "normalize", normalize);
    add_test(suite, "normalize many", normalize_many);
    return run_suite(suite);
}
