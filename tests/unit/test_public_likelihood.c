/* Likelihoods as a program measures them. What a model file says of the training decides, and the settings; the
 * arithmetic is test_likelihood.c's. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "nce2vec.h"
#include "query/likelihood.h"
#include "test.h"
#include "whole_model.h"

#define WORDS     40
#define SENTENCES 300

static n2v_vectors *load(const char *objective, const char *name)
{
    return load_whole_model(objective, "skipgram", "0.05", WORDS, name);
}

typedef struct sentences {
    Random random;
    size_t count;
    char words[12][16];
    n2v_token tokens[12];
} sentences;

/* Of 1 to 12 words, of which every tenth is unknown. */
static int next(void *context, const n2v_token **tokens, size_t *count)
{
    sentences *s = context;

    if (s->count++ == SENTENCES)
        return 0;
    *count = 1 + random_below(&s->random, 12);
    *tokens = s->tokens;
    for (size_t i = 0; i < *count; i++) {
        const int bytes = snprintf(s->words[i], sizeof s->words[i], "w%u",
                                   (unsigned)random_below(&s->random, WORDS + WORDS / 10));
        s->tokens[i] = (n2v_token){.text = s->words[i], .bytes = (size_t)bytes};
    }
    return 1;
}

/* Read with the vocabulary of the vectors. */
static n2v_corpus *read_text(const n2v_vectors *vectors)
{
    sentences s = {.count = 0};
    n2v_settings *settings;
    n2v_corpus *corpus;
    n2v_error error = {.text = ""};

    random_seed(&s.random, 3, 0, 0, 0);
    ck_assert_int_eq(n2v_settings_create(&settings, N2V_FOR_TRAINING, NULL, &error), N2V_OK);
    require(n2v_corpus_create(&corpus, settings, vectors, &error) == N2V_OK, "%s", error.text);
    require(n2v_corpus_add_sentences(corpus, next, &s, "sentences", &error) == N2V_OK, "%s", error.text);
    require(n2v_corpus_read(corpus, NULL, &error) == N2V_OK, "%s", error.text);
    n2v_settings_destroy(settings);
    return corpus;
}

static n2v_likelihood measure(const n2v_vectors *vectors, const n2v_corpus *text, const n2v_settings *settings)
{
    n2v_likelihood l = {.size = sizeof l};
    n2v_error error = {.text = ""};

    require(n2v_likelihood_measure(&l, vectors, text, settings, NULL, NULL, &error) == N2V_OK, "%s", error.text);
    return l;
}

static n2v_settings *settings_with(const char *const pairs[][2], size_t count)
{
    n2v_settings *settings;
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_settings_create(&settings, N2V_FOR_LIKELIHOOD, NULL, &error), N2V_OK);
    for (size_t i = 0; i < count; i++)
        require(n2v_settings_set(settings, pairs[i][0], pairs[i][1], &error) == N2V_OK, "%s", error.text);
    return settings;
}

/* The blocks of read_text's sentences, made here: the unknown words are skipped. */
static Blocks *make_blocks(void)
{
    sentences s = {.count = 0};
    const n2v_token *tokens;
    size_t count;
    Blocks *blocks;

    random_seed(&s.random, 3, 0, 0, 0);
    ck_assert_int_eq(blocks_create(&blocks, (size_t)1 << 20, NULL, NULL), N2V_OK);
    while (next(&s, &tokens, &count) == 1) {
        Id ids[12];
        size_t known = 0;
        for (size_t i = 0; i < count; i++) {
            const unsigned long id = strtoul(tokens[i].text + 1, NULL, 10);
            if (id < WORDS)
                ids[known++] = (Id)id;
        }
        if (!known)
            continue;
        ids[known - 1] |= SENTENCE_END;
        ck_assert_int_eq(blocks_append(blocks, ids, known, NULL), N2V_OK);
    }
    ck_assert_int_eq(blocks_finish(blocks, NULL, NULL, NULL), N2V_OK);
    return blocks;
}

/* With the options that the record says, and these. */
static Likelihood expected(const char *objective, size_t window, double subsample, uint64_t seed)
{
    float parameters[N2V_MAX_PARAMETERS];
    LikelihoodOptions options = {.trained = {.parameters = parameters,
                                             .noise = 7,
                                             .noise_power = 0.5,
                                             .subsample = 0.05},
                                 .window = window,
                                 .subsample = subsample,
                                 .seed = seed,
                                 .threads = 1,
                                 .kernels = kernels_at(0)};
    Model model = whole_model(objective, "skipgram", "0.05", WORDS);
    Blocks *blocks = make_blocks();
    Likelihood l;
    n2v_error error = {.text = ""};

    ck_assert_int_eq(objective_parse(NULL, objective, &options.trained.objective, parameters, NULL), N2V_OK);
    require(likelihood_measure(&l, &model, blocks, &options, &error) == N2V_OK, "%s", error.text);
    blocks_destroy(blocks);
    model_free(&model);
    return l;
}

