/* vector.inc.h - the kernels over vectors of LANES floats: the template of avx2.c and avx512.c.
 *
 * The including file defines
 *     LANES                  floats in a vector
 *     DOT_SHAPES(SHAPE)      SHAPE(rows, columns) for each block of scores whose accumulators stay in registers
 *     DOT_ROWS, DOT_COLUMNS  the most rows and columns of a block
 *     DOT_MOST_ROWS(columns) the most rows of a block of so many columns
 *     DOT_BLOCK              the columns of a block where there are more than DOT_COLUMNS; a multiple of 4
 *     UPDATE_COLUMNS         the columns whose y and dy stay in registers
 *     SINGLE_VECTORS         the vectors of a single x row, and of dx, that stay in registers
 * and vec, vec_int;
 *     vec_load_some(p, count), vec_store_some(p, v, count): the first count < LANES lanes, the others 0 or untouched
 *     load_chosen(p, mask), store_chosen(p, v, mask): of eight lanes memory has those of the mask one after the other,
 *         the others are loaded as 0; all of eight are read or written
 *     vec_max, vec_min: b where either is NaN
 *     vec_look_up(low, high, index): each lane's element of two vectors, one after the other
 *     sum_lanes_of_four, max_lanes_of_four
 * KERNELS, at the end, makes the set.
 *
 * Why one template: the shapes differ between instruction sets, the code does not. */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "kernels/sets.h"

#define INLINE static inline __attribute__((always_inline))

/* Before a loop over registers: rolled up, its arrays would live on the stack. */
#if defined(__clang__)
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif

INLINE vec load(const float *p)
{
    return *(const vec *)__builtin_assume_aligned(p, LANES * 4);
}

INLINE void store(float *p, vec v)
{
    *(vec *)__builtin_assume_aligned(p, LANES * 4) = v;
}

