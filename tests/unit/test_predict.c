/* Predictions against sums over all words in double, written out from the formulas of the objectives. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "whole_model.h"

#define WORDS     300 /* more than one part of a product of matrices, and a rest */
#define WINDOW    3   /* that of whole models */
#define NOISE     7
#define SUBSAMPLE 0.0005
#define MANY      150 /* context words: more than one part */

/* log P(w|c) as design.md has it, turned round: shares of the score, log Q and log k. */
typedef struct formula {
    const char *objective;
    double score, log_q, log_k;
    bool in_batch, normalized;
} formula;

static const formula formulas[] = {
    {"nce", 1, 0, 0, false, true},
    {"sgns", 1, 1, 1, false, true},
    {"softmax", 1, 0, 0, false, false},
    {"infonce:temperature=0.5", 2, 1, 0, false, false},
    {"infonce:in_batch=1", 1, 1, 0, true, false},
};

static n2v_vectors *load(const char *objective, const char *kind, const char *name)
{
    return load_whole_model(objective, kind, "0.0005", WORDS, name);
}

static n2v_predictor *create(const n2v_vectors *vectors, const char *exact, const char *combine, bool repeat)
{
    n2v_settings *settings;
    n2v_predictor *predictor;
    n2v_error error = {.text = ""};

    require(n2v_settings_create(&settings, N2V_FOR_PREDICTION, NULL, &error) == N2V_OK, "%s", error.text);
    require(n2v_settings_set(settings, "exact", exact, &error) == N2V_OK, "%s", error.text);
    require(n2v_settings_set(settings, "combine", combine, &error) == N2V_OK, "%s", error.text);
    require(n2v_settings_set(settings, "repeat", repeat ? "1" : "0", &error) == N2V_OK, "%s", error.text);
    require(n2v_predictor_create(&predictor, vectors, settings, NULL, &error) == N2V_OK, "%s", error.text);
    n2v_settings_destroy(settings);
    return predictor;
}

/* The direct computation ------------------------------------------------------------------ */

static double count_of(size_t w)
{
    return 2 * WORDS - (double)w;
}

static double keep(size_t w)
{
    double total = 0, ratio;

    for (size_t i = 0; i < WORDS; i++)
        total += count_of(i);
    ratio = SUBSAMPLE * total / count_of(w);
    return fmin(1, sqrt(ratio) + ratio);
}

/* log of each word's share: of the noise, or of the text after subsampling. */
static void log_shares(double *log_share, bool subsampled)
{
    double sum = 0;

    for (size_t w = 0; w < WORDS; w++)
        sum += log_share[w] = subsampled ? count_of(w) * keep(w) : sqrt(count_of(w));
    for (size_t w = 0; w < WORDS; w++)
        log_share[w] = log(log_share[w] / sum);
}

static void score_words(double *u, const n2v_vectors *vectors, const formula *f, const double *x)
{
    double log_q[WORDS];
    size_t stride;
    const float *output = n2v_vectors_view(vectors, N2V_OUTPUT, &stride);

    log_shares(log_q, f->in_batch);
    for (size_t w = 0; w < WORDS; w++) {
        double s = (double)n2v_vectors_bias(vectors, (uint32_t)w);
        for (size_t d = 0; d < WHOLE_DIM; d++)
            s += x[d] * (double)output[w * stride + d];
        u[w] = f->score * s + f->log_q * log_q[w] + f->log_k * log(NOISE);
    }
}

/* exp u, divided by its sum where exact; 0 of words that are out (NULL: none). */
static void add_exp(double *p, const double *u, double factor, bool exact, const bool *out)
{
    double sum = 0;

    for (size_t w = 0; w < WORDS; w++)
        sum += out && out[w] ? 0 : exp(u[w]);
    for (size_t w = 0; w < WORDS; w++)
        p[w] += out && out[w] ? 0 : factor * exp(u[w]) / (exact ? sum : 1);
}

typedef enum way { ROWS, MEAN, PRODUCT } way; /* cbow, and the two rules of skip-gram */

/* The weights of context words, which have the sum 1; returns the power of the product. */
static double weigh(double *weights, const n2v_context *context, size_t count)
{
    double sum = 0, squares = 0;

    for (size_t i = 0; i < count; i++) {
        const double d = context[i].distance ? (double)context[i].distance : 1;
        sum += weights[i] = d > WINDOW ? 0 : keep(context[i].id) * (WINDOW + 1 - d) / WINDOW;
    }
    for (size_t i = 0; i < count; i++) {
        weights[i] /= sum;
        squares += weights[i] * weights[i];
    }
    return 1 / sqrt(squares);
}

