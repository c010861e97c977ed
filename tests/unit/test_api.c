/* The public functions: what they list, what they refuse, and that a caller's labelled
 * tile means what the engine's tile means. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "objectives/reference.h"
#include "test.h"

enum { MOST = 12, CELLS = MOST * MOST };

/* A caller's tile with all its arrays. */
typedef struct caller {
    n2v_evaluation e;
    float scores[CELLS], log_noise[MOST], multiplicity[MOST], input_norms[MOST], output_norms[MOST];
    unsigned char labels[CELLS];
    float gradient[CELLS], input_norm_gradient[MOST], output_norm_gradient[MOST];
    float input_pairs[CELLS], output_pairs[CELLS], input_pair_gradient[CELLS], output_pair_gradient[CELLS];
} caller;

static n2v_objective_info describe(const char *objective)
{
    n2v_objective_info info = {.size = sizeof info};
    n2v_error error = {.text = ""};
    require(n2v_objective_describe(NULL, objective, &info, &error) == N2V_OK, "%s: %s", objective, error.text);
    return info;
}

static float uniform(Random *random, float from, float to)
{
    return from + (to - from) * random_float(random);
}

/* Symmetric, with a diagonal that nobody reads. */
static void fill_pairs(float *pairs, size_t count, bool distances, Random *random)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t l = 0; l < i; l++)
            pairs[i * count + l] = pairs[l * count + i] = distances ? uniform(random, 0.1f, 4) : uniform(random, -3, 3);
        pairs[i * count + i] = NAN;
    }
}

/* Random inputs; all cells are negatives. */
static void fill(caller *c, const n2v_objective_info *info, size_t m, size_t n, Random *random)
{
    const bool distances = info->geometry == N2V_SQEUCLID;

    memset(c, 0, sizeof *c);
    for (size_t k = 0; k < m * n; k++)
        c->scores[k] = distances ? uniform(random, 0.1f, 4) : uniform(random, -3, 3);
    for (size_t j = 0; j < n; j++) {
        c->log_noise[j] = uniform(random, -9, 0);
        c->multiplicity[j] = (float)(1 + random_below(random, 3));
        c->output_norms[j] = uniform(random, 0, 4);
    }
    for (size_t i = 0; i < m; i++)
        c->input_norms[i] = uniform(random, 0, 4);
    fill_pairs(c->input_pairs, m, distances, random);
    fill_pairs(c->output_pairs, n, distances, random);
    c->e = (n2v_evaluation){
        .size = sizeof c->e,
        .m = m,
        .n = n,
        .scores = c->scores,
        .labels = c->labels,
        .log_noise = info->needs & N2V_NEEDS_LOG_NOISE ? c->log_noise : NULL,
        .input_norms = info->needs & N2V_NEEDS_NORMS ? c->input_norms : NULL,
        .output_norms = info->needs & N2V_NEEDS_NORMS ? c->output_norms : NULL,
        .gradient = c->gradient,
        .input_norm_gradient = c->input_norm_gradient,
        .output_norm_gradient = c->output_norm_gradient,
        .input_pairs = info->needs & N2V_NEEDS_SIDES ? c->input_pairs : NULL,
        .output_pairs = info->needs & N2V_NEEDS_SIDES ? c->output_pairs : NULL,
        .input_pair_gradient = c->input_pair_gradient,
        .output_pair_gradient = c->output_pair_gradient,
    };
}

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

static double evaluate(const char *objective, caller *c)
{
    n2v_error error = {.text = ""};
    require(n2v_objective_evaluate(NULL, objective, &c->e, &error) == N2V_OK, "%s: %s", objective, error.text);
    return c->e.loss;
}

static void near(double got, double wanted, double tolerance, const char *objective, const char *what, size_t at)
{
    require(fabs(got - wanted) <= tolerance * fmax(1, fabs(wanted)), "%s: %s %zu is %.9g, not %.9g", objective, what,
            at, got, wanted);
}

START_TEST(version)
{
    ck_assert_str_eq(n2v_version(), N2V_VERSION);
}
END_TEST

