#include "toy.h"

#include <math.h>

#include "objectives/tile_factory.h"
#include "test.h"

typedef Id toy_line[2];

/* Cumulative probabilities of all pairs: a lower triangle of affinities, mirrored. Returns their total. */
static double fill_affinities(double *cumulative, Random *random)
{
    double total = 0;

    for (size_t a = 0; a < TOY_WORDS; a++)
        for (size_t b = 0; b <= a; b++)
            cumulative[a * TOY_WORDS + b] = cumulative[b * TOY_WORDS + a] =
                exp(random_normal(random)) / pow((double)(a + 1) * (double)(b + 1), 0.6);
    for (size_t i = 0; i < TOY_WORDS * TOY_WORDS; i++)
        cumulative[i] = total += cumulative[i];
    return total;
}

static void draw_line(toy_line line, const double *cumulative, double total, Random *random)
{
    const double u = random_uniform(random) * total;
    size_t low = 0, high = TOY_WORDS * TOY_WORDS - 1;

    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (u < cumulative[middle])
            high = middle;
        else
            low = middle + 1;
    }
    line[0] = (Id)(low / TOY_WORDS);
    line[1] = (Id)(low % TOY_WORDS);
}

/* Ids by falling counts, as a finished vocabulary has them. */
static void rank_words(const uint64_t *counts, Id *rank)
{
    for (size_t a = 0; a < TOY_WORDS; a++) {
        rank[a] = 0;
        for (size_t b = 0; b < TOY_WORDS; b++)
            rank[a] += counts[b] > counts[a] || (counts[b] == counts[a] && b < a);
    }
}

toy make_toy(size_t lines)
{
    toy t = {.text = new_text(TOY_WORDS)};
    double cumulative[TOY_WORDS * TOY_WORDS], total;
    toy_line *line = malloc(lines * sizeof *line);
    uint64_t unsorted[TOY_WORDS] = {0};
    Id rank[TOY_WORDS];
    Random random;

    ck_assert_ptr_nonnull(line);
    random_seed(&random, 40, 0, 0, 0);
    total = fill_affinities(cumulative, &random);
    for (size_t l = 0; l < lines; l++) {
        draw_line(line[l], cumulative, total, &random);
        unsorted[line[l][0]]++;
        unsorted[line[l][1]]++;
    }
    rank_words(unsorted, rank);
    for (size_t a = 0; a < TOY_WORDS; a++)
        t.text->counts[rank[a]] = unsorted[a];
    for (size_t l = 0; l < lines; l++) {
        const Id a = rank[line[l][0]], b = rank[line[l][1]], ids[2] = {a, b | SENTENCE_END};
        t.pairs[a][b]++;
        t.pairs[b][a]++;
        append_ids(t.text->blocks, ids, 2);
    }
    finish_text(t.text);
    free(line);
    return t;
}
