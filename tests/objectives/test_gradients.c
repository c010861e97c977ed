/* Every objective of the registry on random tiles, with every kernel set, against a reference and against finite
 * differences: an objective is tested by being registered. */
#include <math.h>
#include <string.h>

#include "cli/difference.h"
#include "objectives/reference.h"
#include "objectives/subject.h"
#include "test.h"

/* A gradient that is right to 1e-5 of itself; next to nothing, to 3e-7 of the tile's largest: the
 * difference of a margin and a distance near it, both rounded to float, leaves that much. */
static bool gradient_close(double got, double expected, double largest)
{
    return fabs(got - expected) <= 1e-5 * fmax(fabs(expected), 0.03 * largest) + 1e-35;
}

static void compare_with_reference(const subject *s, const n2v_tile *tile)
{
    const reference_values values = {s->objective, s->parameters};
    reference_tile expected = reference_make(tile);
    evaluation e = subject_evaluate(s, tile, true);
    const double largest = evaluation_largest(&e), loss = reference_evaluate(&expected, &values);

    require(fabs(e.loss - loss) <= 1e-5 * fabs(loss) + 1e-7 * (double)e.positives,
            "%s: loss %.9g of %zu x %zu, the reference says %.9g", DESCRIBE(s), e.loss, tile->m, tile->n, loss);
    for (size_t k = 0; k < e.count; k++)
        require(gradient_close((double)e.numbers[k], expected.gradient.scores[k], largest),
                "%s: gradient %.9g, the reference says %.9g; %s", DESCRIBE(s), (double)e.numbers[k],
                expected.gradient.scores[k], NUMBER(tile, k));
    evaluation_free(&e);
    reference_free(&expected);
}

static void test_reference(subject *s)
{
    for (size_t t = 0; t < TILES; t++) {
        const tile_recipe recipe = subject_recipe(s, t);
        test_tile tile = tile_make(&recipe, &s->random);
        compare_with_reference(s, &tile.tile);
        tile_free(&tile);
    }
}

START_TEST(agrees_with_reference)
{
    subjects_each(test_reference, runs_all() ? SETTINGS : 6);
}
END_TEST

START_TEST(every_objective_has_a_reference)
{
    ck_assert_uint_gt(objective_count(NULL), 0);
    for (size_t i = 0; i < objective_count(NULL); i++)
        require(reference_exists(objective_at(NULL, i)->name), "objective %s has no reference in reference.c",
                objective_at(NULL, i)->name);
}
END_TEST

/* Share of the cells that may lie so near a kink that no difference can be trusted. */
#define MAX_UNTRUSTED 0.06

typedef struct probe {
    const subject *subject;
    const n2v_tile *tile;
    reference_tile *reference;
    float *number;
    double *reference_number;
} probe;

static double step_reference(void *context, double step, double *taken)
{
    const probe *p = context;
    const reference_values values = {p->subject->objective, p->subject->parameters};
    const double start = *p->reference_number;
    double loss;

    *p->reference_number = start + step;
    *taken = *p->reference_number - start;
    loss = reference_evaluate(p->reference, &values);
    *p->reference_number = start;
    return loss;
}

static double step_objective(void *context, double step, double *taken)
{
    const probe *p = context;
    const float start = *p->number;
    evaluation e;

    *p->number = (float)((double)start + step);
    *taken = (double)*p->number - (double)start;
    e = subject_evaluate(p->subject, p->tile, true);
    *p->number = start;
    evaluation_free(&e);
    return e.loss;
}

/* Distances keep away from 0, where steps would leave what a distance can be. */
static tile_recipe difference_recipe(subject *s, size_t variant)
{
    tile_recipe r = subject_recipe(s, variant);
    r.zeros = false;
    r.low = s->objective->geometry == N2V_SQEUCLID ? 0.6F : 0;
    r.m = 1 + random_below(&s->random, 5);
    return r;
}

