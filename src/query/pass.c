/* pass.c - all scores as products of matrices: query vectors x blocks of rows.
 *
 * A single query is limited by memory. Many queries at once share the reads, and are limited by arithmetic.
 * Threads take blocks of rows in turn. Each keeps the k best answers to every query; at its end it offers
 * them to the common result. */
#include "query/pass.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/min.h"
#include "base/threads.h"
#include "query/query.h"

#define BLOCK_ROWS  ((size_t)256) /* of scores, which stay in the second-level cache */
#define FEW_VECTORS ((size_t)8)   /* of a pass that is limited by memory */
#define MUL_EPSILON 1e-6F

/* What the threads share. */
typedef struct running {
    const Pass *pass;
    atomic_size_t next;    /* block */
    pthread_mutex_t mutex; /* guards the pass's results and error */
    n2v_error error;
} running;

/* A thread's own. */
typedef struct scratch {
    float *scores;       /* vectors x BLOCK_ROWS */
    const float **y;     /* BLOCK_ROWS */
    Nearest *best;       /* count */
    n2v_neighbor *items; /* count x k */
} scratch;

/* A block of rows ----------------------------------------------------------------------- */

/* The index of the first copied row at or after a candidate. */
static size_t first_copy(const Search *search, size_t from)
{
    size_t low = 0, high = search->copies;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (search->copied[middle] < from)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void find_rows(const Search *search, size_t from, size_t rows, const float **y)
{
    for (size_t j = 0; j < rows; j++)
        y[j] = search_row(search, from + j);
    for (size_t i = first_copy(search, from); i < search->copies && search->copied[i] < from + rows; i++)
        y[search->copied[i] - from] = search->copied_rows + i * search->model->stride;
}

/* The products of a block, vectors x rows. Few vectors are limited by memory, which is fastest when the rows are
 * read one after the other. */
static void multiply_block(const Pass *pass, scratch *s, size_t from, size_t rows)
{
    const Kernels *kernels = pass->search->kernels;
    const size_t stride = pass->search->model->stride;
    float column[FEW_VECTORS];

    find_rows(pass->search, from, rows, s->y);
    if (pass->vectors > FEW_VECTORS) {
        kernels->dot(pass->x, pass->vectors, s->y, rows, stride, s->scores);
        return;
    }
    for (size_t j = 0; j < rows; j++) {
        kernels->dot(pass->x, pass->vectors, s->y + j, 1, stride, column);
        for (size_t i = 0; i < pass->vectors; i++)
            s->scores[i * rows + j] = column[i];
    }
}

/* Whether a quotient products[j] / lengths[j] may exceed bound. One that does has a product of at least bound *
 * lengths[j], also after rounding: most blocks are skipped without a division. */
static bool may_exceed(const float *products, const float *lengths, size_t rows, float bound)
{
    int any = 0;

    for (size_t j = 0; j < rows; j++)
        any |= products[j] >= bound * lengths[j];
    return any;
}

/* Products with rows into cosines, which rounding may not take beyond 1. Quotients, because n * (1 / n) need not be
 * 1: words whose vectors differ in length alone have the same cosine. */
static void divide(float *products, const float *lengths, size_t rows)
{
    for (size_t j = 0; j < rows; j++) {
        const float cosine = products[j] / lengths[j];
        const float bounded = cosine > 1 ? 1 : cosine;
        products[j] = bounded < -1 ? -1 : bounded;
    }
}

/* The scores of N2V_MULTIPLY from the products of its words, one row each; into the first row. Loops that do little
 * can be vectorized. */
static void combine(const n2v_query *query, float *products, const float *lengths, size_t rows)
{
    const size_t words = query_vectors(query);
    float dividends[BLOCK_ROWS], divisors[BLOCK_ROWS];

    for (size_t j = 0; j < rows; j++)
        dividends[j] = divisors[j] = 1;
    for (size_t i = 0; i < words; i++) {
        float *factors = i < query->plus_count ? dividends : divisors;
        divide(products + i * rows, lengths, rows);
        for (size_t j = 0; j < rows; j++)
            factors[j] *= (1 + products[i * rows + j]) * 0.5F;
    }
    for (size_t j = 0; j < rows; j++)
        products[j] = dividends[j] / (divisors[j] + MUL_EPSILON);
}

/* An answer must exceed it. */
static float farthest_score(const Search *search, const Nearest *best)
{
    return best->count < best->room ? search->floor : best->items[0].score;
}

/* Offers a block's scores. A thread sees ids in order, so of those that equal the farthest kept none is nearer. */
static void offer(const Search *search, const n2v_query *query, Nearest *best, const float *scores, size_t from,
                  size_t rows)
{
    float farthest = farthest_score(search, best);

    for (size_t j = 0; j < rows; j++) {
        const n2v_neighbor item = {.id = search_word(search, from + j), .score = scores[j]};
        if (item.score > farthest && !query_has_word(query, item.id)) {
            nearest_offer(best, item);
            farthest = farthest_score(search, best);
        }
    }
}

static void search_block(const Pass *pass, scratch *s, size_t from)
{
    const size_t rows = min_size(BLOCK_ROWS, pass->search->count - from);
    const float *lengths = pass->search->lengths + from;
    float *scores = s->scores;

    multiply_block(pass, s, from, rows);
    for (size_t i = 0; i < pass->count; scores += query_vectors(&pass->queries[i++]) * rows) {
        const n2v_query *query = &pass->queries[i];
        const float farthest = farthest_score(pass->search, &s->best[i]);
        if (query->method == N2V_MULTIPLY) {
            combine(query, scores, lengths, rows);
            if (pass->search->kernels->math.max(scores, rows) <= farthest)
                continue;
        } else if (may_exceed(scores, lengths, rows, farthest)) {
            divide(scores, lengths, rows);
        } else {
            continue;
        }
        offer(pass->search, query, &s->best[i], scores, from, rows);
    }
}

/* All of them ---------------------------------------------------------------------------- */

static n2v_status create_scratch(scratch *s, const Pass *pass, n2v_error *error)
{
    s->scores = array_create(pass->vectors * BLOCK_ROWS, sizeof *s->scores);
    s->y = array_create(BLOCK_ROWS, sizeof *s->y);
    s->best = array_create(pass->count, sizeof *s->best);
    s->items = array_create(pass->count * pass->k, sizeof *s->items);
    if (!s->scores || !s->y || !s->best || !s->items)
        return fail_memory(error, pass->vectors * BLOCK_ROWS * sizeof *s->scores +
                                      pass->count * pass->k * sizeof *s->items, "the scores and neighbours");
    for (size_t i = 0; i < pass->count; i++)
        s->best[i] = (Nearest){.items = s->items + i * pass->k, .room = pass->k};
    return N2V_OK;
}

static void free_scratch(scratch *s)
{
    free(s->scores);
    free(s->y);
    free(s->best);
    free(s->items);
}

static void *work(void *shared)
{
    running *r = shared;
    const Pass *pass = r->pass;
    scratch s = {0};
    n2v_error error = {0};
    const n2v_status status = create_scratch(&s, pass, &error);
    size_t from;

    while (status == N2V_OK && (from = BLOCK_ROWS * atomic_fetch_add(&r->next, 1)) < pass->search->count)
        search_block(pass, &s, from);
    pthread_mutex_lock(&r->mutex);
    for (size_t i = 0; status == N2V_OK && i < pass->count; i++)
        for (size_t n = 0; n < s.best[i].count; n++)
            nearest_offer(&pass->results[i], s.best[i].items[n]);
    if (status != N2V_OK)
        r->error = error;
    pthread_mutex_unlock(&r->mutex);
    free_scratch(&s);
    return NULL;
}

n2v_status pass_run(const Pass *pass, n2v_error *error)
{
    const size_t blocks = (pass->search->count + BLOCK_ROWS - 1) / BLOCK_ROWS;
    running r = {.pass = pass, .mutex = PTHREAD_MUTEX_INITIALIZER};

    in_threads(min_size(pass->search->threads, blocks), work, &r);
    if (r.error.status != N2V_OK && error)
        *error = r.error;
    return r.error.status;
}
