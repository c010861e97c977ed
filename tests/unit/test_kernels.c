/* The choice of a kernel set, and every set against the reference. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "kernel_support.h"
#include "kernels/kernels.h"
#include "test.h"

/* Sets may sum in another order; otherwise they are the same function. */
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
            TestRows x = test_rows_make(m, dim, &random), y = test_rows_make(n, dim, &random);
            float g[400], x_scale[20], y_scale[20];
            TestRows x2, y2;

            for (size_t c = 0; c < m * n; c++)
                g[c] = 0.1F * random_value(&random);
            for (size_t i = 0; i < 20; i++) {
                x_scale[i] = 1 + 0.1F * random_value(&random);
                y_scale[i] = 1 + 0.1F * random_value(&random);
            }
            x2 = test_rows_copy(&x);
            y2 = test_rows_copy(&y);
            call_update(reference, &x, x_scale, &y, y_scale, g, x.stride);
            call_update(set, &x2, x_scale, &y2, y_scale, g, x.stride);
            for (size_t i = 0; i < m * x.stride; i++)
                require(fabs((double)x.memory[i] - (double)x2.memory[i]) < allowed, "%s update differs from %s: x",
                        set->name, reference->name);
            for (size_t j = 0; j < n * y.stride; j++)
                require(fabs((double)y.memory[j] - (double)y2.memory[j]) < allowed, "%s update differs from %s: y",
                        set->name, reference->name);
            test_rows_free(&x);
            test_rows_free(&y);
            test_rows_free(&x2);
            test_rows_free(&y2);
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
    add_test(suite, "same as the reference", same_as_reference);
    add_test(suite, "choice", choice);
    return run_suite(suite);
}
