/* Every objective of the registry on random tiles, with every kernel set: an
 * objective is tested by being registered. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/kernels.h"
#include "objectives/derivative.h"
#include "objectives/reference.h"
#include "test.h"

#define SETTINGS 12 /* parameter values tried: the defaults, then random ones around them */
#define TILES    24 /* tiles a setting */

/* What is under test: an objective with parameters, on one kernel set. */
typedef struct subject {
    const n2v_objective *objective;
    float parameters[N2V_MAX_PARAMETERS];
    const Kernels *kernels;
    unsigned needs;
    Random random;
} subject;

typedef void subject_test(subject *s);

static const char *describe(const subject *s, char *text, size_t room)
{
    int length = snprintf(text, room, "%s", s->objective->name);
    for (size_t i = 0; i < objective_parameters(s->objective) && length > 0 && (size_t)length < room; i++)
        length += snprintf(text + length, room - (size_t)length, "%s%s=%g", i ? "," : ":",
                           s->objective->parameters[i].name, (double)s->parameters[i]);
    if (length > 0 && (size_t)length < room)
        (void)snprintf(text + length, room - (size_t)length, " on %s", s->kernels->name);
    return text;
}

#define DESCRIBE(s) describe(s, (char[300]){0}, 300)

/* A value near the default; switches and small whole numbers take all theirs. */
static float random_parameter(const n2v_parameter *p, Random *random)
{
    double value = (double)p->value * exp2(2 * random_uniform(random) - 1);
    if (p->integer && p->max - p->min <= 8)
        value = (double)p->min + floor(random_uniform(random) * ((double)p->max - (double)p->min + 1));
    else if (p->value == 0)
        value = fmin((double)p->max, 1) * random_uniform(random);
    if (p->integer)
        value = round(value);
    return fminf(fmaxf((float)value, p->min), p->max);
}

static bool allowed(const subject *s)
{
    return !objective_check(s->objective, s->parameters);
}

static void set_defaults(subject *s)
{
    for (size_t i = 0; i < N2V_MAX_PARAMETERS; i++)
        s->parameters[i] = s->objective->parameters[i].value;
}

/* Runs a test for every objective, kernel set and setting of parameters. */
static void for_each_subject(subject_test *test, size_t settings)
{
    for (size_t index = 0; index < objective_count(NULL); index++) {
        subject s = {.objective = objective_at(NULL, index)};
        const size_t count = objective_parameters(s.objective), most = SANITIZED && settings > 3 ? 3 : settings;
        Random before;

        random_seed(&s.random, 20261124, index, 0, 0);
        for (size_t setting = 0; setting < (count ? most : 1); setting++) {
            set_defaults(&s);
            require(allowed(&s), "objective %s refuses its own defaults", s.objective->name);
            if (setting)
                do
                    for (size_t i = 0; i < count; i++)
                        s.parameters[i] = random_parameter(&s.objective->parameters[i], &s.random);
                while (!allowed(&s));
            s.needs = objective_needs(s.objective, s.parameters);
            before = s.random;
            for (size_t k = 0; (s.kernels = kernels_at(k)) != NULL; k++) {
                s.random = before; /* the same tiles for all sets, and on every machine */
                test(&s);
            }
        }
    }
}

/* Scores as training makes them: products of a few units, distances up to a few. */
static tile_recipe ordinary_recipe(const subject *s, size_t variant)
{
    const bool unit = s->needs & N2V_NEEDS_UNIT_ROWS;
    tile_recipe r = {.geometry = s->objective->geometry, .needs = s->needs};

    r.max_positives = 1 + variant % 4;
    r.masks = variant % 3 == 1;
    r.multiplicities = variant % 2;
    r.zeros = variant % 5 == 2;
    if (variant % 8 == 7)
        r.n = 1; /* a single negative */
    if (variant % 8 == 3)
        r.m = 1;
    r.scale = s->objective->geometry == N2V_SQEUCLID ? 4.0F : unit ? 0.4F : variant % 4 == 2 ? 4.0F : 1.5F;
    return r;
}

enum { KINDS = 7 };
static const char *const kinds[KINDS] = {"cell",          "positive",   "input norm", "output norm",
                                         "positive norm", "input pair", "output pair"};

/* How many numbers of each kind a gradient has. */
static void count_kinds(const n2v_tile *tile, size_t sizes[KINDS])
{
    const size_t m = tile->m, n = tile->n, positives = tile->first[m];
    const bool sides = tile->input_pairs;

    memcpy(sizes, (size_t[KINDS]){m * n, positives, m, n, positives, sides ? m * m : 0, sides ? n * n : 0},
           KINDS * sizeof *sizes);
}

