/* Vectors of words that the vocabulary does not have: composed, compared, searched with, and in pairs. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/ngrams.h"
#include "nce2vec.h"
#include "scratch.h"
#include "test.h"

#define BUCKETS 7
static const SubwordOptions options = {
    .kind = SUBWORDS_FLORET, .minn = 2, .maxn = 2, .buckets = BUCKETS, .hash_count = 2, .seed = FLORET_SEED};

/* The table of floret that the vectors are of: bucket b has the row (b, 1 - b) but for one, which is zero. */
static n2v_vectors *load(float rows[BUCKETS][2])
{
    char table[512] = "7 2 2 2 2 2166136261 < >\n";
    scratch files = scratch_open();
    n2v_error error = {.text = ""};
    n2v_vectors *vectors;

    for (int b = 0; b < BUCKETS; b++) {
        rows[b][0] = b == 3 ? 0 : (float)b;
        rows[b][1] = b == 3 ? 0 : (float)(1 - b);
        (void)snprintf(table + strlen(table), sizeof table - strlen(table), "%d %g %g\n", b, (double)rows[b][0],
                       (double)rows[b][1]);
    }
    (void)scratch_write(&files, "v.vocab.txt", "Ab\ncd\n", 6);
    require(n2v_vectors_load(&vectors, scratch_write(&files, "v.floret", table, strlen(table)), NULL, &error) == N2V_OK,
            "%s", error.text);
    scratch_close(&files);
    return vectors;
}

/* The mean of all n-grams' rows. */
static void expect(const char *word, float rows[BUCKETS][2], float vector[2])
{
    NgramList list = {.count = 0};

    ck_assert_int_eq(ngrams_list(&list, &options, word, strlen(word), NULL), N2V_OK);
    vector[0] = vector[1] = 0;
    for (size_t i = 0; i < list.count; i++)
        for (int d = 0; d < 2; d++)
            vector[d] += rows[list.buckets[i]][d] / (float)list.count;
    ngrams_free(&list);
}

START_TEST(words_in_and_beyond_the_vocabulary)
{
    static const char *const words[] = {"Ab", "cd", "ab", "new", "\xc3\xbc", "a b"};
    float rows[BUCKETS][2], vector[2], expected[2];
    n2v_vectors *vectors = load(rows);

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        int known = 7;
        ck_assert_int_eq(n2v_vectors_compose(vectors, words[i], strlen(words[i]), vector, &known, NULL), N2V_OK);
        expect(words[i], rows, expected);
        for (int d = 0; d < 2; d++)
            require(fabsf(vector[d] - expected[d]) < 1e-6F, "%s: %g, not %g", words[i], (double)vector[d],
                    (double)expected[d]);
        ck_assert_int_eq(known, i < 2);
    }
    n2v_vectors_destroy(vectors);
}
END_TEST

START_TEST(description)
{
    n2v_vectors_info info = {.size = sizeof info};
    n2v_format_info format = {.size = sizeof format};
    float rows[BUCKETS][2];
    n2v_vectors *vectors = load(rows);

    ck_assert_int_eq(n2v_vectors_describe(vectors, &info, NULL), N2V_OK);
    ck_assert_str_eq(info.subwords, "floret");
    ck_assert_str_eq(info.format, "floret");
    ck_assert_uint_eq(info.shortest_ngram, 2);
    ck_assert_uint_eq(info.longest_ngram, 2);
    ck_assert_uint_eq(info.buckets, BUCKETS);
    ck_assert_uint_ge(info.used_buckets, BUCKETS - 1);
    for (size_t i = 0; n2v_format_describe(i, &format, NULL) == N2V_OK; i++)
        ck_assert_int_eq(format.subwords != NULL,
                         strcmp(format.name, "floret") == 0 || strcmp(format.name, "fasttext") == 0);
    n2v_vectors_destroy(vectors);
}
END_TEST