INLINE vec load_any(const float *p)
{
    vec v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void store_any(float *p, vec v)
{
    memcpy(p, &v, sizeof v);
}

INLINE vec spread(float value)
{
    return value - (vec){0};
}

INLINE vec choose(vec_int mask, vec yes, vec no)
{
    return (vec)((mask & (vec_int)yes) | (~mask & (vec_int)no));
}

INLINE vec vec_load_up_to(const float *p, size_t count)
{
    return count < LANES ? vec_load_some(p, count) : load_any(p);
}

INLINE void vec_store_up_to(float *p, vec v, size_t count)
{
    if (count < LANES)
        vec_store_some(p, v, count);
    else
        store_any(p, v);
}

INLINE vec_int lane_numbers(void)
{
    vec_int numbers;
    for (int i = 0; i < LANES; i++)
        numbers[i] = i;
    return numbers;
}

INLINE float sum_lanes(vec v)
{
    float lanes[LANES], sum = 0;
    store_any(lanes, v);
    for (size_t width = LANES / 2; width; width /= 2)
        for (size_t i = 0; i < width; i++)
            lanes[i] += lanes[i + width];
    sum = lanes[0];
    return sum;
}

/* Row i of an m x n matrix; zeros beyond the last. */
INLINE vec load_row(const float *in, size_t i, size_t m, size_t n)
{
    return i < m ? vec_load_up_to(in + i * n, n) : spread(0);
}

INLINE vec magnitude(vec v)
{
    return (vec)((vec_int)v & 0x7fffffff);
}

/* Adds the sums of four vectors, each times factor, to elements i .. i + 3 of out, which has m. */
INLINE void add_row_sums(const vec *row, size_t i, size_t m, float factor, float *out)
{
    const __m128 sums = sum_lanes_of_four(row[0], row[1], row[2], row[3]);

    for (size_t k = 0; k < 4 && i + k < m; k++)
        out[i + k] += factor * sums[k];
}

/* ---- scores ---- */

/* Compilers would read a vector from memory again for each of its products (dot 11 % slower in the cache). */
#define KEEP_LOADED(v) __asm__("" : "+v"(v))

/* One block of rows x columns scores; constant rows and columns unroll it whole. */
INLINE void score_block(const float *const *x, size_t rows, const float *const *y, size_t columns, size_t n,
                        size_t stride, float *scores, bool squared)
{
    vec sums[DOT_ROWS * DOT_COLUMNS + 3]; /* padded to whole groups of four */

    UNROLL
    for (size_t k = 0; k < (rows * columns + 3) / 4 * 4; k++)
        sums[k] = spread(0);
    for (size_t c = 0; c < stride; c += LANES) {
        vec left[DOT_ROWS];
        UNROLL
        for (size_t i = 0; i < rows; i++)
            left[i] = load(x[i] + c);
        UNROLL
        for (size_t j = 0; j < columns; j++) {
            vec right = load(y[j] + c);
            KEEP_LOADED(right);
            UNROLL
            for (size_t i = 0; i < rows; i++) {
                if (squared) {
                    const vec difference = left[i] - right;
                    sums[i * columns + j] += difference * difference;
                } else {
                    sums[i * columns + j] += left[i] * right;
                }
            }
        }
    }
    /* Four sums at a time, which mostly lie side by side. */
    UNROLL
    for (size_t k = 0; k < rows * columns; k += 4) {
        const __m128 four = sum_lanes_of_four(sums[k], sums[k + 1], sums[k + 2], sums[k + 3]);
        if (columns % 4 == 0) {
            memcpy(scores + k / columns * n + k % columns, &four, sizeof four);
        } else if (columns == n && k + 4 <= rows * columns) {
            memcpy(scores + k, &four, sizeof four);
        } else {
            UNROLL
            for (size_t t = k; t < k + 4; t++)
                if (t < rows * columns)
                    scores[t / columns * n + t % columns] = four[t - k];
        }
    }
}

typedef void score_function(const float *const *x, const float *const *y, size_t n, size_t stride, float *scores);

/* Each shape is a function of its own: inlined side by side, they would share the
 * registers that hold the rows' addresses. */
#define SCORE_SHAPE(rows, columns)                                                                                     \
    static __attribute__((noinline)) void dot_##rows##x##columns(const float *const *x, const float *const *y,         \
                                                                 size_t n, size_t stride, float *scores)               \
    {                                                                                                                  \
        score_block(x, rows, y, columns, n, stride, scores, false);                                                    \
    }                                                                                                                  \
    static __attribute__((noinline)) void sqdist_##rows##x##columns(const float *const *x, const float *const *y,      \
                                                                    size_t n, size_t stride, float *scores)            \
    {                                                                                                                  \
        score_block(x, rows, y, columns, n, stride, scores, true);                                                     \
    }
#define DOT_OF(rows, columns)    [columns][rows] = dot_##rows##x##columns,
#define SQDIST_OF(rows, columns) [columns][rows] = sqdist_##rows##x##columns,

DOT_SHAPES(SCORE_SHAPE)
static score_function *const dots[DOT_COLUMNS + 1][DOT_ROWS + 1] = {DOT_SHAPES(DOT_OF)};
static score_function *const sqdists[DOT_COLUMNS + 1][DOT_ROWS + 1] = {DOT_SHAPES(SQDIST_OF)};

/* Cuts m x n into blocks of nearly equal height: 6 rows are 3 + 3, not 4 + 2. */
static void score(score_function *const functions[DOT_COLUMNS + 1][DOT_ROWS + 1], const float *const *x, size_t m,
                  const float *const *y, size_t n, size_t stride, float *scores)
{
    size_t columns;

    for (size_t j = 0; j < n; j += columns) {
        size_t blocks, most;
        columns = n - j <= DOT_COLUMNS ? n - j : DOT_BLOCK;
        most = DOT_MOST_ROWS(columns);
        blocks = (m + most - 1) / most;
        for (size_t i = 0; i < m; blocks--) {
            const size_t rows = (m - i + blocks - 1) / blocks;
            functions[columns][rows](x + i, y + j, n, stride, scores + i * n + j);
            i += rows;
        }
    }
}

