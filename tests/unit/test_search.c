/* Searches against a full sort by scores in double, on every kernel set and any number of threads. */
#include "query/search.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#include "model/rows.h"
#include "numbered.h"
#include "queries.h"
#include "query/norms.h"
#include "test.h"

START_TEST(agrees_with_a_sort)
{
    static const size_t dims[] = {1, 3, 16, 17, 33, 100};
    const Kernels *set;

    for (size_t d = SANITIZED ? 1 : 0; d < sizeof dims / sizeof *dims; d += SANITIZED ? 2 : 1) {
        Model model;
        Random random;
        Search search;
        double *rows;
        model = numbered_model(700 + d, 700 + d, dims[d], false); /* more than two blocks, and a rest */
        fill(&model, d);
        rows = unit_rows(&model);
        search = make_search(&model, 2);
        random_seed(&random, 1, d, 0, 0);
        for (size_t s = 0; (set = kernels_at(s)) != NULL; s++) {
            search.kernels = set;
            for (Kind kind = 0; kind < KINDS; kind++) {
                check_kind(&search, rows, kind, 1, 10, &random);
                check_kind(&search, rows, kind, 3, 1, &random);
                check_kind(&search, rows, kind, 9, 7, &random);
                check_kind(&search, rows, kind, 1, 2000, &random); /* more than there are */
            }
        }
        check_kind(&search, rows, NEAREST, 130, 5, &random); /* three passes */
        check_kind(&search, rows, ANALOGY_ADD, 65, 5, &random);
        check_kind(&search, rows, ANALOGY_MUL, 45, 5, &random);
        search_free(&search);
        free(rows);
        model_free(&model);
    }
}
END_TEST

/* Of any words, signs, methods and vectors, mixed in one call. */
START_TEST(general_queries)
{
    enum { COUNT = 50 };
    static const size_t dims[] = {1, 20, 65};
    const Kernels *set;

    for (size_t d = 0; d < sizeof dims / sizeof *dims; d++) {
        General all[COUNT];
        n2v_query queries[COUNT];
        Model model;
        Random random;
        Search search;
        double *rows;
        model = numbered_model(600, 600, dims[d], false);
        fill(&model, d + 10);
        rows = unit_rows(&model);
        search = make_search(&model, 2);
        random_seed(&random, 3, d, 0, 0);
        for (size_t i = 0; i < COUNT; i++) {
            make_general(&all[i], &model, &random);
            queries[i] = all[i].query;
        }
        for (size_t s = 0; (set = kernels_at(s)) != NULL; s++) {
            search.kernels = set;
            check_queries(&search, rows, queries, COUNT, 8);
            check_queries(&search, rows, queries, 1, 3);
        }
        for (size_t i = 0; i < COUNT; i++)
            free(all[i].vector);
        search_free(&search);
        free(rows);
        model_free(&model);
    }
}
END_TEST

/* More words than a pass has room for, among queries of one. */
START_TEST(many_words)
{
    enum { MANY = 150 };
    Id words[MANY];
    n2v_query queries[5];
    Model model;
    Search search;
    double *rows;

    model = numbered_model(400, 400, 30, false);
    fill(&model, 3);
    rows = unit_rows(&model);
    search = make_search(&model, 2);
    for (size_t i = 0; i < MANY; i++)
        words[i] = (Id)(2 * i);
    for (size_t i = 0; i < 5; i++)
        queries[i] = query_of(NEAREST, words + i);
    queries[1] = (n2v_query){.plus = words, .plus_count = MANY};
    queries[2] = (n2v_query){.plus = words, .plus_count = 90, .minus = words + 90, .minus_count = 4,
                             .method = N2V_MULTIPLY};
    check_queries(&search, rows, queries, 5, 300);
    search_free(&search);
    free(rows);
    model_free(&model);
}
END_TEST

