/* The cells of a tile, split, joined and clipped, by every kernel set of this machine. */
#include <math.h>

#include "base/random.h"
#include "kernel_support.h"
#include "kernels/kernels.h"
#include "test.h"

enum { MAX_COUNT = 40 }; /* rows and columns */

/* The largest sum of magnitudes of a row or column, or limit. */
static double longest_step(const float *cells, size_t m, size_t n, double limit)
{
    double longest = limit;

    for (size_t i = 0; i < m; i++) {
        double sum = 0;
        for (size_t j = 0; j < n; j++)
            sum += fabs((double)cells[i * n + j]);
        longest = fmax(longest, sum);
    }
    for (size_t j = 0; j < n; j++) {
        double sum = 0;
        for (size_t i = 0; i < m; i++)
            sum += fabs((double)cells[i * n + j]);
        longest = fmax(longest, sum);
    }
    return longest;
}

/* One matrix; returns whether its steps were clipped. */
static bool check_bounded(const Kernels *set, size_t m, size_t n, float size, Random *random)
{
    float cells[MAX_COUNT * MAX_COUNT + 1], before[MAX_COUNT * MAX_COUNT], x[MAX_COUNT + 1], y[MAX_COUNT + 1];
    double factor;

    for (size_t c = 0; c < m * n; c++)
        before[c] = cells[c] = size * random_value(random);
    cells[m * n] = x[m] = y[n] = GUARD;
    set->bound_steps(cells, m, n, 0.5F, x, y);
    require(cells[m * n] == GUARD && x[m] == GUARD && y[n] == GUARD, "%s writes beyond %zu x %zu", set->name, m, n);
    factor = 0.5 / longest_step(before, m, n, 0.5);
    for (size_t i = 0; i < m; i++) {
        double left = 1;
        for (size_t j = 0; j < n; j++) {
            const double wanted = factor * (double)before[i * n + j];
            left -= wanted;
            require(fabs((double)cells[i * n + j] - wanted) <= 1e-6, "%s %zu x %zu: cell %g, not %g", set->name, m, n,
                    (double)cells[i * n + j], wanted);
        }
        require(fabs((double)x[i] - left) <= 1e-5, "%s %zu x %zu: %g of row %zu is left, not %g", set->name, m, n,
                (double)x[i], i, left);
    }
    for (size_t j = 0; j < n; j++) {
        double left = 1;
        for (size_t i = 0; i < m; i++)
            left -= factor * (double)before[i * n + j];
        require(fabs((double)y[j] - left) <= 1e-5, "%s %zu x %zu: %g of column %zu is left, not %g", set->name, m, n,
                (double)y[j], j, left);
    }
    return factor < 1;
}

/* One cell is NaN: the others are clipped all the same. */
static void check_bounded_beside_nan(const Kernels *set, size_t n, size_t cell)
{
    float cells[6 * MAX_COUNT], x[6], y[MAX_COUNT];

    for (size_t c = 0; c < 6 * n; c++)
        cells[c] = 0;
    cells[0] = 3;
    cells[cell] = NAN;
    set->bound_steps(cells, 6, n, 0.5F, x, y);
    for (size_t i = 0; i < 6; i++)
        require(i == cell / n || x[i] == (i ? 1 : 0.5F), "%s: %g of row %zu beside NaN", set->name, (double)x[i], i);
    for (size_t j = 0; j < n; j++)
        require(j == cell % n || y[j] == (j ? 1 : 0.5F), "%s: %g of column %zu beside NaN", set->name, (double)y[j], j);
}

START_TEST(bounded_steps)
{
    Random random;
    const Kernels *set;
    size_t bounded = 0, free_ones = 0;

    random_seed(&random, 11, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t m = 1; m <= MAX_COUNT; m++) {
            for (size_t n = 1; n <= MAX_COUNT; n++) {
                const bool clipped = check_bounded(set, m, n, random_below(&random, 2) ? 0.01F : 1, &random);
                bounded += clipped;
                free_ones += !clipped;
            }
        }
    }
    require(bounded && free_ones, "%zu bounded, %zu free", bounded, free_ones);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++)
        for (size_t n = 5; n <= MAX_COUNT; n += 7)
            for (size_t cell = 1; cell < 6 * n; cell++)
                check_bounded_beside_nan(set, n, cell);
}
END_TEST

/* Cells are split and joined: rows of up to eight windows, with any of their bits set. */
START_TEST(parted_cells)
{
    enum { ROWS = 12, NOISE = 37, WINDOWS = 8 };
    Random random;
    const Kernels *set;

    random_seed(&random, 9, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t n = 0; n <= NOISE; n++) {
            for (size_t windows = 1; windows <= WINDOWS; windows++) {
                const size_t m = 1 + random_below(&random, ROWS), width = n ? n + windows : 0;
                float cells[ROWS * (NOISE + WINDOWS) + ROW_FLOATS], scores[ROWS * NOISE + ROW_FLOATS];
                float positives[ROWS * WINDOWS + ROW_FLOATS], joined[ROWS * (NOISE + WINDOWS) + ROW_FLOATS + 1];
                uint8_t members[ROWS];
                uint32_t first[ROWS + 1] = {0};

                for (size_t c = 0; c < m * width || c < windows; c++)
                    cells[c] = random_value(&random);
                for (size_t i = 0; i < m; i++) {
                    members[i] = (uint8_t)random_below(&random, 1u << windows);
                    first[i + 1] = first[i] + (uint32_t)__builtin_popcount(members[i]);
                }
                set->split(cells, m, width, n, members, first, n ? scores : NULL, positives);
                for (size_t i = 0; i < m; i++) {
                    size_t p = first[i];
                    for (size_t j = 0; j < n; j++)
                        require(scores[i * n + j] == cells[i * width + j], "%s: score (%zu, %zu)", set->name, i, j);
                    for (size_t w = 0; w < windows; w++)
                        if (members[i] >> w & 1)
                            require(positives[p++] == cells[i * width + n + w], "%s: positive of (%zu, %zu)",
                                    set->name, i, w);
                }
                if (!n)
                    continue;
                joined[m * width + ROW_FLOATS] = GUARD;
                set->join(scores, positives, m, n, members, first, 0.3F, width, joined);
                for (size_t i = 0; i < m; i++)
                    for (size_t j = 0; j < width; j++)
                        require(joined[i * width + j] ==
                                    (j < n || members[i] >> (j - n) & 1 ? 0.3F * cells[i * width + j] : 0),
                                "%s: cell (%zu, %zu)", set->name, i, j);
                require(joined[m * width + ROW_FLOATS] == GUARD, "%s writes beyond %zu x %zu", set->name, m, width);
            }
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels: cells");
    add_test(suite, "bounded steps", bounded_steps);
    add_test(suite, "parted cells", parted_cells);
    return run_suite(suite);
}
