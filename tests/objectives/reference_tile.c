/* A tile in double, for the references. */
#include <stdlib.h>
#include <string.h>

#include "objectives/reference.h"
#include "test.h"

static double *doubles(size_t count, const float *from, double otherwise)
{
    double *array = malloc((count ? count : 1) * sizeof *array);
    ck_assert_ptr_nonnull(array);
    for (size_t i = 0; i < count; i++)
        array[i] = from ? (double)from[i] : otherwise;
    return array;
}

static uint32_t *ids(size_t count, const uint32_t *from)
{
    uint32_t *array = malloc((count ? count : 1) * sizeof *array);
    ck_assert_ptr_nonnull(array);
    memcpy(array, from, count * sizeof *array);
    return array;
}

static reference_numbers make_numbers(const reference_tile *t)
{
    reference_numbers numbers;
    numbers.scores = doubles(t->numbers, NULL, 0);
    numbers.positives = numbers.scores + t->m * t->n;
    numbers.input_norms = numbers.positives + t->positives;
    numbers.output_norms = numbers.input_norms + t->m;
    numbers.positive_norms = numbers.output_norms + t->n;
    numbers.input_pairs = numbers.positive_norms + t->positives;
    numbers.output_pairs = numbers.input_pairs + (t->sides ? t->m * t->m : 0);
    return numbers;
}

static void copy(double *to, const float *from, size_t count)
{
    for (size_t i = 0; from && i < count; i++)
        to[i] = (double)from[i];
}

reference_tile reference_make(const n2v_tile *tile)
{
    const size_t cells = tile->m * tile->n, positives = tile->first[tile->m];
    reference_tile t = {.m = tile->m, .n = tile->n, .positives = positives};

    t.sides = tile->input_pairs != NULL;
    t.numbers = cells + 2 * positives + t.m + t.n + (t.sides ? t.m * t.m + t.n * t.n : 0);
    t.in = make_numbers(&t);
    t.gradient = make_numbers(&t);
    copy(t.in.scores, tile->scores, cells);
    copy(t.in.positives, tile->positive_scores, positives);
    copy(t.in.input_norms, tile->input_norms, t.m);
    copy(t.in.output_norms, tile->output_norms, t.n);
    copy(t.in.positive_norms, tile->positive_norms, positives);
    copy(t.in.input_pairs, tile->input_pairs, t.m * t.m);
    copy(t.in.output_pairs, tile->output_pairs, t.n * t.n);
    t.log_noise = doubles(tile->n, tile->log_noise, 0);
    t.positive_log_noise = doubles(positives, tile->positive_log_noise, 0);
    t.multiplicity = doubles(tile->n, tile->multiplicity, 1);
    t.first = ids(tile->m + 1, tile->first);
    if (tile->column)
        t.column = ids(positives, tile->column);
    t.negative = malloc((cells ? cells : 1) * sizeof *t.negative);
    ck_assert_ptr_nonnull(t.negative);
    for (size_t k = 0; k < cells; k++)
        t.negative[k] = !tile->mask || !tile->mask[k];
    return t;
}

void reference_free(reference_tile *t)
{
    free(t->in.scores);
    free(t->gradient.scores);
    free(t->log_noise);
    free(t->positive_log_noise);
    free(t->multiplicity);
    free(t->first);
    free(t->column);
    free(t->negative);
    *t = (reference_tile){0};
}