/* Loss and gradient; the gradient's arrays in the order of reference_numbers, norms 0 unless needed. */
typedef struct evaluation {
    double loss;
    float *numbers;
    size_t count, cells, positives;
} evaluation;

static float *filled(size_t count, float value)
{
    float *array = malloc((count + 1) * sizeof *array);
    ck_assert_ptr_nonnull(array);
    for (size_t i = 0; i <= count; i++)
        array[i] = value;
    return array;
}

/* Calls the objective on exact buffers of garbage and checks that it writes all of its own and no more. */
static evaluation evaluate(const subject *s, const n2v_tile *tile, bool want_loss)
{
    const size_t m = tile->m, n = tile->n, cells = m * n, positives = tile->first[m];
    const size_t scratch_floats = objective_scratch(s->objective, m, n, positives);
    const bool norms = s->needs & N2V_NEEDS_NORMS, sides = s->needs & N2V_NEEDS_SIDES;
    size_t sizes[KINDS];
    const float garbage = NAN, guard = 4321;
    const double before = 1000; /* the loss is added to what the caller has: a worker sums over its tiles */
    evaluation e = {.cells = cells, .positives = positives};
    float *scratch = filled(scratch_floats, garbage), *part[KINDS];
    n2v_tile computed;
    size_t at = 0;

    count_kinds(tile, sizes);
    for (size_t i = 0; i < KINDS; i++) {
        e.count += sizes[i];
        part[i] = filled(sizes[i], i < 2 ? garbage : 0); /* the others are zeroed by the caller */
        part[i][sizes[i]] = guard;
    }
    scratch[scratch_floats] = guard;
    e.loss = want_loss ? before : 0;
    computed = *tile;
    computed.math = &s->kernels->math;
    s->objective->loss_grad(&computed, s->parameters,
                            &(n2v_tile_gradient){.scores = part[0],
                                                 .positives = part[1],
                                                 .input_norms = norms ? part[2] : NULL,
                                                 .output_norms = norms ? part[3] : NULL,
                                                 .positive_norms = norms ? part[4] : NULL,
                                                 .input_pairs = sides ? part[5] : NULL,
                                                 .output_pairs = sides ? part[6] : NULL},
                            s->objective->scratch ? scratch : NULL, want_loss ? &e.loss : NULL, s->objective->user);
    e.loss -= want_loss ? before : 0;
    require(scratch[scratch_floats] == guard, "%s writes beyond its scratch", DESCRIBE(s));
    require(isfinite(e.loss), "%s: loss %g of an %zu x %zu tile", DESCRIBE(s), e.loss, m, n);
    e.numbers = filled(e.count, 0);
    for (size_t i = 0; i < KINDS; i++) {
        require(part[i][sizes[i]] == guard, "%s writes beyond its gradient", DESCRIBE(s));
        for (size_t k = 0; k < sizes[i]; k++)
            require(isfinite(part[i][k]), "%s: gradient %g for %s %zu of an %zu x %zu tile, score %g", DESCRIBE(s),
                    (double)part[i][k], kinds[i], k, m, n,
                    (double)(i == 0   ? tile->scores[k]
                             : i == 1 ? tile->positive_scores[k]
                                      : 0));
        memcpy(e.numbers + at, part[i], sizes[i] * sizeof(float));
        at += sizes[i];
        free(part[i]);
    }
    free(scratch);
    return e;
}

static void evaluation_free(evaluation *e)
{
    free(e->numbers);
}

static double largest_gradient(const evaluation *e)
{
    double largest = 0;
    for (size_t k = 0; k < e->count; k++)
        largest = fmax(largest, fabs((double)e->numbers[k]));
    return largest;
}

/* What stands at a place of the gradient: "cell 7", and the score of it. */
static const char *name_number(const n2v_tile *tile, size_t k, char *text, size_t room)
{
    size_t sizes[KINDS], kind = 0, index = k;

    count_kinds(tile, sizes);
    while (index >= sizes[kind])
        index -= sizes[kind++];
    if (kind < 2)
        (void)snprintf(text, room, "%s %zu of %zu x %zu, score %.9g", kinds[kind], index, tile->m, tile->n,
                       (double)(kind ? tile->positive_scores[index] : tile->scores[index]));
    else
        (void)snprintf(text, room, "%s %zu of %zu x %zu", kinds[kind], index, tile->m, tile->n);
    return text;
}