static void dot(const float *const *x, size_t m, const float *const *y, size_t n, size_t stride, float *scores)
{
    score(dots, x, m, y, n, stride, scores);
}

static void sqdist(const float *const *x, size_t m, const float *const *y, size_t n, size_t stride, float *scores)
{
    score(sqdists, x, m, y, n, stride, scores);
}

/* ---- update ---- */

/* Asks for elements c.. of the rows ahead. All at once, they would hold up what waits for the cache meanwhile
 * (300 dimensions 10 % slower). */
INLINE void prefetch(n2v_ahead ahead, size_t c)
{
    for (size_t k = 0; k < ahead.count; k++)
        __builtin_prefetch(ahead.rows[k] + c, 1);
}

/* Elements c.. of an x row, as far as they move. */
INLINE void store_moving(float *row, vec v, size_t c, size_t moving)
{
    if (c + LANES <= moving)
        store(row + c, v);
    else if (c < moving)
        vec_store_some(row + c, v, moving - c);
}

/* One vector of columns c.. for `columns` y rows and all x rows: each coefficient
 * is broadcast once and feeds both sides. With deltas the x rows stay as they are,
 * so that the next block of y rows still sees the x of before the call. */
INLINE void update_block(float *const *x, const float *x_scale, size_t m, float *const *y, const float *y_scale,
                         size_t columns, size_t n, size_t c, size_t moving, const float *g, float *deltas, bool first)
{
    vec old[UPDATE_COLUMNS], new[UPDATE_COLUMNS];

    UNROLL
    for (size_t j = 0; j < columns; j++) {
        old[j] = load(y[j] + c);
        new[j] = y_scale ? old[j] * y_scale[j] : old[j];
    }
    for (size_t i = 0; i < m; i++) {
        const vec here = load(x[i] + c);
        vec sum = spread(0);
        UNROLL
        for (size_t j = 0; j < columns; j++) {
            const vec coefficient = spread(g[i * n + j]);
            sum += coefficient * old[j];
            new[j] += coefficient * here;
        }
        if (!deltas)
            store_moving(x[i], x_scale ? here * x_scale[i] + sum : here + sum, c, moving);
        else
            store(deltas + i * LANES, first ? sum : load(deltas + i * LANES) + sum);
    }
    UNROLL
    for (size_t j = 0; j < columns; j++)
        store(y[j] + c, new[j]);
}

#define UPDATE_CASE(columns)                                                                                           \
    case columns:                                                                                                      \
        for (size_t c = 0; c < stride; c += LANES) {                                                                   \
            prefetch(ahead, c);                                                                                        \
            update_block(x, x_scale, m, y, y_scale, columns, n, c, moving, g, NULL, true);                             \
        }                                                                                                              \
        break;

/* At most UPDATE_COLUMNS columns: one pass. */
INLINE void update_narrow(float *const *x, const float *x_scale, size_t m, float *const *y, const float *y_scale,
                          size_t n, size_t stride, size_t moving, const float *g, n2v_ahead ahead)
{
    switch (n) {
        UPDATE_CASE(1)
        UPDATE_CASE(2)
        UPDATE_CASE(3)
        UPDATE_CASE(4)
        UPDATE_CASE(5)
        UPDATE_CASE(6)
#if UPDATE_COLUMNS > 6
        UPDATE_CASE(7)
        UPDATE_CASE(8)
        UPDATE_CASE(9)
        UPDATE_CASE(10)
        UPDATE_CASE(11)
        UPDATE_CASE(12)
#endif
    default:
        break;
    }
}

INLINE void add_deltas(float *const *x, const float *x_scale, size_t m, size_t c, size_t moving, const float *deltas)
{
    for (size_t i = 0; i < m; i++) {
        const vec here = load(x[i] + c);
        store_moving(x[i], (x_scale ? here * x_scale[i] : here) + load(deltas + i * LANES), c, moving);
    }
}

#define WIDE_CASE(columns)                                                                                             \
    case columns:                                                                                                      \
        update_block(x, NULL, m, y + j, y_scale ? y_scale + j : NULL, columns, n, c, moving, g + j, deltas, j == 0);   \
        break;

