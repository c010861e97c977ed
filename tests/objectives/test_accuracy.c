/* How exact a gradient is: every objective against its reference in double, by the size of its scores. */
#include <math.h>
#include <string.h>

#include "objectives/reference.h"
#include "objectives/subject.h"
#include "test.h"

/* What the header declares: this error, relative to the largest gradient of the tile ... */
#define ERROR 1e-5

/* ... for scores that are, divided by the temperature, at most this large. */
#define LARGEST 40

/* The largest error of a gradient, divided by its largest number. */
static double error_of(const subject *s, const test_tile *tile)
{
    const reference_values values = {s->objective, s->parameters};
    reference_tile expected = reference_make(&tile->tile);
    evaluation e = subject_evaluate(s, &tile->tile, true);
    const double largest = evaluation_largest(&e);
    double worst = 0;

    (void)reference_evaluate(&expected, &values);
    for (size_t k = 0; k < e.count; k++)
        worst = fmax(worst, fabs((double)e.numbers[k] - expected.gradient.scores[k]));
    reference_free(&expected);
    evaluation_free(&e);
    return worst / fmax(largest, 1e-20);
}

/* What scores are divided by. */
static float temperature_of(const subject *s)
{
    for (size_t i = 0; i < objective_parameters(s->objective); i++)
        if (strcmp(s->objective->parameters[i].name, "temperature") == 0)
            return s->parameters[i];
    return 1;
}

/* A tile whose scores are higher by `offset` temperatures: a softmax does not change, an error of large arguments
 * shows. */
static test_tile offset_tile(subject *s, size_t variant, float offset)
{
    tile_recipe recipe = subject_recipe(s, variant);
    test_tile tile;

    offset *= temperature_of(s);
    recipe.scale = 1; /* the default, N(0, 1), or distances in [0, 1) */
    tile = tile_make(&recipe, &s->random);
    for (size_t c = 0; c < tile.tile.m * tile.tile.n; c++)
        tile.scores[c] += offset;
    for (size_t p = 0; p < tile.positives; p++)
        tile.positive_scores[p] += offset;
    return tile;
}

/* The largest error over tiles of all shapes. */
static double worst_error(subject *s, float offset)
{
    double worst = 0;

    for (size_t t = 0; t < TILES; t++) {
        test_tile tile = offset_tile(s, t, offset);
        worst = fmax(worst, error_of(s, &tile));
        tile_free(&tile);
    }
    return worst;
}

static void check(subject *s, double allowed)
{
    static const float offsets[] = {0, 3, 10, LARGEST};

    for (size_t k = 0; k < sizeof offsets / sizeof *offsets; k++) {
        const double error = worst_error(s, offsets[k]);
        require(error <= allowed, "%s: a gradient is off by %.2g at scores around %g", DESCRIBE(s), error,
                (double)offsets[k]);
    }
}

static void check_subject(subject *s)
{
    check(s, ERROR);
}

START_TEST(gradients_are_exact)
{
    subjects_each(check_subject, 6);
}
END_TEST

/* Parameters at which differences of nearly equal numbers would lose the digits. */
START_TEST(nothing_cancels)
{
    static const struct {
        const char *text;
        double allowed;
    } cases[] = {{"hardneg:beta=10", ERROR},
                 {"hardneg:beta=10,tau=0", ERROR},
                 {"hardneg:beta=3,temperature=0.2", ERROR},
                 {"debiased:tau=0", ERROR},
                 {"debiased:tau=0.9", 5 * ERROR}, /* the mean less 0.9 of a positive: near the floor few digits */
                 {"hardneg:beta=10,tau=0.9", 5 * ERROR}};
    const Kernels *kernels;

    for (size_t k = 0; (kernels = kernels_at(k)) != NULL; k++)
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            subject s = {.kernels = kernels};
            n2v_error error = {.text = ""};
            require(objective_parse(NULL, cases[i].text, &s.objective, s.parameters, &error) == N2V_OK, "%s",
                    error.text);
            s.needs = objective_needs(s.objective, s.parameters);
            random_seed(&s.random, 5, i, 0, 0);
            check(&s, cases[i].allowed);
            require(worst_error(&s, 1000) <= 1e-4, "%s: scores around 1000", cases[i].text);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("accuracy");
    add_test(suite, "gradients are exact", gradients_are_exact);
    add_test(suite, "nothing cancels", nothing_cancels);
    return run_suite(suite);
}
