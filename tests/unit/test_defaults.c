/* Defaults that depend on other settings. */
#include <string.h>

#include "nce2vec.h"
#include "settings_made.h"
#include "test.h"

/* Defaults that depend on the objective follow it, until they are set. */
START_TEST(defaults_of_the_objective)
{
    n2v_settings *s = make_settings(N2V_FOR_TRAINING), *again = make_settings(N2V_FOR_TRAINING);
    n2v_objective_info info = {.size = sizeof info};

    expect(s, "objective", "nce");
    expect(s, "window", "5");
    expect(s, "noise", "7");
    expect(s, "noise-sharing", "3");
    expect(s, "lr", "0.04");
    expect(s, "learning_rate", "0.04");
    expect(s, "init", "1");
    set(s, "objective", "infonce:temperature=0.3");
    ck_assert_int_eq(n2v_objective_describe(NULL, "infonce:temperature=0.3", &info, NULL), N2V_OK);
    ck_assert(strtod(n2v_settings_get(s, "lr"), NULL) == info.learning_rate); /* to the bit */
    set(again, "lr", n2v_settings_get(s, "lr"));
    ck_assert_str_eq(n2v_settings_get(again, "lr"), n2v_settings_get(s, "lr"));
    expect(s, "noise", "5");
    ck_assert_int_eq(n2v_settings_is_set(s, "noise"), 0);
    set(s, "objective", "softmax");
    expect(s, "init", "0.03");
    set(s, "init", "0.5");
    expect(s, "init", "0.5");
    ck_assert_ptr_null(n2v_settings_get(s, "max-vocab"));
    ck_assert_ptr_null(n2v_settings_get(s, "heldout"));
    ck_assert_ptr_null(n2v_settings_get(s, "unknown"));
    n2v_settings_destroy(s);
    n2v_settings_destroy(again);
}
END_TEST

START_TEST(defaults_of_noise_draws)
{
    n2v_settings *s = make_settings(N2V_FOR_TRAINING);

    expect(s, "noise-draws", "1");
    set(s, "subwords", "floret");
    expect(s, "noise-draws", "10");
    expect(s, "noise-sharing", "4");
    expect(s, "lr", "0.08");
    set(s, "objective", "triplet"); /* distances */
    expect(s, "noise-draws", "1");
    expect(s, "lr", "0.02");
    set(s, "objective", "alignuniform");
    expect(s, "noise-draws", "1");
    expect(s, "lr", "0.02");
    set(s, "objective", "nce");
    set(s, "model", "cbow");
    expect(s, "noise-draws", "1");
    expect(s, "noise-sharing", "8");
    n2v_settings_destroy(s);
}
END_TEST

/* A bag is one pair: it takes more noise words, and a higher rate, of which word2vec's gradient has no need. */
START_TEST(defaults_of_cbow)
{
    static const struct {
        const char *objective, *gradient, *noise, *sharing, *rate;
    } rows[] = {
        {"nce", "mean", "48", "8", "0.1"},
        {"sgns", "mean", "32", "8", "0.0625"},
        {"sgns", "word2vec", "32", "8", "0.025"},
        {"triplet", "mean", "5", "2", "0.02"}, /* distances */
        {"npair", "mean", "31", "1", "0.125"},  /* a batch */
        {"softmax", "mean", "1", "1", "0.125"}, /* no noise */
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        n2v_settings *s = make_settings(N2V_FOR_TRAINING);
        set(s, "model", "cbow");
        set(s, "objective", rows[i].objective);
        set(s, "cbow-gradient", rows[i].gradient);
        expect(s, "noise", rows[i].noise);
        expect(s, "noise-sharing", rows[i].sharing);
        expect(s, "lr", rows[i].rate);
        expect(s, "window", "8");
        set(s, "noise", "9");
        expect(s, "noise", "9");
        n2v_settings_destroy(s);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("defaults");
    add_test(suite, "defaults of the objective", defaults_of_the_objective);
    add_test(suite, "defaults of noise draws", defaults_of_noise_draws);
    add_test(suite, "defaults of cbow", defaults_of_cbow);
    return run_suite(suite);
}
