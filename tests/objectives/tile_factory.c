#include "objectives/tile_factory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

double random_uniform(Random *random)
{
    return (double)(random_next(random) >> 11) * 0x1p-53;
}

double random_normal(Random *random)
{
    const double radius = sqrt(-2 * log(1 - random_uniform(random)));
    return radius * cos(6.283185307179586 * random_uniform(random));
}

static bool one_in(Random *random, uint32_t n)
{
    return random_below(random, n) == 0;
}

/* Exact sizes, so that a sanitizer sees the first element beyond. */
static void *allocate(size_t count, size_t size)
{
    void *array = calloc(count ? count : 1, size);
    ck_assert_ptr_nonnull(array);
    return array;
}

static float random_score(const tile_recipe *recipe, Random *random)
{
    if (recipe->geometry == N2V_SQEUCLID) {
        if (recipe->zeros && one_in(random, 6))
            return 0;
        return recipe->low + recipe->scale * (float)random_uniform(random);
    }
    return recipe->scale * (float)random_normal(random);
}

/* log(kQ) of a word as a corpus has them: k up to 20, Q from 1e-6 to 0.1. */
static float random_log_noise(Random *random)
{
    return (float)(log(1 + 19 * random_uniform(random)) - log(10) * (1 + 5 * random_uniform(random)));
}

static void fill_norms(float *norms, size_t count, Random *random)
{
    for (size_t i = 0; norms && i < count; i++)
        norms[i] = (float)(4 * random_uniform(random));
}

static void copy(void *to, const void *from, size_t bytes)
{
    if (from)
        memcpy(to, from, bytes);
}

/* Which of the optional arrays a tile has. */
typedef struct tile_parts {
    bool noise, masks, multiplicities, columns, norms, sides;
} tile_parts;

static tile_parts parts_of(const test_tile *t)
{
    return (tile_parts){t->log_noise, t->mask, t->multiplicity, t->column, t->input_norms, t->input_pairs};
}

static test_tile tile_allocate(size_t m, size_t n, size_t positives, tile_parts parts)
{
    test_tile t = {0};

    t.positives = positives;
    t.scores = allocate(m * n, sizeof *t.scores);
    t.positive_scores = allocate(positives, sizeof *t.positive_scores);
    t.first = allocate(m + 1, sizeof *t.first);
    t.row = allocate(positives, sizeof *t.row);
    if (parts.noise) {
        t.log_noise = allocate(n, sizeof *t.log_noise);
        t.positive_log_noise = allocate(positives, sizeof *t.positive_log_noise);
    }
    if (parts.masks)
        t.mask = allocate(m * n, 1);
    if (parts.multiplicities)
        t.multiplicity = allocate(n, sizeof *t.multiplicity);
    if (parts.columns)
        t.column = allocate(positives, sizeof *t.column);
    if (parts.norms) {
        t.input_norms = allocate(m, sizeof *t.input_norms);
        t.output_norms = allocate(n, sizeof *t.output_norms);
        t.positive_norms = allocate(positives, sizeof *t.positive_norms);
    }
    if (parts.sides) {
        t.input_pairs = allocate(m * m, sizeof *t.input_pairs);
        t.output_pairs = allocate(n * n, sizeof *t.output_pairs);
    }
    t.tile = (n2v_tile){.m = m,
                        .n = n,
                        .scores = t.scores,
                        .mask = t.mask,
                        .log_noise = t.log_noise,
                        .multiplicity = t.multiplicity,
                        .first = t.first,
                        .row = t.row,
                        .positive_scores = t.positive_scores,
                        .positive_log_noise = t.positive_log_noise,
                        .column = t.column,
                        .input_norms = t.input_norms,
                        .output_norms = t.output_norms,
                        .positive_norms = t.positive_norms,
                        .input_pairs = t.input_pairs,
                        .output_pairs = t.output_pairs};
    return t;
}

/* Symmetric, with a diagonal that nobody may read. */
static void fill_pairs(const tile_recipe *recipe, float *pairs, size_t count, Random *random)
{
    for (size_t i = 0; pairs && i < count; i++) {
        for (size_t l = 0; l < i; l++)
            pairs[i * count + l] = pairs[l * count + i] = random_score(recipe, random);
        pairs[i * count + i] = UNREAD_DIAGONAL;
    }
}

