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

/* To be read with the vocabulary of the vectors; s is started. */
static n2v_corpus *open_text(const n2v_vectors *vectors, sentences *s)
{
    n2v_settings *settings;
    n2v_corpus *corpus;
    n2v_error error = {.text = ""};

    *s = (sentences){.count = 0};
    random_seed(&s->random, 3, 0, 0, 0);
    ck_assert_int_eq(n2v_settings_create(&settings, N2V_FOR_TRAINING, NULL, &error), N2V_OK);
    require(n2v_corpus_create(&corpus, settings, vectors, &error) == N2V_OK, "%s", error.text);
    require(n2v_corpus_add_sentences(corpus, next, s, "sentences", &error) == N2V_OK, "%s", error.text);
    n2v_settings_destroy(settings);
    return corpus;
}

static n2v_corpus *read_text(const n2v_vectors *vectors)
{
    sentences s;
    n2v_corpus *corpus = open_text(vectors, &s);
    n2v_error error = {.text = ""};

    require(n2v_corpus_read(corpus, NULL, &error) == N2V_OK, "%s", error.text);
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

/* Lines ----------------------------------------------------------------------------------- */

typedef struct lines {
    n2v_likelihood_line at[SENTENCES];
    size_t count, most; /* most: gives up at this one */
} lines;

static int take_line(void *context, const n2v_likelihood_line *line)
{
    lines *all = context;

    ck_assert_str_eq(line->source, "sentences");
    ck_assert_uint_lt(all->count, SENTENCES);
    all->at[all->count++] = *line;
    return all->count == all->most;
}

static lines measure_lines(const n2v_vectors *vectors, const n2v_settings *settings)
{
    lines all = {.count = 0};
    sentences s;
    n2v_corpus *text = open_text(vectors, &s);
    n2v_error error = {.text = ""};

    require(n2v_likelihood_lines(vectors, text, settings, NULL, take_line, &all, NULL, &error) == N2V_OK, "%s",
            error.text);
    ck_assert_int_eq(n2v_likelihood_lines(vectors, text, settings, NULL, take_line, &all, NULL, &error),
                     N2V_ERROR_ARGUMENT);
    n2v_corpus_destroy(text);
    return all;
}

/* As each sentence has it, and together what the text has. */
static void check_lines(const lines *all, const n2v_likelihood *whole)
{
    sentences s = {.count = 0};
    double weight = 0, exact = 0, self_normalized = 0;
    uint64_t pairs = 0;

    random_seed(&s.random, 3, 0, 0, 0);
    ck_assert_uint_eq(all->count, SENTENCES);
    for (size_t i = 0; i < SENTENCES; i++) {
        const n2v_likelihood_line *line = &all->at[i];
        const n2v_token *tokens;
        size_t count;
        ck_assert_int_eq(next(&s, &tokens, &count), 1);
        ck_assert_uint_eq(line->line, i + 1);
        ck_assert_uint_eq(line->words + line->unknown, count);
        ck_assert_int_eq(line->pairs > 0, line->words > 1);
        ck_assert_int_eq(isnan(line->exact) != 0, line->pairs == 0);
        if (!line->pairs)
            continue;
        pairs += line->pairs;
        weight += line->weight;
        exact += line->weight * line->exact;
        self_normalized += line->weight * line->self_normalized;
    }
    ck_assert_uint_eq(pairs, whole->pairs);
    ck_assert_double_eq_tol(weight, whole->weight, 1e-9 * weight);
    ck_assert_double_eq_tol(exact / weight, whole->exact, 1e-6);
    ck_assert_double_eq_tol(self_normalized / weight, whole->self_normalized, 1e-6);
}

START_TEST(lines_sum_up_to_the_text)
{
    static const char *const one[][2] = {{"threads", "1"}}, *const three[][2] = {{"threads", "3"}};
    static const char *const kinds[] = {"skipgram", "cbow"};

    for (size_t k = 0; k < 2; k++) {
        n2v_vectors *vectors = load_whole_model("sgns", kinds[k], "0.05", WORDS, "model.n2v");
        n2v_corpus *text = read_text(vectors);
        n2v_settings *settings = settings_with(one, 1), *others = settings_with(three, 1);
        const n2v_likelihood whole = measure(vectors, text, NULL);
        lines all = measure_lines(vectors, settings), same = measure_lines(vectors, others);
        check_lines(&all, &whole);
        for (size_t i = 0; i < SENTENCES; i++)
            ck_assert(all.at[i].exact == same.at[i].exact || !all.at[i].pairs);
        n2v_settings_destroy(settings);
        n2v_settings_destroy(others);
        n2v_corpus_destroy(text);
        n2v_vectors_destroy(vectors);
    }
}
END_TEST

START_TEST(lines_after_subsampling)
{
    static const char *const some[][2] = {{"subsample", "0.001"}};
    n2v_vectors *vectors = load("nce", "model.n2v");
    n2v_settings *settings = settings_with(some, 1);
    lines all = measure_lines(vectors, NULL), sample = measure_lines(vectors, settings),
          again = measure_lines(vectors, settings);
    uint64_t words[2] = {0};

    for (size_t i = 0; i < SENTENCES; i++) {
        words[0] += all.at[i].words;
        words[1] += sample.at[i].words;
        ck_assert_uint_eq(sample.at[i].unknown, all.at[i].unknown);
        ck_assert_uint_eq(sample.at[i].words, again.at[i].words);
    }
    ck_assert_uint_lt(words[1], words[0]);
    n2v_settings_destroy(settings);
    n2v_vectors_destroy(vectors);
}
END_TEST

START_TEST(refusals_of_lines)
{
    n2v_vectors *vectors = load("nce", "model.n2v"), *other = load("nce", "model.n2v");
    lines all = {.most = 7};
    sentences s;
    n2v_corpus *text = open_text(vectors, &s), *read = read_text(vectors);
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_likelihood_lines(vectors, NULL, NULL, NULL, take_line, &all, NULL, &error),
                     N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_likelihood_lines(vectors, text, NULL, NULL, NULL, &all, NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_likelihood_lines(vectors, read, NULL, NULL, take_line, &all, NULL, &error),
                     N2V_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "has been read already"));
    ck_assert_int_eq(n2v_likelihood_lines(other, text, NULL, NULL, take_line, &all, NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "not created with these vectors"));
    ck_assert_int_eq(n2v_likelihood_lines(vectors, text, NULL, NULL, take_line, &all, NULL, &error),
                     N2V_ERROR_INTERRUPTED);
    ck_assert_ptr_nonnull(strstr(error.text, "gave up at line 7"));
    ck_assert_uint_eq(all.count, 7);
    n2v_corpus_destroy(text);
    n2v_corpus_destroy(read);
    n2v_vectors_destroy(vectors);
    n2v_vectors_destroy(other);
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
                   "the objective triplet does not define P(w|c), so there is no likelihood and no prediction; these "
                   "do: sgns, nce, infonce, softmax");
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
    add_test(suite, "lines sum up to the text", lines_sum_up_to_the_text);
    add_test(suite, "lines after subsampling", lines_after_subsampling);
    add_test(suite, "refusals of lines", refusals_of_lines);
    add_test(suite, "refusals", refusals);
    return run_suite(suite);
}