START_TEST(lists)
{
    ck_assert_uint_ge(n2v_objective_count(NULL), 13);
    ck_assert_ptr_null(n2v_objective_name(NULL, n2v_objective_count(NULL)));
    ck_assert_ptr_null(n2v_objective_name(NULL, SIZE_MAX));
    for (size_t i = 0; i < n2v_objective_count(NULL); i++) {
        const char *name = n2v_objective_name(NULL, i);
        const n2v_objective_info info = describe(name);

        ck_assert_str_eq(info.name, name);
        require(*info.summary && *info.formula && *info.paper, "%s: texts", name);
        require(info.learning_rate > 0 && info.noise >= 1, "%s: defaults", name);
        for (size_t p = 0; p < info.parameters; p++) {
            n2v_parameter_info parameter = {.size = sizeof parameter};
            char text[128];
            ck_assert_int_eq(n2v_objective_describe_parameter(NULL, name, p, &parameter, NULL), N2V_OK);
            require(parameter.value == parameter.default_value && parameter.min <= parameter.value &&
                        parameter.value <= parameter.max && *parameter.name && *parameter.help,
                    "%s: parameter %zu", name, p);
            (void)snprintf(text, sizeof text, "%s:%s=%.9g", name, parameter.name, (double)parameter.max);
            if (n2v_objective_describe_parameter(NULL, text, p, &parameter, NULL) == N2V_OK)
                ck_assert(parameter.value == parameter.max);
        }
    }
}
END_TEST

START_TEST(describes_with_the_parameters_given)
{
    n2v_parameter_info parameter = {.size = sizeof parameter};

    ck_assert_uint_eq(describe("infonce").needs, 0);
    ck_assert_uint_eq(describe("infonce:in_batch=1").needs, N2V_NEEDS_IN_BATCH);
    ck_assert_uint_eq(describe("infonce:correct=1,in_batch=1").needs, N2V_NEEDS_IN_BATCH | N2V_NEEDS_LOG_NOISE);
    ck_assert(describe("npair").needs & N2V_NEEDS_NORMS);
    ck_assert(!(describe("npair:l2=0").needs & N2V_NEEDS_NORMS));
    ck_assert_uint_eq(describe("alignuniform").needs,
                      N2V_NEEDS_IN_BATCH | N2V_NEEDS_UNIT_ROWS | N2V_NEEDS_SIDES | N2V_NEEDS_POSITIVES_ONLY);
    ck_assert_int_eq(describe("triplet").geometry, N2V_SQEUCLID);
    ck_assert_int_eq(describe("nce").geometry, N2V_DOT);
    ck_assert_int_eq(n2v_objective_describe_parameter(NULL, "infonce:temperature=0.5", 0, &parameter, NULL), N2V_OK);
    ck_assert_str_eq(parameter.name, "temperature");
    ck_assert(parameter.value == 0.5f && parameter.default_value == 1 && !parameter.is_integer);
    ck_assert_int_eq(n2v_objective_describe_parameter(NULL, "infonce", 1, &parameter, NULL), N2V_OK);
    ck_assert_uint_eq(parameter.is_integer, 1);
    ck_assert_int_eq(n2v_objective_describe_parameter(NULL, "infonce", 3, &parameter, NULL), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_objective_describe_parameter(NULL, "sgns", 0, &parameter, NULL), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_objective_describe_parameter(NULL, "sgns", SIZE_MAX, &parameter, NULL), N2V_ERROR_ARGUMENT);
}
END_TEST