/* The references are proven on their own: steps of 1/16 down to 2^-13, to 1e-7. */
static void test_reference_differences(subject *s)
{
    const reference_values values = {s->objective, s->parameters};
    size_t tried = 0, untrusted = 0;

    if (s->kernels != kernels_at(0))
        return; /* no kernel takes part */
    for (size_t t = 0; t < TILES / (SANITIZED ? 8 : 2); t++) {
        const tile_recipe recipe = difference_recipe(s, t);
        test_tile tile = tile_make(&recipe, &s->random);
        reference_tile r = reference_make(&tile.tile);
        double *gradient = malloc(r.numbers * sizeof *gradient), largest = 1e-3;

        ck_assert_ptr_nonnull(gradient);
        (void)reference_evaluate(&r, &values);
        memcpy(gradient, r.gradient.scores, r.numbers * sizeof *gradient);
        for (size_t k = 0; k < r.numbers; k++)
            largest = fmax(largest, fabs(gradient[k]));
        for (size_t k = 0; k < r.numbers; k++, tried++) {
            probe p = {.subject = s, .reference = &r, .reference_number = &r.in.scores[k]};
            double error;
            const double difference = slope_estimate(step_reference, &p, 0x1p-4, 10, &error);

            if (error > 1e-7 * largest)
                untrusted++;
            else
                require(fabs(difference - gradient[k]) <= 2e-7 * largest,
                        "reference of %s: gradient %.12g, differences say %.12g; %s", DESCRIBE(s), gradient[k],
                        difference, NUMBER(&tile.tile, k));
        }
        free(gradient);
        reference_free(&r);
        tile_free(&tile);
    }
    require((double)untrusted <= MAX_UNTRUSTED * (double)tried, "reference of %s: %zu of %zu differences untrusted",
            DESCRIBE(s), untrusted, tried);
}

START_TEST(references_agree_with_differences)
{
    subjects_each(test_reference_differences, runs_all() ? 4 : 1);
}
END_TEST

/* Where the k-th number of a gradient is a function of: its place in the tile, or NULL. */
static float *number_at(test_tile *t, size_t k)
{
    float *const arrays[KINDS] = {t->scores,         t->positive_scores, t->input_norms, t->output_norms,
                                  t->positive_norms, t->input_pairs,     t->output_pairs};
    size_t sizes[KINDS], kind = 0;

    count_kinds(&t->tile, sizes);
    while (k >= sizes[kind])
        k -= sizes[kind++];
    return arrays[kind] ? arrays[kind] + k : NULL;
}

/* The loss is a sum of doubles of terms rounded to float: a term of a few units is off by about
 * 1e-7, the difference over a step h by 1e-7 / h, while steps that are too large see the bend.
 * Extrapolated from 1 down to 1/512 the two meet near 1e-5 of the largest gradient; 1e-3 leaves
 * room for sharp temperatures and is still a hundred times less than a wrong factor would show. */
static void test_differences(subject *s)
{
    const bool kinks = s->objective->geometry == N2V_SQEUCLID; /* hinges: large steps would leap over them */
    size_t tried = 0, untrusted = 0;

    for (size_t t = 0; t < 8; t++) {
        tile_recipe recipe = difference_recipe(s, t);
        test_tile tile;
        evaluation e;
        double largest;

        if (!recipe.n)
            recipe.n = 1 + random_below(&s->random, 8);
        tile = tile_make(&recipe, &s->random);
        e = subject_evaluate(s, &tile.tile, true);
        largest = fmax(evaluation_largest(&e), 1e-3);
        for (size_t k = 0; k < e.count; k++, tried++) {
            probe p = {.subject = s, .tile = &tile.tile, .number = number_at(&tile, k)};
            const double gradient = (double)e.numbers[k];
            double error, difference;

            if (!p.number)
                continue;
            difference = slope_estimate(step_objective, &p, kinks ? 0x1p-3 : 1, kinks ? 7 : 10, &error);
            if (error > 3e-4 * largest)
                untrusted++;
            else
                require(fabs(difference - gradient) <= 1e-3 * largest,
                        "%s: gradient %.9g, differences say %.9g +- %.1g; %s", DESCRIBE(s), gradient, difference, error,
                        NUMBER(&tile.tile, k));
        }
        evaluation_free(&e);
        tile_free(&tile);
    }
    require((double)untrusted <= MAX_UNTRUSTED * (double)tried, "%s: %zu of %zu differences untrusted", DESCRIBE(s),
            untrusted, tried);
}

START_TEST(agrees_with_differences)
{
    subjects_each(test_differences, runs_all() ? 4 : 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gradients");
    add_test(suite, "every objective has a reference", every_objective_has_a_reference);
    add_test(suite, "references agree with differences", references_agree_with_differences);
    add_test(suite, "agrees with the reference", agrees_with_reference);
    add_test(suite, "agrees with differences", agrees_with_differences);
    return run_suite(suite);
}
