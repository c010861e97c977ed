/* Queries as a program makes them, through the public header alone. */
#include "nce2vec.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "scratch.h"
#include "test.h"

#define WORDS 300
#define DIM   7

/* Words w0, w1, ... with rows of many lengths, from 1e-30 to 1e30, and one of zeros. */
static n2v_vectors *load(void)
{
    scratch files = scratch_open();
    char path[160];
    n2v_vectors *vectors;
    n2v_error error = {.text = ""};
    FILE *out;

    (void)snprintf(path, sizeof path, "%s", scratch_path(&files, "vectors.txt"));
    out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    fprintf(out, "%d %d\n", WORDS, DIM);
    for (int i = 0; i < WORDS; i++) {
        const double length = i == 10 ? 0 : i % 50 == 1 ? 1e-30 : i % 50 == 2 ? 1e30 : 1 + i % 7;
        fprintf(out, "w%d", i);
        for (int j = 0; j < DIM; j++)
            fprintf(out, " %.9g", length * sin(1 + i * 0.7 + j * j * (1 + i % 11)));
        fputc('\n', out);
    }
    ck_assert_int_eq(fclose(out), 0);
    require(n2v_vectors_load(&vectors, path, NULL, &error) == N2V_OK, "%s", error.text);
    scratch_close(&files);
    return vectors;
}

static n2v_search *create(const n2v_vectors *vectors, const char *threads)
{
    n2v_settings *settings;
    n2v_search *search;
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_settings_create(&settings, N2V_FOR_SEARCH, NULL, &error), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(settings, "threads", threads, &error), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(settings, "kernels", "scalar", &error), N2V_OK);
    require(n2v_search_create(&search, vectors, settings, &error) == N2V_OK, "%s", error.text);
    n2v_settings_destroy(settings);
    return search;
}

static uint32_t id_of(const n2v_vectors *vectors, const char *word)
{
    const uint32_t id = n2v_vectors_find(vectors, word, strlen(word));
    ck_assert_uint_ne(id, N2V_NO_ID);
    return id;
}

/* The cosine with the vector of DIM floats, in double from the public view. */
static double cosine_with(const n2v_vectors *vectors, const double *vector, uint32_t id)
{
    size_t stride;
    const float *row = n2v_vectors_view(vectors, N2V_INPUT, &stride) + id * stride;
    double product = 0, x = 0, y = 0;

    for (size_t j = 0; j < DIM; j++) {
        product += vector[j] * (double)row[j];
        x += vector[j] * vector[j];
        y += (double)row[j] * (double)row[j];
    }
    return x > 0 && y > 0 ? product / sqrt(x) / sqrt(y) : 0;
}

/* Adds sign times a word's vector of length 1. */
static void add_word(const n2v_vectors *vectors, uint32_t id, double sign, double *sum)
{
    size_t stride;
    const float *row = n2v_vectors_view(vectors, N2V_INPUT, &stride) + id * stride;
    double squares = 0;

    for (size_t j = 0; j < DIM; j++)
        squares += (double)row[j] * (double)row[j];
    for (size_t j = 0; j < DIM && squares > 0; j++)
        sum[j] += sign * (double)row[j] / sqrt(squares);
}

/* All words but those of the query, by falling score, each with the cosine with the sum. */
static void check_ranking(const n2v_vectors *vectors, const n2v_neighbor *nearest, size_t found, const double *sum,
                          size_t own)
{
    ck_assert_uint_eq(found, WORDS - own);
    for (size_t i = 0; i < found; i++) {
        const double cosine = cosine_with(vectors, sum, nearest[i].id);
        require(fabs((double)nearest[i].score - cosine) < 1e-6, "word %u: score %.9g, not %.9g",
                (unsigned)nearest[i].id, (double)nearest[i].score, cosine);
        require(!i || nearest[i].score < nearest[i - 1].score ||
                    (nearest[i].score == nearest[i - 1].score && nearest[i].id > nearest[i - 1].id),
                "place %zu is not in order", i);
    }
}

