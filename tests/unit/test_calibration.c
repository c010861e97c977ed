/* Predictions of trained models on held-out text: of the words that are predicted with probability p, a share p is
 * right. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "nce2vec.h"
#include "test.h"

#define TOPICS    8
#define OF_TOPIC  5 /* words of a topic */
#define WORDS     (TOPICS * OF_TOPIC)
#define TRAINED   30000 /* sentences */
#define HELD_OUT  (SANITIZED ? 2500 : 10000)
#define LENGTH    3 /* words of a sentence */

/* A small language: most words of a sentence are of its topic, the first ones more often. */
typedef struct language {
    Random random;
    size_t count, sentences;
    char words[LENGTH][8];
    n2v_token tokens[LENGTH];
} language;

static void draw(language *l)
{
    const size_t topic = random_below(&l->random, TOPICS);

    for (size_t i = 0; i < LENGTH; i++) {
        const float u = random_float(&l->random);
        const size_t of = random_below(&l->random, 10) < 8 ? topic : random_below(&l->random, TOPICS);
        const int bytes = snprintf(l->words[i], sizeof l->words[i], "w%zu", of * OF_TOPIC + (size_t)(u * u * OF_TOPIC));
        l->tokens[i] = (n2v_token){.text = l->words[i], .bytes = (size_t)bytes};
    }
}

static int next(void *context, const n2v_token **tokens, size_t *count)
{
    language *l = context;

    if (l->count++ == l->sentences)
        return 0;
    draw(l);
    *tokens = l->tokens;
    *count = LENGTH;
    return 1;
}

static language new_language(uint64_t seed, size_t sentences)
{
    language l = {.sentences = sentences};
    random_seed(&l.random, seed, 0, 0, 0);
    return l;
}

typedef struct trained {
    n2v_settings *settings;
    n2v_corpus *corpus;
    n2v_trainer *trainer;
} trained;

static trained train(const char *objective, const char *model)
{
    const char *const values[][2] = {{"objective", objective}, {"model", model}, {"window", "2"},  {"dim", "16"},
                                     {"subsample", "0"},       {"threads", "1"}, {"epochs", "3"},  {"min-count", "1"}};
    language l = new_language(1, TRAINED);
    trained t;
    n2v_error error = {.text = ""};

    require(n2v_settings_create(&t.settings, N2V_FOR_TRAINING, NULL, &error) == N2V_OK, "%s", error.text);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        require(n2v_settings_set(t.settings, values[i][0], values[i][1], &error) == N2V_OK, "%s", error.text);
    require(n2v_corpus_create(&t.corpus, t.settings, NULL, &error) == N2V_OK, "%s", error.text);
    require(n2v_corpus_add_sentences(t.corpus, next, &l, NULL, &error) == N2V_OK, "%s", error.text);
    require(n2v_corpus_read(t.corpus, NULL, &error) == N2V_OK, "%s", error.text);
    require(n2v_trainer_create(&t.trainer, t.settings, t.corpus, &error) == N2V_OK, "%s", error.text);
    require(n2v_trainer_run(t.trainer, N2V_TO_END, 0, NULL, &error) == N2V_OK, "%s", error.text);
    return t;
}

static void destroy(trained *t)
{
    n2v_trainer_destroy(t->trainer);
    n2v_corpus_destroy(t->corpus);
    n2v_settings_destroy(t->settings);
}

/* Bins of predicted probabilities: each is up to twice as high as the one before. */
#define BINS 4
static const double bounds[BINS + 1] = {0, 0.02, 0.05, 0.1, 10};

typedef struct bins {
    double predicted[BINS], right[BINS], total, log_p;
    size_t texts;
} bins;

static void note(bins *b, const n2v_predictor *predictor, const n2v_context *context, size_t count, uint32_t word)
{
    n2v_neighbor best[WORDS];
    n2v_prediction p = {.size = sizeof p};

    require(n2v_predict_words(predictor, context, count, WORDS, best, &p, NULL) == N2V_OK, "predict");
    for (size_t i = 0; i < WORDS; i++) {
        const double probability = (double)best[i].score;
        size_t bin = 0;
        while (probability >= bounds[bin + 1])
            bin++;
        b->predicted[bin] += probability;
        b->right[bin] += best[i].id == word;
        b->log_p += best[i].id == word ? log(probability) : 0;
    }
    b->total += p.total;
    b->texts++;
}

/* The middle word of held-out sentences, from its left neighbor alone, or from both. */
static bins measure(const trained *t, const char *exact, const char *combine, size_t contexts)
{
    const n2v_vectors *vectors = n2v_trainer_vectors(t->trainer);
    language l = new_language(2, HELD_OUT);
    n2v_settings *settings;
    n2v_predictor *predictor;
    bins b = {.texts = 0};
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_settings_create(&settings, N2V_FOR_PREDICTION, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(settings, "exact", exact, NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(settings, "combine", combine, NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(settings, "repeat", "1", NULL), N2V_OK); /* words of this language do repeat */
    require(n2v_predictor_create(&predictor, vectors, settings, NULL, &error) == N2V_OK, "%s", error.text);
    for (size_t i = 0; i < HELD_OUT; i++) {
        n2v_context context[LENGTH] = {{0, 1}, {0, 1}};
        draw(&l);
        context[0].id = n2v_vectors_find(vectors, l.tokens[0].text, l.tokens[0].bytes);
        context[1].id = n2v_vectors_find(vectors, l.tokens[2].text, l.tokens[2].bytes);
        note(&b, predictor, context, contexts, n2v_vectors_find(vectors, l.tokens[1].text, l.tokens[1].bytes));
    }
    n2v_predictor_destroy(predictor);
    n2v_settings_destroy(settings);
    return b;
}

/* The share that is right is the predicted one, within a factor, in each bin that has enough of them. */
static void check(const bins *b, double factor, const char *name)
{
    for (size_t i = 0; i < BINS; i++) {
        const double ratio = b->right[i] / b->predicted[i];
        require(b->predicted[i] < 300 || (ratio < factor && ratio > 1 / factor),
                "%s: of %g words predicted from %g on %g are right", name, b->predicted[i], bounds[i], b->right[i]);
    }
    require(fabs(b->total / (double)b->texts - 1) < factor - 1, "%s: sums of %g", name, b->total / (double)b->texts);
}

START_TEST(one_context)
{
    static const char *const objectives[][2] = {{"nce", "0"}, {"sgns", "0"}, {"nce", "1"}, {"infonce", "0"}};

    for (size_t i = 0; i < sizeof objectives / sizeof *objectives; i += SANITIZED ? 2 : 1) {
        trained t = train(objectives[i][0], "skipgram");
        const bins b = measure(&t, objectives[i][1], "product", 1);
        check(&b, 1.25, objectives[i][0]);
        destroy(&t);
    }
}
END_TEST

/* The product is the default because it is better in both ways. */
START_TEST(two_contexts)
{
    trained t = train("nce", "skipgram"), cbow = train("nce", "cbow");
    const bins product = measure(&t, "0", "product", 2), mean = measure(&t, "0", "mean", 2),
               row = measure(&cbow, "0", "product", 2);

    check(&product, 1.25, "product");
    check(&mean, 1.8, "mean");
    check(&row, 1.8, "cbow");
    require(product.log_p > mean.log_p, "product %g, mean %g", product.log_p, mean.log_p);
    destroy(&t);
    destroy(&cbow);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("calibration");
    add_test(suite, "one context", one_context);
    add_test(suite, "two contexts", two_contexts);
    return run_suite(suite);
}