static void expect_same(const n2v_likelihood *l, const Likelihood *wanted)
{
    ck_assert_uint_eq(l->pairs, wanted->pairs);
    ck_assert_uint_eq(l->contexts, wanted->contexts);
    ck_assert_int_eq(l->normalized, wanted->normalized);
    ck_assert_double_eq(l->weight, wanted->weight);
    ck_assert_double_eq(l->exact, wanted->exact);
    ck_assert_double_eq(l->self_normalized, wanted->self_normalized);
    ck_assert_double_eq(l->mean, wanted->mean);
    ck_assert_double_eq(l->sd, wanted->sd);
    ck_assert_double_eq(l->mean_absolute, wanted->mean_absolute);
    for (size_t i = 0; i < N2V_LIKELIHOOD_QUANTILES; i++) {
        ck_assert_double_eq(l->levels[i], likelihood_levels[i]);
        ck_assert_double_eq(l->quantiles[i], wanted->quantiles[i]);
    }
}

START_TEST(record_and_settings_decide)
{
    static const char *const objectives[] = {"sgns", "nce", "infonce", "infonce:in_batch=1,temperature=0.5"};
    static const char *const defaults[][2] = {{"kernels", "scalar"}};
    static const char *const others[][2] = {
        {"kernels", "scalar"}, {"window", "2"}, {"subsample", "0.02"}, {"seed", "5"}, {"threads", "3"}};

    for (size_t i = 0; i < sizeof objectives / sizeof *objectives; i++) {
        n2v_vectors *vectors = load(objectives[i], "model.n2v");
        n2v_corpus *text = read_text(vectors);
        n2v_settings *settings = settings_with(defaults, 1);
        Likelihood wanted = expected(objectives[i], 3, 0, 1);
        n2v_likelihood l = measure(vectors, text, settings);
        ck_assert_uint_eq(strlen(l.objective), strcspn(objectives[i], ":"));
        ck_assert_mem_eq(l.objective, objectives[i], strlen(l.objective));
        ck_assert_uint_eq(l.window, 3);
        ck_assert_double_eq(l.subsample, 0);
        expect_same(&l, &wanted);
        n2v_settings_destroy(settings);
        settings = settings_with(others, 5);
        wanted = expected(objectives[i], 2, 0.02, 5);
        l = measure(vectors, text, settings);
        ck_assert_uint_eq(l.window, 2);
        ck_assert_double_eq(l.subsample, 0.02);
        expect_same(&l, &wanted);
        ck_assert_double_eq_tol(measure(vectors, text, NULL).exact, expected(objectives[i], 3, 0, 1).exact, 1e-5);
        n2v_settings_destroy(settings);
        n2v_corpus_destroy(text);
        n2v_vectors_destroy(vectors);
    }
}
END_TEST

static void no_loss(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *room,
                    double *loss, void *user)
{
    (void)tile, (void)parameters, (void)gradient, (void)room, (void)loss, (void)user;
}

/* What nce's scores say, too. */
static n2v_log_probability as_nce(const float *parameters, void *user)
{
    (void)parameters, (void)user;
    return (n2v_log_probability){.score = 1, .normalized = 1};
}

START_TEST(objective_of_a_program)
{
    const n2v_objective mine = {.size = sizeof mine,
                                .name = "mine",
                                .summary = "a test",
                                .formula = "none",
                                .paper = "none",
                                .geometry = N2V_DOT,
                                .init = 1,
                                .learning_rate = 0.1,
                                .noise = 5,
                                .noise_sharing = 1,
                                .log_probability = as_nce,
                                .loss_grad = no_loss};
    n2v_vectors *vectors = load("mine", "model.n2v"), *nce = load("nce", "model.n2v");
    n2v_corpus *text = read_text(vectors), *same = read_text(nce);
    n2v_objectives *objectives;
    n2v_likelihood l = {.size = sizeof l};
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_objectives_create(&objectives, &error), N2V_OK);
    require(n2v_objectives_register(objectives, &mine, &error) == N2V_OK, "%s", error.text);
    require(n2v_likelihood_measure(&l, vectors, text, NULL, objectives, NULL, &error) == N2V_OK, "%s", error.text);
    ck_assert_str_eq(l.objective, "mine");
    ck_assert_double_eq(l.exact, measure(nce, same, NULL).exact);
    ck_assert_int_eq(n2v_likelihood_measure(&l, vectors, text, NULL, NULL, NULL, &error), N2V_ERROR_FORMAT);
    n2v_corpus_destroy(text);
    n2v_corpus_destroy(same);
    n2v_vectors_destroy(vectors);
    n2v_vectors_destroy(nce);
    n2v_objectives_destroy(objectives);
}
END_TEST