/* Bit for bit: with any number of threads, alone or among others, few or many. */
static void expect_same(Search *search, const n2v_query *queries, size_t count, size_t k)
{
    n2v_neighbor *together = calloc(2 * count * k, sizeof *together), *again = together + count * k;
    size_t *found = calloc(count, sizeof *found);
    const size_t bytes = count * k * sizeof *together;

    ck_assert(together && found);
    search->threads = 1;
    run_search(search, queries, count, k, together, found);
    for (size_t threads = 2; threads < 6; threads += SANITIZED ? 3 : 1) {
        memset(again, 0, bytes);
        search->threads = threads;
        run_search(search, queries, count, k, again, found);
        ck_assert_mem_eq(together, again, bytes);
    }
    memset(again, 0, bytes);
    for (size_t i = 0; i < count; i++)
        run_search(search, queries + i, 1, k, again + i * k, found);
    ck_assert_mem_eq(together, again, bytes);
    free(together);
    free(found);
}

START_TEST(the_same_whatever_the_threads)
{
    enum { COUNT = 40, K = 6 };
    General all[COUNT];
    n2v_query queries[COUNT];
    Model model;
    Search search;
    Id words[3 * COUNT];
    Random random;
    const Kernels *set;

    model = numbered_model(3000, 3000, 37, false);
    fill(&model, 9);
    memcpy(row_of(&model, 2999), row_of(&model, 5), model.stride * sizeof(float)); /* a tie over the blocks */
    search = make_search(&model, 1);
    random_seed(&random, 2, 0, 0, 0);
    for (size_t i = 0; i < 3 * COUNT; i++)
        words[i] = random_below(&random, 3000);
    for (size_t i = 0; i < COUNT; i++)
        make_general(&all[i], &model, &random);
    for (size_t s = 0; (set = kernels_at(s)) != NULL; s += SANITIZED ? 2 : 1) {
        search.kernels = set;
        for (Kind kind = 0; kind < KINDS; kind++) {
            for (size_t i = 0; i < COUNT; i++)
                queries[i] = query_of(kind, words + i * kind_words(kind));
            expect_same(&search, queries, COUNT, K);
        }
        for (size_t i = 0; i < COUNT; i++)
            queries[i] = all[i].query;
        expect_same(&search, queries, COUNT, K);
    }
    for (size_t i = 0; i < COUNT; i++)
        free(all[i].vector);
    search_free(&search);
    model_free(&model);
}
END_TEST

START_TEST(ties_go_by_id)
{
    Model model;
    Search search;
    n2v_neighbor nearest[600];
    n2v_query query;
    size_t found;
    const Id word = 2, analogy[3] = {1, 1, 1};

    model = numbered_model(600, 600, 2, false);
    for (size_t i = 0; i < 600; i++)
        row_of(&model, i)[0] = (float)(1 + i);
    for (size_t threads = 1; threads < 5; threads++) {
        search = make_search(&model, threads);
        query = query_of(NEAREST, &word);
        run_search(&search, &query, 1, 400, nearest, &found);
        ck_assert_uint_eq(found, 400);
        for (size_t i = 0; i < found; i++) {
            ck_assert_uint_eq(nearest[i].id, i < 2 ? i : i + 1);
            ck_assert_float_eq(nearest[i].score, 1);
        }
        query = query_of(ANALOGY_ADD, analogy);
        run_search(&search, &query, 1, 600, nearest, &found);
        ck_assert_uint_eq(found, 599);
        ck_assert_uint_eq(nearest[0].id, 0);
        ck_assert_uint_eq(nearest[598].id, 599);
        search_free(&search);
    }
    model_free(&model);
}
END_TEST

/* Rows --------------------------------------------------------------------------------- */

