/* The environment's kernel set: read when a set of objectives is created, and at each call without one. */
#include <stdlib.h>
#include <string.h>

#include "caller.h"
#include "nce2vec.h"
#include "test.h"

static n2v_status evaluate(const n2v_objectives *set, n2v_error *error)
{
    caller c;

    caller_sound(&c, "nce");
    return n2v_objective_evaluate(set, "nce", &c.e, error);
}

START_TEST(once_for_a_set)
{
    n2v_objectives *bad, *good;
    n2v_error error = {.text = ""};

    ck_assert_int_eq(setenv("N2V_KERNELS", "abacus", 1), 0);
    ck_assert_int_eq(n2v_objectives_create(&bad, &error), N2V_OK);
    ck_assert_int_eq(setenv("N2V_KERNELS", "scalar", 1), 0);
    ck_assert_int_eq(n2v_objectives_create(&good, &error), N2V_OK);
    ck_assert_int_eq(evaluate(bad, &error), N2V_ERROR_ARGUMENT);
    ck_assert_msg(strstr(error.text, "N2V_KERNELS=abacus: this machine runs scalar") != NULL, "%s", error.text);
    ck_assert_int_eq(evaluate(good, NULL), N2V_OK);
    ck_assert_int_eq(evaluate(NULL, NULL), N2V_OK);
    ck_assert_int_eq(setenv("N2V_KERNELS", "abacus", 1), 0);
    ck_assert_int_eq(evaluate(good, NULL), N2V_OK);
    ck_assert_int_eq(evaluate(NULL, NULL), N2V_ERROR_ARGUMENT);
    n2v_objectives_destroy(bad);
    n2v_objectives_destroy(good);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernel choice");
    add_test(suite, "once for a set", once_for_a_set);
    return run_suite(suite);
}
