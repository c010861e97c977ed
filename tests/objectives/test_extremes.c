/* Every objective of the registry on tiles at the limits of the contract: extreme scores and parameters, masks,
 * multiplicities. */
#include <math.h>
#include <string.h>

#include "objectives/reference.h"
#include "objectives/subject.h"
#include "test.h"

static float extreme_score(subject *s, float size)
{
    const uint32_t choice = random_below(&s->random, 4);
    if (s->objective->geometry == N2V_SQEUCLID)
        return choice < 2 ? 0 : choice == 2 ? size : 1;
    return choice == 0 ? 0 : choice == 1 ? size : choice == 2 ? -size : 1;
}

/* A third of the pairs of either side, symmetric. */
static void extreme_pairs(subject *s, test_tile *tile, float size)
{
    float *const pairs[2] = {tile->input_pairs, tile->output_pairs};
    const size_t counts[2] = {tile->tile.m, tile->tile.n};

    for (size_t side = 0; side < 2 && tile->input_pairs; side++)
        for (size_t i = 0; i < counts[side]; i++)
            for (size_t l = 0; l < i; l++)
                if (random_below(&s->random, 3) == 0)
                    pairs[side][i * counts[side] + l] = pairs[side][l * counts[side] + i] = extreme_score(s, size);
}

static void test_extreme_scores(subject *s)
{
    static const float sizes[] = {1e2F, 1e4F, 1e4F, 1e15F, 1e30F};

    for (size_t t = 0; t < 5 * TILES; t++) {
        const tile_recipe recipe = subject_recipe(s, t);
        const float size = sizes[t % 5];
        test_tile tile = tile_make(&recipe, &s->random);
        const size_t cells = tile.tile.m * tile.tile.n;
        evaluation e;

        for (size_t c = 0; c < cells; c++)
            if (t % 3 || random_below(&s->random, 3) == 0)
                tile.scores[c] = extreme_score(s, size);
        for (size_t p = 0; p < tile.positives; p++)
            if (t % 2 || random_below(&s->random, 3) == 0)
                tile.positive_scores[p] = extreme_score(s, size);
        extreme_pairs(s, &tile, size);
        e = subject_evaluate(s, &tile.tile, true); /* checks that all is finite */
        if (size <= 1e4F) {                /* and what is left of the digits is right */
            const reference_values values = {s->objective, s->parameters};
            reference_tile expected = reference_make(&tile.tile);
            const double loss = reference_evaluate(&expected, &values);
            require(fabs(e.loss - loss) <= 1e-4 * fabs(loss) + 1e-6 * (double)size,
                    "%s: loss %.9g at scores of %g, the reference says %.9g", DESCRIBE(s), e.loss, (double)size, loss);
            reference_free(&expected);
        }
        evaluation_free(&e);
        tile_free(&tile);
    }
}

START_TEST(extreme_scores)
{
    subjects_each(test_extreme_scores, runs_all() ? SETTINGS : 4);
}
END_TEST

/* Every corner of the parameters' bounds, on ordinary and extreme scores: evaluate() wants all finite. */
static void test_bounds(subject *s)
{
    const size_t count = objective_parameters(s->objective);
    size_t accepted = 0;

    for (size_t corner = 0; corner < (size_t)1 << count; corner++) {
        for (size_t i = 0; i < count; i++)
            s->parameters[i] = corner >> i & 1 ? s->objective->parameters[i].max : s->objective->parameters[i].min;
        if (!subject_allowed(s))
            continue;
        accepted++;
        s->needs = objective_needs(s->objective, s->parameters);
        for (size_t t = 0; t < 12; t++) {
            const tile_recipe recipe = subject_recipe(s, t);
            test_tile tile = tile_make(&recipe, &s->random);
            evaluation e;

            for (size_t c = 0; t % 2 && c < tile.tile.m * tile.tile.n; c++)
                tile.scores[c] = extreme_score(s, 1e4F);
            for (size_t p = 0; t % 4 == 3 && p < tile.positives; p++)
                tile.positive_scores[p] = extreme_score(s, 1e4F);
            if (t % 4 == 1)
                extreme_pairs(s, &tile, 1e4F);
            e = subject_evaluate(s, &tile.tile, true);
            evaluation_free(&e);
            tile_free(&tile);
        }
    }
    require(accepted > 0, "objective %s refuses every corner of its bounds", s->objective->name);
}

START_TEST(parameters_at_their_bounds)
{
    subjects_each(test_bounds, 1);
}
END_TEST

/* The same sums may be rounded in another order. */
static void check_same(const subject *s, double got, double expected, double largest, const char *what)
{
    require(fabs(got - expected) <= 5e-6 * fmax(fabs(expected), largest) + 1e-35, "%s: %s: %.9g, not %.9g", DESCRIBE(s),
            what, got, expected);
}