START_TEST(zero_huge_and_tiny_rows)
{
    static const float rows[4] = {3e38F, 0, 1e-45F, -1e-45F};
    static const float expected[4] = {0, 0, 1, -1};
    const Id huge = 0, zero = 1;
    const n2v_query queries[2] = {query_of(NEAREST, &huge), query_of(NEAREST, &zero)};
    Model model;
    Search search;
    n2v_neighbor nearest[3];
    size_t found;

    model = numbered_model(4, 4, 40, false);
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 40; j++)
            row_of(&model, i)[j] = rows[i];
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 4; j++)
            ck_assert_float_eq_tol(row_cosine(row_of(&model, i), row_of(&model, j), model.dim),
                                   i == 1 || j == 1       ? 0
                                   : (i == 3) == (j == 3) ? 1
                                                          : -1,
                                   1e-6F);
    search = make_search(&model, 1);
    run_search(&search, &queries[0], 1, 3, nearest, &found);
    ck_assert_uint_eq(found, 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_float_eq_tol(nearest[i].score, expected[nearest[i].id], 1e-6F);
    ck_assert_uint_eq(nearest[0].id, 2);
    run_search(&search, &queries[1], 1, 3, nearest, &found);
    for (size_t i = 0; i < 3; i++)
        ck_assert_float_eq(nearest[i].score, 0);
    search_free(&search);
    model_free(&model);
}
END_TEST

/* Rounding takes no cosine beyond 1. */
START_TEST(parallel_rows)
{
    Model model;
    Search search;
    const Kernels *set;

    model = numbered_model(600, 600, 30, false);
    fill(&model, 9);
    for (size_t i = 0; i < 600; i += 2)
        for (size_t j = 0; j < 30; j++)
            row_of(&model, i + 1)[j] = row_of(&model, i)[j] * (i % 4 ? 3 : -7);
    search = make_search(&model, 1);
    for (size_t s = 0; (set = kernels_at(s)) != NULL; s++) {
        search.kernels = set;
        for (Id word = 0; word < 600; word += 2) {
            const n2v_query query = query_of(NEAREST, &word);
            n2v_neighbor all[600];
            size_t found;

            run_search(&search, &query, 1, 600, all, &found);
            require(all[0].score <= 1 && all[found - 1].score >= -1, "%s, word %u: from %.9g to %.9g", set->name, word,
                    (double)all[0].score, (double)all[found - 1].score);
            ck_assert_uint_eq(word % 4 ? all[0].id : all[found - 1].id, word + 1);
        }
    }
    search_free(&search);
    model_free(&model);
}
END_TEST

/* The answers among every fifth word are those of all words that are such. */
static void check_among(const Search *all, const n2v_query *query)
{
    static n2v_neighbor wanted[1500], got[1500];
    size_t found, found_among, at = 0;
    Id ids[300];
    Search some;

    for (size_t i = 0; i < 300; i++)
        ids[i] = (Id)(5 * (299 - i));
    require(search_create(&some, all->model, &(Candidates){.ids = ids, .count = 300}, all->kernels, 3, NULL) == N2V_OK,
            "a search");
    run_search(all, query, 1, 1500, wanted, &found);
    run_search(&some, query, 1, 1500, got, &found_among);
    for (size_t i = 0; i < found; i++) {
        if (wanted[i].id % 5)
            continue;
        ck_assert_uint_eq(got[at].id, wanted[i].id);
        ck_assert_float_eq(got[at++].score, wanted[i].score);
    }
    ck_assert_uint_eq(found_among, at);
    search_free(&some);
}

/* Some among ordinary ones, in some of the blocks; with denormal elements a row is what its floats say. */
START_TEST(rows_of_extreme_length)
{
    static const float factors[] = {1e-30F, 1e30F, 1e-43F, 0, 1e-19F, 1e19F};
    const Kernels *set;
    Model model;
    Random random;
    Search search;
    double *rows;

    model = numbered_model(1500, 1500, 50, false);
    fill(&model, 5);
    for (size_t i = 0; i < 1500; i += i < 600 ? 7 : 300)
        for (size_t j = 0; j < 50; j++)
            row_of(&model, i)[j] *= factors[i % 6];
    rows = unit_rows(&model);
    search = make_search(&model, 3);
    random_seed(&random, 4, 0, 0, 0);
    for (size_t s = 0; (set = kernels_at(s)) != NULL; s++) {
        search.kernels = set;
        for (Kind kind = 0; kind < KINDS; kind++) {
            check_kind(&search, rows, kind, SANITIZED ? 5 : 20, 1500, &random);
            check_kind(&search, rows, kind, 1, 30, &random);
        }
        for (Id word = 0; word < 70; word += 7) { /* of extreme length themselves */
            const n2v_query query = query_of(NEAREST, &word);
            check_queries(&search, rows, &query, 1, 1500);
            check_among(&search, &query);
        }
    }
    search_free(&search);
    free(rows);
    model_free(&model);
}
END_TEST

