/* Word pairs: correlations with known answers, files well formed and not, words in any case. */
#include <math.h>
#include <string.h>

#include "corpus/fold.h"
#include "nce2vec.h"
#include "query/correlation.h"
#include "scratch.h"
#include "test.h"

static double spearman(const double *x, const double *y, size_t count)
{
    double rho = 7;

    ck_assert_int_eq(correlation_spearman(x, y, count, &rho, NULL), N2V_OK);
    return rho;
}

START_TEST(correlations)
{
    static const double x[] = {1, 2, 3, 4, 5}, falling[] = {10, 8, 3, 2, -7}, bent[] = {1, 8, 27, 64, 125};
    static const double ties[] = {1, 1, 2, 2, 2}, constant[5] = {3, 3, 3, 3, 3};

    ck_assert_double_eq_tol(spearman(x, falling, 5), -1, 1e-12);
    ck_assert_double_eq_tol(spearman(x, bent, 5), 1, 1e-12);
    ck_assert_double_eq_tol(correlation_pearson(x, bent, 5), 0.9431175138, 1e-9);
    ck_assert_double_eq_tol(spearman(x, ties, 5), sqrt(0.75), 1e-12); /* ranks 1.5, 1.5, 4, 4, 4 */
    ck_assert(isnan(spearman(x, constant, 5)) && isnan(correlation_pearson(constant, x, 5)));
    ck_assert(isnan(spearman(x, x, 1)) && isnan(spearman(x, x, 0)));
}
END_TEST

static void check_fold(const char *word, const char *wanted)
{
    char folded[64];
    const size_t bytes = fold_word(word, strlen(word), folded);

    require(bytes == strlen(wanted) && memcmp(folded, wanted, bytes) == 0, "%s: %.*s", word, (int)bytes, folded);
}

START_TEST(lower_case)
{
    check_fold("aBZ_9", "abz_9");
    check_fold("ÄΣ", "äσ");
    check_fold("İ", "i");
    check_fold("Ⱥ", "ⱥ"); /* from 2 bytes to 3 */
    check_fold("A\xff" "B", "a\xff" "b");
}
END_TEST

/* a: 1 0; B: 1 1; c: 0 1; b again, in lower case. */
static n2v_vectors *make_vectors(void)
{
    static const char text[] = "4 2\na 1 0\nB 1 1\nc 0 1\nb -1 0\n";
    n2v_vectors *vectors;

    ck_assert_int_eq(n2v_vectors_load_memory(&vectors, text, sizeof text - 1, NULL, NULL, NULL), N2V_OK);
    return vectors;
}

static n2v_pairs_score score_of(const char *content)
{
    scratch files = scratch_open();
    n2v_vectors *vectors = make_vectors();
    n2v_pairs_score score = {.size = sizeof score};
    n2v_pairs *pairs;
    n2v_error error = {.text = ""};

    require(n2v_pairs_load(&pairs, scratch_write(&files, "pairs", content, strlen(content)), NULL, &error) == N2V_OK,
            "%s", error.text);
    ck_assert_int_eq(n2v_pairs_evaluate(pairs, vectors, &score, NULL), N2V_OK);
    n2v_pairs_destroy(pairs);
    n2v_vectors_destroy(vectors);
    scratch_close(&files);
    return score;
}

START_TEST(scores)
{
    n2v_pairs_score score = score_of("\xef\xbb\xbf" "word1 word2 score\n# a comment\n\nA\tb\t5\r\nA c 0.5\na  a  1e1 \n"
                                     "a none 3\nnone nil 4");

    ck_assert_uint_eq(score.pairs, 5);
    ck_assert_uint_eq(score.found, 3);
    ck_assert_double_eq_tol(score.spearman, 1, 1e-12); /* B, the first spelling, is at 45 degrees from a */
    ck_assert_double_eq_tol(score.pearson, 0.96506, 1e-4);
    score = score_of("a c 1\na none 2\n");
    ck_assert_uint_eq(score.found, 1);
    ck_assert(isnan(score.spearman) && isnan(score.pearson));
}
END_TEST

START_TEST(malformed_files)
{
    static const char *const cases[][2] = {
        {"a b 1\na b\n", "line 2: expected two words and a score"},
        {"a b 1 2\n", "line 1: expected two words and a score"},
        {"a b 1x\n", "line 1: expected two words and a score"},
        {"x y z\nx y z\n", "line 2: expected two words and a score"},
        {"a b inf\na b nan\n", "line 2: expected two words and a score"},
        {"#a b c\n", "line 1: expected two words and a score; a comment begins with '# '"},
        {"a,b,1\n", "line 1: expected two words and a score, with white space between them instead of commas"},
        {"#a b\n", "line 1: expected two words and a score; a comment begins with '# '"},
        {"a \xff 1\n", "line 1: a word is not valid UTF-8"},
        {"# a b 1\n", "pairs: no word pairs; a line is two words and a score"},
        {"", "pairs: no word pairs; a line is two words and a score"},
    };
    scratch files = scratch_open();

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *path = scratch_write(&files, "pairs", cases[i][0], strlen(cases[i][0]));
        n2v_error error = {.text = ""};
        n2v_pairs *pairs = (n2v_pairs *)&files;
        ck_assert_int_eq(n2v_pairs_load(&pairs, path, NULL, &error), N2V_ERROR_FORMAT);
        ck_assert_ptr_null(pairs);
        require(strstr(error.text, cases[i][1]) && strlen(strstr(error.text, cases[i][1])) == strlen(cases[i][1]),
                "case %zu: %s", i, error.text);
    }
    scratch_close(&files);
}
END_TEST

START_TEST(missing_file)
{
    n2v_error error = {.text = ""};
    n2v_pairs *pairs;

    ck_assert_int_eq(n2v_pairs_load(&pairs, "/nowhere/pairs", NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_null(pairs);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pairs");
    add_test(suite, "correlations", correlations);
    add_test(suite, "lower case", lower_case);
    add_test(suite, "scores", scores);
    add_test(suite, "malformed files", malformed_files);
    add_test(suite, "missing file", missing_file);
    return run_suite(suite);
}
