#include "objectives/tile_factory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

double random_uniform(n2v_random *random)
{
    return (double)(n2v_random_next(random) >> 11) * 0x1p-53;
}

double random_normal(n2v_random *random)
{
    const double radius = sqrt(-2 * log(1 - random_uniform(random)));
    return radius * cos(6.283185307179586 * random_uniform(random));
}

static bool one_in(n2v_random *random, uint32_t n)
{
    return n2v_random_below(random, n) == 0;
}

/* Exact sizes, so that a sanitizer sees the first element beyond. */
static void *allocate(size_t count, size_t size)
{
    void *array = calloc(count ? count : 1, size);
    ck_assert_ptr_nonnull(array);
    return array;
}

static float random_score(const tile_recipe *recipe, n2v_random *random)
{
    if (recipe->geometry == N2V_SQEUCLID) {
        if (recipe->zeros && one_in(random, 6))
            return 0;
        return recipe->low + recipe->scale * (float)random_uniform(random);
    }
    return recipe->scale * (float)random_normal(random);
}

/* log(kQ) of a word as a corpus has them: k up to 20, Q from 1e-6 to 0.1. */
static float random_log_noise(n2v_random *random)
{
    return (float)(log(1 + 19 * random_uniform(random)) - log(10) * (1 + 5 * random_uniform(random)));
}

static test_tile tile_allocate(size_t m, size_t n, size_t positives, bool noise, bool masks, bool multiplicities,
                               bool columns)
{
    test_tile t = {0};

    t.positives = positives;
    t.scores = allocate(m * n, sizeof *t.scores);
    t.positive_scores = allocate(positives, sizeof *t.positive_scores);
    if (noise) {
        t.log_noise = allocate(n, sizeof *t.log_noise);
        t.positive_log_noise = allocate(positives, sizeof *t.positive_log_noise);
    }
    t.first = allocate(m + 1, sizeof *t.first);
    if (masks)
        t.mask = allocate(m * n, 1);
    if (multiplicities)
        t.multiplicity = allocate(n, sizeof *t.multiplicity);
    if (columns)
        t.column = allocate(positives, sizeof *t.column);
    t.tile = (n2v_tile){.m = m,
                        .n = n,
                        .scores = t.scores,
                        .mask = t.mask,
                        .log_noise = t.log_noise,
                        .multiplicity = t.multiplicity,
                        .first = t.first,
                        .positive_scores = t.positive_scores,
                        .positive_log_noise = t.positive_log_noise,
                        .column = t.column};
    return t;
}

/* The true word of a row stands among the columns: the cell is masked and holds the positive's score. */
static void place_positives(test_tile *t, bool in_batch, n2v_random *random)
{
    const size_t n = t->tile.n;

    for (size_t i = 0; i < t->tile.m; i++) {
        for (uint32_t p = t->first[i]; p < t->first[i + 1]; p++) {
            uint32_t j = (uint32_t)i;
            if (!in_batch)
                do
                    j = n2v_random_below(random, (uint32_t)n);
                while (t->mask[i * n + j]); /* a row's positives are distinct words */
            t->column[p] = j;
            t->mask[i * n + j] = 1;
            t->positive_scores[p] = t->scores[i * n + j];
            if (t->log_noise)
                t->positive_log_noise[p] = t->log_noise[j];
        }
    }
}

