/* lifted.c - lifted structured embedding: each positive against all negatives of both its words.
 *
 *     J = D+ + log( sum_k exp(margin - D_ik) + sum_l exp(margin - D_lj) ),   D = |x - y|
 *     loss = max(0, J)^2 / 2     over the positive pairs (i, j)
 *
 * k runs over the negatives of input i. l runs over the negatives of output j: the tile's other rows in its column.
 * Tiles with sampled negatives have no column for a positive, and only the first sum. With hard=1, J = D+ + the
 * largest margin - D. The score is D^2. Where D is below a thousandth of the margin, its derivative is computed as if
 * D were that thousandth. */
#include <math.h>

#include "objectives/registry.h"

enum { MARGIN, UNIT, HARD, IN_BATCH };

static uint32_t needs(const float *parameters, void *user)
{
    (void)user;
    return (parameters[UNIT] > 0 ? N2V_NEEDS_UNIT_ROWS : 0u) |
           (parameters[IN_BATCH] > 0 ? N2V_NEEDS_IN_BATCH | N2V_NEEDS_CLASSES : 0u);
}

static size_t scratch_floats(size_t m, size_t n, size_t positives, void *user)
{
    (void)user;
    return 2 * m * n + 2 * m + 2 * n + 3 * positives;
}

/* A softmax with temperature 0, for each of count rows or columns: the share of the smallest distance, the first of
 * equal ones, is 1. Consecutive rows or columns begin `across` floats apart; the `length` elements of one are `along`
 * apart. */
static void hard_maximum(const float *distance, size_t count, size_t across, size_t length, size_t along,
                         float *shares, float *tops)
{
    for (size_t i = 0; i < count; i++) {
        const float *line = distance + i * across;
        size_t nearest = 0;
        for (size_t j = 1; j < length; j++)
            nearest = line[j * along] < line[nearest * along] ? j : nearest;
        tops[i] = -line[nearest * along];
        for (size_t j = 0; j < length; j++)
            shares[i * across + j * along] = j == nearest && tops[i] > -INFINITY ? 1 : 0;
    }
}

/* Makes log-sum-exps, soft maxima, of a softmax's tops and sums. */
static void add_logs(const VectorMath *math, float *sums, size_t count, float *tops)
{
    math->log(sums, sums, count);
    for (size_t i = 0; i < count; i++)
        tops[i] += sums[i];
}

/* The soft maximum of -D over the negatives of each row, or the maximum with hard, and the shares of the negatives in
 * it. A masked cell has an infinite D. */
static void maximum_of_rows(const n2v_tile *tile, const float *distance, bool hard, const VectorMath *math,
                            float *shares, float *tops, float *scratch)
{
    if (hard) {
        hard_maximum(distance, tile->m, tile->n, tile->n, 1, shares, tops);
        return;
    }
    math->softmax(distance, tile->m, tile->n, -1, NULL, tile->multiplicity, shares, scratch, tops);
    add_logs(math, scratch, tile->m, tops);
}

/* The same for each column; every row counts once. */
static void maximum_of_columns(const n2v_tile *tile, const float *distance, bool hard, const VectorMath *math,
                               float *shares, float *tops, float *scratch)
{
    if (hard) {
        hard_maximum(distance, tile->n, 1, tile->m, tile->n, shares, tops);
        return;
    }
    math->softmax_columns(distance, tile->m, tile->n, -1, shares, scratch, tops);
    add_logs(math, scratch, tile->n, tops);
}

