#include "query/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/min.h"
#include "base/random.h"
#include "model/rows.h"
#include "query/search.h"

#define SAMPLE      ((size_t)1000)   /* words whose neighbors are compared, */
#define FREQUENT    ((size_t)10000)  /* drawn from the first so many */
#define AMONG       ((size_t)100000) /* words that may be neighbors: enough for an estimate, and bounded time */
#define NEIGHBORS   ((size_t)10)
#define SAMPLE_SEED 1

static n2v_status check_words(const Model *before, const Model *after, n2v_error *error)
{
    bool same = after->words <= before->words;

    for (size_t id = 0; same && id < after->words; id++) {
        const char *old = vocabulary_word(before->vocabulary, (Id)id, NULL);
        same = strcmp(old, vocabulary_word(after->vocabulary, (Id)id, NULL)) == 0;
    }
    return same
               ? N2V_OK
               : error_set(error, N2V_ERROR_ARGUMENT,
                           "the vectors have other words, or the same in another order: only vectors that were made of "
                           "the others can be compared with them");
}

/* Words whose vectors are both zero do not count. */
static double mean_cosine(const Model *before, const Model *after)
{
    const size_t dim = before->dim;
    double sum = 0;
    size_t count = 0;

    if (dim != after->dim)
        return NAN;
    for (size_t id = 0; id < after->words; id++) {
        const float *a = before->input + id * before->stride, *b = after->input + id * after->stride;
        if (row_norm(a, dim) == 0 && row_norm(b, dim) == 0)
            continue;
        sum += (double)row_cosine(a, b, dim);
        count++;
    }
    return count ? sum / (double)count : 1;
}

/* Different ids below `frequent`, in rising order. */
static void draw(Id *ids, size_t count, size_t frequent)
{
    Random random;
    size_t drawn = 0;

    random_seed(&random, SAMPLE_SEED, 0, 0, STREAM_COMPARISON);
    for (size_t id = 0; drawn < count; id++) /* each with the chance that makes all subsets alike */
        if (random_below(&random, (uint32_t)(frequent - id)) < count - drawn)
            ids[drawn++] = (Id)id;
}

typedef struct lookup {
    const Kernels *kernels;
    size_t threads, words; /* the first words, which may be neighbors */
    n2v_query *queries;
    size_t count;
    size_t *found; /* count */
} lookup;

static n2v_status find_neighbors(const lookup *l, const Model *model, n2v_neighbor *neighbors, n2v_error *error)
{
    const Model view = {.words = l->words,
                        .dim = model->dim,
                        .stride = model->stride,
                        .input = model->input,
                        .vocabulary = model->vocabulary};
    Search search;
    n2v_status status;

    if ((status = search_create(&search, &view, NULL, l->kernels, l->threads, error)) != N2V_OK)
        return status;
    status = search_run(&search, l->queries, l->count, NEIGHBORS, neighbors, l->found, error);
    search_free(&search);
    return status;
}

static size_t count_same(const n2v_neighbor *a, const n2v_neighbor *b, size_t found)
{
    size_t same = 0;

    for (size_t i = 0; i < found; i++)
        for (size_t j = 0; j < found; j++)
            same += a[i].id == b[j].id;
    return same;
}

static n2v_status compare_neighbors(const Model *before, const Model *after, const lookup *l, Comparison *c,
                                    n2v_error *error)
{
    n2v_neighbor *a = array_create(l->count * NEIGHBORS, sizeof *a), *b = array_create(l->count * NEIGHBORS, sizeof *b);
    size_t same = 0;
    n2v_status status = N2V_OK;

    if (!a || !b)
        status = fail_memory(error, l->count * NEIGHBORS * sizeof *a, "the nearest words");
    else if ((status = find_neighbors(l, before, a, error)) == N2V_OK)
        status = find_neighbors(l, after, b, error);
    for (size_t i = 0; status == N2V_OK && i < l->count; i++)
        same += count_same(a + i * NEIGHBORS, b + i * NEIGHBORS, l->found[i]);
    c->overlap = c->neighbors ? (double)same / (double)(l->count * c->neighbors) : NAN;
    free(a);
    free(b);
    return status;
}

n2v_status compare_models(const Model *before, const Model *after, const Kernels *kernels, size_t threads,
                          Comparison *comparison, n2v_error *error)
{
    const size_t words = after->words, frequent = min_size(words, FREQUENT), count = min_size(frequent, SAMPLE);
    lookup l = {.kernels = kernels, .threads = threads, .words = min_size(words, AMONG), .count = count};
    Id *ids = array_create(count, sizeof *ids);
    n2v_status status = check_words(before, after, error);

    if (status != N2V_OK)
        goto out;
    l.queries = array_create_zero(count, sizeof *l.queries);
    l.found = array_create(count, sizeof *l.found);
    if (!ids || !l.queries || !l.found) {
        status = fail_memory(error, count * sizeof *l.queries, "the sample of words");
        goto out;
    }
    draw(ids, count, frequent);
    for (size_t i = 0; i < count; i++) {
        l.queries[i].plus = &ids[i];
        l.queries[i].plus_count = 1;
    }
    *comparison = (Comparison){.words = words,
                               .mean_cosine = mean_cosine(before, after),
                               .sampled = count,
                               .neighbors = min_size(NEIGHBORS, l.words - 1)};
    status = compare_neighbors(before, after, &l, comparison, error);
out:
    free(ids);
    free(l.queries);
    free(l.found);
    return status;
}
