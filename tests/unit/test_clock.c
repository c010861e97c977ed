/* A training on a machine whose wall clock is wrong. */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "test.h"
#include "train/trainer.h"

/* In place of the C library's: the wall clock is an hour ahead of what the kernel waits by,
 * as if somebody had set it in the meantime. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
    const int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && clock == CLOCK_REALTIME)
        now->tv_sec += 3600;
    return result;
}

static bool at_once(void *context)
{
    ++*(int *)context;
    return true;
}

START_TEST(a_stop_is_noticed)
{
    const n2v_id ids[] = {0, 1, 0, 1 | N2V_SENTENCE_END};
    n2v_vocabulary *vocabulary = n2v_vocabulary_create();
    n2v_train_options options = {.window = 1, .noise = 1, .noise_sharing = 1, .noise_power = 1, .epochs = 100000000,
                                 .init = 1, .learning_rate = 0.01, .threads = 1, .seed = 1};
    int asked = 0;
    const n2v_train_observer observer = {.stop = {at_once, &asked}};
    n2v_blocks *blocks;
    n2v_model model;

    ck_assert_ptr_nonnull(vocabulary);
    ck_assert_int_eq(n2v_vocabulary_add(vocabulary, "a", 1, 2, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_vocabulary_add(vocabulary, "b", 1, 2, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_vocabulary_finish(vocabulary, 1, 0, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_model_create(&model, vocabulary, 8, 1, NULL), N2V_OK);
    ck_assert_int_eq(n2v_blocks_create(&blocks, 1000, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_blocks_append(blocks, ids, 4, NULL), N2V_OK);
    ck_assert_int_eq(n2v_blocks_finish(blocks, NULL, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_objective_parse("sgns", &options.objective, options.parameters, NULL), N2V_OK);
    alarm(60); /* ends the test where the wait is for the wall clock */
    ck_assert_int_eq(n2v_train(&model, blocks, &options, &observer, NULL, NULL), N2V_ERROR_INTERRUPTED);
    alarm(0);
    ck_assert_int_eq(asked, 1);
    n2v_blocks_destroy(blocks);
    n2v_model_free(&model);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clock");
    add_test(suite, "a stop is noticed", a_stop_is_noticed);
    return run_suite(suite);
}
