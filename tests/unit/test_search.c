/* Searches against a full sort by scores in double, on every kernel set and any number of threads. */
#include "query/search.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "model/rows.h"
#include "query/norms.h"
#include "test.h"

#define COSINE_ERROR 4e-7 /* of products of unit rows of floats */

static void make_model(Model *model, size_t words, size_t dim)
{
    Vocabulary *vocabulary = vocabulary_create();
    n2v_error error;

    ck_assert_ptr_nonnull(vocabulary);
    for (size_t i = 0; i < words; i++) {
        char word[16];
        const int bytes = snprintf(word, sizeof word, "w%zu", i);
        ck_assert_int_eq(vocabulary_add(vocabulary, word, (size_t)bytes, words - i, NULL, &error), N2V_OK);
    }
    ck_assert_msg(model_create(model, vocabulary, dim, false, &error) == N2V_OK, "%s", error.text);
}

static float *row_of(const Model *model, size_t id)
{
    return model->input + id * model->stride;
}

/* Rows of different lengths. */
static void fill(Model *model, uint64_t seed)
{
    Random random;

    random_seed(&random, seed, 0, 0, 0);
    for (size_t i = 0; i < model->words; i++) {
        const float length = 0.1F + 10 * random_float(&random);
        for (size_t j = 0; j < model->dim; j++)
            row_of(model, i)[j] = length * (random_float(&random) - 0.5F);
    }
}

/* The reference ------------------------------------------------------------------------- */

/* Unit rows in double, words x dim; the caller frees them. */
static double *unit_rows(const Model *model)
{
    double *rows = calloc(model->words * model->dim, sizeof *rows);

    ck_assert_ptr_nonnull(rows);
    for (size_t i = 0; i < model->words; i++) {
        long double sum = 0;
        for (size_t j = 0; j < model->dim; j++)
            sum += (long double)row_of(model, i)[j] * (long double)row_of(model, i)[j];
        for (size_t j = 0; j < model->dim && sum > 0; j++)
            rows[i * model->dim + j] = (double)((long double)row_of(model, i)[j] / sqrtl(sum));
    }
    return rows;
}

static double product(const double *x, const double *y, size_t dim)
{
    double sum = 0;
    for (size_t j = 0; j < dim; j++)
        sum += x[j] * y[j];
    return sum;
}

typedef struct expectation {
    double score, error; /* how far off floats may be */
} expectation;

/* The score of word d, as search.h defines it. */
static expectation reference(const double *rows, size_t dim, Question question, const Id *words, size_t d)
{
    const double *a = rows + words[0] * dim, *b, *c, *here = rows + d * dim;
    expectation e = {.error = COSINE_ERROR};
    double *sum, length;

    if (question == NEAREST) {
        e.score = product(here, a, dim);
        return e;
    }
    b = rows + words[1] * dim;
    c = rows + words[2] * dim;
    if (question == ANALOGY_MUL) {
        const double divisor = (1 + product(here, a, dim)) / 2 + 1e-6;
        e.score = (1 + product(here, b, dim)) / 2 * ((1 + product(here, c, dim)) / 2) / divisor;
        e.error = COSINE_ERROR * (1 + (1 + e.score) / divisor);
        return e;
    }
    sum = calloc(dim, sizeof *sum);
    ck_assert_ptr_nonnull(sum);
    for (size_t j = 0; j < dim; j++)
        sum[j] = b[j] - a[j] + c[j];
    length = sqrt(product(sum, sum, dim));
    e.score = length > 0 ? product(here, sum, dim) / length : 0;
    e.error = COSINE_ERROR * (1 + (length > 0 ? 1 / length : 0));
    free(sum);
    return e;
}

/* The right number, sorted, of the right scores, none better left out. */
static void check_answer(const double *rows, const Model *model, Question question, const Id *words, size_t k,
                         const n2v_neighbor *nearest, size_t found)
{
    const size_t own = question_words(question);
    bool *taken = calloc(model->words, sizeof *taken);
    size_t others = model->words;

    ck_assert_ptr_nonnull(taken);
    for (size_t i = 0; i < own; i++) {
        others -= !taken[words[i]];
        taken[words[i]] = true;
    }
    require(found == (k < others ? k : others), "%zu found of k %zu, words %zu", found, k, model->words);
    for (size_t i = 0; i < found; i++) {
        const expectation expected = reference(rows, model->dim, question, words, nearest[i].id);
        require(!taken[nearest[i].id], "word %lu stands there twice, or was asked for", (unsigned long)nearest[i].id);
        taken[nearest[i].id] = true;
        require(fabs((double)nearest[i].score - expected.score) <= expected.error, "score %.9g, not %.9g",
                (double)nearest[i].score, expected.score);
        require(!i || nearest[i - 1].score > nearest[i].score ||
                    (nearest[i - 1].score == nearest[i].score && nearest[i - 1].id < nearest[i].id),
                "place %zu is not in order", i);
    }
    for (size_t d = 0; found && d < model->words; d++) {
        const expectation other = reference(rows, model->dim, question, words, d);
        require(taken[d] || other.score <= (double)nearest[found - 1].score + other.error,
                "word %zu of score %g was left out", d, other.score);
    }
    free(taken);
}