/* Blocks of nearly equal width: 8 columns are 4 + 4, not 6 + 2. */
static void update_wide(float *const *x, const float *x_scale, size_t m, float *const *y, const float *y_scale,
                        size_t n, size_t stride, size_t moving, const float *g, float *deltas, n2v_ahead ahead)
{
    for (size_t c = 0; c < stride; c += LANES) {
        size_t blocks = (n + UPDATE_COLUMNS - 1) / UPDATE_COLUMNS, columns;
        prefetch(ahead, c);
        for (size_t j = 0; j < n; j += columns, blocks--) {
            columns = (n - j + blocks - 1) / blocks;
            switch (columns) { /* at least half of the most */
#if UPDATE_COLUMNS > 6
                WIDE_CASE(7)
                WIDE_CASE(8)
                WIDE_CASE(9)
                WIDE_CASE(10)
                WIDE_CASE(11)
                WIDE_CASE(12)
#else
                WIDE_CASE(3)
                WIDE_CASE(4)
                WIDE_CASE(5)
#endif
            default:
                WIDE_CASE(6)
            }
        }
        add_deltas(x, x_scale, m, c, moving, deltas);
    }
}

/* One input: its vectors stay in registers, the y rows stream past one after the other. */
INLINE void update_single_block(float *x, const float *x_scale, float *const *y, const float *y_scale, size_t n,
                                size_t c, size_t vectors, size_t moving, const float *g)
{
    vec old[SINGLE_VECTORS], sum[SINGLE_VECTORS];

    UNROLL
    for (size_t v = 0; v < vectors; v++) {
        old[v] = load(x + c + v * LANES);
        sum[v] = spread(0);
    }
    for (size_t j = 0; j < n; j++) {
        const float coefficient = g[j];
        float *row = y[j] + c;
        UNROLL
        for (size_t v = 0; v < vectors; v++) {
            const vec here = load(row + v * LANES);
            sum[v] += here * coefficient;
            store(row + v * LANES, (y_scale ? here * y_scale[j] : here) + old[v] * coefficient);
        }
    }
    UNROLL
    for (size_t v = 0; v < vectors; v++)
        store_moving(x, (x_scale ? old[v] * *x_scale : old[v]) + sum[v], c + v * LANES, moving);
}

#define SINGLE_CASE(vectors)                                                                                           \
    case vectors:                                                                                                      \
        update_single_block(x, x_scale, y, y_scale, n, c, vectors, moving, g);                                         \
        break;

static void update_single(float *x, const float *x_scale, float *const *y, const float *y_scale, size_t n,
                          size_t stride, size_t moving, const float *g, n2v_ahead ahead)
{
    size_t c = 0;

    for (; c < stride; c += LANES)
        prefetch(ahead, c); /* all at once: the pass is over too soon to spread them */
    for (c = 0; c + SINGLE_VECTORS * LANES <= stride; c += SINGLE_VECTORS * LANES)
        update_single_block(x, x_scale, y, y_scale, n, c, SINGLE_VECTORS, moving, g);
    switch ((stride - c) / LANES) {
        SINGLE_CASE(1)
        SINGLE_CASE(2)
        SINGLE_CASE(3)
#if SINGLE_VECTORS > 4
        SINGLE_CASE(4)
        SINGLE_CASE(5)
        SINGLE_CASE(6)
        SINGLE_CASE(7)
#endif
    default:
        break;
    }
}

static void update(float *const *x, const float *x_scale, size_t m, float *const *y, const float *y_scale, size_t n,
                   size_t stride, size_t moving, const float *g, float *scratch, n2v_ahead ahead)
{
    if (m == 1)
        update_single(x[0], x_scale, y, y_scale, n, stride, moving, g, ahead);
    else if (n > UPDATE_COLUMNS)
        update_wide(x, x_scale, m, y, y_scale, n, stride, moving, g, scratch, ahead);
    else if (x_scale || y_scale)
        update_narrow(x, x_scale, m, y, y_scale, n, stride, moving, g, ahead);
    else
        update_narrow(x, NULL, m, y, NULL, n, stride, moving, g, ahead);
}

