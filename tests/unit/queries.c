#include "queries.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

float *row_of(const Model *model, size_t id)
{
    return model->input + id * model->stride;
}

void fill(Model *model, uint64_t seed)
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

double *unit_rows(const Model *model)
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

static bool is_among(Id id, const Id *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ids[i] == id)
            return true;
    return false;
}

static bool has_word(const n2v_query *query, size_t d)
{
    return is_among((Id)d, query->plus, query->plus_count) || is_among((Id)d, query->minus, query->minus_count);
}

/* sum += sign x / |x| */
static void add_unit(double *sum, const double *x, size_t dim, double sign)
{
    const double length = sqrt(product(x, x, dim));
    for (size_t j = 0; j < dim && length > 0; j++)
        sum[j] += sign * x[j] / length;
}

static expectation reference_add(const double *rows, size_t dim, const n2v_query *query, size_t d)
{
    double *sum = calloc(2 * dim, sizeof *sum), *vector = sum + dim, length;
    expectation e = {.error = COSINE_ERROR};

    ck_assert_ptr_nonnull(sum);
    for (size_t i = 0; i < query->plus_count; i++)
        add_unit(sum, rows + query->plus[i] * dim, dim, 1);
    for (size_t i = 0; i < query->minus_count; i++)
        add_unit(sum, rows + query->minus[i] * dim, dim, -1);
    for (size_t j = 0; j < dim && query->vector; j++)
        vector[j] = (double)query->vector[j];
    add_unit(sum, vector, dim, 1);
    length = sqrt(product(sum, sum, dim));
    e.score = length > 1e-10 ? product(rows + d * dim, sum, dim) / length : 0;
    if (query->plus_count + query->minus_count > 1 || query->vector) /* what cancels loses digits */
        e.error = COSINE_ERROR * (1 + (length > 1e-10 ? 1 / length : 0));
    free(sum);
    return e;
}

static expectation reference_multiply(const double *rows, size_t dim, const n2v_query *query, size_t d)
{
    const double plus = (double)query->plus_count, minus = (double)query->minus_count;
    double dividend = 1, divisor = 1;
    expectation e;

    for (size_t i = 0; i < query->plus_count; i++)
        dividend *= (1 + product(rows + d * dim, rows + query->plus[i] * dim, dim)) / 2;
    for (size_t i = 0; i < query->minus_count; i++)
        divisor *= (1 + product(rows + d * dim, rows + query->minus[i] * dim, dim)) / 2;
    divisor += 1e-6;
    e.score = dividend / divisor;
    e.error = COSINE_ERROR * (1 + (plus / 2 + minus * e.score) / divisor);
    return e;
}

/* The score of word d, as nce2vec/queries.h defines it. */
static expectation reference(const double *rows, size_t dim, const n2v_query *query, size_t d)
{
    return query->method == N2V_MULTIPLY ? reference_multiply(rows, dim, query, d)
                                         : reference_add(rows, dim, query, d);
}

void check_answer(const double *rows, const Model *model, const n2v_query *query, size_t k,
                         const n2v_neighbor *nearest, size_t found)
{
    bool *taken = calloc(model->words, sizeof *taken);
    size_t others = 0;

    ck_assert_ptr_nonnull(taken);
    for (size_t d = 0; d < model->words; d++) {
        taken[d] = has_word(query, d);
        others += !taken[d];
    }
    require(found == (k < others ? k : others), "%zu found of k %zu, words %zu", found, k, model->words);
    for (size_t i = 0; i < found; i++) {
        const expectation expected = reference(rows, model->dim, query, nearest[i].id);
        require(!taken[nearest[i].id], "word %lu is there twice, or is the query's", (unsigned long)nearest[i].id);
        taken[nearest[i].id] = true;
        require(fabs((double)nearest[i].score - expected.score) <= expected.error, "score %.9g, not %.9g",
                (double)nearest[i].score, expected.score);
        require(!i || nearest[i - 1].score > nearest[i].score ||
                    (nearest[i - 1].score == nearest[i].score && nearest[i - 1].id < nearest[i].id),
                "place %zu is not in order", i);
    }
    for (size_t d = 0; found && d < model->words; d++) {
        const expectation other = reference(rows, model->dim, query, d);
        require(taken[d] || other.score <= (double)nearest[found - 1].score + other.error,
                "word %zu of score %g is missing", d, other.score);
    }
    free(taken);
}