/* Asking -------------------------------------------------------------------------------- */

static Search prepare(Model *model, size_t threads)
{
    Search search;
    n2v_error error;

    ck_assert_msg(search_prepare(&search, model, threads, &error) == N2V_OK, "%s", error.text);
    return search;
}

static void ask(const Search *search, Question question, const Id *words, size_t count, size_t k, n2v_neighbor *nearest,
                size_t *found)
{
    n2v_error error;

    ck_assert_msg(search_ask(search, question, words, count, k, nearest, found, &error) == N2V_OK, "%s", error.text);
}

static void check_questions(const Search *search, const double *rows, Question question, size_t count, size_t k,
                            Random *random)
{
    const size_t own = question_words(question);
    Id *words = calloc(count * own, sizeof *words);
    size_t *found = calloc(count, sizeof *found);
    n2v_neighbor *nearest = calloc(count * k + 1, sizeof *nearest);

    for (size_t i = 0; i < count * own; i++)
        words[i] = random_below(random, (uint32_t)search->model->words);
    nearest[count * k].id = 4321;
    ask(search, question, words, count, k, nearest, found);
    for (size_t i = 0; i < count; i++)
        check_answer(rows, search->model, question, words + i * own, k, nearest + i * k, found[i]);
    ck_assert_uint_eq(nearest[count * k].id, 4321);
    free(words);
    free(found);
    free(nearest);
}

static const Question questions[] = {NEAREST, ANALOGY_ADD, ANALOGY_MUL};

START_TEST(agrees_with_a_sort)
{
    static const size_t dims[] = {1, 3, 16, 17, 33, 100};
    const Kernels *set;

    for (size_t d = 0; d < sizeof dims / sizeof *dims; d++) {
        Model model;
        Random random;
        Search search;
        double *rows;
        make_model(&model, 700 + d, dims[d]); /* more than two blocks, and a rest */
        fill(&model, d);
        rows = unit_rows(&model);
        search = prepare(&model, 2);
        random_seed(&random, 1, d, 0, 0);
        for (size_t s = 0; (set = kernels_at(s)) != NULL; s++) {
            search.kernels = set;
            for (size_t q = 0; q < sizeof questions / sizeof *questions; q++) {
                check_questions(&search, rows, questions[q], 1, 10, &random);
                check_questions(&search, rows, questions[q], 3, 1, &random);
                check_questions(&search, rows, questions[q], 9, 7, &random);
                check_questions(&search, rows, questions[q], 1, 2000, &random); /* more than there are */
            }
        }
        check_questions(&search, rows, NEAREST, 130, 5, &random); /* three passes */
        check_questions(&search, rows, ANALOGY_ADD, 65, 5, &random);
        check_questions(&search, rows, ANALOGY_MUL, 45, 5, &random);
        free(rows);
        model_free(&model);
    }
}
END_TEST

/* Bit for bit: with any number of threads, alone or among others, few or many. */
START_TEST(the_same_whatever_the_threads)
{
    enum { COUNT = 40, K = 6 };
    Model model;
    Search search;
    Id words[3 * COUNT];
    Random random;
    const Kernels *set;

    make_model(&model, 3000, 37);
    fill(&model, 9);
    memcpy(row_of(&model, 2999), row_of(&model, 5), model.stride * sizeof(float)); /* a tie over the blocks */
    search = prepare(&model, 1);
    random_seed(&random, 2, 0, 0, 0);
    for (size_t i = 0; i < 3 * COUNT; i++)
        words[i] = random_below(&random, 3000);
    for (size_t s = 0; (set = kernels_at(s)) != NULL; s++) {
        search.kernels = set;
        for (size_t q = 0; q < 3; q++) {
            n2v_neighbor together[COUNT * K], again[COUNT * K];
            size_t found[COUNT];
            memset(together, 0, sizeof together);
            search.threads = 1;
            ask(&search, questions[q], words, COUNT, K, together, found);
            for (size_t threads = 2; threads < 6; threads++) {
                memset(again, 0, sizeof again);
                search.threads = threads;
                ask(&search, questions[q], words, COUNT, K, again, found);
                ck_assert_mem_eq(together, again, sizeof again);
            }
            memset(again, 0, sizeof again);
            for (size_t i = 0; i < COUNT; i++)
                ask(&search, questions[q], words + i * question_words(questions[q]), 1, K, again + i * K, found);
            ck_assert_mem_eq(together, again, sizeof again);
        }
    }
    model_free(&model);
}
END_TEST

