/* Observers of callers that were built with other headers. */
#include "api/observer.h"

#include <string.h>

#include "test.h"

static int count_calls(void *context)
{
    return ++*(int *)context >= 2 ? -1 : 0;
}

START_TEST(stop_is_asked)
{
    int calls = 0;
    const n2v_observer given = {.size = sizeof given, .context = &calls, .stop = count_calls};
    n2v_observer copy;
    Stop stop;

    ck_assert_int_eq(observer_take(&copy, &given, NULL), N2V_OK);
    ck_assert_ptr_null(copy.progress);
    stop = observer_stop(&copy);
    ck_assert(!stop_requested(&stop));
    ck_assert(stop_requested(&stop)); /* any value but 0 stops */
    ck_assert_int_eq(calls, 2);
}
END_TEST

START_TEST(without_observer)
{
    n2v_observer copy;
    Stop stop;

    memset(&copy, 0xff, sizeof copy);
    ck_assert_int_eq(observer_take(&copy, NULL, NULL), N2V_OK);
    ck_assert_ptr_null(copy.stop);
    ck_assert_ptr_null(copy.reading);
    ck_assert_ptr_null(copy.progress);
    ck_assert_ptr_null(copy.epoch);
    stop = observer_stop(&copy);
    ck_assert(!stop_requested(&stop));
}
END_TEST

START_TEST(sizes)
{
    struct later {
        n2v_observer known;
        void (*newer)(void *);
    } later = {.known = {.size = sizeof later, .stop = count_calls}};
    n2v_observer unset = {.stop = count_calls}, copy;
    n2v_error error = {0};

    ck_assert_int_eq(observer_take(&copy, &unset, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "sizeof(n2v_observer)"));
    ck_assert_int_eq(observer_take(&copy, &later.known, &error), N2V_OK);
    ck_assert_uint_eq(copy.size, sizeof copy);
    ck_assert(copy.stop == count_calls);
    later.newer = (void (*)(void *))free;
    ck_assert_int_eq(observer_take(&copy, &later.known, &error), N2V_ERROR_ARGUMENT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("observer");
    add_test(suite, "stop is asked", stop_is_asked);
    add_test(suite, "without observer", without_observer);
    add_test(suite, "sizes", sizes);
    return run_suite(suite);
}