/* The true word of a row is among the columns: the cell is masked and holds the positive's score. */
static void place_positives(test_tile *t, const uint32_t *in_batch, Random *random)
{
    const size_t n = t->tile.n;

    for (size_t i = 0; i < t->tile.m; i++) {
        for (uint32_t p = t->first[i]; p < t->first[i + 1]; p++) {
            const uint32_t j = in_batch ? in_batch[i] : random_below(random, (uint32_t)n);
            t->column[p] = j;
            t->mask[i * n + j] = 1;
            t->positive_scores[p] = t->scores[i * n + j];
            if (t->log_noise)
                t->positive_log_noise[p] = t->log_noise[j];
            if (t->output_norms)
                t->positive_norms[p] = t->output_norms[j];
        }
    }
}

/* The column of each row of a batch, where the word of a row may be that of a row before; returns
 * how many there are, and how many rows have each. */
static size_t choose_columns(size_t m, bool merge, uint32_t *column, uint32_t *drawn, Random *random)
{
    size_t n = 0;

    ck_assert_uint_le(m, 64);
    for (size_t i = 0; i < m; i++) {
        if (merge && n && one_in(random, 3)) {
            column[i] = random_below(random, (uint32_t)n);
        } else {
            drawn[n] = 0;
            column[i] = (uint32_t)n++;
        }
        drawn[column[i]]++;
    }
    return n;
}

test_tile tile_make(const tile_recipe *recipe, Random *random)
{
    const bool in_batch = recipe->needs & N2V_NEEDS_IN_BATCH, all_words = recipe->needs & N2V_NEEDS_ALL_WORDS;
    const bool columns = in_batch || all_words;
    const size_t m = recipe->m ? recipe->m : 1 + random_below(random, 20);
    uint32_t counts[64], column[64], drawn[64];
    const size_t n = in_batch    ? choose_columns(m, recipe->multiplicities, column, drawn, random)
                     : recipe->n ? recipe->n
                                 : 1 + random_below(random, 40);
    const uint32_t max = recipe->max_positives && !columns ? (uint32_t)recipe->max_positives : 1;
    size_t positives = 0;
    test_tile t;

    ck_assert_uint_le(m, 64);
    for (size_t i = 0; i < m; i++)
        positives += counts[i] = 1 + random_below(random, max);

    t = tile_allocate(m, n, positives,
                      (tile_parts){.noise = recipe->needs & N2V_NEEDS_LOG_NOISE,
                                   .masks = columns || recipe->masks,
                                   .multiplicities = !all_words && recipe->multiplicities,
                                   .columns = columns,
                                   .norms = recipe->needs & N2V_NEEDS_NORMS,
                                   .sides = recipe->needs & N2V_NEEDS_SIDES});
    for (size_t i = 0; i < m; i++)
        t.first[i + 1] = t.first[i] + counts[i];
    for (size_t i = 0, p = 0; i < m; i++)
        for (; p < t.first[i + 1]; p++)
            t.row[p] = (uint32_t)i;
    for (size_t j = 0; t.log_noise && j < n; j++)
        t.log_noise[j] = random_log_noise(random);
    for (size_t p = 0; t.log_noise && p < positives; p++)
        t.positive_log_noise[p] = random_log_noise(random);
    for (size_t k = 0; k < m * n; k++)
        t.scores[k] = random_score(recipe, random);
    for (size_t p = 0; p < positives; p++)
        t.positive_scores[p] = random_score(recipe, random);
    fill_norms(t.input_norms, m, random);
    fill_norms(t.output_norms, n, random);
    fill_norms(t.positive_norms, positives, random);
    fill_pairs(recipe, t.input_pairs, m, random);
    fill_pairs(recipe, t.output_pairs, n, random);
    for (size_t j = 0; t.multiplicity && j < n; j++)
        t.multiplicity[j] = in_batch ? (float)drawn[j] : one_in(random, 2) ? 1 : (float)(1 + random_below(random, 5));
    if (columns)
        place_positives(&t, in_batch ? column : NULL, random);
    else if (t.mask)
        for (size_t k = 0; k < m * n; k++)
            t.mask[k] = one_in(random, 5);
    return t;
}