/* A program with a later header: its structures are longer. */
START_TEST(structures_may_grow)
{
    struct {
        n2v_objective_info known;
        unsigned char later[24];
        unsigned char beyond;
    } info;
    struct {
        n2v_evaluation known;
        unsigned char later[16];
    } e;
    n2v_parameter_info parameter = {.size = sizeof parameter - 1};
    caller c;
    Random random;
    n2v_error error = {.text = ""};
    const n2v_objective_info sgns = describe("sgns");

    memset(&info, 0xee, sizeof info);
    info.known.size = sizeof info.known + sizeof info.later;
    ck_assert_int_eq(n2v_objective_describe(NULL, "sgns", &info.known, NULL), N2V_OK);
    ck_assert_str_eq(info.known.name, "sgns");
    ck_assert_uint_eq(info.known.size, sizeof info.known + sizeof info.later);
    for (size_t b = 0; b < sizeof info.later; b++)
        ck_assert_uint_eq(info.later[b], 0);
    ck_assert_uint_eq(info.beyond, 0xee);
    for (size_t size = 0; size < sizeof info.known; size++) {
        info.known.size = size;
        ck_assert_int_eq(n2v_objective_describe(NULL, "sgns", &info.known, &error), N2V_ERROR_ARGUMENT);
    }
    ck_assert(strstr(error.text, "size"));
    info.known.size = SIZE_MAX;
    ck_assert_int_eq(n2v_objective_describe(NULL, "sgns", &info.known, NULL), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_objective_describe_parameter(NULL, "nce", 0, &parameter, NULL), N2V_ERROR_ARGUMENT);

    random_seed(&random, 1, 0, 0, 0);
    fill(&c, &sgns, 2, 3, &random);
    c.labels[0] = c.labels[3] = N2V_POSITIVE;
    memset(&e, 0, sizeof e);
    e.known = c.e;
    e.known.size = sizeof e;
    ck_assert_int_eq(n2v_objective_evaluate(NULL, "sgns", &e.known, NULL), N2V_OK);
    ck_assert(e.known.loss == evaluate("sgns", &c));
    e.later[15] = 1;
    ck_assert_int_eq(n2v_objective_evaluate(NULL, "sgns", &e.known, &error), N2V_ERROR_ARGUMENT);
    ck_assert(strstr(error.text, "later"));
}
END_TEST

/* A program with the first header, whose structure ends before the pairs; what lies behind is not its own. */
START_TEST(structures_may_be_older)
{
    caller c;
    Random random;
    n2v_error error = {.text = ""};
    const n2v_objective_info sgns = describe("sgns");

    random_seed(&random, 8, 0, 0, 0);
    fill(&c, &sgns, 2, 3, &random);
    c.labels[0] = c.labels[3] = N2V_POSITIVE;
    const double loss = evaluate("sgns", &c);
    c.e.size = offsetof(n2v_evaluation, input_pairs);
    memset((char *)&c.e + c.e.size, 0xee, sizeof c.e - c.e.size);
    ck_assert(evaluate("sgns", &c) == loss);
    ck_assert_int_eq(n2v_objective_evaluate(NULL, "alignuniform", &c.e, &error), N2V_ERROR_ARGUMENT);
}
END_TEST

/* Evaluates what must be refused: with `named` in the sentence, and nothing written. */
static void refused(const char *objective, caller *c, n2v_status status, const char *named)
{
    n2v_error error = {.text = ""};

    c->e.loss = 123;
    for (size_t k = 0; k < CELLS; k++)
        c->gradient[k] = 7;
    require(n2v_objective_evaluate(NULL, objective, &c->e, &error) == status, "not refused: %s", named);
    require(error.status == status && strstr(error.text, named), "'%s' is not in: %s", named, error.text);
    require(c->e.loss == 123, "%s: the loss is written", named);
    for (size_t k = 0; k < CELLS; k++)
        require(c->gradient[k] == 7, "%s: the gradient is written", named);
    ck_assert_int_eq(n2v_objective_evaluate(NULL, objective, &c->e, NULL), status);
}

/* A tile that is in order, 2 x 3. */
static void make_sound(caller *c, const char *objective)
{
    const n2v_objective_info info = describe(objective);
    Random random;

    random_seed(&random, 2, 0, 0, 0);
    fill(c, &info, 2, 3, &random);
    c->labels[0] = c->labels[4] = N2V_POSITIVE;
}

