/* The public functions: what they list, what they refuse, and that a caller's labelled
 * tile means what the engine's tile means. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "caller.h"
#include "test.h"

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
        const n2v_objective_info info = caller_describe(name);

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

    ck_assert_uint_eq(caller_describe("infonce").needs, 0);
    ck_assert_uint_eq(caller_describe("infonce:in_batch=1").needs, N2V_NEEDS_IN_BATCH);
    ck_assert_uint_eq(caller_describe("infonce:correct=1,in_batch=1").needs, N2V_NEEDS_IN_BATCH | N2V_NEEDS_LOG_NOISE);
    ck_assert(caller_describe("npair").needs & N2V_NEEDS_NORMS);
    ck_assert(!(caller_describe("npair:l2=0").needs & N2V_NEEDS_NORMS));
    ck_assert_uint_eq(caller_describe("alignuniform").needs,
                      N2V_NEEDS_IN_BATCH | N2V_NEEDS_UNIT_ROWS | N2V_NEEDS_SIDES | N2V_NEEDS_POSITIVES_ONLY);
    ck_assert_int_eq(caller_describe("triplet").geometry, N2V_SQEUCLID);
    ck_assert_int_eq(caller_describe("nce").geometry, N2V_DOT);
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
    const n2v_objective_info sgns = caller_describe("sgns");

    memset(&info, 0xee, sizeof info);
    info.known.size = sizeof info.known + sizeof info.later;
    ck_assert_int_eq(n2v_objective_describe(NULL, "sgns", &info.known, NULL), N2V_OK);
    ck_assert_str_eq(info.known.name, "sgns");
    ck_assert_uint_eq(info.known.size, sizeof info.known + sizeof info.later);
    for (size_t b = 0; b < sizeof info.later; b++)
        ck_assert_uint_eq(info.later[b], 0);
    ck_assert_uint_eq(info.beyond, 0xee);
    for (size_t size = 0; size < offsetof(n2v_objective_info, init); size++) {
        info.known.size = size;
        ck_assert_int_eq(n2v_objective_describe(NULL, "sgns", &info.known, &error), N2V_ERROR_ARGUMENT);
    }
    ck_assert(strstr(error.text, "size"));
    info.known.size = SIZE_MAX;
    ck_assert_int_eq(n2v_objective_describe(NULL, "sgns", &info.known, NULL), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_objective_describe_parameter(NULL, "nce", 0, &parameter, NULL), N2V_ERROR_ARGUMENT);

    random_seed(&random, 1, 0, 0, 0);
    caller_fill(&c, &sgns, 2, 3, &random);
    c.labels[0] = c.labels[3] = N2V_POSITIVE;
    memset(&e, 0, sizeof e);
    e.known = c.e;
    e.known.size = sizeof e;
    ck_assert_int_eq(n2v_objective_evaluate(NULL, "sgns", &e.known, NULL), N2V_OK);
    ck_assert(e.known.loss == caller_evaluate("sgns", &c));
    e.later[15] = 1;
    ck_assert_int_eq(n2v_objective_evaluate(NULL, "sgns", &e.known, &error), N2V_ERROR_ARGUMENT);
    ck_assert(strstr(error.text, "later"));
}
END_TEST

/* A program with the first header, whose structure ends before the pairs; what lies behind is not its own. */
START_TEST(structures_may_be_older)
{
    union {
        n2v_objective_info known;
        unsigned char bytes[sizeof(n2v_objective_info)];
    } info;
    caller c;
    Random random;
    n2v_error error = {.text = ""};
    const n2v_objective_info sgns = caller_describe("sgns");

    random_seed(&random, 8, 0, 0, 0);
    caller_fill(&c, &sgns, 2, 3, &random);
    c.labels[0] = c.labels[3] = N2V_POSITIVE;
    const double loss = caller_evaluate("sgns", &c);
    c.e.size = offsetof(n2v_evaluation, input_pairs);
    memset((char *)&c.e + c.e.size, 0xee, sizeof c.e - c.e.size);
    ck_assert(caller_evaluate("sgns", &c) == loss);
    ck_assert_int_eq(n2v_objective_evaluate(NULL, "alignuniform", &c.e, &error), N2V_ERROR_ARGUMENT);
    memset(&info, 0xee, sizeof info);
    info.known.size = offsetof(n2v_objective_info, init);
    ck_assert_int_eq(n2v_objective_describe(NULL, "sgns", &info.known, NULL), N2V_OK);
    ck_assert_str_eq(info.known.name, "sgns");
    for (size_t b = offsetof(n2v_objective_info, init); b < sizeof info; b++)
        ck_assert_uint_eq(info.bytes[b], 0xee);
}
END_TEST

START_TEST(reports_what_the_trainer_does)
{
    const n2v_objective_info nce = caller_describe("nce"), triplet = caller_describe("triplet");

    ck_assert(nce.init == 1 && nce.noise_sharing == 3 && nce.noise == 7 && nce.has_log_probability == 1);
    ck_assert(triplet.has_log_probability == 0);
}
END_TEST