test_tile tile_copy(const test_tile *other)
{
    const size_t m = other->tile.m, n = other->tile.n, positives = other->positives, size = sizeof(float);
    test_tile t = tile_allocate(m, n, positives, parts_of(other));

    copy(t.scores, other->scores, m * n * size);
    copy(t.positive_scores, other->positive_scores, positives * size);
    copy(t.log_noise, other->log_noise, n * size);
    copy(t.positive_log_noise, other->positive_log_noise, positives * size);
    copy(t.first, other->first, (m + 1) * sizeof *t.first);
    copy(t.row, other->row, positives * sizeof *t.row);
    copy(t.mask, other->mask, m * n);
    copy(t.multiplicity, other->multiplicity, n * size);
    copy(t.column, other->column, positives * sizeof *t.column);
    copy(t.input_norms, other->input_norms, m * size);
    copy(t.output_norms, other->output_norms, n * size);
    copy(t.positive_norms, other->positive_norms, positives * size);
    copy(t.input_pairs, other->input_pairs, m * m * size);
    copy(t.output_pairs, other->output_pairs, n * n * size);
    return t;
}

void tile_free(test_tile *t)
{
    free(t->scores);
    free(t->positive_scores);
    free(t->log_noise);
    free(t->positive_log_noise);
    free(t->multiplicity);
    free(t->mask);
    free(t->first);
    free(t->row);
    free(t->column);
    free(t->input_norms);
    free(t->output_norms);
    free(t->positive_norms);
    free(t->input_pairs);
    free(t->output_pairs);
    *t = (test_tile){0};
}

test_tile tile_expand(const test_tile *merged, size_t **origin)
{
    const size_t m = merged->tile.m, n = merged->tile.n, positives = merged->positives, size = sizeof(float);
    tile_parts parts = parts_of(merged);
    size_t total = 0, at = 0;
    test_tile t;

    ck_assert_ptr_nonnull(merged->multiplicity);
    for (size_t j = 0; j < n; j++)
        total += (size_t)merged->multiplicity[j];
    parts.multiplicities = false;
    t = tile_allocate(m, total, positives, parts);
    *origin = allocate(total, sizeof **origin);
    for (size_t j = 0; j < n; j++) {
        for (size_t c = 0; c < (size_t)merged->multiplicity[j]; c++, at++) {
            (*origin)[at] = j;
            if (t.log_noise)
                t.log_noise[at] = merged->log_noise[j];
            if (t.output_norms)
                t.output_norms[at] = merged->output_norms[j];
            for (size_t i = 0; i < m; i++) {
                t.scores[i * total + at] = merged->scores[i * n + j];
                if (t.mask)
                    t.mask[i * total + at] = merged->mask[i * n + j];
            }
        }
    }
    copy(t.positive_scores, merged->positive_scores, positives * size);
    copy(t.positive_log_noise, merged->positive_log_noise, positives * size);
    copy(t.first, merged->first, (m + 1) * sizeof *t.first);
    copy(t.row, merged->row, positives * sizeof *t.row);
    copy(t.input_norms, merged->input_norms, m * size);
    copy(t.positive_norms, merged->positive_norms, positives * size);
    copy(t.input_pairs, merged->input_pairs, m * m * size);
    for (size_t a = 0; t.output_pairs && a < total; a++)
        for (size_t b = 0; b < total; b++)
            t.output_pairs[a * total + b] = a == b ? UNREAD_DIAGONAL
                                            : (*origin)[a] == (*origin)[b]
                                                ? 0 /* copies of a word, at distance 0 */
                                                : merged->output_pairs[(*origin)[a] * n + (*origin)[b]];
    for (size_t p = 0; t.column && p < positives; p++) {
        size_t skip = 0; /* each of the positives that shared a column has a copy of its own */
        for (size_t q = 0; q < p; q++)
            skip += merged->column[q] == merged->column[p];
        for (at = 0; (*origin)[at] != merged->column[p] || skip; at++)
            skip -= (*origin)[at] == merged->column[p];
        t.column[p] = (uint32_t)at;
    }
    return t;
}