static void expected(double *p, const n2v_vectors *vectors, const formula *f, way how, bool exact, bool repeat,
                     const n2v_context *context, size_t count)
{
    bool out[WORDS] = {false};
    double u[WORDS], product[WORDS] = {0}, log_share[WORDS], mean[WHOLE_DIM] = {0}, weights[MANY];
    const double power = weigh(weights, context, count);
    size_t stride;
    const float *input = n2v_vectors_view(vectors, N2V_INPUT, &stride);

    memset(p, 0, WORDS * sizeof *p);
    log_shares(log_share, true);
    for (size_t i = 0; i < count; i++)
        out[context[i].id] = out[context[i].id] || (!repeat && weights[i] > 0);
    for (size_t i = 0; i < count; i++) {
        double x[WHOLE_DIM], one[WORDS] = {0};
        for (size_t d = 0; d < WHOLE_DIM; d++) {
            x[d] = (double)input[context[i].id * stride + d];
            mean[d] += weights[i] * x[d];
        }
        score_words(u, vectors, f, x);
        if (how == MEAN)
            add_exp(p, u, weights[i], exact, out);
        add_exp(one, u, 1, true, NULL);
        for (size_t w = 0; w < WORDS; w++) /* P (P(w|c) / P)^a */
            product[w] += power * weights[i] * (log(one[w]) - log_share[w]);
    }
    for (size_t w = 0; w < WORDS; w++)
        product[w] += log_share[w];
    if (how == PRODUCT)
        add_exp(p, product, 1, true, out);
    score_words(u, vectors, f, mean);
    if (how == ROWS)
        add_exp(p, u, 1, exact, out);
}

/* Comparisons ----------------------------------------------------------------------------- */

static void check(const n2v_predictor *predictor, const double *wanted, bool exact, const n2v_context *context,
                  size_t count, const char *name)
{
    n2v_neighbor best[WORDS];
    n2v_prediction p = {.size = sizeof p};
    uint32_t ids[WORDS];
    double each[WORDS], total = 0;
    size_t answers = 0;
    n2v_error error = {.text = ""};

    for (size_t w = 0; w < WORDS; w++) {
        ids[w] = (uint32_t)(WORDS - 1 - w);
        answers += wanted[w] > 0;
        total += wanted[w];
    }
    require(n2v_predict_words(predictor, context, count, WORDS, best, &p, &error) == N2V_OK, "%s", error.text);
    require(n2v_predict_probabilities(predictor, context, count, ids, WORDS, each, &error) == N2V_OK, "%s", error.text);
    require(p.found == answers && p.exact == exact, "%s: %zu found, exact %d", name, p.found, p.exact);
    for (size_t i = 0; i < WORDS; i++)
        require(fabs(each[i] - wanted[ids[i]]) <= 1e-5 * wanted[ids[i]], "%s: P of word %u is %g, not %g", name,
                (unsigned)ids[i], each[i], wanted[ids[i]]);
    for (size_t i = 0; i < answers; i++) {
        const double want = wanted[best[i].id];
        require(fabs((double)best[i].score - want) <= 1e-5 * want, "%s: P of word %u is %g, not %g", name,
                (unsigned)best[i].id, (double)best[i].score, want);
        require(!i || best[i - 1].score > best[i].score ||
                    (best[i - 1].score == best[i].score && best[i - 1].id < best[i].id),
                "%s: answer %zu is out of order", name, i);
    }
    require(fabs(p.total - total) <= 1e-5 * total, "%s: the sum is %g, not %g", name, p.total, total);
    require(!exact || fabs(total - 1) < 1e-9, "%s: the sum is %g", name, total);
    ck_assert_int_eq(n2v_predict_words(predictor, context, count, 3, best, &p, NULL), N2V_OK);
    ck_assert_uint_eq(p.found, 3);
    ck_assert_double_eq_tol((double)best[2].score, wanted[best[2].id], 1e-5);
}

/* Of neighbors, words farther away, at an unknown distance, beyond the window, and twice. */
static const n2v_context few[] = {{5, 1}, {250, 1}, {77, 2}, {5, 3}, {299, 0}, {9, 4}};
static const n2v_context one[] = {{123, 2}};