static void test_masks(subject *s)
{
    size_t masked = 0;

    for (size_t t = 0; t < TILES; t++) {
        tile_recipe recipe = subject_recipe(s, t);
        test_tile tile, other;
        evaluation a, b;
        size_t cells;
        double largest;

        recipe.masks = true;
        tile = tile_make(&recipe, &s->random);
        other = tile_copy(&tile);
        cells = tile.tile.m * tile.tile.n;
        for (size_t c = 0; c < cells; c++)
            if (tile.mask[c])
                other.scores[c] = extreme_score(s, t % 2 ? 1e4F : 1e30F);
        a = subject_evaluate(s, &tile.tile, true);
        b = subject_evaluate(s, &other.tile, true);
        largest = evaluation_largest(&a);
        check_same(s, b.loss, a.loss, (double)a.positives, "a masked cell moves the loss");
        for (size_t c = 0; c < cells; c++) {
            if (tile.mask[c])
                require(a.numbers[c] == 0 && b.numbers[c] == 0, "%s: gradient of a masked cell", DESCRIBE(s));
            masked += tile.mask[c];
        }
        for (size_t k = 0; k < a.count; k++)
            check_same(s, (double)b.numbers[k], (double)a.numbers[k], largest, "a masked cell moves a gradient");
        evaluation_free(&a);
        evaluation_free(&b);
        tile_free(&tile);
        tile_free(&other);
    }
    ck_assert_uint_gt(masked, 0);
}

START_TEST(masked_cells_do_nothing)
{
    subjects_each(test_masks, SETTINGS);
}
END_TEST

/* The same for the last numbers: m x m of the inputs, n x n of the outputs or, of the copies, total x total. */
static void compare_pairs(const subject *s, const evaluation *a, const evaluation *b, size_t m, size_t n, size_t total,
                          const size_t *origin, double largest)
{
    const float *merged = a->numbers + a->count - n * n, *copies = b->numbers + b->count - total * total;
    double *sums = calloc(n * n, sizeof *sums);

    ck_assert_ptr_nonnull(sums);
    if (s->needs & N2V_NEEDS_SIDES) {
        for (size_t c = 1; c <= m * m; c++)
            check_same(s, (double)*(merged - c), (double)*(copies - c), largest, "input pair's gradient");
        for (size_t j = 0; j < total; j++)
            for (size_t l = 0; l < total; l++)
                sums[origin[j] * n + origin[l]] += origin[j] == origin[l] ? 0 : (double)copies[j * total + l];
        for (size_t c = 0; c < n * n; c++)
            check_same(s, (double)merged[c], sums[c], largest, "output pair's gradient with multiplicities");
    }
    free(sums);
}

static void test_multiplicities(subject *s)
{
    if (s->needs & N2V_NEEDS_ALL_WORDS)
        return; /* such tiles have every column once */
    for (size_t t = 0; t < TILES; t++) {
        tile_recipe recipe = subject_recipe(s, t);
        test_tile tile, expanded;
        evaluation a, b;
        size_t *origin, m, n;
        double *sums, largest;

        recipe.multiplicities = true;
        tile = tile_make(&recipe, &s->random);
        m = tile.tile.m;
        n = tile.tile.n;
        expanded = tile_expand(&tile, &origin);
        sums = calloc(m * n, sizeof *sums);
        ck_assert_ptr_nonnull(sums);
        a = subject_evaluate(s, &tile.tile, true);
        b = subject_evaluate(s, &expanded.tile, true);
        largest = evaluation_largest(&a);
        check_same(s, a.loss, b.loss, (double)a.positives, "loss with multiplicities against copies");
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < expanded.tile.n; j++)
                sums[i * n + origin[j]] += (double)b.numbers[i * expanded.tile.n + j];
        for (size_t c = 0; c < m * n; c++)
            check_same(s, (double)a.numbers[c], sums[c], largest, "gradient with multiplicities against copies");
        for (size_t p = 0; p < tile.positives; p++)
            check_same(s, (double)a.numbers[a.cells + p], (double)b.numbers[b.cells + p], largest,
                       "positive's gradient with multiplicities against copies");
        compare_pairs(s, &a, &b, m, n, expanded.tile.n, origin, largest);
        free(sums);
        free(origin);
        evaluation_free(&a);
        evaluation_free(&b);
        tile_free(&tile);
        tile_free(&expanded);
    }
}

START_TEST(multiplicities_are_copies)
{
    subjects_each(test_multiplicities, SETTINGS);
}
END_TEST

static void test_calls(subject *s)
{
    for (size_t t = 0; t < TILES; t++) {
        const tile_recipe recipe = subject_recipe(s, t);
        test_tile tile = tile_make(&recipe, &s->random), before = tile_copy(&tile);
        const size_t cells = tile.tile.m * tile.tile.n;
        evaluation with = subject_evaluate(s, &tile.tile, true), without = subject_evaluate(s, &tile.tile, false);

        ck_assert_mem_eq(with.numbers, without.numbers, with.count * sizeof(float));
        ck_assert_mem_eq(tile.scores, before.scores, cells * sizeof(float)); /* the tile is only read */
        ck_assert_mem_eq(tile.positive_scores, before.positive_scores, tile.positives * sizeof(float));
        evaluation_free(&with);
        evaluation_free(&without);
        tile_free(&tile);
        tile_free(&before);
    }
}

START_TEST(loss_is_optional)
{
    subjects_each(test_calls, 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("extremes");
    add_test(suite, "extreme scores", extreme_scores);
    add_test(suite, "parameters at their bounds", parameters_at_their_bounds);
    add_test(suite, "masked cells do nothing", masked_cells_do_nothing);
    add_test(suite, "multiplicities are copies", multiplicities_are_copies);
    add_test(suite, "loss is optional", loss_is_optional);
    return run_suite(suite);
}
