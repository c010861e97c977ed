/* A caller's labelled tile means what the engine's tile means, and its gradient is the slope of its loss. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "caller.h"
#include "objectives/reference.h"
#include "test.h"

/* A row has one to three positives, perhaps masked cells, and negatives. */
static void label_at_random(caller *c, Random *random)
{
    for (size_t i = 0; i < c->e.m; i++) {
        for (size_t j = 0; j < c->e.n; j++)
            c->labels[i * c->e.n + j] = random_below(random, 5) ? N2V_NEGATIVE : N2V_MASKED;
        for (size_t k = random_below(random, 3) + 1; k; k--)
            c->labels[i * c->e.n + random_below(random, (uint32_t)c->e.n)] = N2V_POSITIVE;
    }
}

/* A tile of m rows and n columns of a caller: the positive of row i is column i, which for a sampled objective is
 * masked in the other rows, and the noise follows from column `from` on. */
typedef struct shape {
    size_t m, n, from;
    bool own_columns; /* the engine's tile has the positives among its columns, too */
} shape;

static void label(caller *c, const shape *s)
{
    for (size_t i = 0; i < s->m; i++) {
        for (size_t j = 0; j < s->from; j++)
            c->labels[i * s->n + j] = N2V_MASKED;
        c->labels[i * s->n + i] = N2V_POSITIVE;
    }
    c->e.multiplicity = s->own_columns ? NULL : c->multiplicity;
}

/* The engine's tile of the same numbers. */
static reference_tile engine_tile(const caller *c, const shape *s)
{
    const size_t noise = s->n - s->from;
    float scores[CELLS], positives[MAX_COUNT];
    unsigned char mask[CELLS] = {0};
    uint32_t first[MAX_COUNT + 1], column[MAX_COUNT];

    for (size_t i = 0; i < s->m; i++) {
        positives[i] = c->scores[i * s->n + i];
        column[i] = (uint32_t)i;
        first[i] = (uint32_t)i;
        for (size_t j = 0; j < noise; j++) {
            scores[i * noise + j] = c->scores[i * s->n + s->from + j];
            mask[i * noise + j] = s->own_columns && i == j;
        }
    }
    first[s->m] = (uint32_t)s->m;
    return reference_make(&(n2v_tile){
        .m = s->m,
        .n = noise,
        .scores = scores,
        .mask = mask,
        .log_noise = c->log_noise + s->from,
        .multiplicity = s->own_columns ? NULL : c->multiplicity + s->from,
        .first = first,
        .positive_scores = positives,
        .positive_log_noise = c->log_noise,
        .column = s->own_columns ? column : NULL,
        .input_norms = c->input_norms,
        .output_norms = c->output_norms + s->from,
        .positive_norms = c->output_norms,
        .input_pairs = c->e.input_pairs,
        .output_pairs = c->e.output_pairs, /* such an objective has columns of its own */
    });
}

static void compare(const char *objective, const caller *c, const shape *s, const reference_tile *reference)
{
    const size_t m = s->m, n = s->n, from = s->from, noise = n - from;

    for (size_t i = 0; i < m; i++) {
        caller_near((double)c->gradient[i * n + i], reference->gradient.positives[i], 1e-5, objective, "positive", i);
        for (size_t j = 0; j < n; j++)
            if (j != i)
                caller_near((double)c->gradient[i * n + j],
                            j < from ? 0 : reference->gradient.scores[i * noise + j - from], 1e-5, objective, "cell",
                            i * n + j);
        caller_near((double)c->input_norm_gradient[i], reference->gradient.input_norms[i], 1e-5, objective,
                    "input norm", i);
        caller_near((double)c->output_norm_gradient[i],
                    reference->gradient.positive_norms[i] + (s->own_columns ? reference->gradient.output_norms[i] : 0),
                    1e-5, objective, "output norm", i);
    }
    for (size_t l = 0; reference->sides && l < m * m; l++)
        caller_near((double)c->input_pair_gradient[l], reference->gradient.input_pairs[l], 1e-5, objective,
                    "input pair", l);
    for (size_t l = 0; reference->sides && l < n * n; l++)
        caller_near((double)c->output_pair_gradient[l], reference->gradient.output_pairs[l], 1e-5, objective,
                    "output pair", l);
}