static void compare(const formula *f, const char *kind, const char *combine, const char *exact,
                    bool repeat)
{
    const way how = strcmp(kind, "cbow") == 0 ? ROWS : strcmp(combine, "mean") == 0 ? MEAN : PRODUCT;
    const bool divided = !f->normalized || *exact == '1' || how == ROWS;
    n2v_vectors *vectors = load(f->objective, kind, "model.n2v");
    n2v_predictor *predictor = create(vectors, exact, combine, repeat);
    n2v_predictor_info info = {.size = sizeof info};
    n2v_context many[MANY];
    double wanted[WORDS];
    char name[128];

    (void)snprintf(name, sizeof name, "%s, %s, %s, exact %s, repeat %d", f->objective, kind, combine, exact, repeat);
    ck_assert_int_eq(n2v_predictor_describe(predictor, &info, NULL), N2V_OK);
    ck_assert_uint_eq(strlen(info.objective), strcspn(f->objective, ":"));
    require(info.window == WINDOW && info.normalized == f->normalized && info.cbow == (how == ROWS) &&
                info.exact == divided && info.product == (how == PRODUCT),
            "%s: described otherwise", name);
    for (size_t i = 0; i < MANY; i++)
        many[i] = (n2v_context){(uint32_t)(i * 7 % WORDS), (uint32_t)(i % (WINDOW + 1))};
    expected(wanted, vectors, f, how, divided || how == PRODUCT, repeat, few, 6);
    check(predictor, wanted, divided || how == PRODUCT, few, 6, name);
    expected(wanted, vectors, f, how, divided || how == PRODUCT, repeat, many, MANY);
    check(predictor, wanted, divided || how == PRODUCT, many, MANY, name);
    expected(wanted, vectors, f, how == PRODUCT ? MEAN : how, divided, repeat, one, 1); /* one context needs no rule */
    check(predictor, wanted, divided, one, 1, name);
    n2v_predictor_destroy(predictor);
    n2v_vectors_destroy(vectors);
}

START_TEST(agrees_with_direct_computation)
{
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++) {
        compare(&formulas[i], "skipgram", "product", i % 2 ? "1" : "0", i > 2);
        compare(&formulas[i], "skipgram", "mean", "0", i == 1);
        compare(&formulas[i], "skipgram", "mean", "1", i == 2);
        compare(&formulas[i], "cbow", "product", "0", true);
        compare(&formulas[i], "cbow", "mean", "1", false);
    }
}
END_TEST

START_TEST(defaults)
{
    n2v_vectors *vectors = load("nce", "skipgram", "model.n2v");
    n2v_predictor *predictor;
    double wanted[WORDS];

    ck_assert_int_eq(n2v_predictor_create(&predictor, vectors, NULL, NULL, NULL), N2V_OK);
    expected(wanted, vectors, &formulas[0], PRODUCT, true, false, few, 6);
    check(predictor, wanted, true, few, 6, "defaults");
    expected(wanted, vectors, &formulas[0], MEAN, false, false, one, 1);
    check(predictor, wanted, false, one, 1, "defaults");
    n2v_predictor_destroy(predictor);
    n2v_vectors_destroy(vectors);
}
END_TEST

/* Refusals -------------------------------------------------------------------------------- */

static void refuse_creation(n2v_vectors *vectors, const n2v_settings *settings, n2v_status status, const char *says)
{
    n2v_predictor *predictor = (n2v_predictor *)says;
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_predictor_create(&predictor, vectors, settings, NULL, &error), status);
    ck_assert_ptr_null(predictor);
    ck_assert_msg(strstr(error.text, says) != NULL, "'%s' is not in '%s'", says, error.text);
    n2v_vectors_destroy(vectors);
}

START_TEST(refusals_of_models)
{
    n2v_settings *settings;

    ck_assert_int_eq(n2v_settings_create(&settings, N2V_FOR_SEARCH, NULL, NULL), N2V_OK);
    refuse_creation(NULL, NULL, N2V_ERROR_ARGUMENT, "vectors is NULL");
    refuse_creation(load("nce", "skipgram", "vectors.txt"), NULL, N2V_ERROR_ARGUMENT,
                    "the vectors are not a whole model: prediction needs output vectors and the record of the "
                    "training, as a .n2v file has them");
    refuse_creation(load(NULL, "skipgram", "model.n2v"), NULL, N2V_ERROR_ARGUMENT, "not a whole model");
    refuse_creation(load("triplet", "skipgram", "model.n2v"), NULL, N2V_ERROR_ARGUMENT,
                    "the objective triplet does not define P(w|c), so there is no likelihood and no prediction; these "
                    "do: sgns, nce,");
    refuse_creation(load("nce", "skipgram", "model.n2v"), settings, N2V_ERROR_ARGUMENT,
                    "the settings are for search; settings for prediction are needed here");
    n2v_settings_destroy(settings);
}
END_TEST