#define REFUSED(objective, status, named, change)                                                                      \
    do {                                                                                                               \
        caller c;                                                                                                      \
        make_sound(&c, objective);                                                                                     \
        (void)evaluate(objective, &c); /* in order, but for the change */                                              \
        change;                                                                                                        \
        refused(objective, &c, status, named);                                                                         \
    } while (0)

START_TEST(refusals)
{
    n2v_error error = {.text = ""};

    REFUSED("nce", N2V_ERROR_ARGUMENT, "size", c.e.size = 0);
    REFUSED("nce", N2V_ERROR_ARGUMENT, "size", c.e.size = sizeof c.e - 1);
    REFUSED("nce", N2V_ERROR_ARGUMENT, "size", c.e.size = SIZE_MAX);
    REFUSED("nce", N2V_ERROR_ARGUMENT, "0 x 3", c.e.m = 0);
    REFUSED("nce", N2V_ERROR_ARGUMENT, "2 x 0", c.e.n = 0);
    REFUSED("nce", N2V_ERROR_ARGUMENT, "too large", c.e.m = SIZE_MAX);
    REFUSED("nce", N2V_ERROR_ARGUMENT, "too large", c.e.n = SIZE_MAX / 2 + 1);
    REFUSED("nce", N2V_ERROR_ARGUMENT, "too large", c.e.n = (size_t)1 << 30);
    REFUSED("nce", N2V_ERROR_ARGUMENT, "scores is NULL", c.e.scores = NULL);
    REFUSED("nce", N2V_ERROR_ARGUMENT, "labels is NULL", c.e.labels = NULL);
    REFUSED("nce", N2V_ERROR_ARGUMENT, "needs log_noise", c.e.log_noise = NULL);
    REFUSED("nce", N2V_ERROR_ARGUMENT, "log_noise[2]", c.log_noise[2] = -INFINITY);
    REFUSED("nce", N2V_ERROR_ARGUMENT, "row 1, column 2", c.scores[5] = NAN);
    REFUSED("nce", N2V_ERROR_ARGUMENT, "row 0, column 1", c.scores[1] = INFINITY);
    REFUSED("nce", N2V_ERROR_ARGUMENT, "is 3; there are", c.labels[5] = 3);
    REFUSED("nce", N2V_ERROR_ARGUMENT, "is 255; there are", c.labels[0] = 255);
    REFUSED("nce", N2V_ERROR_ARGUMENT, "row 1 (from 0) has no positive", c.labels[4] = N2V_MASKED);
    REFUSED("nce", N2V_ERROR_ARGUMENT, "row 0 (from 0) has no positive", c.labels[0] = N2V_NEGATIVE);
    REFUSED("nce", N2V_ERROR_ARGUMENT, "multiplicity[0] is 0.5",
            (c.e.multiplicity = c.multiplicity, c.multiplicity[0] = 0.5f));
    REFUSED("nce", N2V_ERROR_ARGUMENT, "multiplicity[1] is inf",
            (c.e.multiplicity = c.multiplicity, c.multiplicity[1] = INFINITY));
    REFUSED("triplet", N2V_ERROR_ARGUMENT, "not negative", c.scores[3] = -1e-9f);
    REFUSED("npair", N2V_ERROR_ARGUMENT, "needs input_norms", c.e.input_norms = NULL);
    REFUSED("npair", N2V_ERROR_ARGUMENT, "needs output_norms", c.e.output_norms = NULL);
    REFUSED("npair", N2V_ERROR_ARGUMENT, "input_norms[1]", c.input_norms[1] = -1);
    REFUSED("npair", N2V_ERROR_ARGUMENT, "output_norms[2]", c.output_norms[2] = NAN);
    REFUSED("alignuniform", N2V_ERROR_ARGUMENT, "needs input_pairs (2 x 2", c.e.input_pairs = NULL);
    REFUSED("alignuniform", N2V_ERROR_ARGUMENT, "needs output_pairs (3 x 3", c.e.output_pairs = NULL);
    REFUSED("alignuniform", N2V_ERROR_ARGUMENT, "input_pairs: row 1, column 0", c.input_pairs[2] = NAN);
    REFUSED("alignuniform", N2V_ERROR_ARGUMENT, "output_pairs: row 1, column 2", c.output_pairs[5] = -1e-9f);
    REFUSED("alignuniform", N2V_ERROR_ARGUMENT, "output_pairs: row 2, column 1", c.output_pairs[7] = INFINITY);
    REFUSED("sgns", N2V_ERROR_NUMERIC, "beyond the range",
            (c.e.multiplicity = c.multiplicity, c.multiplicity[2] = 3e38f, c.scores[2] = 1e4f));

    caller c;
    make_sound(&c, "nce");
    ck_assert_int_eq(n2v_objective_evaluate(NULL, "nce", NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert(strstr(error.text, "evaluation is NULL"));
    ck_assert_int_eq(n2v_objective_describe(NULL, "nce", NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_objective_describe_parameter(NULL, "nce", 0, NULL, &error), N2V_ERROR_ARGUMENT);
    refused(NULL, &c, N2V_ERROR_ARGUMENT, "NULL");
    refused("", &c, N2V_ERROR_ARGUMENT, "there are");
    refused("bogus", &c, N2V_ERROR_ARGUMENT, "alignuniform");
    refused("infonce:temperature=0", &c, N2V_ERROR_ARGUMENT, "0.01 to 100");
    refused("infonce:tau=1", &c, N2V_ERROR_ARGUMENT, "temperature");
    refused("nce\nfoo", &c, N2V_ERROR_ARGUMENT, "byte 3");
}
END_TEST

START_TEST(unneeded_is_unread)
{
    caller c;
    const float *nowhere = (const float *)(uintptr_t)64; /* a page that is never mapped */

    make_sound(&c, "sgns");
    c.e.gradient = c.e.input_norm_gradient = c.e.output_norm_gradient = NULL;
    c.e.log_noise = c.e.input_norms = c.e.output_norms = c.e.input_pairs = c.e.output_pairs = nowhere;
    c.e.input_pair_gradient = c.e.output_pair_gradient = NULL;
    const double loss = evaluate("sgns", &c);
    c.e.input_norm_gradient = c.input_norm_gradient, c.e.output_norm_gradient = c.output_norm_gradient;
    c.e.input_pair_gradient = c.input_pair_gradient, c.e.output_pair_gradient = c.output_pair_gradient;
    for (size_t k = 0; k < MOST; k++)
        c.input_norm_gradient[k] = c.output_norm_gradient[k] = c.input_pair_gradient[k] = c.output_pair_gradient[k] = 7;
    ck_assert(evaluate("sgns", &c) == loss);
    for (size_t k = 0; k < MOST; k++) {
        ck_assert(c.input_norm_gradient[k] == (k < 2 ? 0.0f : 7.0f));
        ck_assert(c.output_norm_gradient[k] == (k < 3 ? 0.0f : 7.0f));
        ck_assert(c.input_pair_gradient[k] == (k < 4 ? 0.0f : 7.0f));
        ck_assert(c.output_pair_gradient[k] == (k < 9 ? 0.0f : 7.0f));
    }
}
END_TEST

/* By hand: one row, a positive, a negative, a masked cell. */
START_TEST(by_hand)
{
    const float scores[] = {1, -2, 50}, log_noise[] = {-1, -3, 0};
    const unsigned char labels[] = {N2V_POSITIVE, N2V_NEGATIVE, N2V_MASKED};
    float gradient[3];
    n2v_evaluation e = {.size = sizeof e,
                        .m = 1,
                        .n = 3,
                        .scores = scores,
                        .labels = labels,
                        .log_noise = log_noise,
                        .gradient = gradient};

    ck_assert_int_eq(n2v_objective_evaluate(NULL, "sgns", &e, NULL), N2V_OK);
    near(e.loss, log1p(exp(-1)) + log1p(exp(-2)), 1e-6, "sgns", "loss", 0);
    near((double)gradient[0], -1 / (1 + exp(1)), 1e-6, "sgns", "gradient", 0);
    near((double)gradient[1], 1 / (1 + exp(2)), 1e-6, "sgns", "gradient", 1);
    ck_assert(gradient[2] == 0);
    ck_assert_int_eq(n2v_objective_evaluate(NULL, "nce", &e, NULL), N2V_OK); /* logits 2 and 1 */
    near(e.loss, log1p(exp(-2)) + log1p(exp(1)), 1e-6, "nce", "loss", 0);
    ck_assert_int_eq(n2v_objective_evaluate(NULL, "infonce:temperature=0.5", &e, NULL), N2V_OK); /* logits 2 and -4 */
    near(e.loss, log1p(exp(-6)), 1e-6, "infonce", "loss", 0);
    near((double)gradient[1], 2 / (1 + exp(6)), 1e-6, "infonce", "gradient", 1);
    near((double)gradient[0], -2 / (1 + exp(6)), 1e-6, "infonce", "gradient", 0);
}
END_TEST

/* The engine's tile beside the caller's: m rows; in the caller's tile the positive of row i is
 * column i, which for a sampled objective is masked in the other rows, and the noise follows. */
static void against_reference(const char *objective, Random *random)
{
    const n2v_objective_info info = describe(objective);
    const bool own_columns = info.needs & (N2V_NEEDS_IN_BATCH | N2V_NEEDS_ALL_WORDS);
    const size_t m = 1 + random_below(random, 6), k = own_columns ? 0 : 1 + random_below(random, 6);
    const size_t n = m + k, from = own_columns ? 0 : m, noise = n - from;
    const n2v_objective *found;
    float parameters[N2V_MAX_PARAMETERS], scores[CELLS], positives[MOST];
    unsigned char mask[CELLS] = {0};
    uint32_t first[MOST + 1], column[MOST];
    caller c;
    reference_tile reference;
    double loss, wanted;

    ck_assert_int_eq(objective_parse(NULL, objective, &found, parameters, NULL), N2V_OK);
    fill(&c, &info, m, n, random);
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < from; j++)
            c.labels[i * n + j] = N2V_MASKED;
        c.labels[i * n + i] = N2V_POSITIVE;
        positives[i] = c.scores[i * n + i];
        column[i] = (uint32_t)i;
        first[i] = (uint32_t)i;
        for (size_t j = 0; j < noise; j++) {
            scores[i * noise + j] = c.scores[i * n + from + j];
            mask[i * noise + j] = own_columns && i == j;
        }
    }
    first[m] = (uint32_t)m;
    c.e.multiplicity = own_columns ? NULL : c.multiplicity;
    reference = reference_make(&(n2v_tile){
        .m = m,
        .n = noise,
        .scores = scores,
        .mask = mask,
        .log_noise = c.log_noise + from,
        .multiplicity = own_columns ? NULL : c.multiplicity + from,
        .first = first,
        .positive_scores = positives,
        .positive_log_noise = c.log_noise,
        .column = own_columns ? column : NULL,
        .input_norms = c.input_norms,
        .output_norms = c.output_norms + from,
        .positive_norms = c.output_norms,
        .input_pairs = c.e.input_pairs,
        .output_pairs = c.e.output_pairs, /* such an objective has columns of its own */
    });
    wanted = reference_evaluate(&reference, &(reference_values){found, parameters});
    loss = evaluate(objective, &c);
    near(loss, wanted, 1e-5, objective, "loss", 0);
    for (size_t i = 0; i < m; i++) {
        near((double)c.gradient[i * n + i], reference.gradient.positives[i], 1e-5, objective, "positive", i);
        for (size_t j = 0; j < n; j++)
            if (j != i)
                near((double)c.gradient[i * n + j], j < from ? 0 : reference.gradient.scores[i * noise + j - from],
                     1e-5, objective, "cell", i * n + j);
        near((double)c.input_norm_gradient[i], reference.gradient.input_norms[i], 1e-5, objective, "input norm", i);
        near((double)c.output_norm_gradient[i],
             reference.gradient.positive_norms[i] + (own_columns ? reference.gradient.output_norms[i] : 0), 1e-5,
             objective, "output norm", i);
    }
    for (size_t l = 0; reference.sides && l < m * m; l++)
        near((double)c.input_pair_gradient[l], reference.gradient.input_pairs[l], 1e-5, objective, "input pair", l);
    for (size_t l = 0; reference.sides && l < n * n; l++)
        near((double)c.output_pair_gradient[l], reference.gradient.output_pairs[l], 1e-5, objective, "output pair", l);
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
                                      "alignuniform:weight=3,t=0.5"};

/* The index-th of all objectives as they are, and some with other parameters; NULL beyond the last. */
static const char *text_at(size_t index)
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
    for (size_t i = 0; (text = text_at(i)); i++)
        for (int round = 0; round < 40; round++)
            against_reference(text, &random);
}
END_TEST