static void against_reference(const char *objective, Random *random)
{
    const n2v_objective_info info = caller_describe(objective);
    const bool own_columns = info.needs & (N2V_NEEDS_IN_BATCH | N2V_NEEDS_ALL_WORDS);
    const size_t m = 1 + random_below(random, 6), noise = own_columns ? 0 : 1 + random_below(random, 6);
    const shape s = {.m = m, .n = m + noise, .from = own_columns ? 0 : m, .own_columns = own_columns};
    const n2v_objective *found;
    float parameters[N2V_MAX_PARAMETERS];
    caller c;
    reference_tile reference;
    double wanted;

    ck_assert_int_eq(objective_parse(NULL, objective, &found, parameters, NULL), N2V_OK);
    caller_fill(&c, &info, s.m, s.n, random);
    label(&c, &s);
    reference = engine_tile(&c, &s);
    wanted = reference_evaluate(&reference, &(reference_values){found, parameters});
    caller_near(caller_evaluate(objective, &c), wanted, 1e-5, objective, "loss", 0);
    compare(objective, &c, &s, &reference);
    reference_free(&reference);
}

static const char *const further[] = {"infonce:temperature=0.1,correct=1",
                                      "infonce:in_batch=1",
                                      "npair:l2=0",
                                      "lifted:in_batch=0",
                                      "lifted:hard=1",
                                      "triplet:negatives=1",
                                      "triplet:negatives=2",
                                      "hardneg:beta=0",
                                      "siglip:scale=10",
                                      "npair:l2=1",
                                      "alignuniform:weight=3,t=0.5",
                                      "dcl:in_batch=0",
                                      "ranking:in_batch=1",
                                      "spectral:in_batch=0",
                                      "qwem:in_batch=1",
                                      "gbce:t=1,alpha=0.1"};

/* The index-th of all objectives as they are, and some with other parameters; NULL beyond the last. */
static const char *caller_objective(size_t index)
{
    const size_t count = n2v_objective_count(NULL);
    if (index < count)
        return n2v_objective_name(NULL, index);
    return index - count < sizeof further / sizeof *further ? further[index - count] : NULL;
}

START_TEST(agrees_with_the_reference)
{
    const char *text;
    Random random;

    random_seed(&random, 3, 0, 0, 0);
    for (size_t i = 0; (text = caller_objective(i)); i++)
        for (int round = 0; round < 40; round++)
            against_reference(text, &random);
}
END_TEST

enum { WIDTH = 7, PAIRS_FROM = 2 * WIDTH + 2, OUTPUTS = PAIRS_FROM + WIDTH * WIDTH };

/* Adds all that a tile of one row gives: loss, gradient, those of the norms. */
static void add_outputs(const char *text, caller *c, double sign, double sums[OUTPUTS])
{
    sums[0] += sign * caller_evaluate(text, c);
    sums[1] += sign * (double)c->input_norm_gradient[0];
    for (size_t j = 0; j < WIDTH; j++) {
        sums[2 + j] += sign * (double)c->gradient[j];
        sums[2 + WIDTH + j] += sign * (double)c->output_norm_gradient[j];
    }
    for (size_t k = 0; k < WIDTH * WIDTH; k++)
        sums[PAIRS_FROM + k] += sign * (double)c->output_pair_gradient[k];
}

static bool one_case_a_row(const char *name)
{
    return strcmp(name, "softnn") == 0 || strcmp(name, "milnce") == 0 || strcmp(name, "supcon") == 0 ||
           strcmp(name, "hs") == 0;
}

/* A row with several positives is as many cases: the sum of the tiles that have one of them each. */
START_TEST(several_positives_add_up)
{
    const unsigned char labels[WIDTH] = {0, N2V_POSITIVE, N2V_MASKED, 0, N2V_POSITIVE, 0, N2V_POSITIVE};
    const char *text;
    Random random;

    random_seed(&random, 4, 0, 0, 0);
    for (size_t t = 0; (text = caller_objective(t)); t++) {
        const n2v_objective_info info = caller_describe(text);
        const unsigned char other = info.needs & N2V_NEEDS_ALL_WORDS ? N2V_NEGATIVE : N2V_MASKED;
        double sums[OUTPUTS] = {0};
        caller c;

        if (one_case_a_row(info.name))
            continue;
        caller_fill(&c, &info, 1, WIDTH, &random);
        memcpy(c.labels, labels, sizeof labels);
        add_outputs(text, &c, -1, sums);
        ck_assert(c.e.loss != 0 || info.geometry == N2V_SQEUCLID);
        for (size_t positive = 0; positive < WIDTH; positive++) {
            if (labels[positive] != N2V_POSITIVE)
                continue;
            for (size_t j = 0; j < WIDTH; j++)
                c.labels[j] = j == positive ? N2V_POSITIVE : labels[j] == N2V_POSITIVE ? other : labels[j];
            add_outputs(text, &c, 1, sums);
        }
        for (size_t k = 0; k < OUTPUTS; k++)
            caller_near(sums[k], 0, k ? 1e-5 : 1e-4, text, "the difference of output", k);
    }
}
END_TEST

