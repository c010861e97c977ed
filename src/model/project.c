/* project.c - principal components by the covariance of the rows, in double. */
#include "model/project.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/machine.h"
#include "base/memory.h"
#include "base/min.h"
#include "base/threads.h"
#include "model/doubles.h"
#include "model/eigen.h"

#define BAND     ((size_t)32)  /* rows of the covariance that a thread takes at once */
#define TOGETHER ((size_t)8)   /* rows that are added to it at once: each load of a sum serves all of them */
#define PIECE    ((size_t)256) /* rows that a thread projects at once */

static void find_mean(Projection *p, const RowsView *rows)
{
    for (size_t r = 0; r < rows->count; r++)
        for (size_t i = 0; i < rows->dim; i++)
            p->mean[i] += (double)rows->floats[r * rows->stride + i];
    for (size_t i = 0; i < rows->dim; i++)
        p->mean[i] /= (double)rows->count;
}

static void center(const Projection *p, const float *row, double *out)
{
    for (size_t i = 0; i < p->dim; i++)
        out[i] = (double)row[i] - p->mean[i];
}

/* Threads that may be stopped ----------------------------------------------------------- */

typedef struct asking {
    const Stop *stop;
    pthread_t caller; /* who alone asks stop */
    atomic_bool stopped;
} asking;

static void begin_asking(asking *a, const Stop *stop)
{
    a->stop = stop;
    a->caller = pthread_self();
    atomic_init(&a->stopped, stop_requested(stop));
}

static bool is_stopped(asking *a)
{
    if (pthread_equal(pthread_self(), a->caller) && stop_requested(a->stop))
        atomic_store(&a->stopped, true);
    return atomic_load(&a->stopped);
}

static n2v_status end_asking(asking *a, n2v_error *error)
{
    return atomic_load(&a->stopped) ? error_set(error, N2V_ERROR_INTERRUPTED, COMPONENTS_INTERRUPTED) : N2V_OK;
}

/* Covariance ---------------------------------------------------------------------------- */

typedef struct summing {
    const Projection *projection;
    const RowsView *rows;
    double *sums; /* dim x dim: its upper triangle */
    asking asking;
    atomic_size_t next;
    atomic_bool failed;
} summing;

/* Adds the products of some centered rows to the sums from..to of the matrix. */
static void add_products(const summing *s, double (*x)[TOGETHER], const double *centered, size_t from, size_t to)
{
    const size_t dim = s->rows->dim;
    const double *restrict r0 = centered, *restrict r1 = r0 + dim, *restrict r2 = r1 + dim, *restrict r3 = r2 + dim,
                           *restrict r4 = r3 + dim, *restrict r5 = r4 + dim, *restrict r6 = r5 + dim,
                           *restrict r7 = r6 + dim;

    for (size_t i = from; i < to; i++) {
        double *restrict sums = s->sums + i * dim;
        const double *f = x[i - from];
        for (size_t r = 0; r < TOGETHER; r++)
            x[i - from][r] = centered[r * dim + i];
        for (size_t j = i; j < dim; j++)
            sums[j] += f[0] * r0[j] + f[1] * r1[j] + f[2] * r2[j] + f[3] * r3[j] + f[4] * r4[j] + f[5] * r5[j] +
                       f[6] * r6[j] + f[7] * r7[j];
    }
}

/* A thread adds all rows to a band of the matrix, so that sums do not depend on the number of threads. */
static void *sum_bands(void *shared)
{
    summing *s = shared;
    const RowsView *rows = s->rows;
    const size_t dim = rows->dim;
    double factors[BAND][TOGETHER], *centered = array_create(TOGETHER * dim, sizeof *centered);
    size_t from;

    if (!centered) {
        atomic_store(&s->failed, true);
        return NULL;
    }
    while ((from = BAND * atomic_fetch_add(&s->next, 1)) < dim)
        for (size_t row = 0; row < rows->count; row += TOGETHER) {
            if (row % PIECE == 0 && is_stopped(&s->asking))
                break;
            for (size_t r = 0; r < TOGETHER; r++)
                if (row + r < rows->count)
                    center(s->projection, rows->floats + (row + r) * rows->stride, centered + r * dim);
                else
                    memset(centered + r * dim, 0, dim * sizeof *centered);
            add_products(s, factors, centered, from, min_size(from + BAND, dim));
        }
    free(centered);
    return NULL;
}

