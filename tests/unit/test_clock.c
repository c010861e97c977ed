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
    const Id ids[] = {0, 1, 0, 1 | SENTENCE_END};
    Vocabulary *vocabulary = vocabulary_create();
    TrainOptions options = {.window = 1, .noise = 1, .noise_sharing = 1, .noise_power = 1, .epochs = 100000000,
                            .init = 1, .learning_rate = 0.01, .threads = 1, .seed = 1};
    int asked = 0;
    const TrainObserver observer = {.stop = {at_once, &asked}};
    Blocks *blocks;
    Model model;

    ck_assert_ptr_nonnull(vocabulary);
    ck_assert_int_eq(vocabulary_add(vocabulary, "a", 1, 2, NULL, NULL), N2V_OK);
    ck_assert_int_eq(vocabulary_add(vocabulary, "b", 1, 2, NULL, NULL), N2V_OK);
    ck_assert_int_eq(vocabulary_finish(vocabulary, 1, 0, NULL, NULL), N2V_OK);
    ck_assert_int_eq(model_create(&model, vocabulary, 8, true, NULL), N2V_OK);
    ck_assert_int_eq(blocks_create(&blocks, 1000, NULL, NULL), N2V_OK);
    ck_assert_int_eq(blocks_append(blocks, ids, 4, NULL), N2V_OK);
    ck_assert_int_eq(blocks_finish(blocks, NULL, NULL, NULL), N2V_OK);
    ck_assert_int_eq(objective_parse(NULL, "sgns", &options.objective, options.parameters, NULL), N2V_OK);
    alarm(60); /* ends the test where the wait is for the wall clock */
    ck_assert_int_eq(train_model(&model, blocks, &options, &observer, NULL, NULL), N2V_ERROR_INTERRUPTED);
    alarm(0);
    ck_assert_int_eq(asked, 1);
    blocks_destroy(blocks);
    model_free(&model);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clock");
    add_test(suite, "a stop is noticed", a_stop_is_noticed);
    return run_suite(suite);
}