enum { WIDTH = 7, PAIRS_FROM = 2 * WIDTH + 2, OUTPUTS = PAIRS_FROM + WIDTH * WIDTH };

/* Adds all that a tile of one row gives: loss, gradient, those of the norms. */
static void add_outputs(const char *text, caller *c, double sign, double sums[OUTPUTS])
{
    sums[0] += sign * evaluate(text, c);
    sums[1] += sign * (double)c->input_norm_gradient[0];
    for (size_t j = 0; j < WIDTH; j++) {
        sums[2 + j] += sign * (double)c->gradient[j];
        sums[2 + WIDTH + j] += sign * (double)c->output_norm_gradient[j];
    }
    for (size_t k = 0; k < WIDTH * WIDTH; k++)
        sums[PAIRS_FROM + k] += sign * (double)c->output_pair_gradient[k];
}

/* A row with several positives is as many cases: the sum of the tiles that have one of them each. */
START_TEST(several_positives_add_up)
{
    const unsigned char labels[WIDTH] = {0, N2V_POSITIVE, N2V_MASKED, 0, N2V_POSITIVE, 0, N2V_POSITIVE};
    const char *text;
    Random random;

    random_seed(&random, 4, 0, 0, 0);
    for (size_t t = 0; (text = text_at(t)); t++) {
        const n2v_objective_info info = describe(text);
        const unsigned char other = info.needs & N2V_NEEDS_ALL_WORDS ? N2V_NEGATIVE : N2V_MASKED;
        double sums[OUTPUTS] = {0};
        caller c;

        if (strcmp(info.name, "softnn") == 0)
            continue;
        fill(&c, &info, 1, WIDTH, &random);
        memcpy(c.labels, labels, sizeof labels);
        add_outputs(text, &c, -1, sums);
        ck_assert(c.e.loss > 0 || info.geometry == N2V_SQEUCLID);
        for (size_t positive = 0; positive < WIDTH; positive++) {
            if (labels[positive] != N2V_POSITIVE)
                continue;
            for (size_t j = 0; j < WIDTH; j++)
                c.labels[j] = j == positive ? N2V_POSITIVE : labels[j] == N2V_POSITIVE ? other : labels[j];
            add_outputs(text, &c, 1, sums);
        }
        for (size_t k = 0; k < OUTPUTS; k++)
            near(sums[k], 0, k ? 1e-5 : 1e-4, text, "the difference of output", k);
    }
}
END_TEST

