/* test.h - each tests/.../test_*.c is one program: a suite of libcheck cases. */
#ifndef N2V_TESTS_TEST_H
#define N2V_TESTS_TEST_H

#include <check.h>
#include <stdlib.h>

/* The Makefile gives each a name of its own: suites.c calls them. */
int main(void);

/* libcheck writes its place to a pipe at every assertion that holds. A failed one names its place without that, and a
 * test that crashes has its name. */
#define _mark_point(file, line) ((void)0)

/* ck_assert_msg in a statement. */
#define require(condition, ...)                                                                                        \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            ck_abort_msg(__VA_ARGS__);                                                                                 \
    } while (0)

/* Sanitizers are many times slower. Of what is the same many times over, a part is enough for them. */
#ifndef SANITIZED
#define SANITIZED 0
#endif
#define SOME_OF(count) (SANITIZED ? (count) / 10 : (count))

/* make check-slow runs all repetitions; make check runs a part of what is worth its time only now and then. */
static inline int runs_all(void)
{
    const char *all = getenv("NCE2VEC_ALL");
    return !SANITIZED && all && *all == '1';
}

#define PART_OF(count) (SOME_OF(count) / (runs_all() || SANITIZED ? 1 : 4))

/* Only a test that hangs takes so many seconds, on whatever machine; a slower one sets CK_TIMEOUT_MULTIPLIER. */
#define HANGS_AFTER 600

/* Adds a test to a case and the case to the suite: one line a test. */
static inline void add_test(Suite *suite, const char *name, const TTest *test)
{
    TCase *tcase = tcase_create(name);
    tcase_set_timeout(tcase, HANGS_AFTER);
    tcase_add_test(tcase, test);
    suite_add_tcase(suite, tcase);
}

static inline int run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    int failed;
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