START_TEST(neighbors_analogies_vectors)
{
    n2v_vectors *vectors = load();
    n2v_search *search = create(vectors, "3");
    const uint32_t plus[3] = {id_of(vectors, "w20"), id_of(vectors, "w51"), id_of(vectors, "w102")};
    const uint32_t minus[1] = {id_of(vectors, "w3")};
    const float vector[DIM] = {3e38F, -1e38F, 0, 2e38F, 1e-44F, -3e38F, 1e38F};
    const n2v_query queries[4] = {{.plus = plus, .plus_count = 1},
                                  {.plus = plus, .plus_count = 3, .minus = minus, .minus_count = 1},
                                  {.vector = vector},
                                  {.minus = minus, .minus_count = 1, .vector = vector}};
    double sums[4][DIM] = {{0}}, squares = 0;
    n2v_neighbor *nearest = calloc(4 * WORDS, sizeof *nearest);
    size_t found[4], stride;
    const float *view = n2v_vectors_view(vectors, N2V_INPUT, &stride);
    float *before = malloc(WORDS * stride * sizeof *before);
    n2v_error error = {.text = ""};

    ck_assert(nearest && before);
    memcpy(before, view, WORDS * stride * sizeof *before);
    add_word(vectors, plus[0], 1, sums[0]);
    for (size_t i = 0; i < 3; i++)
        add_word(vectors, plus[i], 1, sums[1]);
    add_word(vectors, minus[0], -1, sums[1]);
    for (size_t j = 0; j < DIM; j++)
        squares += (double)vector[j] * (double)vector[j];
    for (size_t j = 0; j < DIM; j++)
        sums[2][j] = sums[3][j] = (double)vector[j] / sqrt(squares);
    add_word(vectors, minus[0], -1, sums[3]);
    require(n2v_search_run(search, queries, 4, WORDS, nearest, found, &error) == N2V_OK, "%s", error.text);
    check_ranking(vectors, nearest, found[0], sums[0], 1);
    check_ranking(vectors, nearest + WORDS, found[1], sums[1], 4);
    check_ranking(vectors, nearest + 2 * WORDS, found[2], sums[2], 0);
    check_ranking(vectors, nearest + 3 * WORDS, found[3], sums[3], 1);
    for (size_t i = 0; i < found[0]; i++)
        ck_assert_double_eq_tol(nearest[i].score, n2v_vectors_similarity(vectors, plus[0], nearest[i].id), 1e-6);
    ck_assert_mem_eq(before, view, WORDS * stride * sizeof *before);
    free(before);
    free(nearest);
    n2v_search_destroy(search);
    n2v_vectors_destroy(vectors);
}
END_TEST

static double share(const n2v_vectors *vectors, uint32_t a, uint32_t b)
{
    return (1 + n2v_vectors_similarity(vectors, a, b)) / 2;
}

START_TEST(products)
{
    n2v_vectors *vectors = load();
    n2v_search *search = create(vectors, "1");
    const uint32_t plus[3] = {4, 51, 17}, minus[2] = {30, 2};
    const n2v_query query = {
        .plus = plus, .plus_count = 3, .minus = minus, .minus_count = 2, .method = N2V_MULTIPLY};
    n2v_neighbor nearest[20];
    size_t found;
    n2v_error error = {.text = ""};

    require(n2v_search_run(search, &query, 1, 20, nearest, &found, &error) == N2V_OK, "%s", error.text);
    ck_assert_uint_eq(found, 20);
    for (size_t i = 0; i < found; i++) {
        const uint32_t d = nearest[i].id;
        const double score = share(vectors, d, 4) * share(vectors, d, 51) * share(vectors, d, 17) /
                             (share(vectors, d, 30) * share(vectors, d, 2) + 1e-6);
        ck_assert_double_eq_tol(nearest[i].score, score, 1e-4 * score);
        ck_assert(i == 0 || nearest[i].score <= nearest[i - 1].score);
    }
    n2v_search_destroy(search);
    n2v_vectors_destroy(vectors);
}
END_TEST

typedef struct caller {
    const n2v_search *search;
    uint32_t from;
    n2v_neighbor nearest[100 * 3];
} caller;

