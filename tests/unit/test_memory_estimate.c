/* The estimate of memory: it grows as the structures do, and covers the model. */
#include <stdio.h>

#include "nce2vec.h"
#include "test.h"

static n2v_memory estimate_of(n2v_memory memory, const char *objective, const char *threads, const char *name,
                              const char *value, size_t vocabulary, uint64_t tokens)
{
    n2v_settings *settings;
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_settings_create(&settings, N2V_FOR_TRAINING, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(settings, "objective", objective, NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(settings, "threads", threads, NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(settings, name, value, NULL), N2V_OK);
    require(n2v_memory_estimate(&memory, settings, vocabulary, 3 * vocabulary, tokens, &error) == N2V_OK, "%s",
            error.text);
    n2v_settings_destroy(settings);
    return memory;
}

static n2v_memory estimate_with(const char *objective, const char *threads, const char *name, const char *value,
                                size_t vocabulary, uint64_t tokens)
{
    return estimate_of((n2v_memory){.size = sizeof(n2v_memory)}, objective, threads, name, value, vocabulary, tokens);
}

static n2v_memory estimate(const char *objective, const char *threads, size_t vocabulary, uint64_t tokens)
{
    return estimate_with(objective, threads, "optimizer", "sgd", vocabulary, tokens);
}

START_TEST(grows_with_the_sizes)
{
    const n2v_memory small = estimate("nce", "1", 100000, 1000), large = estimate("nce", "1", 200000, 1000);
    const n2v_memory threads = estimate("nce", "9", 100000, 1000), sums = estimate("softmax", "1", 100000, 1000);
    const double model = 2 * 100000 * 112 * 4; /* rows of 101 floats on cache lines */

    ck_assert_double_gt((double)small.training, model);
    ck_assert_double_lt((double)small.training, 1.2 * model);
    ck_assert_double_gt((double)(large.training - small.training), model);
    ck_assert_uint_gt(threads.training, small.training + 8 * 100000);
    ck_assert_uint_lt(threads.training, small.training + 8 * 1000000);
    ck_assert_uint_gt(sums.training, small.training + 4 * 100000); /* a score for each word */
    ck_assert_uint_gt(large.text, small.text);
    ck_assert_uint_gt(estimate_with("nce", "1", "optimizer", "adagrad", 100000, 1000).training,
                      small.training + 2 * 4 * 100000);
    ck_assert_uint_gt(estimate_with("softmax", "1", "optimizer", "adagrad", 100000, 1000).training,
                      sums.training + (uint64_t)model); /* copies of all outputs */
}
END_TEST

/* Ten positions: eleven matrices, not two. */
START_TEST(positions)
{
    static const char *const models[] = {"structured-skipgram", "cwindow"};

    for (size_t i = 0; i < 2; i++) {
        n2v_settings *settings;
        n2v_memory memory = {.size = sizeof memory};
        const double matrix = 100000 * 112 * 4;
        ck_assert_int_eq(n2v_settings_create(&settings, N2V_FOR_TRAINING, NULL, NULL), N2V_OK);
        ck_assert_int_eq(n2v_settings_set(settings, "threads", "1", NULL), N2V_OK);
        ck_assert_int_eq(n2v_settings_set(settings, "model", models[i], NULL), N2V_OK);
        ck_assert_int_eq(n2v_memory_estimate(&memory, settings, 100000, 300000, 1000, NULL), N2V_OK);
        ck_assert_double_gt((double)memory.training, 11 * matrix);
        ck_assert_double_lt((double)memory.training, 12 * matrix);
        n2v_settings_destroy(settings);
    }
}
END_TEST

/* Ids are in memory, or in a file. */
START_TEST(ids)
{
    const n2v_memory none = estimate("nce", "1", 1000, 0), few = estimate("nce", "1", 1000, 1000000);
    const n2v_memory many = estimate("nce", "1", 1000, 1000000000);

    ck_assert_uint_eq(few.training - none.training, 4000000);
    ck_assert_uint_eq(few.text - none.text, 4000000);
    ck_assert_uint_eq(few.temporary, 0);
    ck_assert_uint_eq(many.training, none.training);
    ck_assert_double_eq_tol((double)(many.text - none.text), 32 << 20, 200000); /* before they go to the file */
    ck_assert_uint_eq(many.temporary, 4000000000);
}
END_TEST

/* Phrases need the text twice; to find them, pairs are counted. */
START_TEST(phrases)
{
    const n2v_memory none = estimate("nce", "1", 1000, 1000000000);
    const n2v_memory given = estimate_with("nce", "1", "phrases", "FILE", 1000, 1000000000);
    const n2v_memory found = estimate_with("nce", "1", "phrases", "npmi", 1000, 1000000000);

    ck_assert_uint_gt(given.text, none.text);
    ck_assert_uint_eq(given.temporary, 2 * none.temporary);
    ck_assert_uint_eq(given.training, none.training);
    ck_assert_uint_ge(found.text, given.text + UINT64_C(40000000) * 30); /* as many as are counted at once */
    ck_assert_uint_le(found.text, given.text + UINT64_C(40000000) * 90);
}
END_TEST

/* A number for each sentence, and two while they are read. */
START_TEST(weights)
{
    const n2v_memory given = {.size = sizeof given, .sentences = 1000000};
    const n2v_memory none = estimate_with("nce", "1", "weighted", "1", 1000, 1000000);
    const n2v_memory some = estimate_of(given, "nce", "1", "weighted", "1", 1000, 1000000);

    ck_assert_uint_eq(some.training - none.training, 4000000);
    ck_assert_uint_eq(some.text - none.text, 8000000);
    ck_assert_uint_eq(some.sentences, 1000000);
    ck_assert_uint_eq(estimate_of(given, "nce", "1", "weighted", "0", 1000, 1000000).training, none.training);
}
END_TEST

/* The vectors to start from are there while the text is read, and the model is made. */
START_TEST(start)
{
    enum { WORDS = 1000, DIM = 100 };
    static float rows[WORDS * DIM];
    static char words[WORDS][8];
    static const char *names[WORDS];
    n2v_memory given = {.size = sizeof given}, none, some;
    n2v_vectors *vectors;

    for (size_t i = 0; i < WORDS; i++) {
        (void)snprintf(words[i], sizeof words[i], "w%zu", i);
        names[i] = words[i];
    }
    ck_assert_int_eq(n2v_vectors_create(&vectors, names, NULL, WORDS, rows, DIM, DIM, NULL), N2V_OK);
    given.start = vectors;
    none = estimate("nce", "1", WORDS, 1000);
    some = estimate_of(given, "nce", "1", "start", "FILE", WORDS, 1000);
    ck_assert_uint_ge(some.training - none.training, WORDS * 112 * 4);
    ck_assert_uint_lt(some.training - none.training, 2 * WORDS * 112 * 4);
    ck_assert_uint_eq(some.text - none.text, some.training - none.training);
    ck_assert_ptr_eq(some.start, vectors);
    n2v_vectors_destroy(vectors);
}
END_TEST

/* A number for each row, and for each thread two copies of the rows of an example. */
START_TEST(own_rates)
{
    static const char *const names[] = {"freeze", "lr-of"};

    for (size_t i = 0; i < 2; i++) {
        const uint64_t one = estimate_with("nce", "1", names[i], "FILE", 100000, 1000).training;
        const uint64_t nine = estimate_with("nce", "9", names[i], "FILE", 100000, 1000).training;
        ck_assert_uint_ge(one, estimate("nce", "1", 100000, 1000).training + 2 * 100000 * 4);
        ck_assert_uint_ge(nine - one, estimate("nce", "9", 100000, 1000).training -
                                          estimate("nce", "1", 100000, 1000).training + UINT64_C(8) * 20 * 2 * 112 * 4);
    }
}
END_TEST

/* The rows that each virtual worker changes. */
START_TEST(shares_of_rounds)
{
    const uint64_t plain = estimate("nce", "1", 100000, 1000).training;
    const uint64_t rounds = estimate_with("nce", "1", "deterministic", "1", 100000, 1000).training;

    ck_assert_uint_ge(rounds, plain + UINT64_C(8) * 8192 * 112 * 4);
    ck_assert_uint_le(rounds, plain + UINT64_C(8) * 8192 * 112 * 4 * 2);
    ck_assert_uint_lt(estimate_with("nce", "1", "deterministic", "1", 1000, 1000).training, plain);
}
END_TEST

START_TEST(other_settings)
{
    n2v_settings *search;
    n2v_memory memory = {.size = sizeof memory};

    ck_assert_int_eq(n2v_settings_create(&search, N2V_FOR_SEARCH, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_memory_estimate(&memory, search, 1, 1, 1, NULL), N2V_ERROR_ARGUMENT);
    n2v_settings_destroy(search);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory estimate");
    add_test(suite, "grows with the sizes", grows_with_the_sizes);
    add_test(suite, "positions", positions);
    add_test(suite, "ids", ids);
    add_test(suite, "phrases", phrases);
    add_test(suite, "weights", weights);
    add_test(suite, "start", start);
    add_test(suite, "own rates", own_rates);
    add_test(suite, "rounds", shares_of_rounds);
    add_test(suite, "other settings", other_settings);
    return run_suite(suite);
}
