/* vector_update.inc.h - the way back, a part of vector.inc.h's template; kernels.h says what each does. */

/* Asks for elements c.. of the rows ahead. All at once, they would hold up what waits for the cache meanwhile
 * (300 dimensions 10 % slower). */
INLINE void prefetch(Ahead ahead, size_t c)
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
                          size_t n, size_t stride, size_t moving, const float *g, Ahead ahead)
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

/* The same where the x rows are only read, their vectors side by side. Added at the end, so that a row that stands
 * twice gets both sums. */
INLINE void update_still_block(const float *x, size_t m, float *const *y, const float *y_scale, size_t columns,
                               size_t n, size_t c, const float *g)
{
    vec sums[UPDATE_COLUMNS];

    UNROLL
    for (size_t j = 0; j < columns; j++)
        sums[j] = spread(0);
    for (size_t i = 0; i < m; i++) {
        const vec here = load(x + i * LANES);
        UNROLL
        for (size_t j = 0; j < columns; j++)
            sums[j] += here * g[i * n + j];
    }
    UNROLL
    for (size_t j = 0; j < columns; j++)
        store(y[j] + c, (y_scale ? load(y[j] + c) * y_scale[j] : load(y[j] + c)) + sums[j]);
}

#define STILL_CASE(columns)                                                                                            \
    case columns:                                                                                                      \
        update_still_block(slices, m, y + j, y_scale ? y_scale + j : NULL, columns, n, c, g + j);                      \
        break;

static void update_still(float *const *x, size_t m, float *const *y, const float *y_scale, size_t n, size_t stride,
                         const float *g, float *slices, Ahead ahead)
{
    for (size_t c = 0; c < stride; c += LANES) {
        size_t columns;
        prefetch(ahead, c);
        for (size_t i = 0; i < m; i++)
            store(slices + i * LANES, load(x[i] + c));
        for (size_t j = 0; j < n; j += columns) {
            columns = n - j < UPDATE_COLUMNS ? n - j : UPDATE_COLUMNS;
            switch (columns) {
                STILL_CASE(1)
                STILL_CASE(2)
                STILL_CASE(3)
                STILL_CASE(4)
                STILL_CASE(5)
#if UPDATE_COLUMNS > 6
                STILL_CASE(6)
                STILL_CASE(7)
                STILL_CASE(8)
                STILL_CASE(9)
                STILL_CASE(10)
                STILL_CASE(11)
#endif
            default:
                STILL_CASE(UPDATE_COLUMNS)
            }
        }
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
                        size_t n, size_t stride, size_t moving, const float *g, float *deltas, Ahead ahead)
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
                          size_t stride, size_t moving, const float *g, Ahead ahead)
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
                   size_t stride, size_t moving, const float *g, float *scratch, Ahead ahead)
{
    if (!moving)
        update_still(x, m, y, y_scale, n, stride, g, scratch, ahead);
    else if (m == 1)
        update_single(x[0], x_scale, y, y_scale, n, stride, moving, g, ahead);
    else if (n > UPDATE_COLUMNS)
        update_wide(x, x_scale, m, y, y_scale, n, stride, moving, g, scratch, ahead);
    else if (x_scale || y_scale)
        update_narrow(x, x_scale, m, y, y_scale, n, stride, moving, g, ahead);
    else
        update_narrow(x, NULL, m, y, NULL, n, stride, moving, g, ahead);
}