START_TEST(ties_go_by_id)
{
    Model model;
    Search search;
    n2v_neighbor nearest[600];
    size_t found;
    const Id word = 2, analogy[3] = {1, 1, 1};

    make_model(&model, 600, 2);
    for (size_t i = 0; i < 600; i++)
        row_of(&model, i)[0] = (float)(1 + i);
    for (size_t threads = 1; threads < 5; threads++) {
        search = prepare(&model, threads);
        ask(&search, NEAREST, &word, 1, 400, nearest, &found);
        ck_assert_uint_eq(found, 400);
        for (size_t i = 0; i < found; i++) {
            ck_assert_uint_eq(nearest[i].id, i < 2 ? i : i + 1);
            ck_assert_float_eq(nearest[i].score, 1);
        }
        ask(&search, ANALOGY_ADD, analogy, 1, 600, nearest, &found);
        ck_assert_uint_eq(found, 599);
        ck_assert_uint_eq(nearest[0].id, 0);
        ck_assert_uint_eq(nearest[598].id, 599);
    }
    model_free(&model);
}
END_TEST

START_TEST(zero_huge_and_tiny_rows)
{
    static const float rows[4] = {3e38F, 0, 1e-45F, -1e-45F};
    static const float expected[4] = {0, 0, 1, -1};
    const Id huge = 0, zero = 1;
    Model model;
    Search search;
    n2v_neighbor nearest[3];
    size_t found;

    make_model(&model, 4, 40);
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 40; j++)
            row_of(&model, i)[j] = rows[i];
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 4; j++)
            ck_assert_float_eq_tol(row_cosine(row_of(&model, i), row_of(&model, j), model.stride),
                                   i == 1 || j == 1       ? 0
                                   : (i == 3) == (j == 3) ? 1
                                                          : -1,
                                   1e-6F);
    search = prepare(&model, 1);
    ask(&search, NEAREST, &huge, 1, 3, nearest, &found);
    ck_assert_uint_eq(found, 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_float_eq_tol(nearest[i].score, expected[nearest[i].id], 1e-6F);
    ck_assert_uint_eq(nearest[0].id, 2);
    ask(&search, NEAREST, &zero, 1, 3, nearest, &found);
    for (size_t i = 0; i < 3; i++)
        ck_assert_float_eq(nearest[i].score, 0);
    model_free(&model);
}
END_TEST

START_TEST(nothing_to_find)
{
    const Id words[2] = {0, 1};
    Model model;
    Search search;
    n2v_neighbor nearest[1];
    size_t found = 9;
    n2v_error error;

    make_model(&model, 1, 4);
    search = prepare(&model, 4);
    ask(&search, NEAREST, words, 1, 1, nearest, &found);
    ck_assert_uint_eq(found, 0);
    found = 9;
    ask(&search, NEAREST, words, 1, 0, nearest, &found);
    ck_assert_uint_eq(found, 0);
    ask(&search, NEAREST, words, 0, 1, nearest, &found);
    ck_assert_int_eq(search_ask(&search, NEAREST, words + 1, 1, 1, nearest, &found, &error), N2V_ERROR_ARGUMENT);
    ck_assert_str_eq(error.text, "word 1 of a model of 1 words");
    model_free(&model);
}
END_TEST

START_TEST(norms)
{
    static const float lengths[5] = {3, 0, 7, 0, 1};
    Norms measured;
    Model model;
    n2v_error error;

    make_model(&model, 5, 20);
    for (size_t i = 0; i < 5; i++)
        row_of(&model, i)[i * 4] = -lengths[i];
    ck_assert_int_eq(norms_measure(&measured, &model, model.input, &error), N2V_OK);
    ck_assert_double_eq(measured.least, 0);
    ck_assert_double_eq(measured.median, 1);
    ck_assert_double_eq_tol(measured.mean, 2.2, 1e-12);
    ck_assert_double_eq(measured.most, 7);
    ck_assert_uint_eq(measured.shortest, 1);
    ck_assert_uint_eq(measured.longest, 2);
    ck_assert_uint_eq(measured.zeros, 2);
    model.words = 4; /* an even number */
    ck_assert_int_eq(norms_measure(&measured, &model, model.input, &error), N2V_OK);
    ck_assert_double_eq(measured.median, 1.5);
    model.words = 5;
    model_free(&model);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("search");
    add_test(suite, "sort", agrees_with_a_sort);
    add_test(suite, "threads", the_same_whatever_the_threads);
    add_test(suite, "ties", ties_go_by_id);
    add_test(suite, "extremes", zero_huge_and_tiny_rows);
    add_test(suite, "nothing", nothing_to_find);
    add_test(suite, "norms", norms);
    return run_suite(suite);
}
