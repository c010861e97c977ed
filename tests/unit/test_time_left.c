/* The estimate of the time that work takes, with a clock of the test's own. */
#include <math.h>

#include "cli/time_left.c" /* the command line is no library */
#include "test.h"

/* `units` a second from the last measurement on, measured each tenth of a second. */
static void work(cli_time_left *t, double units, double seconds)
{
    const double done = t->done, begun = t->seconds;

    for (int i = 1; i <= (int)(10 * seconds); i++)
        time_left_measure(t, done + units * i / 10, begun + (double)i / 10);
}

START_TEST(nothing_is_known)
{
    cli_time_left t = {0};

    ck_assert(isnan(time_left(&t, 100)) && time_left_rate(&t) == 0);
    time_left_measure(&t, 0, 0.5); /* the first block is not done */
    ck_assert(isnan(time_left(&t, 100)) && time_left_rate(&t) == 0);
    time_left_measure(&t, 7, 0.5); /* no time has passed */
    ck_assert(isnan(time_left(&t, 100)));
}
END_TEST

START_TEST(right_from_the_first_measurement)
{
    cli_time_left t = {0};

    time_left_measure(&t, 5, 0.1);
    ck_assert_double_eq_tol(time_left(&t, 505), 10, 1e-9);
    work(&t, 50, 8);
    ck_assert_double_eq_tol(time_left(&t, 505), 10 - 8, 1e-9);
    ck_assert(time_left(&t, t.done) == 0 && time_left(&t, 1) == 0);
}
END_TEST

/* A slow beginning, such as a text that is not in memory yet, and a later change of speed are forgotten. */
START_TEST(follows_the_recent_past)
{
    cli_time_left t = {0};

    work(&t, 10, 5);
    work(&t, 50, 5);
    ck_assert_double_gt(time_left_rate(&t), 30);
    work(&t, 50, 120);
    ck_assert_double_eq_tol(time_left_rate(&t), 50, 1);
    work(&t, 100, 120);
    ck_assert_double_eq_tol(time_left_rate(&t), 100, 2);
    work(&t, 0, 10);
    ck_assert_double_lt(time_left_rate(&t), 75);
}
END_TEST

/* A resumed training's clock has run for an hour at another speed: that hour counts as half a minute. */
START_TEST(forgets_a_long_past)
{
    cli_time_left t = {0};

    time_left_measure(&t, 3600 * 10, 3600);
    ck_assert_double_eq_tol(time_left_rate(&t), 10, 1e-9);
    work(&t, 100, 100);
    ck_assert_double_gt(time_left_rate(&t), 95);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("time left");
    add_test(suite, "nothing is known", nothing_is_known);
    add_test(suite, "right from the first measurement", right_from_the_first_measurement);
    add_test(suite, "follows the recent past", follows_the_recent_past);
    add_test(suite, "forgets a long past", forgets_a_long_past);
    return run_suite(suite);
}