/* In sampled tiles a row knows nothing of the others. */
START_TEST(rows_add_up)
{
    const char *text;
    Random random;

    random_seed(&random, 7, 0, 0, 0);
    for (size_t t = 0; (text = caller_objective(t)); t++) {
        const n2v_objective_info info = caller_describe(text);
        double both, sum = 0;
        caller c;

        if (info.needs & N2V_NEEDS_IN_BATCH)
            continue;
        caller_fill(&c, &info, 2, 4, &random);
        c.labels[0] = c.labels[7] = N2V_POSITIVE;
        both = caller_evaluate(text, &c);
        c.e.m = 1;
        for (size_t i = 0; i < 2; i++) {
            c.e.scores = c.scores + 4 * i;
            c.e.labels = c.labels + 4 * i;
            sum += caller_evaluate(text, &c);
        }
        caller_near(both, sum, 1e-5, text, "loss", 0);
    }
}
END_TEST

/* Counts that are no whole numbers, or so large that a float loses the others beside them; and no negative at all. */
START_TEST(counts_of_any_size)
{
    static const char *const names[] = {"debiased", "hardneg:beta=0"};
    static const struct {
        float scores[3], counts[3];
        unsigned char labels[3];
    } cases[] = {
        {{1, 0.5F, 0.2F}, {3e7F, 1, 1}, {N2V_POSITIVE, N2V_NEGATIVE, N2V_NEGATIVE}},
        {{1, 0.5F, 0.2F}, {1, 3e7F, 1}, {N2V_POSITIVE, N2V_MASKED, N2V_NEGATIVE}},
        {{-3, 0.5F, 0.2F}, {1.1F, 1.3F, 1.7F}, {N2V_POSITIVE, N2V_NEGATIVE, N2V_NEGATIVE}},
        {{-50, 0.5F, 0.2F}, {1.1F, 1.3F, 1.7F}, {N2V_POSITIVE, N2V_MASKED, N2V_MASKED}},
    };
    const double tau = (double)0.01F;

    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            float gradient[3] = {9, 9, 9};
            n2v_evaluation e = {.size = sizeof e, .m = 1, .n = 3, .scores = cases[i].scores, .labels = cases[i].labels,
                                .multiplicity = cases[i].counts, .gradient = gradient};
            n2v_error error = {.text = ""};
            const double positive = exp((double)cases[i].scores[0]);
            double sum = 0, count = 0, wanted = 0;

            for (size_t j = 1; j < 3; j++)
                if (cases[i].labels[j] == N2V_NEGATIVE) {
                    count += (double)cases[i].counts[j];
                    sum += (double)cases[i].counts[j] * exp((double)cases[i].scores[j]);
                }
            if (count > 0)
                wanted = log1p(count * fmax((sum / count - tau * positive) / (1 - tau), exp(-1)) / positive);
            require(n2v_objective_evaluate(NULL, names[k], &e, &error) == N2V_OK, "%s: %s", names[k], error.text);
            caller_near(e.loss, wanted, 1e-5, names[k], "loss", i);
            require(count > 0 ? gradient[0] < 0 : gradient[0] == 0, "%s: gradient %g", names[k], (double)gradient[0]);
        }
}
END_TEST

START_TEST(softnn_sums_over_its_positives)
{
    const n2v_objective_info info = caller_describe("softnn:temperature=0.5");
    double positives = 0, negatives = 0;
    caller c;
    Random random;

    random_seed(&random, 5, 0, 0, 0);
    caller_fill(&c, &info, 1, 6, &random);
    c.labels[0] = c.labels[3] = N2V_POSITIVE;
    c.labels[5] = N2V_MASKED;
    for (size_t j = 0; j < 5; j++)
        *(c.labels[j] ? &positives : &negatives) += exp(-2 * (double)c.scores[j]);
    caller_near(caller_evaluate("softnn:temperature=0.5", &c), -log(positives / (positives + negatives)), 1e-5,
                "softnn", "loss", 0);
}
END_TEST

