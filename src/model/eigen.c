/* eigen.c - Householder reflections make the matrix tridiagonal, QR steps with Wilkinson's shift make that diagonal
 * (Golub & Van Loan, Matrix Computations, 8.3). Only the wanted eigenvectors go through the reflections again. */
#include "model/eigen.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/doubles.h"

#define STEPS_EACH 60 /* QR steps for an eigenvalue; two or three are usual */

/* A = Q T Q', T = Z' diag(d) Z. */
typedef struct solving {
    double *a; /* n x n: the matrix; then row k has the k-th reflection's vector right of the diagonal */
    size_t n;
    double *d, *e;   /* T: its diagonal, and e[k] between k and k + 1; then d has the eigenvalues */
    double *factors; /* reflection k is I - factors[k] v v' */
    double *work;    /* n */
    double *z;       /* n x n: a row for each eigenvector of T */
    size_t *order;   /* of eigenvalues, the largest first */
    const Stop *stop;
} solving;

/* Asked every few million operations. */
static n2v_status check_stop(const solving *s, n2v_error *error)
{
    return stop_requested(s->stop) ? error_set(error, N2V_ERROR_INTERRUPTED, COMPONENTS_INTERRUPTED) : N2V_OK;
}

/* Makes x, m numbers, the vector of a reflection that maps it to (*image, 0, ..., 0); returns its factor. Scaled, so
 * that no square overflows or vanishes. */
static double make_reflection(double *x, size_t m, double *image)
{
    double scale = 0, norm;

    for (size_t i = 0; i < m; i++)
        scale = fmax(scale, fabs(x[i]));
    if (scale == 0) {
        *image = 0;
        return 0;
    }
    for (size_t i = 0; i < m; i++)
        x[i] /= scale;
    norm = sqrt(doubles_product(x, x, m));
    *image = x[0] > 0 ? -norm * scale : norm * scale;
    x[0] += x[0] > 0 ? norm : -norm;
    return 2 / doubles_product(x, x, m);
}

static n2v_status tridiagonalize(solving *s, n2v_error *error)
{
    const size_t n = s->n;
    n2v_status status;

    for (size_t k = 0; k + 1 < n; k++) {
        const size_t m = n - k - 1;
        double *v = s->a + k * n + k + 1, *w = s->work;
        if ((status = check_stop(s, error)) != N2V_OK)
            return status;
        s->d[k] = s->a[k * n + k];
        s->factors[k] = make_reflection(v, m, &s->e[k]);
        if (s->factors[k] == 0)
            continue;
        /* B - v w' - w v' is B between two reflections, for w = f B v - f^2/2 (v' B v) v. */
        for (size_t i = 0; i < m; i++)
            w[i] = s->factors[k] * doubles_product(s->a + (k + 1 + i) * n + k + 1, v, m);
        doubles_add(w, -s->factors[k] / 2 * doubles_product(w, v, m), v, m);
        for (size_t i = 0; i < m; i++) {
            double *row = s->a + (k + 1 + i) * n + k + 1;
            const double vi = v[i], wi = w[i];
            for (size_t j = 0; j < m; j++)
                row[j] -= vi * w[j] + wi * v[j];
        }
    }
    s->d[n - 1] = s->a[n * n - 1];
    return N2V_OK;
}

/* Turns rows k and k + 1 of T and Z by the angle that maps (x, y) to (r, 0). */
static void turn(solving *s, size_t k, double x, double y)
{
    const double r = hypot(x, y), c = x / r, t = y / r;
    const double dk = s->d[k], dl = s->d[k + 1], e = s->e[k];
    double *restrict zk = s->z + k * s->n, *restrict zl = zk + s->n;

    s->d[k] = c * c * dk + 2 * c * t * e + t * t * dl;
    s->d[k + 1] = t * t * dk - 2 * c * t * e + c * c * dl;
    s->e[k] = c * t * (dl - dk) + (c * c - t * t) * e;
    for (size_t i = 0; i < s->n; i++) {
        const double a = zk[i], b = zl[i];
        zk[i] = c * a + t * b;
        zl[i] = c * b - t * a;
    }
}