/* In sampled tiles a row knows nothing of the others. */
START_TEST(rows_add_up)
{
    const char *text;
    Random random;

    random_seed(&random, 7, 0, 0, 0);
    for (size_t t = 0; (text = text_at(t)); t++) {
        const n2v_objective_info info = describe(text);
        double both, sum = 0;
        caller c;

        if (info.needs & N2V_NEEDS_IN_BATCH)
            continue;
        fill(&c, &info, 2, 4, &random);
        c.labels[0] = c.labels[7] = N2V_POSITIVE;
        both = evaluate(text, &c);
        c.e.m = 1;
        for (size_t i = 0; i < 2; i++) {
            c.e.scores = c.scores + 4 * i;
            c.e.labels = c.labels + 4 * i;
            sum += evaluate(text, &c);
        }
        near(both, sum, 1e-5, text, "loss", 0);
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
            near(e.loss, wanted, 1e-5, names[k], "loss", i);
            require(count > 0 ? gradient[0] < 0 : gradient[0] == 0, "%s: gradient %g", names[k], (double)gradient[0]);
        }
}
END_TEST

START_TEST(softnn_sums_over_its_positives)
{
    const n2v_objective_info info = describe("softnn:temperature=0.5");
    double positives = 0, negatives = 0;
    caller c;
    Random random;

    random_seed(&random, 5, 0, 0, 0);
    fill(&c, &info, 1, 6, &random);
    c.labels[0] = c.labels[3] = N2V_POSITIVE;
    c.labels[5] = N2V_MASKED;
    for (size_t j = 0; j < 5; j++)
        *(c.labels[j] ? &positives : &negatives) += exp(-2 * (double)c.scores[j]);
    near(evaluate("softnn:temperature=0.5", &c), -log(positives / (positives + negatives)), 1e-5, "softnn", "loss", 0);
}
END_TEST