/* Three positives, two negatives of which one counts twice, one cell masked. */
START_TEST(positives_of_a_row_together)
{
    const float scores[6] = {0.5f, 1, -2, 3, 0.25f, 9}, counts[6] = {1, 2, 1, 1, 1, 1};
    const unsigned char labels[6] = {N2V_POSITIVE, N2V_NEGATIVE, N2V_POSITIVE, N2V_POSITIVE, N2V_NEGATIVE, N2V_MASKED};
    const double near = exp(0.5) + exp(-2) + exp(3), all = near + 2 * exp(1) + exp(0.25);
    n2v_evaluation e = {.size = sizeof e, .m = 1, .n = 6, .scores = scores, .labels = labels, .multiplicity = counts};

    ck_assert_int_eq(n2v_objective_evaluate(NULL, "milnce:temperature=1", &e, NULL), N2V_OK);
    caller_near(e.loss, -log(near / all), 1e-6, "milnce", "loss", 0);
    ck_assert_int_eq(n2v_objective_evaluate(NULL, "supcon:temperature=1", &e, NULL), N2V_OK);
    caller_near(e.loss, log(all) - (0.5 - 2 + 3) / 3, 1e-6, "supcon", "loss", 0);
}
END_TEST

/* How fast the loss rises with one number, from both sides; sets *kink where the two differ. */
static double slope(const char *text, caller *c, float *number, bool *kink)
{
    const float step = 4e-3f, at = *number;
    double low, middle, high;

    middle = caller_evaluate(text, c);
    *number = at - step;
    low = caller_evaluate(text, c);
    const float below = *number;
    *number = at + step;
    high = caller_evaluate(text, c);
    const double width = (double)*number - (double)below;
    *number = at;
    *kink = fabs((high - middle) - (middle - low)) / width > 0.02 * fmax(1, fabs(high - low) / width);
    return (high - low) / width;
}

/* Labels of every kind in tiles of every shape: the gradient is the slope of the loss. */
START_TEST(gradient_is_the_slope)
{
    const char *text;
    Random random;

    random_seed(&random, 6, 0, 0, 0);
    for (size_t t = 0; (text = caller_objective(t)); t++) {
        const n2v_objective_info info = caller_describe(text);
        size_t checked = 0, kinks = 0;

        for (int round = 0; round < 12; round++) {
            const size_t m = 1 + random_below(&random, 5), n = 2 + random_below(&random, 6);
            const size_t sizes[5] = {m * n, m, n, m * m, n * n};
            float gradient[3 * CELLS + 2 * MAX_COUNT];
            size_t numbers = 0;
            caller c;

            caller_fill(&c, &info, m, n, &random);
            label_at_random(&c, &random);
            c.e.multiplicity = round % 2 ? c.multiplicity : NULL;
            (void)caller_evaluate(text, &c);
            float *const in[5] = {c.scores, c.input_norms, c.output_norms, c.input_pairs, c.output_pairs};
            const float *const out[5] = {c.gradient, c.input_norm_gradient, c.output_norm_gradient,
                                         c.input_pair_gradient, c.output_pair_gradient};
            for (size_t kind = 0; kind < (info.needs & N2V_NEEDS_SIDES ? 5 : 3); kind++) {
                memcpy(gradient + numbers, out[kind], sizes[kind] * sizeof *gradient);
                numbers += sizes[kind];
            }
            for (size_t k = 0; k < numbers; k++) {
                size_t kind = 0, at = k;
                while (at >= sizes[kind])
                    at -= sizes[kind++];
                float *number = &in[kind][at];
                if (isnan(*number)) { /* a diagonal */
                    ck_assert(gradient[k] == 0);
                    continue;
                }
                bool kink;
                const double wanted = slope(text, &c, number, &kink);
                checked++;
                if (kink)
                    kinks++;
                else
                    caller_near((double)gradient[k], wanted, 0.01, text, "slope", k);
            }
        }
        require(kinks * 10 < checked, "%s: %zu of %zu at kinks", text, kinks, checked);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evaluation");

    add_test(suite, "agrees with the reference", agrees_with_the_reference);
    add_test(suite, "several positives add up", several_positives_add_up);
    add_test(suite, "rows add up", rows_add_up);
    add_test(suite, "counts of any size", counts_of_any_size);
    add_test(suite, "softnn sums over its positives", softnn_sums_over_its_positives);
    add_test(suite, "positives of a row together", positives_of_a_row_together);
    add_test(suite, "the gradient is the slope", gradient_is_the_slope);
    return run_suite(suite);
}
