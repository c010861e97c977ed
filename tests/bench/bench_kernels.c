/* bench_kernels.c - how close the tile kernels come to what this core can do.
 *
 * Every kernel set of the machine, on tiles of inputs x outputs. In cache: the same rows again
 * and again. From memory: rows at random from two tables that no cache holds, the next tile's
 * asked for before the present one's turn, as the engine does; each row is read and written. */
#include <stdio.h>

#include "base/random.h"
#include "bench/bench.h"
#include "kernels/kernels.h"

#define TABLE_BYTES ((size_t)128 << 20)
#define MAX_ROWS   ((size_t)64)
#define TILES       ((size_t)512) /* different ones, from memory */

static const struct shape {
    size_t m, n;
} shapes[] = {{6, 6}, {8, 8}, {9, 9}, {16, 32}, {32, 32}, {64, 32}};

static const size_t dims[] = {100, 300};

typedef struct tiles {
    const Kernels *kernels;
    size_t m, n, stride;
    float *x[TILES][MAX_ROWS], *y[TILES][MAX_ROWS];
    float *scratch, *scores;
    size_t next, count; /* tiles in turn */
} tiles;

static void run_dot(void *context)
{
    const tiles *t = context;
    t->kernels->dot((const float *const *)t->x[0], t->m, (const float *const *)t->y[0], t->n, t->stride, t->scores);
}

static void run_sqdist(void *context)
{
    const tiles *t = context;
    t->kernels->sqdist((const float *const *)t->x[0], t->m, (const float *const *)t->y[0], t->n, t->stride, t->scores);
}

static void run_update(void *context)
{
    const tiles *t = context;
    t->kernels->update(t->x[0], NULL, t->m, t->y[0], NULL, t->n, t->stride, t->stride, t->scores, t->scratch,
                       (Prefetch){0});
}

/* A step of training without the objective: the scores of a tile are its gradient. */
static void run_step(void *context)
{
    tiles *t = context;
    float *const *x = t->x[t->next], *const *y = t->y[t->next];
    const float *next[2 * MAX_ROWS];
    size_t count = 0;

    t->next = (t->next + 1) % t->count;
    for (size_t i = 0; t->count > 1 && i < t->m; i++)
        next[count++] = t->x[t->next][i];
    for (size_t j = 0; t->count > 1 && j < t->n; j++)
        next[count++] = t->y[t->next][j];
    t->kernels->dot((const float *const *)x, t->m, (const float *const *)y, t->n, t->stride, t->scores);
    t->kernels->update(x, NULL, t->m, y, NULL, t->n, t->stride, t->stride, t->scores, t->scratch,
                       (Prefetch){next, count});
}

/* Rows of the tables for each tile, no two of a tile alike; tile 0 has neighbours where the rows are to stay in
 * cache. */
static void choose_rows(tiles *t, float *inputs, float *outputs, bool cached)
{
    const size_t rows = TABLE_BYTES / sizeof(float) / t->stride, part = rows / MAX_ROWS;
    Random random;

    random_seed(&random, 1, 0, 0, 0);
    t->next = 0;
    t->count = cached ? 1 : TILES;
    for (size_t k = 0; k < t->count; k++) {
        for (size_t i = 0; i < MAX_ROWS; i++) {
            const size_t left = cached ? i : i * part + random_below(&random, (uint32_t)part);
            const size_t right = cached ? i : i * part + random_below(&random, (uint32_t)part);
            t->x[k][i] = inputs + left * t->stride;
            t->y[k][i] = outputs + right * t->stride;
        }
    }
}

/* Small numbers, the padding beyond dim 0: an update by the scores never leaves the normal range. */
static void fill(float *floats, size_t dim, size_t stride)
{
    Random random;

    random_seed(&random, 2, 0, 0, 0);
    for (size_t row = 0; row < TABLE_BYTES / sizeof(float) / stride; row++)
        for (size_t c = 0; c < stride; c++)
            floats[row * stride + c] = c < dim ? 1e-6f * (random_float(&random) - 0.5f) : 0;
}