/* Eight floats at a time: of sixteen that are not aligned, every access would be to two lines of the cache. */
#define EIGHT 8

static void split(const float *cells, size_t m, size_t width, size_t n, const uint8_t *members,
                  const uint32_t *first, float *scores, float *positives)
{
    for (size_t i = 0; i < m; i++) {
        for (size_t c = 0; c < n; c += EIGHT)
            _mm256_storeu_ps(scores + i * n + c, _mm256_loadu_ps(cells + i * width + c));
        store_chosen(positives + first[i], _mm256_loadu_ps(cells + i * width + n), members[i]);
    }
}

static void join(const float *scores, const float *positives, size_t m, size_t n, const uint8_t *members,
                 const uint32_t *first, float factor, size_t width, float *cells)
{
    const __m256 times = _mm256_set1_ps(factor);

    for (size_t i = 0; i < m; i++) {
        for (size_t c = 0; c < n; c += EIGHT)
            _mm256_storeu_ps(cells + i * width + c, _mm256_mul_ps(_mm256_loadu_ps(scores + i * n + c), times));
        _mm256_storeu_ps(cells + i * width + n, _mm256_mul_ps(load_chosen(positives + first[i], members[i]), times));
    }
}

/* Columns that are one vector, read once (contrastive 15 % faster than by the general way). */
static void bound_narrow_steps(float *cells, size_t m, size_t n, float limit, float *x_scale, float *y_scale)
{
    vec sums = spread(0), magnitudes = spread(0);
    __m128 longest = _mm_set1_ps(limit);
    float factor;

    for (size_t i = 0; i < m; i += 4) {
        vec row[4];
        __m128 of_rows;
        UNROLL
        for (size_t k = 0; k < 4; k++) {
            row[k] = load_row(cells, i + k, m, n);
            sums += row[k];
            magnitudes += magnitude(row[k]);
        }
        of_rows = sum_lanes_of_four(row[0], row[1], row[2], row[3]);
        /* of NaN and a number max_ps takes the second */
        longest = _mm_max_ps(sum_lanes_of_four(magnitude(row[0]), magnitude(row[1]), magnitude(row[2]),
                                               magnitude(row[3])),
                             longest);
        for (size_t k = 0; k < 4 && i + k < m; k++)
            x_scale[i + k] = of_rows[k];
    }
    magnitudes = choose(magnitudes == magnitudes, magnitudes, spread(0));
    longest = _mm_max_ps(longest, max_lanes_of_four(magnitudes, magnitudes, magnitudes, magnitudes));
    factor = longest[0];
    UNROLL
    for (size_t k = 1; k < 4; k++)
        factor = longest[k] > factor ? longest[k] : factor;
    factor = limit / factor;
    if (factor < 1) {
        size_t c = 0;
        for (; c + LANES <= m * n; c += LANES)
            store_any(cells + c, load_any(cells + c) * factor);
        if (c < m * n)
            vec_store_some(cells + c, vec_load_some(cells + c, m * n - c) * factor, m * n - c);
    }
    for (size_t i = 0; i < m; i += LANES)
        vec_store_up_to(x_scale + i, 1 - vec_load_up_to(x_scale + i, m - i) * factor, m - i);
    vec_store_up_to(y_scale, 1 - sums * factor, n);
}