static void *call(void *context)
{
    caller *c = context;
    uint32_t ids[100];
    n2v_query queries[100];
    size_t found[100];

    for (uint32_t i = 0; i < 100; i++) {
        ids[i] = c->from + i;
        queries[i] = (n2v_query){.plus = &ids[i], .plus_count = 1};
    }
    for (size_t round = 0; round < 5; round++)
        if (n2v_search_run(c->search, queries, 100, 3, c->nearest, found, NULL) != N2V_OK)
            return c;
    return NULL;
}

START_TEST(from_two_threads)
{
    n2v_vectors *vectors = load();
    n2v_search *search = create(vectors, "2"), *other = create(vectors, "1");
    caller alone[2] = {{.search = other, .from = 0}, {.search = other, .from = 150}};
    caller together[2] = {{.search = search, .from = 0}, {.search = search, .from = 150}};
    pthread_t threads[2];

    for (size_t i = 0; i < 2; i++)
        ck_assert_ptr_null(call(&alone[i]));
    for (size_t i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, call, &together[i]), 0);
    for (size_t i = 0; i < 2; i++) {
        void *failed;
        ck_assert_int_eq(pthread_join(threads[i], &failed), 0);
        ck_assert_ptr_null(failed);
        ck_assert_mem_eq(together[i].nearest, alone[i].nearest, sizeof alone[i].nearest);
    }
    n2v_search_destroy(search);
    n2v_search_destroy(other);
    n2v_vectors_destroy(vectors);
}
END_TEST

static void expect_refusal(n2v_status status, const n2v_error *error, const char *text)
{
    ck_assert_int_eq(status, N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(error->status, N2V_ERROR_ARGUMENT);
    ck_assert_msg(strstr(error->text, text) != NULL, "'%s' is not in '%s'", text, error->text);
}

/* Those of the full ranking that are among the candidates. */
START_TEST(among_candidates)
{
    n2v_vectors *vectors = load();
    n2v_search *all = create(vectors, "2"), *some;
    uint32_t ids[WORDS], ids_of_query[] = {7, 20, 3};
    const n2v_query queries[] = {{.plus = ids_of_query, .plus_count = 1},
                                 {.plus = ids_of_query, .minus = ids_of_query + 2, .plus_count = 2, .minus_count = 1},
                                 {.plus = ids_of_query,
                                  .minus = ids_of_query + 2,
                                  .plus_count = 2,
                                  .minus_count = 1,
                                  .method = N2V_MULTIPLY}};
    static n2v_neighbor full[3 * WORDS], few[3 * WORDS];
    size_t found[3], found_few[3], count = 0;
    n2v_error error = {.text = ""};

    /* a third of them, the last first, and some twice: also words of the queries */
    for (uint32_t id = WORDS; id-- > 0;)
        if (id % 3 == 1 || id == 3)
            ids[count++] = id;
    ids[count++] = 7;
    require(n2v_search_create_among(&some, vectors, ids, count, NULL, &error) == N2V_OK, "%s", error.text);
    ck_assert_int_eq(n2v_search_run(all, queries, 3, WORDS, full, found, &error), N2V_OK);
    ck_assert_int_eq(n2v_search_run(some, queries, 3, WORDS, few, found_few, &error), N2V_OK);
    for (size_t q = 0; q < 3; q++) {
        size_t at = 0;
        for (size_t i = 0; i < found[q]; i++) {
            const n2v_neighbor wanted = full[q * WORDS + i];
            if (wanted.id % 3 != 1 && wanted.id != 3)
                continue;
            ck_assert_uint_eq(few[q * WORDS + at].id, wanted.id);
            ck_assert_double_eq_tol((double)few[q * WORDS + at++].score, (double)wanted.score,
                                    1e-4 * fmax(1, fabs((double)wanted.score)));
        }
        ck_assert_uint_eq(found_few[q], at);
    }
    n2v_search_destroy(some);
    expect_refusal(n2v_search_create_among(&some, vectors, ids, 0, NULL, &error), &error, "is empty");
    ck_assert_ptr_null(some);
    ids[1] = WORDS;
    expect_refusal(n2v_search_create_among(&some, vectors, ids, 2, NULL, &error), &error,
                   "candidate 1: word id 300 is out of range; the last id is 299");
    expect_refusal(n2v_search_create_among(&some, vectors, NULL, 2, NULL, &error), &error, "ids is NULL");
    n2v_search_destroy(all);
    n2v_vectors_destroy(vectors);
}
END_TEST

START_TEST(cosines_of_at_least)
{
    n2v_vectors *vectors = load();
    n2v_search *all = create(vectors, "2"), *some;
    n2v_settings *settings;
    const uint32_t id = 9;
    const n2v_query query = {.plus = &id, .plus_count = 1},
                    product = {.plus = &id, .plus_count = 1, .method = N2V_MULTIPLY};
    n2v_neighbor full[WORDS], few[WORDS];
    size_t found, found_few;
    char least[32];
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_search_run(all, &query, 1, WORDS, full, &found, &error), N2V_OK);
    (void)snprintf(least, sizeof least, "%.9g", ((double)full[70].score + (double)full[71].score) / 2);
    ck_assert_int_eq(n2v_settings_create(&settings, N2V_FOR_SEARCH, NULL, &error), N2V_OK);
    require(n2v_settings_set(settings, "min-cosine", least, &error) == N2V_OK, "%s", error.text);
    require(n2v_search_create(&some, vectors, settings, &error) == N2V_OK, "%s", error.text);
    ck_assert_int_eq(n2v_search_run(some, &query, 1, WORDS, few, &found_few, &error), N2V_OK);
    ck_assert_uint_eq(found_few, 71);
    for (size_t i = 0; i < 71; i++)
        ck_assert_uint_eq(few[i].id, full[i].id);
    ck_assert_int_eq(n2v_search_run(some, &query, 1, 5, few, &found_few, &error), N2V_OK);
    ck_assert_uint_eq(found_few, 5);
    expect_refusal(n2v_search_run(some, &product, 1, 5, few, &found_few, &error), &error, "no cosines");
    n2v_settings_destroy(settings);
    n2v_search_destroy(all);
    n2v_search_destroy(some);
    n2v_vectors_destroy(vectors);
}
END_TEST