static n2v_status find_covariance(const Projection *p, const RowsView *rows, double *sums, const Stop *stop,
                                  n2v_error *error)
{
    const size_t dim = rows->dim;
    summing s = {.projection = p, .rows = rows, .sums = sums};
    n2v_status status;

    begin_asking(&s.asking, stop);
    in_threads((size_t)machine_cores(), sum_bands, &s);
    if (atomic_load(&s.failed))
        return fail_memory(error, TOGETHER * dim * sizeof(double), "the principal components");
    if ((status = end_asking(&s.asking, error)) != N2V_OK)
        return status;
    for (size_t i = 0; i < dim; i++)
        for (size_t j = i; j < dim; j++)
            sums[j * dim + i] = sums[i * dim + j] /= (double)rows->count;
    return N2V_OK;
}

/* Components ---------------------------------------------------------------------------- */

static double share_kept(const Projection *p, double variance, const double *values)
{
    double kept = 0;

    for (size_t i = 0; i < p->removed; i++)
        variance -= values[i];
    for (size_t i = p->removed; i < p->removed + p->kept; i++)
        kept += values[i];
    return variance > 0 && kept < variance ? kept / variance : 1;
}

n2v_status projection_create(Projection *projection, const RowsView *rows, size_t removed, size_t kept,
                             const Stop *stop, n2v_error *error)
{
    const size_t dim = rows->dim, count = removed + kept;
    Projection p = {.dim = dim, .removed = removed, .kept = kept};
    double *covariance = array_create_zero(dim, dim * sizeof *covariance), *values = array_create(dim, sizeof *values);
    double variance = 0;
    n2v_status status;

    *projection = (Projection){.dim = 0};
    p.mean = array_create_zero(dim, sizeof *p.mean);
    p.components = array_create(count, dim * sizeof *p.components);
    if (!covariance || !values || !p.mean || !p.components) {
        status = fail_memory(error, dim * dim * sizeof *covariance, "the principal components");
        goto out;
    }
    find_mean(&p, rows);
    if ((status = find_covariance(&p, rows, covariance, stop, error)) != N2V_OK)
        goto out;
    for (size_t i = 0; i < dim; i++)
        variance += covariance[i * dim + i];
    if ((status = eigen_symmetric(covariance, dim, count, values, p.components, stop, error)) == N2V_OK)
        p.share = share_kept(&p, variance, values);
out:
    free(covariance);
    free(values);
    if (status == N2V_OK)
        *projection = p;
    else
        projection_free(&p);
    return status;
}

void projection_free(Projection *projection)
{
    free(projection->mean);
    free(projection->components);
    *projection = (Projection){.dim = 0};
}

size_t projection_dim(const Projection *projection)
{
    return projection->kept ? projection->kept : projection->dim;
}

/* Rows ---------------------------------------------------------------------------------- */

typedef struct applying {
    const Projection *projection;
    const RowsView *rows;
    float *out;
    size_t stride;
    asking asking;
    atomic_size_t next;
    atomic_bool failed;
} applying;

/* A row of its mean and its products with the components; x has room for dim. */
static void apply(const Projection *p, const float *row, double *x, float *out)
{
    const size_t dim = p->dim;

    center(p, row, x);
    if (p->kept) { /* which are orthogonal to the removed ones */
        for (size_t i = 0; i < p->kept; i++)
            out[i] = (float)doubles_product(p->components + (p->removed + i) * dim, x, dim);
        return;
    }
    for (size_t i = 0; i < p->removed; i++) {
        const double *component = p->components + i * dim;
        doubles_add(x, -doubles_product(component, x, dim), component, dim);
    }
    for (size_t i = 0; i < dim; i++)
        out[i] = (float)x[i];
}

static void *apply_pieces(void *shared)
{
    applying *a = shared;
    double *x = array_create(a->rows->dim, sizeof *x);
    size_t from;

    if (!x)
        atomic_store(&a->failed, true);
    while (x && (from = PIECE * atomic_fetch_add(&a->next, 1)) < a->rows->count && !is_stopped(&a->asking))
        for (size_t row = from; row < min_size(from + PIECE, a->rows->count); row++)
            apply(a->projection, a->rows->floats + row * a->rows->stride, x, a->out + row * a->stride);
    free(x);
    return NULL;
}

n2v_status projection_apply(const Projection *projection, const RowsView *rows, float *out, size_t stride,
                            const Stop *stop, n2v_error *error)
{
    applying a = {.projection = projection, .rows = rows, .out = out, .stride = stride};

    begin_asking(&a.asking, stop);
    in_threads((size_t)machine_cores(), apply_pieces, &a);
    return atomic_load(&a.failed) ? fail_memory(error, rows->dim * sizeof(double), "a row")
                                  : end_asking(&a.asking, error);
}
