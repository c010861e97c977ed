#include "query/query.h"

#include <math.h>
#include <string.h>

#include "model/rows.h"

#define ROUNDING 1e-12 /* of a vector of length 1, well above what doubles leave of vectors that cancel */

/* Checks ------------------------------------------------------------------------------- */

static n2v_status check_words(const Id *ids, size_t count, const char *side, size_t index, const Model *model,
                              n2v_error *error)
{
    if (count && !ids)
        return error_set(error, N2V_ERROR_ARGUMENT, "query %zu: %s is NULL, but %s_count is %zu", index, side, side,
                         count);
    for (size_t i = 0; i < count; i++)
        if (ids[i] >= model->words)
            return error_set(error, N2V_ERROR_ARGUMENT, "query %zu: word id %lu is out of range; the last id is %zu",
                             index, (unsigned long)ids[i], model->words - 1);
    return N2V_OK;
}

static n2v_status check_vector(const n2v_query *query, size_t index, size_t dim, n2v_error *error)
{
    bool zero = true;

    if (query->method == N2V_MULTIPLY)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "query %zu: the method multiply takes words alone; a vector needs the method add", index);
    for (size_t i = 0; i < dim; i++) {
        if (!isfinite(query->vector[i]))
            return error_set(error, N2V_ERROR_ARGUMENT, "query %zu: number %zu of the vector is not finite", index,
                             i + 1);
        zero = zero && query->vector[i] == 0;
    }
    if (zero)
        return error_set(error, N2V_ERROR_ARGUMENT, "query %zu: the vector is zero, so it has no direction", index);
    return N2V_OK;
}

n2v_status query_check(const n2v_query *query, size_t index, const Model *model, n2v_error *error)
{
    n2v_status status;

    if (query->method != N2V_ADD && query->method != N2V_MULTIPLY)
        return error_set(error, N2V_ERROR_ARGUMENT, "query %zu: unknown method %d", index, (int)query->method);
    if (!query->plus_count && !query->minus_count && !query->vector)
        return error_set(error, N2V_ERROR_ARGUMENT, "query %zu has no word and no vector", index);
    if ((status = check_words(query->plus, query->plus_count, "plus", index, model, error)) != N2V_OK ||
        (status = check_words(query->minus, query->minus_count, "minus", index, model, error)) != N2V_OK)
        return status;
    return query->vector ? check_vector(query, index, model->dim, error) : N2V_OK;
}

/* Query vectors ------------------------------------------------------------------------ */

size_t query_vectors(const n2v_query *query)
{
    return query->method == N2V_MULTIPLY ? query->plus_count + query->minus_count : 1;
}

/* Adds sign times the row, scaled to length 1. In double: no finite row overflows or vanishes. */
static void add_row(const float *row, size_t dim, double sign, double *sum)
{
    const double norm = row_norm(row, dim), factor = norm > 0 ? sign / norm : 0;

    for (size_t i = 0; i < dim; i++)
        sum[i] += factor * (double)row[i];
}

static void add_words(const Id *ids, size_t count, const Model *model, double sign, double *sum)
{
    for (size_t i = 0; i < count; i++)
        add_row(model->input + ids[i] * model->stride, model->dim, sign, sum);
}

static void make_sum(const n2v_query *query, const Model *model, double *sum, float *vector)
{
    const size_t terms = query->plus_count + query->minus_count + (query->vector ? 1 : 0);
    double squares = 0, length, factor;

    memset(sum, 0, model->dim * sizeof *sum);
    add_words(query->plus, query->plus_count, model, 1, sum);
    add_words(query->minus, query->minus_count, model, -1, sum);
    if (query->vector)
        add_row(query->vector, model->dim, 1, sum);
    for (size_t i = 0; i < model->dim; i++)
        squares += sum[i] * sum[i];
    length = sqrt(squares);
    factor = length > ROUNDING * (double)terms ? 1 / length : 0;
    for (size_t i = 0; i < model->dim; i++)
        vector[i] = (float)(factor * sum[i]);
}

void query_make_vectors(const n2v_query *query, const Model *model, double *sum, float *vectors, size_t distance)
{
    const size_t count = query_vectors(query);

    for (size_t i = 0; i < count; i++)
        memset(vectors + i * distance, 0, model->stride * sizeof *vectors);
    if (query->method == N2V_ADD) {
        make_sum(query, model, sum, vectors);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const Id id = i < query->plus_count ? query->plus[i] : query->minus[i - query->plus_count];
        row_normalize(model->input + id * model->stride, model->dim, vectors + i * distance);
    }
}

/* Words --------------------------------------------------------------------------------- */

static bool is_among(Id id, const Id *ids, size_t count)
{
    while (count)
        if (ids[--count] == id)
            return true;
    return false;
}

bool query_has_word(const n2v_query *query, Id id)
{
    return is_among(id, query->plus, query->plus_count) || is_among(id, query->minus, query->minus_count);
}