static void same_neighbors(const Search *with, const Search *without, const n2v_query *query)
{
    n2v_neighbor a[40], b[40];
    size_t found_a, found_b;

    run_search(with, query, 1, 40, a, &found_a);
    run_search(without, query, 1, 40, b, &found_b);
    ck_assert_uint_eq(found_a, found_b);
    for (size_t i = 0; i < found_a; i++) {
        ck_assert_uint_eq(a[i].id, b[i].id);
        ck_assert_float_eq_tol(a[i].score, b[i].score, (float)COSINE_ERROR);
    }
}

/* The element of a bias, 1 in rows of inputs, is no part of a word's vector. */
START_TEST(rows_with_a_bias_element)
{
    static const size_t dims[] = {16, 20};

    for (size_t d = 0; d < 2; d++) {
        Model with, without;
        Search a, b;
        Random random;
        with = numbered_model(300, 300, dims[d], true);
        without = numbered_model(300, 300, dims[d], false);
        fill(&with, 8);
        fill(&without, 8);
        for (size_t i = 0; i < 300; i++) {
            row_of(&with, i)[dims[d]] = 1;
            for (size_t j = 0; j < dims[d] && i % 50 == 0; j++)
                row_of(&with, i)[j] = row_of(&without, i)[j] *= 1e-25F;
        }
        a = make_search(&with, 2);
        b = make_search(&without, 2);
        random_seed(&random, 5, d, 0, 0);
        for (size_t i = 0; i < 40; i++) {
            General g;
            make_general(&g, &with, &random);
            same_neighbors(&a, &b, &g.query);
            free(g.vector);
        }
        search_free(&a);
        search_free(&b);
        model_free(&with);
        model_free(&without);
    }
}
END_TEST

/* Calls ---------------------------------------------------------------------------------- */

typedef struct caller {
    const Search *search;
    const n2v_query *queries;
    size_t count, found[30];
    n2v_neighbor nearest[30 * 5];
} caller;

static void *call(void *context)
{
    caller *c = context;
    n2v_error error;

    for (size_t round = 0; round < 10; round++)
        if (search_run(c->search, c->queries, c->count, 5, c->nearest, c->found, &error) != N2V_OK)
            return c;
    return NULL;
}

START_TEST(two_callers_at_once)
{
    General all[60];
    n2v_query queries[60];
    n2v_neighbor expected[60 * 5];
    size_t found[60];
    caller callers[2];
    pthread_t threads[2];
    Model model;
    Search search, other;
    Random random;

    model = numbered_model(800, 800, 24, false);
    fill(&model, 6);
    search = make_search(&model, 2);
    other = make_search(&model, 2);
    random_seed(&random, 6, 0, 0, 0);
    for (size_t i = 0; i < 60; i++) {
        make_general(&all[i], &model, &random);
        queries[i] = all[i].query;
    }
    run_search(&search, queries, 60, 5, expected, found);
    for (size_t shared = 0; shared < 2; shared++) { /* a search each, and the same */
        for (size_t i = 0; i < 2; i++) {
            callers[i] = (caller){.search = shared || !i ? &search : &other, .queries = queries + 30 * i, .count = 30};
            ck_assert_int_eq(pthread_create(&threads[i], NULL, call, &callers[i]), 0);
        }
        for (size_t i = 0; i < 2; i++) {
            void *failed;
            ck_assert_int_eq(pthread_join(threads[i], &failed), 0);
            ck_assert_ptr_null(failed);
            ck_assert_mem_eq(callers[i].nearest, expected + 150 * i, sizeof callers[i].nearest);
        }
    }
    for (size_t i = 0; i < 60; i++)
        free(all[i].vector);
    search_free(&search);
    search_free(&other);
    model_free(&model);
}
END_TEST

