/* search.c - all scores as products of matrices: query vectors x blocks of rows.
 *
 * A single question is a walk through memory; many of them at once share it, and are arithmetic.
 * Threads take blocks of rows in turn. Each keeps the k best of every question that it has seen;
 * at its end it offers them to the common result. */
#include "query/search.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/threads.h"
#include "model/rows.h"

#define BLOCK_ROWS    ((size_t)256)     /* of scores, which stay in the second-level cache */
#define QUERY_VECTORS ((size_t)64)      /* of one pass over the rows: so do they */
#define FEW_VECTORS   ((size_t)8)       /* of a pass that is a walk through memory */
#define KEPT_MOST     ((size_t)1 << 20) /* neighbours that a thread keeps in a pass */
#define MUL_EPSILON   1e-6F

/* One pass over the rows. */
typedef struct pass {
    const Search *search;
    Question question;
    const Id *words;
    size_t count, vectors; /* questions; query vectors, one or three a question */
    const float *x[QUERY_VECTORS];
    float *sums; /* of ADD: count rows */
    size_t k;
    atomic_size_t next;    /* block */
    pthread_mutex_t mutex; /* guards what follows */
    Nearest *results;
    n2v_error error;
} pass;

/* A thread's own. */
typedef struct scratch {
    float *scores;       /* vectors x BLOCK_ROWS */
    const float **y;     /* BLOCK_ROWS */
    Nearest *best;       /* count */
    n2v_neighbor *items; /* count x k */
} scratch;

size_t question_words(Question question)
{
    return question == NEAREST ? 1 : QUESTION_WORDS;
}

/* Preparing ----------------------------------------------------------------------------- */

typedef struct preparing {
    Model *model;
    atomic_size_t next;
} preparing;

static void *normalize_blocks(void *shared)
{
    preparing *p = shared;
    const Model *model = p->model;
    size_t from;

    while ((from = BLOCK_ROWS * atomic_fetch_add(&p->next, 1)) < model->words)
        for (size_t id = from; id < model->words && id < from + BLOCK_ROWS; id++) {
            float *row = model->input + id * model->stride;
            row_normalize(row, model->dim, row);
            if (model->has_bias)
                row[model->dim] = 0;
        }
    return NULL;
}

n2v_status search_prepare(Search *search, Model *model, size_t threads, n2v_error *error)
{
    preparing p = {.model = model};
    const n2v_status status = kernels_choose(PRECISION_AUTO, NULL, &search->kernels, error);

    if (status != N2V_OK)
        return status;
    search->model = model;
    search->threads = threads;
    in_threads(threads, normalize_blocks, &p);
    return N2V_OK;
}

/* A block of rows ----------------------------------------------------------------------- */

/* The scores of a question out of those of its three words; into the first's place. */
static void multiply(float *scores, size_t rows)
{
    float *a = scores;
    const float *b = scores + rows, *c = scores + 2 * rows;

    for (size_t j = 0; j < rows; j++)
        a[j] = (1 + b[j]) * 0.5F * ((1 + c[j]) * 0.5F) / ((1 + a[j]) * 0.5F + MUL_EPSILON);
}

static bool is_among(Id id, const Id *words, size_t count)
{
    while (count)
        if (words[--count] == id)
            return true;
    return false;
}

/* Offers a block's scores. A thread sees ids in order, so of those that equal the farthest kept
 * none is nearer; most blocks are passed by after a look at their maximum. */
static void offer(const pass *p, Nearest *best, const Id *own, const float *scores, size_t from, size_t rows)
{
    const size_t own_count = question_words(p->question);
    float least = best->count < best->room ? -INFINITY : best->items[0].score;

    if (p->search->kernels->math.max(scores, rows) <= least)
        return;
    for (size_t j = 0; j < rows; j++) {
        n2v_neighbor item = {.id = (Id)(from + j), .score = scores[j]};
        if (item.score <= least || is_among(item.id, own, own_count))
            continue;
        if (p->question != ANALOGY_MUL) /* a cosine, but for rounding */
            item.score = item.score > 1 ? 1 : item.score < -1 ? -1 : item.score;
        nearest_offer(best, item);
        if (best->count == best->room)
            least = best->items[0].score;
    }
}

/* The scores of a block, vectors x rows. Few vectors wait for memory, which comes fastest (twice
 * as fast as in the product's order) when one row is read after the other. */