/* A later header's structure is known up to our end: the rest becomes 0. */
START_TEST(structures_of_other_sizes)
{
    n2v_vectors *vectors = load("nce", "model.n2v");
    n2v_corpus *text = read_text(vectors);
    struct {
        n2v_likelihood l;
        uint64_t more[2];
    } later = {.l = {.size = sizeof later}, .more = {7, 7}};
    n2v_likelihood unset = {.size = 0};
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_likelihood_measure(&later.l, vectors, text, NULL, NULL, NULL, &error), N2V_OK);
    ck_assert_uint_eq(later.l.size, sizeof later);
    ck_assert_uint_eq(later.more[0], 0);
    ck_assert_uint_eq(later.more[1], 0);
    ck_assert_int_eq(n2v_likelihood_measure(&unset, vectors, text, NULL, NULL, NULL, &error), N2V_ERROR_ARGUMENT);
    n2v_corpus_destroy(text);
    n2v_vectors_destroy(vectors);
}
END_TEST

static int at_once(void *context)
{
    (void)context;
    return 1;
}

static void expect_refusal(const n2v_vectors *vectors, const n2v_corpus *text, n2v_status status, const char *says)
{
    n2v_likelihood l = {.size = sizeof l};
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_likelihood_measure(&l, vectors, text, NULL, NULL, NULL, &error), status);
    ck_assert_msg(strstr(error.text, says) != NULL, "'%s' is not in '%s'", says, error.text);
    ck_assert_msg(!strstr(error.text, "--") && !strstr(error.text, "nce2vec "), "'%s' names a command", error.text);
}

START_TEST(refusals)
{
    n2v_vectors *whole = load("nce", "model.n2v"), *other = load("nce", "model.n2v"),
                *text_only = load("nce", "vectors.txt"), *no_record = load(NULL, "model.n2v"),
                *distances = load("triplet", "model.n2v");
    n2v_corpus *text = read_text(whole), *far = read_text(distances), *unread;
    n2v_settings *training;
    n2v_likelihood l = {.size = sizeof l};
    const n2v_observer stopping = {.size = sizeof stopping, .stop = at_once};
    n2v_error error = {.text = ""};

    expect_refusal(NULL, text, N2V_ERROR_ARGUMENT, "vectors is NULL");
    expect_refusal(whole, NULL, N2V_ERROR_ARGUMENT, "text is NULL");
    expect_refusal(text_only, text, N2V_ERROR_ARGUMENT, "not a whole model");
    expect_refusal(no_record, text, N2V_ERROR_ARGUMENT, "not a whole model");
    expect_refusal(other, text, N2V_ERROR_ARGUMENT, "not read with the vocabulary of these vectors");
    expect_refusal(distances, far, N2V_ERROR_ARGUMENT,
                   "the objective triplet does not define P(w|c), so there is no likelihood and no prediction; these do: sgns, nce, "
                   "infonce, softmax");
    ck_assert_int_eq(n2v_settings_create(&training, N2V_FOR_TRAINING, NULL, &error), N2V_OK);
    ck_assert_int_eq(n2v_corpus_create(&unread, training, whole, &error), N2V_OK);
    expect_refusal(whole, unread, N2V_ERROR_ARGUMENT, "the text was not read");
    ck_assert_int_eq(n2v_likelihood_measure(&l, whole, text, training, NULL, NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_likelihood_measure(NULL, whole, text, NULL, NULL, NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_likelihood_measure(&l, whole, text, NULL, NULL, &stopping, &error), N2V_ERROR_INTERRUPTED);
    n2v_settings_destroy(training);
    n2v_corpus_destroy(unread);
    n2v_corpus_destroy(text);
    n2v_corpus_destroy(far);
    n2v_vectors_destroy(whole);
    n2v_vectors_destroy(other);
    n2v_vectors_destroy(text_only);
    n2v_vectors_destroy(no_record);
    n2v_vectors_destroy(distances);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("public likelihood");
    add_test(suite, "record and settings", record_and_settings_decide);
    add_test(suite, "objective of a program", objective_of_a_program);
    add_test(suite, "sizes", structures_of_other_sizes);
    add_test(suite, "refusals", refusals);
    return run_suite(suite);
}