/* n2v_nearest_name and n2v_json_escape. */
START_TEST(helpers_of_clients)
{
    static const char *const names[] = {"sgns", "nce", "infonce", NULL};
    char out[16];

    ck_assert_str_eq(n2v_nearest_name("NCE", names), "nce");
    ck_assert_str_eq(n2v_nearest_name("infonec", names), "infonce");
    ck_assert_ptr_null(n2v_nearest_name("word2vec", names));
    ck_assert_ptr_null(n2v_nearest_name("nce", names + 3));
    ck_assert_ptr_null(n2v_nearest_name(NULL, names));
    ck_assert_uint_eq(n2v_json_escape(out, sizeof out, "a\"\n", 3), 9);
    ck_assert_str_eq(out, "a\\\"\\u000a");
    ck_assert_uint_eq(n2v_json_escape(out, 4, "a\"\n", 3), 9);
    ck_assert_str_eq(out, "a\\\"");
    ck_assert_uint_eq(n2v_json_escape(NULL, 0, "a\"\n", 3), 9);
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

#define REFUSED(objective, status, named, change)                                                                      \
    do {                                                                                                               \
        caller c;                                                                                                      \
        caller_sound(&c, objective);                                                                                   \
        (void)caller_evaluate(objective, &c); /* in order, but for the change */                                       \
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
    caller_sound(&c, "nce");
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

/* Bounds that are allowed themselves. */
START_TEST(bounds_are_allowed)
{
    caller c;

    caller_sound(&c, "npair");
    c.input_norms[0] = c.output_norms[0] = 0;
    ck_assert(isfinite(caller_evaluate("npair", &c)));
    caller_sound(&c, "triplet");
    c.scores[3] = 0;
    ck_assert(isfinite(caller_evaluate("triplet", &c)));
    caller_sound(&c, "sgns");
    c.e.multiplicity = c.multiplicity;
    c.multiplicity[0] = c.multiplicity[1] = c.multiplicity[2] = 1;
    ck_assert(isfinite(caller_evaluate("sgns", &c)));
}
END_TEST

START_TEST(unneeded_is_unread)
{
    caller c;
    const float *nowhere = (const float *)(uintptr_t)64; /* a page that is never mapped */

    caller_sound(&c, "sgns");
    c.e.gradient = c.e.input_norm_gradient = c.e.output_norm_gradient = NULL;
    c.e.log_noise = c.e.input_norms = c.e.output_norms = c.e.input_pairs = c.e.output_pairs = nowhere;
    c.e.input_pair_gradient = c.e.output_pair_gradient = NULL;
    const double loss = caller_evaluate("sgns", &c);
    c.e.input_norm_gradient = c.input_norm_gradient, c.e.output_norm_gradient = c.output_norm_gradient;
    c.e.input_pair_gradient = c.input_pair_gradient, c.e.output_pair_gradient = c.output_pair_gradient;
    for (size_t k = 0; k < MAX_COUNT; k++)
        c.input_norm_gradient[k] = c.output_norm_gradient[k] = c.input_pair_gradient[k] = c.output_pair_gradient[k] = 7;
    ck_assert(caller_evaluate("sgns", &c) == loss);
    for (size_t k = 0; k < MAX_COUNT; k++) {
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
    caller_near(e.loss, log1p(exp(-1)) + log1p(exp(-2)), 1e-6, "sgns", "loss", 0);
    caller_near((double)gradient[0], -1 / (1 + exp(1)), 1e-6, "sgns", "gradient", 0);
    caller_near((double)gradient[1], 1 / (1 + exp(2)), 1e-6, "sgns", "gradient", 1);
    ck_assert(gradient[2] == 0);
    ck_assert_int_eq(n2v_objective_evaluate(NULL, "nce", &e, NULL), N2V_OK); /* logits 2 and 1 */
    caller_near(e.loss, log1p(exp(-2)) + log1p(exp(1)), 1e-6, "nce", "loss", 0);
    ck_assert_int_eq(n2v_objective_evaluate(NULL, "infonce:temperature=0.5", &e, NULL), N2V_OK); /* logits 2 and -4 */
    caller_near(e.loss, log1p(exp(-6)), 1e-6, "infonce", "loss", 0);
    caller_near((double)gradient[1], 2 / (1 + exp(6)), 1e-6, "infonce", "gradient", 1);
    caller_near((double)gradient[0], -2 / (1 + exp(6)), 1e-6, "infonce", "gradient", 0);
}
END_TEST

static void *evaluate_often(void *result)
{
    caller c;
    double sum = 0;

    caller_sound(&c, "debiased");
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
    add_test(suite, "reports what the trainer does", reports_what_the_trainer_does);
    add_test(suite, "helpers of clients", helpers_of_clients);
    add_test(suite, "refusals", refusals);
    add_test(suite, "bounds are allowed", bounds_are_allowed);
    add_test(suite, "what is not needed is not read", unneeded_is_unread);
    add_test(suite, "by hand", by_hand);
    add_test(suite, "threads", threads);
    return run_suite(suite);
}