test_tile tile_make(const tile_recipe *recipe, n2v_random *random)
{
    const bool in_batch = recipe->needs & N2V_NEEDS_IN_BATCH, all_words = recipe->needs & N2V_NEEDS_ALL_WORDS;
    const bool columns = in_batch || all_words;
    const size_t m = recipe->m ? recipe->m : 1 + n2v_random_below(random, 20);
    const size_t n = in_batch ? m : recipe->n ? recipe->n : 1 + n2v_random_below(random, 40);
    uint32_t counts[64];
    uint32_t most = recipe->max_positives && !in_batch ? (uint32_t)recipe->max_positives : 1;
    size_t positives = 0;
    test_tile t;

    ck_assert_uint_le(m, 64);
    if (all_words && most > n)
        most = (uint32_t)n;
    for (size_t i = 0; i < m; i++)
        positives += counts[i] = 1 + n2v_random_below(random, most);

    t = tile_allocate(m, n, positives, recipe->needs & N2V_NEEDS_LOG_NOISE, columns || recipe->masks,
                      !columns && recipe->multiplicities, columns);
    for (size_t i = 0; i < m; i++)
        t.first[i + 1] = t.first[i] + counts[i];
    for (size_t j = 0; t.log_noise && j < n; j++)
        t.log_noise[j] = random_log_noise(random);
    for (size_t p = 0; t.log_noise && p < positives; p++)
        t.positive_log_noise[p] = random_log_noise(random);
    for (size_t k = 0; k < m * n; k++)
        t.scores[k] = random_score(recipe, random);
    for (size_t p = 0; p < positives; p++)
        t.positive_scores[p] = random_score(recipe, random);
    if (t.multiplicity)
        for (size_t j = 0; j < n; j++)
            t.multiplicity[j] = one_in(random, 2) ? 1 : (float)(1 + n2v_random_below(random, 5));
    if (columns)
        place_positives(&t, in_batch, random);
    else if (t.mask)
        for (size_t k = 0; k < m * n; k++)
            t.mask[k] = one_in(random, 5);
    return t;
}

test_tile tile_copy(const test_tile *other)
{
    const size_t m = other->tile.m, n = other->tile.n, positives = other->positives;
    test_tile t = tile_allocate(m, n, positives, other->log_noise, other->mask, other->multiplicity, other->column);

    memcpy(t.scores, other->scores, m * n * sizeof *t.scores);
    memcpy(t.positive_scores, other->positive_scores, positives * sizeof *t.positive_scores);
    if (t.log_noise) {
        memcpy(t.log_noise, other->log_noise, n * sizeof *t.log_noise);
        memcpy(t.positive_log_noise, other->positive_log_noise, positives * sizeof *t.positive_log_noise);
    }
    memcpy(t.first, other->first, (m + 1) * sizeof *t.first);
    if (t.mask)
        memcpy(t.mask, other->mask, m * n);
    if (t.multiplicity)
        memcpy(t.multiplicity, other->multiplicity, n * sizeof *t.multiplicity);
    if (t.column)
        memcpy(t.column, other->column, positives * sizeof *t.column);
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
    free(t->column);
    *t = (test_tile){0};
}

test_tile tile_expand(const test_tile *merged, size_t **origin)
{
    const size_t m = merged->tile.m, n = merged->tile.n;
    size_t total = 0, at = 0;
    test_tile t;

    ck_assert_ptr_nonnull(merged->multiplicity);
    for (size_t j = 0; j < n; j++)
        total += (size_t)merged->multiplicity[j];
    t = tile_allocate(m, total, merged->positives, merged->log_noise, merged->mask, false, false);
    *origin = allocate(total, sizeof **origin);
    for (size_t j = 0; j < n; j++) {
        for (size_t c = 0; c < (size_t)merged->multiplicity[j]; c++, at++) {
            (*origin)[at] = j;
            if (t.log_noise)
                t.log_noise[at] = merged->log_noise[j];
            for (size_t i = 0; i < m; i++) {
                t.scores[i * total + at] = merged->scores[i * n + j];
                if (t.mask)
                    t.mask[i * total + at] = merged->mask[i * n + j];
            }
        }
    }
    memcpy(t.positive_scores, merged->positive_scores, merged->positives * sizeof *t.positive_scores);
    if (t.log_noise)
        memcpy(t.positive_log_noise, merged->positive_log_noise, merged->positives * sizeof *t.positive_log_noise);
    memcpy(t.first, merged->first, (m + 1) * sizeof *t.first);
    return t;
}