START_TEST(refusals)
{
    n2v_vectors *vectors = load();
    n2v_search *search = create(vectors, "1"), *none = search;
    n2v_settings *training;
    const n2v_query empty = {.plus = NULL};
    const uint32_t beyond = WORDS, last = WORDS - 1;
    const n2v_query near = {.plus = &last, .plus_count = 1};
    const n2v_query far = {.minus = &beyond, .minus_count = 1};
    n2v_neighbor nearest[1];
    size_t found;
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_settings_create(&training, N2V_FOR_TRAINING, NULL, &error), N2V_OK);
    expect_refusal(n2v_search_create(&none, vectors, training, &error), &error, "");
    ck_assert_ptr_null(none);
    none = search;
    expect_refusal(n2v_search_create(&none, NULL, NULL, &error), &error, "vectors is NULL");
    ck_assert_ptr_null(none);
    expect_refusal(n2v_search_create(NULL, vectors, NULL, &error), &error, "search is NULL");
    expect_refusal(n2v_search_run(NULL, &far, 1, 1, nearest, &found, &error), &error, "search is NULL");
    expect_refusal(n2v_search_run(search, NULL, 1, 1, nearest, &found, &error), &error, "queries is NULL");
    expect_refusal(n2v_search_run(search, &far, 1, 1, NULL, &found, &error), &error, "neighbors is NULL");
    expect_refusal(n2v_search_run(search, &far, 1, 1, nearest, NULL, &error), &error, "found is NULL");
    expect_refusal(n2v_search_run(search, &empty, 1, 1, nearest, &found, &error), &error,
                   "query 0 has no word and no vector");
    expect_refusal(n2v_search_run(search, &far, 1, 1, nearest, &found, &error), &error,
                   "query 0: word id 300 is out of range; the last id is 299");
    ck_assert_int_eq(n2v_search_run(search, &far, 1, 1, nearest, &found, NULL), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_search_run(search, NULL, 0, 0, NULL, NULL, &error), N2V_OK);
    found = 9;
    ck_assert_int_eq(n2v_search_run(search, &near, 1, 0, NULL, &found, &error), N2V_OK);
    ck_assert_uint_eq(found, 0);
    n2v_search_destroy(NULL);
    n2v_settings_destroy(training);
    n2v_search_destroy(search);
    n2v_vectors_destroy(vectors);
}
END_TEST

