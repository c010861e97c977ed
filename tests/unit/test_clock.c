/* A training on a machine whose wall clock is wrong. */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "test.h"
#include "training.h"

/* In place of the C library's: the wall clock is an hour ahead of what the kernel waits by,
 * as if somebody had set it in the meantime. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
    const int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && clock == CLOCK_REALTIME)
        now->tv_sec += 3600;
    return result;
}

static int at_once(void *context)
{
    ++*(int *)context;
    return 1;
}

START_TEST(a_stop_is_noticed)
{
    training_text *text = regular_text(2, 2, 2);
    TrainOptions options = training_options("sgns", 1);
    int asked = 0;
    const n2v_observer observer = {.size = sizeof observer, .context = &asked, .stop = at_once};
    Trainer *trainer;

    options.epochs = 100000000;
    trainer = new_trainer(text, &options);
    alarm(60); /* ends the test where the wait is for the wall clock */
    ck_assert_int_eq(trainer_run(trainer, N2V_TO_END, 0, &observer, NULL), N2V_ERROR_INTERRUPTED);
    alarm(0);
    ck_assert_int_ge(asked, 1);
    ck_assert_int_le(asked, 2); /* once while it runs, and perhaps at the end */
    trainer_destroy(trainer);
    free_text(text);
}
END_TEST

/* A wait takes its time, also over the end of a second. */
START_TEST(waits_take_their_time)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t condition;

    ck_assert_int_eq(condition_create(&condition), 0);
    ck_assert_int_eq(pthread_mutex_lock(&mutex), 0);
    for (int i = 0; i < 6; i++) { /* together more than a second */
        const double began = seconds_now();
        if (!condition_wait(&condition, &mutex, 0.2)) /* else it was woken for nothing */
            ck_assert_double_gt(seconds_now() - began, 0.19);
    }
    ck_assert_int_eq(pthread_mutex_unlock(&mutex), 0);
    ck_assert_int_eq(pthread_cond_destroy(&condition), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clock");
    add_test(suite, "a stop is noticed", a_stop_is_noticed);
    add_test(suite, "waits take their time", waits_take_their_time);
    return run_suite(suite);
}
