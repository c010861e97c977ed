/* The arithmetic of train --dry-run. */
#include <math.h>

#include "cli/growth.c" /* the command line is no library */
#include "test.h"

static double types_at(double tokens)
{
    return 30 * pow(tokens, 0.6);
}

START_TEST(heaps_law)
{
    cli_growth growth = {.tokens = 1e6, .half_tokens = 4.9e5};

    growth.types = types_at(growth.tokens);
    growth.half_types = types_at(growth.half_tokens);
    ck_assert_double_eq_tol(growth.types * estimate_growth(&growth, 1e8), types_at(1e8), 1e-6 * types_at(1e8));
    ck_assert(estimate_growth(&growth, 1e6) == 1 && estimate_growth(&growth, 5) == 1);
}
END_TEST

START_TEST(odd_samples)
{
    const cli_growth closed = {.tokens = 1000, .types = 20, .half_tokens = 500, .half_types = 20};
    const cli_growth all_new = {.tokens = 1000, .types = 1000, .half_tokens = 500, .half_types = 400};
    const cli_growth one = {.tokens = 1000, .types = 20, .half_tokens = 1000, .half_types = 20}, none = {.tokens = 0};

    ck_assert(estimate_growth(&closed, 1e6) == 1);
    ck_assert_double_eq_tol(estimate_growth(&all_new, 1e6), 1000, 1e-9); /* at most every word is a new one */
    ck_assert_double_eq_tol(estimate_growth(&one, 1e6), 1000, 1e-9);
    ck_assert(estimate_growth(&none, 1e6) == 1);
}
END_TEST

START_TEST(rounding)
{
    ck_assert(estimate_rounded(0) == 0 && estimate_rounded(7.4) == 7 && estimate_rounded(99) == 99);
    ck_assert(estimate_rounded(104) == 100 && estimate_rounded(15704628) == 16000000);
    ck_assert(estimate_rounded(86499) == 86000 && estimate_rounded(99999) == 100000);
}
END_TEST

/* "%.2g" of 99.6 is "1e+02". */
START_TEST(a_part_is_not_the_whole)
{
    ck_assert_double_eq(estimate_percent(1, 4), 25);
    ck_assert_double_eq(estimate_percent(996, 1000), 99);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("growth");
    add_test(suite, "Heaps' law", heaps_law);
    add_test(suite, "odd samples", odd_samples);
    add_test(suite, "rounding", rounding);
    add_test(suite, "a_part_is_not_the_whole", a_part_is_not_the_whole);
    return run_suite(suite);
}