START_TEST(nothing_to_find)
{
    const Id word = 0;
    const n2v_query query = query_of(NEAREST, &word);
    Model model;
    Search search;
    n2v_neighbor nearest[1];
    size_t found = 9;

    model = numbered_model(1, 1, 4, false);
    search = make_search(&model, 4);
    run_search(&search, &query, 1, 1, nearest, &found);
    ck_assert_uint_eq(found, 0);
    found = 9;
    run_search(&search, &query, 1, 0, nearest, &found);
    ck_assert_uint_eq(found, 0);
    run_search(&search, &query, 0, 1, nearest, &found);
    search_free(&search);
    model_free(&model);
}
END_TEST

START_TEST(refused_queries)
{
    const Id words[2] = {0, 5}, good = 1;
    const float vector[4] = {1, 2, 3, 4}, zero[4] = {0}, bad[4] = {0, 1, NAN, 0}, infinite[4] = {INFINITY};
    const struct {
        n2v_query query;
        const char *text;
    } cases[] = {
        {{.plus = NULL}, "query 1 has no word and no vector"},
        {{.plus = words, .plus_count = 2}, "query 1: word id 5 is out of range; the last id is 4"},
        {{.minus = words, .minus_count = 2}, "query 1: word id 5 is out of range; the last id is 4"},
        {{.plus = words, .plus_count = 2, .method = N2V_MULTIPLY},
         "query 1: word id 5 is out of range; the last id is 4"},
        {{.plus_count = 1}, "query 1: plus is NULL, but plus_count is 1"},
        {{.minus_count = 3}, "query 1: minus is NULL, but minus_count is 3"},
        {{.vector = zero}, "query 1: the vector is zero, so it has no direction"},
        {{.vector = bad}, "query 1: number 3 of the vector is not finite"},
        {{.vector = infinite, .plus = words, .plus_count = 1}, "query 1: number 1 of the vector is not finite"},
        {{.vector = vector, .method = N2V_MULTIPLY},
         "query 1: the method multiply takes words alone; a vector needs the method add"},
        {{.plus = words, .plus_count = 1, .method = (n2v_method)2}, "query 1: unknown method 2"},
    };
    Model model;
    Search search;
    n2v_neighbor nearest[2];

    model = numbered_model(5, 5, 4, false);
    fill(&model, 1);
    search = make_search(&model, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const n2v_query queries[2] = {query_of(NEAREST, &good), cases[i].query};
        size_t found[2] = {9, 9};
        n2v_error error = {.text = ""};
        ck_assert_int_eq(search_run(&search, queries, 2, 1, nearest, found, &error), N2V_ERROR_ARGUMENT);
        ck_assert_str_eq(error.text, cases[i].text);
    }
    search_free(&search);
    model_free(&model);
}
END_TEST

START_TEST(norms)
{
    static const float lengths[5] = {3, 0, 7, 0, 1};
    Norms measured;
    Model model;
    n2v_error error;

    model = numbered_model(5, 5, 20, false);
    for (size_t i = 0; i < 5; i++)
        row_of(&model, i)[i * 4] = -lengths[i];
    ck_assert_int_eq(norms_measure(&measured, &model, model.input, &error), N2V_OK);
    ck_assert_double_eq(measured.min, 0);
    ck_assert_double_eq(measured.median, 1);
    ck_assert_double_eq_tol(measured.mean, 2.2, 1e-12);
    ck_assert_double_eq(measured.max, 7);
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
    add_test(suite, "general", general_queries);
    add_test(suite, "many words", many_words);
    add_test(suite, "threads", the_same_whatever_the_threads);
    add_test(suite, "ties", ties_go_by_id);
    add_test(suite, "extremes", zero_huge_and_tiny_rows);
    add_test(suite, "parallel rows", parallel_rows);
    add_test(suite, "lengths", rows_of_extreme_length);
    add_test(suite, "bias", rows_with_a_bias_element);
    add_test(suite, "callers", two_callers_at_once);
    add_test(suite, "refused", refused_queries);
    add_test(suite, "nothing", nothing_to_find);
    add_test(suite, "norms", norms);
    return run_suite(suite);
}