static void refuse(const n2v_predictor *predictor, const n2v_context *context, size_t count, uint32_t word,
                   const char *says)
{
    n2v_prediction p = {.size = sizeof p};
    n2v_neighbor best[2];
    double probability;
    n2v_error error = {.text = ""};

    if (word < WORDS) {
        ck_assert_int_eq(n2v_predict_words(predictor, context, count, 2, best, &p, &error), N2V_ERROR_ARGUMENT);
        ck_assert_msg(strstr(error.text, says) != NULL, "'%s' is not in '%s'", says, error.text);
    }
    error.text[0] = '\0';
    ck_assert_int_eq(n2v_predict_probabilities(predictor, context, count, &word, 1, &probability, &error),
                     N2V_ERROR_ARGUMENT);
    ck_assert_msg(strstr(error.text, says) != NULL, "'%s' is not in '%s'", says, error.text);
}

START_TEST(refusals_of_contexts)
{
    static const n2v_context far[] = {{1, 4}, {2, 5}}, unknown[] = {{1, 1}, {WORDS, 1}};
    n2v_vectors *vectors = load("nce", "skipgram", "model.n2v");
    n2v_predictor *predictor = create(vectors, "0", "product", false);
    n2v_prediction unset = {.size = 0};
    n2v_context all[WORDS];
    n2v_neighbor best[1];

    refuse(predictor, few, 0, 0, "there is no word to predict from");
    refuse(predictor, NULL, 1, 0, "context is NULL");
    refuse(NULL, few, 1, 0, "predictor is NULL");
    refuse(predictor, far, 2, 0, "all context words are farther away than the model's window, 3");
    for (size_t w = 0; w < WORDS; w++)
        all[w] = (n2v_context){(uint32_t)w, 1};
    refuse(predictor, all, WORDS, 0, "all words of the vocabulary are in the context, and repeat is off");
    refuse(predictor, unknown, 2, 0, "context word 1: word id 300 is out of range; the last id is 299");
    refuse(predictor, few, 2, WORDS, "word id 300 is out of range; the last id is 299");
    ck_assert_int_eq(n2v_predict_words(predictor, few, 2, 1, best, &unset, NULL), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_predict_words(predictor, few, 2, 1, NULL, &unset, NULL), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_predict_words(predictor, few, 2, 1, best, NULL, NULL), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_predictor_describe(predictor, NULL, NULL), N2V_ERROR_ARGUMENT);
    n2v_predictor_destroy(predictor);
    n2v_predictor_destroy(NULL);
    n2v_vectors_destroy(vectors);
}
END_TEST

/* A later header's structure is known up to our end: the rest becomes 0. */
START_TEST(structures_of_later_headers)
{
    n2v_vectors *vectors = load("nce", "skipgram", "model.n2v");
    n2v_predictor *predictor = create(vectors, "0", "product", false);
    struct {
        n2v_prediction p;
        uint64_t more;
    } later = {.p = {.size = sizeof later}, .more = 7};
    struct {
        n2v_predictor_info info;
        uint64_t more;
    } described = {.info = {.size = sizeof described}, .more = 7};
    n2v_neighbor best[1];

    ck_assert_int_eq(n2v_predict_words(predictor, few, 6, 1, best, &later.p, NULL), N2V_OK);
    ck_assert(later.p.found == 1 && later.p.size == sizeof later && later.more == 0);
    ck_assert_int_eq(n2v_predictor_describe(predictor, &described.info, NULL), N2V_OK);
    ck_assert(described.info.window == WINDOW && described.info.size == sizeof described && described.more == 0);
    n2v_predictor_destroy(predictor);
    n2v_vectors_destroy(vectors);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("predict");
    add_test(suite, "agrees with direct computation", agrees_with_direct_computation);
    add_test(suite, "defaults", defaults);
    add_test(suite, "refusals of models", refusals_of_models);
    add_test(suite, "refusals of contexts", refusals_of_contexts);
    add_test(suite, "sizes", structures_of_later_headers);
    return run_suite(suite);
}
