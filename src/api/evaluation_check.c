#include "api/evaluation_check.h"

#include <math.h>

#include "base/number.h"

#define MAX_CELLS (SIZE_MAX / 64 < INT32_MAX ? SIZE_MAX / 64 : (size_t)INT32_MAX)

/* An array of numbers that the objective needs: not NULL, finite, and none below min. */
static n2v_status check_numbers(const n2v_objective *objective, const char *name, const float *values, size_t count,
                                float min, n2v_error *error)
{
    if (!values)
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s needs %s (%zu floats), which is NULL",
                         objective->name, name, count);
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]) || values[i] < min)
            return error_set(error, N2V_ERROR_ARGUMENT, "%s[%zu] is %s; it must be finite%s", name, i,
                             NUMBER_SHOWN((double)values[i]),
                             min >= 1   ? " and at least 1"
                             : min >= 0 ? " and not negative"
                                          : "");
    return N2V_OK;
}

/* Scores of count rows among themselves; the diagonal is not read. */
static n2v_status check_pairs(const n2v_objective *objective, const char *name, const float *pairs, size_t count,
                              n2v_error *error)
{
    const bool distances = objective->geometry == N2V_SQEUCLID;
    size_t cells;

    if (__builtin_mul_overflow(count, count, &cells) || cells > MAX_CELLS)
        return error_set(error, N2V_ERROR_ARGUMENT, "%s: %zu x %zu is too large; the maximum is %zu cells", name, count,
                         count, MAX_CELLS);
    if (!pairs)
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s needs %s (%zu x %zu floats), which is NULL",
                         objective->name, name, count, count);
    for (size_t i = 0; i < count; i++)
        for (size_t l = 0; l < count; l++)
            if (i != l && (!isfinite(pairs[i * count + l]) || (distances && pairs[i * count + l] < 0)))
                return error_set(error, N2V_ERROR_ARGUMENT,
                                 "%s: row %zu, column %zu (from 0) is %s; it must be finite%s", name, i, l,
                                 NUMBER_SHOWN((double)pairs[i * count + l]), distances ? " and not negative" : "");
    return N2V_OK;
}

static n2v_status check_scores(const n2v_objective *objective, const n2v_evaluation *e, n2v_error *error)
{
    const bool distances = objective->geometry == N2V_SQEUCLID;

    for (size_t c = 0; c < e->m * e->n; c++) {
        const float score = e->scores[c];
        if (!isfinite(score) || (distances && score < 0))
            return error_set(error, N2V_ERROR_ARGUMENT, "the score of row %zu, column %zu (from 0) is %s; %s", c / e->n,
                             c % e->n, NUMBER_SHOWN((double)score),
                             isfinite(score) ? "a squared distance is not negative" : "it must be finite");
    }
    return N2V_OK;
}

/* Also counts the positives. */
static n2v_status check_labels(const n2v_evaluation *e, size_t *positives, n2v_error *error)
{
    *positives = 0;
    for (size_t i = 0; i < e->m; i++) {
        const size_t before = *positives;
        for (size_t j = 0; j < e->n; j++) {
            const unsigned label = e->labels[i * e->n + j];
            if (label > N2V_MASKED)
                return error_set(
                    error, N2V_ERROR_ARGUMENT,
                    "the label of row %zu, column %zu (from 0) is %u; there are 0 (negative), 1 (positive) "
                    "and 2 (masked)",
                    i, j, label);
            *positives += label == N2V_POSITIVE;
        }
        if (*positives == before)
            return error_set(error, N2V_ERROR_ARGUMENT,
                             "row %zu (from 0) has no positive; label one of its columns 1, or omit the row", i);
    }
    return N2V_OK;
}

/* The arrays that only some objectives need. */
static n2v_status check_needed(const n2v_objective *objective, uint32_t needs, const n2v_evaluation *e,
                               n2v_error *error)
{
    const struct {
        bool needed;
        const char *name;
        const float *values;
        size_t count;
        float min;
    } arrays[] = {{needs & N2V_NEEDS_LOG_NOISE, "log_noise", e->log_noise, e->n, -INFINITY},
                  {e->multiplicity, "multiplicity", e->multiplicity, e->n, 1},
                  {needs & N2V_NEEDS_NORMS, "input_norms", e->input_norms, e->m, 0},
                  {needs & N2V_NEEDS_NORMS, "output_norms", e->output_norms, e->n, 0}};
    n2v_status status = N2V_OK;

    for (size_t i = 0; status == N2V_OK && i < sizeof arrays / sizeof *arrays; i++)
        if (arrays[i].needed)
            status = check_numbers(objective, arrays[i].name, arrays[i].values, arrays[i].count, arrays[i].min,
                                   error);
    if (status == N2V_OK && (needs & N2V_NEEDS_SIDES))
        status = check_pairs(objective, "input_pairs", e->input_pairs, e->m, error);
    if (status == N2V_OK && (needs & N2V_NEEDS_SIDES))
        status = check_pairs(objective, "output_pairs", e->output_pairs, e->n, error);
    return status;
}

n2v_status evaluation_check(const n2v_objective *objective, uint32_t needs, const n2v_evaluation *e, size_t *positives,
                            n2v_error *error)
{
    n2v_status status;
    size_t cells;

    if (!e->m || !e->n)
        return error_set(error, N2V_ERROR_ARGUMENT, "the tile is %zu x %zu; it needs a row and a column", e->m, e->n);
    if (__builtin_mul_overflow(e->m, e->n, &cells) || cells > MAX_CELLS)
        return error_set(error, N2V_ERROR_ARGUMENT, "a tile of %zu x %zu is too large; the maximum is %zu cells", e->m,
                         e->n, MAX_CELLS);
    if (!e->scores || !e->labels)
        return error_set(error, N2V_ERROR_ARGUMENT, "%s is NULL; it takes %zu x %zu values",
                         e->scores ? "labels" : "scores", e->m, e->n);
    if ((status = check_labels(e, positives, error)) != N2V_OK ||
        (status = check_scores(objective, e, error)) != N2V_OK)
        return status;
    return check_needed(objective, needs, e, error);
}