static void score_block(const pass *p, scratch *s, size_t from, size_t rows)
{
    const Model *model = p->search->model;
    const Kernels *kernels = p->search->kernels;
    float column[FEW_VECTORS];

    for (size_t j = 0; j < rows; j++)
        s->y[j] = model->input + (from + j) * model->stride;
    if (p->vectors > FEW_VECTORS) {
        kernels->dot(p->x, p->vectors, s->y, rows, model->stride, s->scores);
        return;
    }
    for (size_t j = 0; j < rows; j++) {
        kernels->dot(p->x, p->vectors, s->y + j, 1, model->stride, column);
        for (size_t i = 0; i < p->vectors; i++)
            s->scores[i * rows + j] = column[i];
    }
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void search_block(const pass *p, scratch *s, size_t from)
{
    const size_t rows = least(BLOCK_ROWS, p->search->model->words - from);
    const size_t vectors = p->vectors / p->count, own = question_words(p->question);

    score_block(p, s, from, rows);
    for (size_t i = 0; i < p->count; i++) {
        float *scores = s->scores + i * vectors * rows;
        if (p->question == ANALOGY_MUL)
            multiply(scores, rows);
        offer(p, &s->best[i], p->words + i * own, scores, from, rows);
    }
}

/* A pass -------------------------------------------------------------------------------- */

static n2v_status create_scratch(scratch *s, const pass *p, n2v_error *error)
{
    s->scores = array_create(p->vectors * BLOCK_ROWS, sizeof *s->scores);
    s->y = array_create(BLOCK_ROWS, sizeof *s->y);
    s->best = array_create(p->count, sizeof *s->best);
    s->items = array_create(p->count * p->k, sizeof *s->items);
    if (!s->scores || !s->y || !s->best || !s->items)
        return fail_memory(error, p->count * p->k * sizeof *s->items, "the neighbours");
    for (size_t i = 0; i < p->count; i++)
        s->best[i] = (Nearest){.items = s->items + i * p->k, .room = p->k};
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
    pass *p = shared;
    scratch s = {0};
    n2v_error error = {0};
    const n2v_status status = create_scratch(&s, p, &error);
    size_t from;

    while (status == N2V_OK && (from = BLOCK_ROWS * atomic_fetch_add(&p->next, 1)) < p->search->model->words)
        search_block(p, &s, from);
    pthread_mutex_lock(&p->mutex);
    for (size_t i = 0; status == N2V_OK && i < p->count; i++)
        for (size_t n = 0; n < s.best[i].count; n++)
            nearest_offer(&p->results[i], s.best[i].items[n]);
    if (status != N2V_OK)
        p->error = error;
    pthread_mutex_unlock(&p->mutex);
    free_scratch(&s);
    return NULL;
}

/* b - a + c of rows of length 1, scaled to length 1. */
static void add_up(const Model *model, const Id *words, float *sum)
{
    const float *a = model->input + (size_t)words[0] * model->stride;
    const float *b = model->input + (size_t)words[1] * model->stride;
    const float *c = model->input + (size_t)words[2] * model->stride;

    for (size_t i = 0; i < model->stride; i++)
        sum[i] = b[i] - a[i] + c[i];
    row_normalize(sum, model->dim, sum);
}

static void set_query_vectors(pass *p)
{
    const Model *model = p->search->model;

    if (p->question == ANALOGY_ADD) {
        p->vectors = p->count;
        for (size_t i = 0; i < p->count; i++) {
            add_up(model, p->words + i * QUESTION_WORDS, p->sums + i * model->stride);
            p->x[i] = p->sums + i * model->stride;
        }
        return;
    }
    p->vectors = p->count * question_words(p->question);
    for (size_t i = 0; i < p->vectors; i++)
        p->x[i] = model->input + (size_t)p->words[i] * model->stride;
}

static n2v_status run_pass(pass *p, n2v_error *error)
{
    const size_t blocks = (p->search->model->words + BLOCK_ROWS - 1) / BLOCK_ROWS;

    set_query_vectors(p);
    atomic_store(&p->next, 0);
    in_threads(least(p->search->threads, blocks), work, p);
    if (p->error.status != N2V_OK && error)
        *error = p->error;
    return p->error.status;
}

/* Questions of one pass. */
static size_t pass_room(Question question, size_t k)
{
    const size_t vectors = QUERY_VECTORS / (question == ANALOGY_MUL ? QUESTION_WORDS : 1);
    const size_t kept = k > KEPT_MOST ? 1 : KEPT_MOST / k;
    return least(vectors, kept);
}

n2v_status search_ask(const Search *search, Question question, const Id *words, size_t count, size_t k,
                      n2v_neighbor *nearest, size_t *found, n2v_error *error)
{
    const Model *model = search->model;
    const size_t own = question_words(question);
    const size_t kept = least(k, model->words), room = kept ? least(pass_room(question, kept), count) : 0;
    pass p = {.search = search, .question = question, .k = kept, .mutex = PTHREAD_MUTEX_INITIALIZER};
    n2v_status status = N2V_OK;

    for (size_t i = 0; i < count * own; i++)
        if (words[i] >= model->words)
            return error_set(error, N2V_ERROR_ARGUMENT, "word %lu of a model of %zu words", (unsigned long)words[i],
                             model->words);
    memset(found, 0, count * sizeof *found);
    if (!room)
        return N2V_OK;
    p.sums = question == ANALOGY_ADD ? floats_create(room * model->stride) : NULL;
    p.results = array_create(room, sizeof *p.results);
    if (!p.results || (question == ANALOGY_ADD && !p.sums)) {
        status = fail_memory(error, room * model->stride * sizeof(float), "the questions");
        goto out;
    }
    for (size_t done = 0; status == N2V_OK && done < count; done += p.count) {
        p.words = words + done * own;
        p.count = least(room, count - done);
        for (size_t i = 0; i < p.count; i++)
            p.results[i] = (Nearest){.items = nearest + (done + i) * k, .room = kept};
        status = run_pass(&p, error);
        for (size_t i = 0; status == N2V_OK && i < p.count; i++) {
            nearest_sort(&p.results[i]);
            found[done + i] = p.results[i].count;
        }
    }
out:
    floats_destroy(p.sums, room * model->stride);
    free(p.results);
    return status;
}