/* How fast the loss rises with one number, from both sides; sets *kink where the two differ. */
static double slope(const char *text, caller *c, float *number, bool *kink)
{
    const float step = 4e-3f, at = *number;
    double low, middle, high;

    middle = evaluate(text, c);
    *number = at - step;
    low = evaluate(text, c);
    const float below = *number;
    *number = at + step;
    high = evaluate(text, c);
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
    for (size_t t = 0; (text = text_at(t)); t++) {
        const n2v_objective_info info = describe(text);
        size_t checked = 0, kinks = 0;

        for (int round = 0; round < 12; round++) {
            const size_t m = 1 + random_below(&random, 5), n = 2 + random_below(&random, 6);
            const size_t sizes[5] = {m * n, m, n, m * m, n * n};
            float gradient[3 * CELLS + 2 * MOST];
            size_t numbers = 0;
            caller c;

            fill(&c, &info, m, n, &random);
            label_at_random(&c, &random);
            c.e.multiplicity = round % 2 ? c.multiplicity : NULL;
            (void)evaluate(text, &c);
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
                    near((double)gradient[k], wanted, 0.01, text, "slope", k);
            }
        }
        require(kinks * 10 < checked, "%s: %zu of %zu at kinks", text, kinks, checked);
    }
}
END_TEST