/* One step on the block from `low` to `high`, in which no e is 0. */
static void step(solving *s, size_t low, size_t high)
{
    const double half = (s->d[high - 1] - s->d[high]) / 2, last = s->e[high - 1];
    const double shift = s->d[high] - last * (last / (half + copysign(hypot(half, last), half)));
    double x = s->d[low] - shift, y = s->e[low];

    for (size_t k = low; k < high; k++) {
        const double r = hypot(x, y), c = r > 0 ? x / r : 1, t = r > 0 ? y / r : 0;
        if (k > low)
            s->e[k - 1] = r;
        if (r > 0)
            turn(s, k, x, y);
        x = s->e[k];
        y = 0;
        if (k + 1 < high) { /* what the turn puts beside the diagonals is chased out by the next */
            y = t * s->e[k + 1];
            s->e[k + 1] *= c;
        }
    }
}

static bool is_negligible(const solving *s, size_t k)
{
    return fabs(s->e[k]) <= DBL_EPSILON * (fabs(s->d[k]) + fabs(s->d[k + 1]));
}

static n2v_status diagonalize(solving *s, n2v_error *error)
{
    size_t high = s->n - 1, steps = 0;
    n2v_status status;

    for (size_t i = 0; i < s->n; i++)
        s->z[i * s->n + i] = 1;
    while (high > 0) {
        size_t low;
        if (is_negligible(s, high - 1)) {
            high--;
            steps = 0;
            continue;
        }
        for (low = high - 1; low > 0 && !is_negligible(s, low - 1); low--)
            ;
        if (steps++ == STEPS_EACH)
            return error_set(error, N2V_ERROR_NUMERIC,
                             "the principal components could not be computed: the iteration "
                             "does not converge");
        if ((status = check_stop(s, error)) != N2V_OK)
            return status;
        step(s, low, high);
    }
    return N2V_OK;
}

/* An eigenvector of the matrix from one of T. */
static void reflect_back(const solving *s, double *x)
{
    const size_t n = s->n;

    for (size_t k = n - 1; k-- > 0;) {
        const double *v = s->a + k * n + k + 1;
        doubles_add(x + k + 1, -s->factors[k] * doubles_product(v, x + k + 1, n - k - 1), v, n - k - 1);
    }
}

static void fix_sign(double *x, size_t n)
{
    size_t largest = 0;

    for (size_t i = 1; i < n; i++)
        if (fabs(x[i]) > fabs(x[largest]))
            largest = i;
    if (x[largest] < 0)
        for (size_t i = 0; i < n; i++)
            x[i] = -x[i];
}

static int compare(const void *a, const void *b, void *values)
{
    const size_t i = *(const size_t *)a, j = *(const size_t *)b;
    const double x = ((const double *)values)[i], y = ((const double *)values)[j];

    return x != y ? (x < y ? 1 : -1) : (i > j) - (i < j);
}

static n2v_status check_finite(const double *matrix, size_t count, n2v_error *error)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(matrix[i]))
            return error_set(error, N2V_ERROR_NUMERIC,
                             "the principal components could not be computed: the vectors have numbers that are not "
                             "finite, or too large");
    return N2V_OK;
}

n2v_status eigen_symmetric(double *matrix, size_t n, size_t count, double *values, double *vectors, const Stop *stop,
                           n2v_error *error)
{
    solving s = {.a = matrix, .n = n, .stop = stop};
    double *room = array_create(4 * n, sizeof *room);
    n2v_status status = N2V_OK;

    s.order = array_create(n, sizeof *s.order);
    s.z = array_create_zero(n * n, sizeof *s.z); /* n x n fits: the matrix does */
    if (!room || !s.order || !s.z) {
        status = fail_memory(error, n * n * sizeof *s.z, "the principal components");
        goto out;
    }
    s.d = room;
    s.e = room + n;
    s.factors = room + 2 * n;
    s.work = room + 3 * n;
    if ((status = check_finite(matrix, n * n, error)) != N2V_OK || (status = tridiagonalize(&s, error)) != N2V_OK ||
        (status = diagonalize(&s, error)) != N2V_OK)
        goto out;
    for (size_t i = 0; i < n; i++)
        s.order[i] = i;
    qsort_r(s.order, n, sizeof *s.order, compare, s.d);
    for (size_t i = 0; i < count && (status = check_stop(&s, error)) == N2V_OK; i++) {
        values[i] = s.d[s.order[i]];
        memcpy(vectors + i * n, s.z + s.order[i] * n, n * sizeof *vectors);
        reflect_back(&s, vectors + i * n);
        fix_sign(vectors + i * n, n);
    }
out:
    free(room);
    free(s.order);
    free(s.z);
    return status;
}
