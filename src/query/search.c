/* search.c - the lengths of rows, and queries in batches that share a pass over them. */
#include "query/search.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/min.h"
#include "base/threads.h"
#include "model/rows.h"
#include "query/pass.h"
#include "query/query.h"

#define QUERY_VECTORS ((size_t)64)      /* of one pass over the rows: they stay in the second-level cache */
#define MAX_KEPT      ((size_t)1 << 20) /* neighbours that a thread keeps in a pass */
#define MEASURED_ROWS ((size_t)1024)    /* that a thread takes at a time */

/* Floats between query vectors: a page. Prefetchers of some processors lose track of the walk through the rows when
 * several query vectors are in one page. */
#define APART ((size_t)1024)

/* Between these lengths products with vectors of length 1 neither overflow nor lose digits. */
#define SHORTEST 0x1p-60
#define LONGEST  0x1p60

/* Lengths ------------------------------------------------------------------------------- */

typedef struct measuring {
    Search *search;
    atomic_size_t next;   /* row */
    atomic_size_t copies; /* rows that need one */
} measuring;

static double length_of(const Search *search, size_t candidate)
{
    return row_norm(search_row(search, candidate), search->model->dim);
}

static bool is_extreme(double length)
{
    return length != 0 && !(length >= SHORTEST && length <= LONGEST); /* NaN, too */
}

static void *measure(void *shared)
{
    measuring *m = shared;
    Search *search = m->search;
    size_t from;

    while ((from = MEASURED_ROWS * atomic_fetch_add(&m->next, 1)) < search->count) {
        for (size_t i = from; i < search->count && i < from + MEASURED_ROWS; i++) {
            const double length = length_of(search, i);
            search->lengths[i] = length == 0 || is_extreme(length) ? 1 : (float)length;
            if (is_extreme(length))
                atomic_fetch_add(&m->copies, 1);
        }
    }
    return NULL;
}

static n2v_status copy_extreme_rows(Search *search, size_t copies, n2v_error *error)
{
    const Model *model = search->model;
    size_t at = 0;

    if (!copies)
        return N2V_OK;
    search->copies = copies;
    search->copied = array_create(copies, sizeof *search->copied);
    search->copied_rows = floats_create(copies * model->stride);
    if (!search->copied || !search->copied_rows)
        return fail_memory(error, copies * model->stride * sizeof(float), "rows of extreme length");
    for (size_t i = 0; at < copies && i < search->count; i++) {
        if (search->lengths[i] == 1 && is_extreme(length_of(search, i))) {
            row_normalize(search_row(search, i), model->dim, search->copied_rows + at * model->stride);
            search->copied[at++] = i;
        }
    }
    return N2V_OK;
}

static int by_id(const void *a, const void *b)
{
    const Id left = *(const Id *)a, right = *(const Id *)b;
    return (left > right) - (left < right);
}

/* Sorted, each once. */
static n2v_status take_candidates(Search *search, const Candidates *candidates, n2v_error *error)
{
    const size_t words = search->model->words;

    search->count = words;
    if (!candidates)
        return N2V_OK;
    if (!candidates->count)
        return error_set(error, N2V_ERROR_ARGUMENT, "the list of words that may be answers is empty");
    for (size_t i = 0; i < candidates->count; i++)
        if (candidates->ids[i] >= words)
            return error_set(error, N2V_ERROR_ARGUMENT,
                             "candidate %zu: word id %lu is out of range; the last id is %zu", i,
                             (unsigned long)candidates->ids[i], words - 1);
    if (!(search->among = array_create(candidates->count, sizeof *search->among)))
        return fail_memory(error, candidates->count * sizeof *search->among, "the words that may be answers");
    memcpy(search->among, candidates->ids, candidates->count * sizeof *search->among);
    qsort(search->among, candidates->count, sizeof *search->among, by_id);
    search->count = 0;
    for (size_t i = 0; i < candidates->count; i++)
        if (!i || search->among[i] != search->among[search->count - 1])
            search->among[search->count++] = search->among[i];
    return N2V_OK;
}

n2v_status search_create(Search *search, const Model *model, const Candidates *candidates, const Kernels *kernels,
                         size_t threads, n2v_error *error)
{
    measuring m = {.search = search};
    n2v_status status;

    *search = (Search){.model = model, .kernels = kernels, .threads = threads, .floor = -INFINITY};
    if ((status = take_candidates(search, candidates, error)) != N2V_OK)
        return status;
    search->lengths = array_create(search->count, sizeof *search->lengths);
    if (!search->lengths) {
        search_free(search);
        return fail_memory(error, model->words * sizeof *search->lengths, "the vectors' lengths");
    }
    in_threads(min_size(threads, (search->count + MEASURED_ROWS - 1) / MEASURED_ROWS), measure, &m);
    if ((status = copy_extreme_rows(search, atomic_load(&m.copies), error)) != N2V_OK)
        search_free(search);
    return status;
}