/* Queries ------------------------------------------------------------------------------- */

size_t kind_words(Kind kind)
{
    return kind == NEAREST ? 1 : 3;
}

n2v_query query_of(Kind kind, const Id *words)
{
    if (kind == NEAREST)
        return (n2v_query){.plus = words, .plus_count = 1};
    return (n2v_query){.plus = words + 1,
                       .plus_count = 2,
                       .minus = words,
                       .minus_count = 1,
                       .method = kind == ANALOGY_MUL ? N2V_MULTIPLY : N2V_ADD};
}

Search make_search(const Model *model, size_t threads)
{
    Search search;
    const Kernels *kernels;
    n2v_error error;

    ck_assert_msg(kernels_choose(PRECISION_AUTO, NULL, &kernels, &error) == N2V_OK, "%s", error.text);
    ck_assert_msg(search_create(&search, model, NULL, kernels, threads, &error) == N2V_OK, "%s", error.text);
    return search;
}

void run_search(const Search *search, const n2v_query *queries, size_t count, size_t k, n2v_neighbor *nearest,
                size_t *found)
{
    n2v_error error;

    ck_assert_msg(search_run(search, queries, count, k, nearest, found, &error) == N2V_OK, "%s", error.text);
}

void check_queries(const Search *search, const double *rows, const n2v_query *queries, size_t count, size_t k)
{
    const Model *model = search->model;
    const size_t bytes = model->words * model->stride * sizeof(float);
    size_t *found = calloc(count, sizeof *found);
    n2v_neighbor *nearest = calloc(count * k + 1, sizeof *nearest);
    float *before = malloc(bytes);

    ck_assert(found && nearest && before);
    memcpy(before, model->input, bytes);
    nearest[count * k].id = 4321;
    run_search(search, queries, count, k, nearest, found);
    for (size_t i = 0; i < count; i++)
        check_answer(rows, model, &queries[i], k, nearest + i * k, found[i]);
    ck_assert_uint_eq(nearest[count * k].id, 4321);
    ck_assert_mem_eq(before, model->input, bytes);
    free(before);
    free(found);
    free(nearest);
}

void check_kind(const Search *search, const double *rows, Kind kind, size_t count, size_t k, Random *random)
{
    const size_t own = kind_words(kind);
    Id *words = calloc(count * own, sizeof *words);
    n2v_query *queries = calloc(count, sizeof *queries);

    ck_assert(words && queries);
    for (size_t i = 0; i < count * own; i++)
        words[i] = random_below(random, (uint32_t)search->model->words);
    for (size_t i = 0; i < count; i++)
        queries[i] = query_of(kind, words + i * own);
    check_queries(search, rows, queries, count, k);
    free(words);
    free(queries);
}

void make_general(General *g, const Model *model, Random *random)
{
    const size_t some = 1 + random_below(random, MAX_QUERY_WORDS), others = random_below(random, MAX_QUERY_WORDS + 1);
    const bool swapped = random_below(random, 4) == 0;

    g->query = (n2v_query){.plus = g->plus,
                           .minus = g->minus,
                           .plus_count = swapped ? others : some,
                           .minus_count = swapped ? some : others,
                           .method = random_below(random, 2) ? N2V_MULTIPLY : N2V_ADD};
    for (size_t i = 0; i < MAX_QUERY_WORDS; i++) {
        g->plus[i] = random_below(random, (uint32_t)model->words);
        g->minus[i] = random_below(random, (uint32_t)model->words);
    }
    g->vector = NULL;
    if (g->query.method == N2V_MULTIPLY || random_below(random, 2))
        return;
    g->vector = calloc(model->dim, sizeof *g->vector);
    ck_assert_ptr_nonnull(g->vector);
    for (size_t j = 0; j < model->dim; j++)
        g->vector[j] = 100 * (random_float(random) - 0.5F);
    g->query.vector = g->vector;
    if (random_below(random, 2))
        g->query.plus_count = g->query.minus_count = 0;
}
