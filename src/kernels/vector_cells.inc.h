/* vector_cells.inc.h - a tile's scores and coefficients parted, joined and bounded, a part of vector.inc.h's template;
 * kernels.h says what each does. */

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

/* Shortens the steps of cells whose scales are those of longer ones. */
static void shorten_steps(float *cells, size_t m, size_t n, float factor, float *x_scale, float *y_scale)
{
    for (size_t c = 0; c < m * n; c += LANES)
        vec_store_up_to(cells + c, vec_load_up_to(cells + c, m * n - c) * factor, m * n - c);
    for (size_t i = 0; i < m; i += LANES)
        vec_store_up_to(x_scale + i, 1 - (1 - vec_load_up_to(x_scale + i, m - i)) * factor, m - i);
    for (size_t j = 0; j < n; j += LANES)
        vec_store_up_to(y_scale + j, 1 - (1 - vec_load_up_to(y_scale + j, n - j)) * factor, n - j);
}

/* Columns that are one vector, read once (contrastive 15 % faster than by the general way). */
static void bound_narrow_steps(float *cells, size_t m, size_t n, float limit, float *x_scale, float *y_scale)
{
    vec sums = spread(0), magnitudes = spread(0);
    __m128 longest = _mm_setzero_ps();
    float most;

    for (size_t i = 0; i < m; i += 4) {
        vec row[4];
        __m128 left;
        UNROLL
        for (size_t k = 0; k < 4; k++) {
            row[k] = load_row(cells, i + k, m, n);
            sums += row[k];
            magnitudes += magnitude(row[k]);
        }
        left = _mm_sub_ps(_mm_set1_ps(1), sum_lanes_of_four(row[0], row[1], row[2], row[3]));
        /* of NaN and a number max_ps takes the second */
        longest = _mm_max_ps(sum_lanes_of_four(magnitude(row[0]), magnitude(row[1]), magnitude(row[2]),
                                               magnitude(row[3])),
                             longest);
        if (i + 4 <= m)
            _mm_storeu_ps(x_scale + i, left);
        else
            vec_store_some(x_scale + i, vec_of_four(left), m - i);
    }
    vec_store_up_to(y_scale, 1 - sums, n);
    magnitudes = choose(magnitudes == magnitudes, magnitudes, spread(0));
    longest = _mm_max_ps(longest, max_lanes_of_four(magnitudes, magnitudes, magnitudes, magnitudes));
    most = max_lanes(vec_of_four(longest));
    if (most > limit) /* seldom: nothing waits for it */
        shorten_steps(cells, m, n, limit / most, x_scale, y_scale);
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