#define NUMBER(tile, k) name_number(tile, k, (char[100]){0}, 100)

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
    evaluation e = evaluate(s, tile, true);
    const double largest = largest_gradient(&e), loss = reference_evaluate(&expected, &values);

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
        const tile_recipe recipe = ordinary_recipe(s, t);
        test_tile tile = tile_make(&recipe, &s->random);
        compare_with_reference(s, &tile.tile);
        tile_free(&tile);
    }
}

START_TEST(agrees_with_reference)
{
    for_each_subject(test_reference, SETTINGS);
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
    e = evaluate(p->subject, p->tile, true);
    *p->number = start;
    evaluation_free(&e);
    return e.loss;
}

/* Distances keep away from 0, where steps would leave what a distance can be. */
static tile_recipe difference_recipe(subject *s, size_t variant)
{
    tile_recipe r = ordinary_recipe(s, variant);
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
    for (size_t t = 0; t < TILES / 2; t++) {
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
            const double difference = numeric_derivative(step_reference, &p, 0x1p-4, 10, &error);

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
    for_each_subject(test_reference_differences, 4);
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
        e = evaluate(s, &tile.tile, true);
        largest = fmax(largest_gradient(&e), 1e-3);
        for (size_t k = 0; k < e.count; k++, tried++) {
            probe p = {.subject = s, .tile = &tile.tile, .number = number_at(&tile, k)};
            const double gradient = (double)e.numbers[k];
            double error, difference;

            if (!p.number)
                continue;
            difference = numeric_derivative(step_objective, &p, kinks ? 0x1p-3 : 1, kinks ? 7 : 10, &error);
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
    for_each_subject(test_differences, 4);
}
END_TEST

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
        const tile_recipe recipe = ordinary_recipe(s, t);
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
        e = evaluate(s, &tile.tile, true); /* checks that all is finite */
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
    for_each_subject(test_extreme_scores, SETTINGS);
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
        if (!allowed(s))
            continue;
        accepted++;
        s->needs = objective_needs(s->objective, s->parameters);
        for (size_t t = 0; t < 12; t++) {
            const tile_recipe recipe = ordinary_recipe(s, t);
            test_tile tile = tile_make(&recipe, &s->random);
            evaluation e;

            for (size_t c = 0; t % 2 && c < tile.tile.m * tile.tile.n; c++)
                tile.scores[c] = extreme_score(s, 1e4F);
            for (size_t p = 0; t % 4 == 3 && p < tile.positives; p++)
                tile.positive_scores[p] = extreme_score(s, 1e4F);
            if (t % 4 == 1)
                extreme_pairs(s, &tile, 1e4F);
            e = evaluate(s, &tile.tile, true);
            evaluation_free(&e);
            tile_free(&tile);
        }
    }
    require(accepted > 0, "objective %s refuses every corner of its bounds", s->objective->name);
}

START_TEST(parameters_at_their_bounds)
{
    for_each_subject(test_bounds, 1);
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
        tile_recipe recipe = ordinary_recipe(s, t);
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
        a = evaluate(s, &tile.tile, true);
        b = evaluate(s, &other.tile, true);
        largest = largest_gradient(&a);
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
    for_each_subject(test_masks, SETTINGS);
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
        tile_recipe recipe = ordinary_recipe(s, t);
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
        a = evaluate(s, &tile.tile, true);
        b = evaluate(s, &expanded.tile, true);
        largest = largest_gradient(&a);
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
    for_each_subject(test_multiplicities, SETTINGS);
}
END_TEST

static void test_calls(subject *s)
{
    for (size_t t = 0; t < TILES; t++) {
        const tile_recipe recipe = ordinary_recipe(s, t);
        test_tile tile = tile_make(&recipe, &s->random), before = tile_copy(&tile);
        const size_t cells = tile.tile.m * tile.tile.n;
        evaluation with = evaluate(s, &tile.tile, true), without = evaluate(s, &tile.tile, false);

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
    for_each_subject(test_calls, 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gradients");
    add_test(suite, "every objective has a reference", every_objective_has_a_reference);
    add_test(suite, "references agree with differences", references_agree_with_differences);
    add_test(suite, "agrees with the reference", agrees_with_reference);
    add_test(suite, "agrees with differences", agrees_with_differences);
    add_test(suite, "extreme scores", extreme_scores);
    add_test(suite, "parameters at their bounds", parameters_at_their_bounds);
    add_test(suite, "masked cells do nothing", masked_cells_do_nothing);
    add_test(suite, "multiplicities are copies", multiplicities_are_copies);
    add_test(suite, "loss is optional", loss_is_optional);
    return run_suite(suite);
}