/* For each positive: the soft maximum of those of its row, a, and its column, b, and a's share in it. */
static void join(const n2v_tile *tile, const float *a, const float *b, bool hard, const VectorMath *math, float *both,
                 float *share, float *scratch)
{
    const size_t positives = tile->first[tile->m];

    for (size_t p = 0; p < positives && !tile->column; p++) { /* without columns: the row's alone */
        both[p] = a[tile->row[p]];
        share[p] = 1;
    }
    if (!tile->column)
        return;
    for (size_t p = 0; p < positives; p++) {
        const float left = a[tile->row[p]], right = b[tile->column[p]];
        const float ahead = left == right ? 0 : left - right; /* both -INFINITY without negatives: avoid NaN */
        share[p] = ahead;
        scratch[p] = ahead > 0 ? -ahead : ahead;
        both[p] = left > right ? left : right;
    }
    if (hard) {
        for (size_t p = 0; p < positives; p++)
            share[p] = share[p] >= 0 ? 1 : 0;
        return;
    }
    math->sigmoid(share, share, positives);
    math->softplus(scratch, scratch, positives);
    for (size_t p = 0; p < positives; p++)
        both[p] += scratch[p];
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    const VectorMath *const math = tile->math;
    const float margin = parameters[MARGIN], min_distance = 1e-3f * margin;
    const bool hard = parameters[HARD] > 0;
    const size_t m = tile->m, n = tile->n, positives = tile->first[m];
    float *distance = scratch, *of_columns = distance + m * n, *row_top = of_columns + m * n;
    float *row_pull = row_top + m, *column_top = row_pull + m, *column_pull = column_top + n;
    float *both = column_pull + n, *share = both + positives, *free_place = share + positives;

    (void)user;
    math->roots(tile->scores, distance, m * n);
    for (size_t c = 0; tile->mask && c < m * n; c++)
        distance[c] = tile->mask[c] ? INFINITY : distance[c];
    maximum_of_rows(tile, distance, hard, math, gradient->scores, row_top, row_pull);
    if (tile->column)
        maximum_of_columns(tile, distance, hard, math, of_columns, column_top, column_pull);
    join(tile, row_top, column_top, hard, math, both, share, free_place);
    for (size_t i = 0; i < m; i++)
        row_pull[i] = 0;
    for (size_t j = 0; j < n; j++)
        column_pull[j] = 0;
    for (size_t p = 0; p < positives; p++) {
        const float positive = sqrtf(tile->positive_scores[p]), edge = positive + margin + both[p];
        const float pull = edge > 0 ? edge : 0;
        gradient->positives[p] = pull / (2 * (positive > min_distance ? positive : min_distance));
        row_pull[tile->row[p]] -= pull * share[p];
        if (tile->column)
            column_pull[tile->column[p]] -= pull * (1 - share[p]);
        if (loss)
            *loss += 0.5 * (double)pull * (double)pull;
    }
    math->weigh(gradient->scores, m, n, row_pull, NULL);
    for (size_t i = 0; tile->column && i < m; i++)
        for (size_t j = 0; j < n; j++)
            gradient->scores[i * n + j] += column_pull[j] * of_columns[i * n + j];
    math->root_slopes(distance, m * n, min_distance, gradient->scores);
}

const n2v_objective objective_lifted = {
    .size = sizeof(n2v_objective),
    .name = "lifted",
    .summary = "lifted structured embedding: each positive against all edges of its two ends",
    .formula = "max(0, D+ + log(sum of exp(margin - D-) over the negatives of both ends))^2 / 2, D = |x - y|",
    .paper = "Song, Xiang, Jegelka & Savarese 2015, Deep Metric Learning via Lifted Structured Feature Embedding",
    .geometry = N2V_SQEUCLID,
    .parameters = {{"margin", 1, 1e-3f, 100, false, "distance that negatives are pushed beyond"},
                   {"unit", 0, 0, 1, true, "1: rows are kept at length 1"},
                   {"hard", 0, 0, 1, true, "1: only the hardest negative, 0: all, smoothly"},
                   {"in_batch", 1, 0, 1, true, "1: the other pairs of a batch are the negatives, 0: draws from Q"}},
    .init = 1,
    .learning_rate = 0.04,
    .noise = 15,
    .noise_sharing = 1,
    .needs = needs,
    .scratch = scratch_floats,
    .loss_grad = loss_grad,
};