static void *evaluate_often(void *result)
{
    caller c;
    double sum = 0;

    make_sound(&c, "debiased");
    for (int i = 0; i < 200; i++)
        sum += n2v_objective_evaluate(NULL, "debiased:tau=0.1", &c.e, NULL) == N2V_OK ? c.e.loss : NAN;
    *(double *)result = sum;
    return NULL;
}

START_TEST(threads)
{
    pthread_t thread[4];
    double sum[4];

    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, evaluate_often, &sum[i]), 0);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_join(thread[i], NULL), 0);
    for (int i = 0; i < 4; i++)
        ck_assert(isfinite(sum[i]) && sum[i] == sum[0]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("api");

    add_test(suite, "version", version);
    add_test(suite, "lists", lists);
    add_test(suite, "describes with the parameters given", describes_with_the_parameters_given);
    add_test(suite, "structures may grow", structures_may_grow);
    add_test(suite, "structures may be older", structures_may_be_older);
    add_test(suite, "refusals", refusals);
    add_test(suite, "what is not needed is not read", unneeded_is_unread);
    add_test(suite, "by hand", by_hand);
    add_test(suite, "agrees with the reference", agrees_with_the_reference);
    add_test(suite, "several positives add up", several_positives_add_up);
    add_test(suite, "rows add up", rows_add_up);
    add_test(suite, "counts of any size", counts_of_any_size);
    add_test(suite, "softnn sums over its positives", softnn_sums_over_its_positives);
    add_test(suite, "the gradient is the slope", gradient_is_the_slope);
    add_test(suite, "threads", threads);
    return run_suite(suite);
}