START_TEST(what_has_no_vector)
{
    static const char text[] = "1 2\na 1 0\n";
    char long_word[1025];
    n2v_error error = {.text = ""};
    n2v_vectors *plain;
    float vector[2];
    int known;

    memset(long_word, 'x', sizeof long_word);
    ck_assert_int_eq(n2v_vectors_load_memory(&plain, text, sizeof text - 1, NULL, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_vectors_compose(plain, "a", 1, vector, &known, &error), N2V_OK);
    ck_assert(known && vector[0] == 1 && vector[1] == 0);
    ck_assert_int_eq(n2v_vectors_compose(plain, "b", 1, vector, &known, &error), N2V_ERROR_DATA);
    ck_assert_str_eq(error.text,
                     "'b' is not in the vocabulary, and the vectors have no subwords to make its vector of");
    ck_assert(!known && vector[0] == 0);
    ck_assert_int_eq(n2v_vectors_compose(plain, "", 0, vector, NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_vectors_compose(plain, long_word, sizeof long_word, vector, NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_str_eq(error.text, "a word of 1025 bytes; 1 to 1024 are possible");
    n2v_vectors_destroy(plain);
}
END_TEST

/* A search with the vector of a word that is not in the vocabulary. */
START_TEST(cosines_and_neighbors)
{
    float rows[BUCKETS][2], vector[2];
    n2v_vectors *vectors = load(rows);
    const n2v_query query = {.vector = vector};
    n2v_neighbor neighbors[2];
    n2v_search *search;
    size_t found, stride;
    const float *view = n2v_vectors_view(vectors, N2V_INPUT, &stride);

    ck_assert_int_eq(n2v_vectors_compose(vectors, "abc", 3, vector, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_search_create(&search, vectors, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_search_run(search, &query, 1, 2, neighbors, &found, NULL), N2V_OK);
    ck_assert_uint_eq(found, 2);
    for (size_t i = 0; i < found; i++)
        ck_assert_double_eq_tol(n2v_vectors_cosine(vectors, vector, view + neighbors[i].id * stride),
                                (double)neighbors[i].score, 1e-6);
    ck_assert_double_eq(n2v_vectors_cosine(vectors, view, view + stride), n2v_vectors_similarity(vectors, 0, 1));
    ck_assert_double_eq(n2v_vectors_cosine(vectors, view, rows[3]), 0);
    n2v_search_destroy(search);
    n2v_vectors_destroy(vectors);
}
END_TEST

/* Of five pairs, all have vectors: one has known words alone, Ab in lower case. */
START_TEST(all_pairs)
{
    static const char text[] = "ab cd 1\nab new 2\nold new 3\nnewer cd 4\nolder older 5\n";
    scratch files = scratch_open();
    float rows[BUCKETS][2], a[2], b[2];
    n2v_vectors *vectors = load(rows);
    n2v_pairs_score score = {.size = sizeof score};
    n2v_pairs *pairs;

    ck_assert_int_eq(n2v_pairs_load(&pairs, scratch_write(&files, "pairs", text, sizeof text - 1), NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_pairs_evaluate(pairs, vectors, &score, NULL), N2V_OK);
    ck_assert_uint_eq(score.pairs, 5);
    ck_assert_uint_eq(score.found, 5);
    ck_assert_uint_eq(score.composed, 4);
    ck_assert(isfinite(score.spearman));
    n2v_pairs_destroy(pairs);
    ck_assert_int_eq(n2v_pairs_load(&pairs, scratch_write(&files, "pairs", "old new 1\nab cd 0\n", 18), NULL, NULL),
                     N2V_OK);
    ck_assert_int_eq(n2v_pairs_evaluate(pairs, vectors, &score, NULL), N2V_OK);
    ck_assert_int_eq(n2v_vectors_compose(vectors, "old", 3, a, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_vectors_compose(vectors, "new", 3, b, NULL, NULL), N2V_OK);
    ck_assert_double_eq_tol(score.pearson,
                            n2v_vectors_cosine(vectors, a, b) > n2v_vectors_similarity(vectors, 0, 1) ? 1 : -1, 1e-9);
    n2v_pairs_destroy(pairs);
    n2v_vectors_destroy(vectors);
    scratch_close(&files);
}
END_TEST

START_TEST(null_arguments)
{
    float rows[BUCKETS][2], vector[2];
    n2v_vectors *vectors = load(rows);
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_vectors_compose(NULL, "a", 1, vector, NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_vectors_compose(vectors, NULL, 1, vector, NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_vectors_compose(vectors, "a", 1, NULL, NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_str_eq(error.text, "n2v_vectors_compose: vector is NULL");
    ck_assert(isnan(n2v_vectors_cosine(NULL, vector, vector)) && isnan(n2v_vectors_cosine(vectors, NULL, vector)) &&
              isnan(n2v_vectors_cosine(vectors, vector, NULL)));
    n2v_vectors_destroy(vectors);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("compose");
    add_test(suite, "words", words_in_and_beyond_the_vocabulary);
    add_test(suite, "description", description);
    add_test(suite, "no vector", what_has_no_vector);
    add_test(suite, "cosines", cosines_and_neighbors);
    add_test(suite, "pairs", all_pairs);
    add_test(suite, "null arguments", null_arguments);
    return run_suite(suite);
}