static float *floats(size_t count)
{
    n2v_error error;
    float *memory = floats_create(count);

    if (!memory)
        bench_require(fail_memory(&error, count * sizeof(float), "the tables"), &error);
    return memory;
}

static void print_shape(tiles *t, float *inputs, float *outputs, size_t dim, double peak, double bandwidth)
{
    const double products = 2 * (double)(t->m * t->n * dim); /* operations: of a score, or of one side's update */
    const double bytes = 2 * (double)((t->m + t->n) * t->stride * sizeof(float));
    double dot, sqdist, update, step, far;

    choose_rows(t, inputs, outputs, true);
    dot = products / bench_time(CLOCK_PROCESS_CPUTIME_ID, run_dot, t) * 1e-9;
    sqdist = 1.5 * products / bench_time(CLOCK_PROCESS_CPUTIME_ID, run_sqdist, t) * 1e-9;
    run_dot(t);
    update = 2 * products / bench_time(CLOCK_PROCESS_CPUTIME_ID, run_update, t) * 1e-9;
    step = 3 * products / bench_time(CLOCK_PROCESS_CPUTIME_ID, run_step, t) * 1e-9;
    choose_rows(t, inputs, outputs, false);
    far = bench_time(CLOCK_PROCESS_CPUTIME_ID, run_step, t);
    printf("| %-10s | %3zu | %2zu x %-2zu | %5.1f (%3.0f %%) | %6.1f | %5.1f (%3.0f %%) | %5.1f (%3.0f %%) | %5.1f "
           "(%3.0f %%) | %5.1f (%3.0f %%) |\n",
           t->kernels->name, dim, t->m, t->n, dot, 100 * dot / peak, sqdist, update, 100 * update / peak, step,
           100 * step / peak, 3 * products / far * 1e-9, 100 * 3 * products / far * 1e-9 / peak, bytes / far * 1e-9,
           100 * bytes / far * 1e-9 / bandwidth);
    fflush(stdout);
}

int main(void)
{
    static tiles t;
    float *inputs = floats(TABLE_BYTES / sizeof(float)), *outputs = floats(TABLE_BYTES / sizeof(float));
    const double peak = bench_fma_peak(), bandwidth = bench_bandwidth(2 * TABLE_BYTES);

    t.scores = floats(MAX_ROWS * MAX_ROWS);
    t.scratch = floats(UPDATE_SCRATCH(MAX_ROWS, MAX_ROWS));
    printf("One core: %.0f GFLOP/s of FMAs in registers; bandwidth, read and written: first-level cache %.0f, second "
           "%.0f, third %.0f, memory %.1f GB/s.\n\n",
           peak, bench_bandwidth((size_t)16 << 10), bench_bandwidth((size_t)256 << 10),
           bench_bandwidth((size_t)8 << 20), bandwidth);
    printf("dot is m x n scores, update is the backward pass, step is both in turn. GFLOP/s (%% of the FMA "
           "peak); the last column is what a step moves (%% of the memory's bandwidth).\n\n");
    printf("| set        | dim | m x n   | dot           | sqdist | update        | step in cache | from memory   | "
           "GB/s           |\n");
    printf(
        "|------------|-----|---------|---------------|--------|---------------|---------------|---------------|------"
        "---------|\n");
    for (size_t d = 0; d < sizeof dims / sizeof *dims; d++) {
        t.stride = row_stride(dims[d]);
        for (size_t s = 0; (t.kernels = kernels_at(s)); s++) {
            for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
                t.m = shapes[k].m;
                t.n = shapes[k].n;
                fill(inputs, dims[d], t.stride);
                fill(outputs, dims[d], t.stride);
                print_shape(&t, inputs, outputs, dims[d], peak, bandwidth);
            }
        }
    }
    floats_destroy(inputs, TABLE_BYTES / sizeof(float));
    floats_destroy(outputs, TABLE_BYTES / sizeof(float));
    floats_destroy(t.scores, MAX_ROWS * MAX_ROWS);
    floats_destroy(t.scratch, UPDATE_SCRATCH(MAX_ROWS, MAX_ROWS));
    return 0;
}