static void bound_steps(float *cells, size_t m, size_t n, float limit, float *x_scale, float *y_scale)
{
    float longest = limit, factor;

    if (n <= LANES) {
        bound_narrow_steps(cells, m, n, limit, x_scale, y_scale);
        return;
    }
    for (size_t i = 0; i < m; i++)
        x_scale[i] = 0;
    for (size_t c = 0; c < n; c += LANES) {
        vec magnitudes = spread(0), row[4];
        for (size_t i = 0; i < m; i += 4) {
            UNROLL
            for (size_t k = 0; k < 4; k++) {
                row[k] = i + k < m ? magnitude(vec_load_up_to(cells + (i + k) * n + c, n - c)) : spread(0);
                magnitudes += row[k];
            }
            add_row_sums(row, i, m, 1, x_scale);
        }
        vec_store_up_to(y_scale + c, magnitudes, n - c);
    }
    for (size_t j = 0; j < n; j++)
        longest = y_scale[j] > longest ? y_scale[j] : longest;
    for (size_t i = 0; i < m; i++) {
        longest = x_scale[i] > longest ? x_scale[i] : longest;
        x_scale[i] = 1;
    }
    factor = limit / longest;
    for (size_t c = 0; c < n; c += LANES) {
        vec left = spread(1), row[4];
        for (size_t i = 0; i < m; i += 4) {
            UNROLL
            for (size_t k = 0; k < 4; k++) {
                row[k] = i + k < m ? vec_load_up_to(cells + (i + k) * n + c, n - c) * factor : spread(0);
                left -= row[k];
                if (i + k < m && factor < 1)
                    vec_store_up_to(cells + (i + k) * n + c, row[k], n - c);
            }
            add_row_sums(row, i, m, -1, x_scale);
        }
        vec_store_up_to(y_scale + c, left, n - c);
    }
}

INLINE float norm_of(const float *row, size_t stride)
{
    vec sum = spread(0);

    for (size_t c = 0; c < stride; c += LANES)
        sum += load(row + c) * load(row + c);
    return sum_lanes(sum);
}

static void norms(const float *const *rows, size_t count, size_t stride, float *out)
{
    for (size_t i = 0; i < count; i++)
        out[i] = norm_of(rows[i], stride);
}

static void gather(const float *const *rows, size_t count, size_t stride, float *out)
{
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < stride; c += LANES)
            store(out + i * stride + c, load(rows[i] + c));
}

static void scale(float *const *rows, const float *factors, size_t count, size_t stride)
{
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < stride; c += LANES)
            store(rows[i] + c, load(rows[i] + c) * factors[i]);
}

static void normalize(float *const *rows, size_t count, size_t stride)
{
    for (size_t i = 0; i < count; i += 4) {
        float *const row[4] = {rows[i], rows[i + 1 < count ? i + 1 : i], rows[i + 2 < count ? i + 2 : i],
                               rows[i + 3 < count ? i + 3 : i]};
        vec sums[4] = {spread(0), spread(0), spread(0), spread(0)};
        __m128 norm, factors;
        for (size_t c = 0; c < stride; c += LANES) {
            UNROLL
            for (size_t k = 0; k < 4; k++)
                sums[k] += load(row[k] + c) * load(row[k] + c);
        }
        norm = sum_lanes_of_four(sums[0], sums[1], sums[2], sums[3]);
        factors = _mm_div_ps(_mm_set1_ps(1), _mm_sqrt_ps(norm));
        for (size_t k = 0; k < 4; k++) {
            bool done = !(norm[k] > 0);
            for (size_t l = 0; l < k; l++)
                done |= row[l] == row[k];
            for (size_t c = 0; c < stride && !done; c += LANES)
                store(row[k] + c, load(row[k] + c) * factors[k]);
        }
    }
}

#include "kernels/vector_math.inc.h"

/* The set, with its own way back. */
#define KERNELS(set_name, in_bf16, update_function)                                                                    \
    {                                                                                                                  \
        .name = set_name,                                                                                              \
        .bf16 = in_bf16,                                                                                               \
        .math = {exp_array, sigmoid, softplus, exp_sum, max_array, magnitude_array, log_array, softmax,              \
                 logistic, logistic_positives, hinges},                                                                \
        .dot = dot,                                                                                                    \
        .sqdist = sqdist,                                                                                              \
        .update = update_function,                                                                                     \
        .split = split,                                                                                                \
        .join = join,                                                                                                  \
        .bound_steps = bound_steps,                                                                                    \
        .norms = norms,                                                                                                \
        .gather = gather,                                                                                              \
        .scale = scale,                                                                                                \
        .normalize = normalize,                                                                                        \
    }