static int at_once(void *context)
{
    (void)context;
    return 1;
}

/* A copy is the same; other lengths have the same neighbors; other numbers have others. */
START_TEST(comparisons)
{
    n2v_vectors *vectors = load(), *same, *other;
    n2v_comparison c = {.size = sizeof c}, too_small = {.size = sizeof(size_t)};
    n2v_settings *settings;
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_settings_create(&settings, N2V_FOR_OUTPUT, NULL, &error), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(settings, "normalize", "1", &error), N2V_OK);
    expect_refusal(n2v_vectors_derive_with(&same, vectors, settings, &(n2v_observer){.size = 0}, &error), &error,
                   "sizeof(n2v_observer)");
    ck_assert_int_eq(n2v_vectors_derive_with(&same, vectors, settings,
                                             &(n2v_observer){.size = sizeof(n2v_observer), .stop = at_once}, &error),
                     N2V_ERROR_INTERRUPTED);
    ck_assert_ptr_null(same);
    require(n2v_vectors_derive(&same, vectors, settings, &error) == N2V_OK, "%s", error.text);
    require(n2v_vectors_compare(vectors, same, NULL, &c, &error) == N2V_OK, "%s", error.text);
    ck_assert_uint_eq(c.words, WORDS);
    ck_assert_uint_eq(c.sampled, WORDS);
    ck_assert_uint_eq(c.neighbors, 10);
    ck_assert_double_ge(c.mean_cosine, 0.9999);
    ck_assert_double_ge(c.overlap, 0.99);
    ck_assert_int_eq(n2v_settings_set(settings, "top", "5", &error), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(settings, "reduce", "2", &error), N2V_OK);
    require(n2v_vectors_derive(&other, vectors, settings, &error) == N2V_OK, "%s", error.text);
    require(n2v_vectors_compare(vectors, other, NULL, &c, &error) == N2V_OK, "%s", error.text);
    ck_assert_uint_eq(c.words, 5);
    ck_assert_uint_eq(c.neighbors, 4);
    ck_assert(isnan(c.mean_cosine));
    ck_assert_double_eq_tol(c.overlap, 1, 1e-12); /* of five words all others are neighbors */
    expect_refusal(n2v_vectors_compare(other, vectors, NULL, &c, &error), &error, "the vectors have other words");
    expect_refusal(n2v_vectors_compare(vectors, other, settings, &c, &error), &error, "settings for search are needed");
    expect_refusal(n2v_vectors_compare(vectors, other, NULL, NULL, &error), &error, "comparison is NULL");
    expect_refusal(n2v_vectors_compare(vectors, other, NULL, &too_small, &error), &error, "n2v_comparison");
    n2v_settings_destroy(settings);
    n2v_vectors_destroy(other);
    n2v_vectors_destroy(same);
    n2v_vectors_destroy(vectors);
}
END_TEST

START_TEST(defaults)
{
    n2v_vectors *vectors = load();
    n2v_search *search;
    const uint32_t id = 5;
    const n2v_query query = {.plus = &id, .plus_count = 1};
    n2v_neighbor nearest[3];
    size_t found;
    n2v_error error = {.text = ""};

    require(n2v_search_create(&search, vectors, NULL, &error) == N2V_OK, "%s", error.text);
    ck_assert_int_eq(n2v_search_run(search, &query, 1, 3, nearest, &found, &error), N2V_OK);
    ck_assert_uint_eq(found, 3);
    n2v_search_destroy(search);
    n2v_vectors_destroy(vectors);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("public search");
    add_test(suite, "rankings", neighbors_analogies_vectors);
    add_test(suite, "products", products);
    add_test(suite, "threads", from_two_threads);
    add_test(suite, "among candidates", among_candidates);
    add_test(suite, "at least so near", cosines_of_at_least);
    add_test(suite, "refusals", refusals);
    add_test(suite, "comparisons", comparisons);
    add_test(suite, "defaults", defaults);
    return run_suite(suite);
}
