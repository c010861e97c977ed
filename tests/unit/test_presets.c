/* Presets: what they give to settings that are not set. */
#include <string.h>

#include "nce2vec.h"
#include "settings_made.h"
#include "test.h"

static n2v_settings *with_preset(const char *preset)
{
    n2v_settings *settings = make_settings(N2V_FOR_TRAINING);

    ck_assert_int_eq(n2v_settings_set(settings, "preset", preset, NULL), N2V_OK);
    return settings;
}

static void has(n2v_settings *settings, const char *name, const char *value)
{
    const char *got = n2v_settings_get(settings, name);
    require(got && strcmp(got, value) == 0, "%s is %s, not %s", name, got ? got : "nothing", value);
}

START_TEST(test_word2vec)
{
    n2v_settings *settings = with_preset("word2vec");

    has(settings, "objective", "sgns");
    has(settings, "noise", "5");
    has(settings, "lr", "0.025");
    has(settings, "subsample", "0.001");
    has(settings, "tokenizer", "space");
    has(settings, "dim", "100");
    ck_assert(!n2v_settings_is_set(settings, "objective"));
    ck_assert_int_eq(n2v_settings_set(settings, "model", "cbow", NULL), N2V_OK);
    has(settings, "lr", "0.05");
    has(settings, "cbow-gradient", "word2vec");
    has(settings, "window", "5");
    ck_assert_int_eq(n2v_settings_check(settings, NULL), N2V_OK);
    n2v_settings_destroy(settings);
}
END_TEST

START_TEST(test_best)
{
    n2v_settings *settings = with_preset("best");

    has(settings, "model", "cbow");
    has(settings, "subwords", "fasttext");
    has(settings, "dim", "200");
    has(settings, "window", "8"); /* of cbow */
    ck_assert_int_eq(n2v_settings_check(settings, NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(settings, "subwords", "none", NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(settings, "model", "skipgram", NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_check(settings, NULL), N2V_OK);
    has(settings, "dim", "200");
    has(settings, "window", "5");
    n2v_settings_destroy(settings);
}
END_TEST

START_TEST(test_ids)
{
    static const char *const presets[] = {"sessions", "walks"}, *const weights[] = {"line", "shrink"};
    static const char *const epochs[] = {"10", "1"};

    for (size_t i = 0; i < 2; i++) {
        n2v_settings *settings = with_preset(presets[i]);
        has(settings, "tokenizer", "space");
        has(settings, "min-count", "1");
        has(settings, "subsample", "0");
        has(settings, "window-weights", weights[i]);
        has(settings, "epochs", epochs[i]);
        ck_assert_int_eq(n2v_settings_check(settings, NULL), N2V_OK);
        n2v_settings_destroy(settings);
    }
}
END_TEST

START_TEST(test_rate_of_sessions_is_that_of_nce_and_skipgram)
{
    n2v_settings *settings = with_preset("sessions"), *plain = make_settings(N2V_FOR_TRAINING);

    has(settings, "lr", "0.02");
    ck_assert_int_eq(n2v_settings_set(settings, "model", "cbow", NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(plain, "model", "cbow", NULL), N2V_OK);
    has(settings, "lr", n2v_settings_get(plain, "lr"));
    ck_assert_int_eq(n2v_settings_set(settings, "model", NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(plain, "model", NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(settings, "objective", "infonce", NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(plain, "objective", "infonce", NULL), N2V_OK);
    has(settings, "lr", n2v_settings_get(plain, "lr"));
    n2v_settings_destroy(settings);
    n2v_settings_destroy(plain);
}
END_TEST

START_TEST(test_what_is_set_holds)
{
    n2v_settings *settings = make_settings(N2V_FOR_TRAINING);

    ck_assert_int_eq(n2v_settings_set(settings, "lr", "0.5", NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(settings, "preset", "word2vec", NULL), N2V_OK);
    has(settings, "lr", "0.5");
    ck_assert_int_eq(n2v_settings_set(settings, "lr", NULL, NULL), N2V_OK);
    has(settings, "lr", "0.025");
    n2v_settings_destroy(settings);
}
END_TEST

START_TEST(test_another_objective_has_its_own_defaults)
{
    n2v_settings *settings = with_preset("word2vec"), *plain = make_settings(N2V_FOR_TRAINING);
    static const char *const names[] = {"noise", "noise-sharing", "init"};

    ck_assert_int_eq(n2v_settings_set(settings, "objective", "nce", NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(plain, "objective", "nce", NULL), N2V_OK);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        has(settings, names[i], n2v_settings_get(plain, names[i]));
    has(settings, "lr", n2v_settings_get(plain, "lr"));
    has(settings, "tokenizer", "space");
    ck_assert_int_eq(n2v_settings_set(settings, "model", "cbow", NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(settings, "objective", "npair", NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_check(settings, NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(settings, "model", NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(settings, "objective", NULL, NULL), N2V_OK);
    has(settings, "objective", "sgns");
    has(settings, "noise", "5");
    n2v_settings_destroy(settings);
    n2v_settings_destroy(plain);
}
END_TEST

START_TEST(test_copies_and_back)
{
    n2v_settings *settings = with_preset("word2vec"), *copy;

    ck_assert_int_eq(n2v_settings_copy(&copy, settings, NULL), N2V_OK);
    has(copy, "objective", "sgns");
    ck_assert(!n2v_settings_is_set(copy, "objective"));
    ck_assert_int_eq(n2v_settings_set(copy, "preset", NULL, NULL), N2V_OK);
    has(copy, "objective", "nce");
    has(copy, "tokenizer", "words");
    n2v_settings_destroy(copy);
    n2v_settings_destroy(settings);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("presets");
    add_test(suite, "word2vec", test_word2vec);
    add_test(suite, "best", test_best);
    add_test(suite, "ids", test_ids);
    add_test(suite, "sessions' rate", test_rate_of_sessions_is_that_of_nce_and_skipgram);
    add_test(suite, "what is set holds", test_what_is_set_holds);
    add_test(suite, "another objective", test_another_objective_has_its_own_defaults);
    add_test(suite, "copies", test_copies_and_back);
    return run_suite(suite);
}