void search_free(Search *search)
{
    free(search->among);
    free(search->lengths);
    free(search->copied);
    if (search->copied_rows) /* of an all-zero struct there is no model */
        floats_destroy(search->copied_rows, search->copies * search->model->stride);
    *search = (Search){0};
}

/* Batches ------------------------------------------------------------------------------- */

typedef struct batches {
    const Search *search;
    const n2v_query *queries;
    size_t count;
    size_t max_queries, room; /* of one pass: queries, query vectors */
    size_t distance;          /* from one query vector to the next */
    float *vectors;           /* room x distance */
    const float **x;          /* room */
    double *sum;              /* dim */
    Nearest *results;         /* max_queries */
} batches;

/* How many queries from this one on share a pass, and how many vectors they have. At least one does. */
static size_t batch_size(const batches *b, size_t from, size_t *vectors)
{
    size_t size = 0;

    *vectors = 0;
    while (size < b->max_queries && from + size < b->count) {
        const size_t more = query_vectors(&b->queries[from + size]);
        if (size && *vectors + more > QUERY_VECTORS)
            break;
        *vectors += more;
        size++;
    }
    return size;
}

static n2v_status create_batches(batches *b, n2v_error *error)
{
    const Model *model = b->search->model;

    for (size_t from = 0, vectors; from < b->count;) {
        from += batch_size(b, from, &vectors);
        b->room = vectors > b->room ? vectors : b->room;
    }
    b->distance = model->stride + APART;
    b->vectors = floats_create(b->room * b->distance);
    b->x = array_create(b->room, sizeof *b->x);
    b->sum = array_create(model->dim, sizeof *b->sum);
    b->results = array_create(b->max_queries, sizeof *b->results);
    if (!b->vectors || !b->x || !b->sum || !b->results)
        return fail_memory(error, b->room * b->distance * sizeof(float), "the queries");
    for (size_t i = 0; i < b->room; i++)
        b->x[i] = b->vectors + i * b->distance;
    return N2V_OK;
}

static void free_batches(batches *b)
{
    floats_destroy(b->vectors, b->room * b->distance);
    free(b->x);
    free(b->sum);
    free(b->results);
}

/* The answers to the queries from this one on. */
static n2v_status run_batch(batches *b, size_t from, size_t count, size_t vectors, size_t kept, n2v_error *error)
{
    const Pass pass = {.search = b->search,
                       .queries = b->queries + from,
                       .count = count,
                       .x = b->x,
                       .vectors = vectors,
                       .results = b->results,
                       .k = kept};
    float *to = b->vectors;

    for (size_t i = 0; i < count; i++) {
        query_make_vectors(&pass.queries[i], b->search->model, b->sum, to, b->distance);
        to += query_vectors(&pass.queries[i]) * b->distance;
    }
    return pass_run(&pass, error);
}

n2v_status search_run(const Search *search, const n2v_query *queries, size_t count, size_t k, n2v_neighbor *neighbors,
                      size_t *found, n2v_error *error)
{
    const size_t kept = min_size(k, search->count);
    batches b = {.search = search, .queries = queries, .count = count};
    n2v_status status;

    for (size_t i = 0; i < count; i++)
        if ((status = query_check(&queries[i], i, search->model, error)) != N2V_OK)
            return status;
    for (size_t i = 0; i < count; i++)
        if (queries[i].method == N2V_MULTIPLY && search->floor > -INFINITY)
            return error_set(error, N2V_ERROR_ARGUMENT,
                             "query %zu: " SETTING("min-cosine") " is set, but scores of the method multiply are no "
                             "cosines", i);
    for (size_t i = 0; i < count; i++)
        found[i] = 0;
    if (!count || !kept)
        return N2V_OK;
    b.max_queries = min_size(min_size(count, QUERY_VECTORS), kept > MAX_KEPT ? 1 : MAX_KEPT / kept);
    if ((status = create_batches(&b, error)) != N2V_OK)
        goto out;
    for (size_t from = 0, size, vectors; from < count; from += size) {
        size = batch_size(&b, from, &vectors);
        for (size_t i = 0; i < size; i++)
            b.results[i] = (Nearest){.items = neighbors + (from + i) * k, .room = kept};
        if ((status = run_batch(&b, from, size, vectors, kept, error)) != N2V_OK)
            goto out;
        for (size_t i = 0; i < size; i++) {
            nearest_sort(&b.results[i]);
            found[from + i] = b.results[i].count;
        }
    }
out:
    free_batches(&b);
    return status;
}
