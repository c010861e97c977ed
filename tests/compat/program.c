/* program.c - a program of yesterday: it fills structures, trains, reads, and evaluates a loss through the headers in
 * include/. Behind each structure that the library fills is a guard, which must be left alone.
 * Run: program TEXT VECTORS */
#include <math.h>
#include <nce2vec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GUARD 0x5a

/* A structure of a type, its size set, in memory of that size with a guard behind it. */
#define GUARDED(type, name)                                                                                            \
    struct {                                                                                                           \
        type it;                                                                                                       \
        unsigned char guard[256];                                                                                      \
    } name;                                                                                                            \
    memset(&name, 0, sizeof name);                                                                                     \
    memset(name.guard, GUARD, sizeof name.guard);                                                                      \
    name.it.size = sizeof name.it

#define GUARDED_IS_INTACT(name) guard_is_intact(name.guard, #name)

static void must(int met, const char *what, const n2v_error *error)
{
    if (!met) {
        fprintf(stderr, "program: %s: %s\n", what, error ? error->text : "");
        exit(1);
    }
}

static void guard_is_intact(const unsigned char *guard, const char *name)
{
    for (size_t i = 0; i < 256; i++)
        must(guard[i] == GUARD, name, NULL);
}

static void describe_settings(void)
{
    n2v_error error;

    for (int purpose = N2V_FOR_TRAINING; purpose <= N2V_FOR_OUTPUT; purpose++) {
        size_t count = n2v_setting_count((n2v_purpose)purpose);
        must(count > 0, "settings", NULL);
        for (size_t i = 0; i < count; i++) {
            GUARDED(n2v_setting_info, info);
            must(n2v_setting_describe((n2v_purpose)purpose, i, &info.it, &error) == N2V_OK, "describe", &error);
            must(info.it.name && info.it.help && info.it.group, "a setting without a name", NULL);
            GUARDED_IS_INTACT(info);
        }
    }
}

static void describe_others(void)
{
    n2v_error error;

    for (size_t i = 0; i < n2v_format_count(); i++) {
        GUARDED(n2v_format_info, format);
        must(n2v_format_describe(i, &format.it, &error) == N2V_OK && format.it.name, "format", &error);
        GUARDED_IS_INTACT(format);
    }
    for (size_t i = 0; i < n2v_objective_count(NULL); i++) {
        GUARDED(n2v_objective_info, info);
        must(n2v_objective_describe(NULL, n2v_objective_name(NULL, i), &info.it, &error) == N2V_OK, "objective",
             &error);
        GUARDED_IS_INTACT(info);
        for (size_t p = 0; p < info.it.parameters; p++) {
            GUARDED(n2v_parameter_info, parameter);
            must(n2v_objective_describe_parameter(NULL, info.it.name, p, &parameter.it, &error) == N2V_OK, "parameter",
                 &error);
            GUARDED_IS_INTACT(parameter);
        }
    }
    printf("sgns and %d more objectives, %d formats\n", (int)n2v_objective_count(NULL) - 1, (int)n2v_format_count());
}

static int never(void *context)
{
    ++*(size_t *)context;
    return 0;
}

static void train(const char *text, const char *path)
{
    static const char *const values[][2] = {{"objective", "sgns"}, {"dim", "12"},    {"min-count", "1"},
                                            {"epochs", "2"},       {"threads", "1"}, {"seed", "7"}};
    n2v_settings *settings;
    n2v_corpus *corpus;
    n2v_trainer *trainer;
    n2v_error error;
    size_t asked = 0;
    n2v_observer observer;

    memset(&observer, 0, sizeof observer);
    observer.size = sizeof observer;
    observer.context = &asked;
    observer.stop = never;
    must(n2v_settings_create(&settings, N2V_FOR_TRAINING, NULL, &error) == N2V_OK, "settings", &error);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        must(n2v_settings_set(settings, values[i][0], values[i][1], &error) == N2V_OK, values[i][0], &error);
    must(n2v_corpus_create(&corpus, settings, NULL, &error) == N2V_OK, "corpus", &error);
    must(n2v_corpus_add_file(corpus, text, &error) == N2V_OK, text, &error);
    must(n2v_corpus_read(corpus, &observer, &error) == N2V_OK, "read", &error);
    GUARDED(n2v_corpus_info, read);
    must(n2v_corpus_describe(corpus, &read.it, &error) == N2V_OK && read.it.vocabulary > 2, "corpus info", &error);
    GUARDED_IS_INTACT(read);
    must(n2v_trainer_create(&trainer, settings, corpus, &error) == N2V_OK, "trainer", &error);
    must(n2v_trainer_run(trainer, N2V_TO_EPOCH_END, 0, &observer, &error) == N2V_OK, "first epoch", &error);
    must(n2v_trainer_run(trainer, N2V_TO_END, 0, &observer, &error) == N2V_OK, "last epoch", &error);
    GUARDED(n2v_trainer_info, state);
    must(n2v_trainer_describe(trainer, &state.it, &error) == N2V_OK && state.it.finished, "trainer info", &error);
    GUARDED_IS_INTACT(state);
    must(state.it.words == 2 * read.it.words && isfinite(state.it.loss), "what was trained", NULL);
    must(n2v_vectors_save(n2v_trainer_vectors(trainer), path, NULL, NULL, &error) == N2V_OK, path, &error);
    printf("trained on %llu words of %d epochs\n", (unsigned long long)state.it.words, (int)state.it.epochs);
    n2v_trainer_destroy(trainer);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
}

static void query(const char *path)
{
    n2v_vectors *vectors;
    n2v_search *search;
    n2v_error error;
    n2v_query one;
    n2v_neighbor nearest[2];
    size_t found, stride;
    uint32_t id;

    must(n2v_vectors_load(&vectors, path, NULL, &error) == N2V_OK, path, &error);
    GUARDED(n2v_vectors_info, info);
    must(n2v_vectors_describe(vectors, &info.it, &error) == N2V_OK && info.it.dim == 12, "vectors info", &error);
    GUARDED_IS_INTACT(info);
    GUARDED(n2v_norms, norms);
    must(n2v_vectors_norms(vectors, N2V_INPUT, &norms.it, &error) == N2V_OK && norms.it.max > 0, "norms", &error);
    GUARDED_IS_INTACT(norms);
    must(n2v_vectors_view(vectors, N2V_INPUT, &stride) && stride >= 12, "view", NULL);
    id = n2v_vectors_find(vectors, n2v_vectors_word(vectors, 1, NULL), strlen(n2v_vectors_word(vectors, 1, NULL)));
    must(id == 1, "find", NULL);
    memset(&one, 0, sizeof one);
    one.plus = &id;
    one.plus_count = 1;
    must(n2v_search_create(&search, vectors, NULL, &error) == N2V_OK, "search", &error);
    must(n2v_search_run(search, &one, 1, 2, nearest, &found, &error) == N2V_OK && found == 2, "query", &error);
    printf("nearest: cosine %s the second's\n", nearest[0].score >= nearest[1].score ? "at least" : "below");
    n2v_search_destroy(search);
    n2v_vectors_destroy(vectors);
}

static void evaluate(void)
{
    static const float scores[] = {0, 0};
    static const unsigned char labels[] = {N2V_POSITIVE, N2V_NEGATIVE};
    float gradient[2];
    n2v_error error;
    GUARDED(n2v_evaluation, e);

    e.it.m = 1;
    e.it.n = 2;
    e.it.scores = scores;
    e.it.labels = labels;
    e.it.gradient = gradient;
    must(n2v_objective_evaluate(NULL, "sgns", &e.it, &error) == N2V_OK, "evaluate", &error);
    GUARDED_IS_INTACT(e);
    printf("loss %.6f, gradient %.2f %.2f\n", e.it.loss, (double)gradient[0], (double)gradient[1]);
}

/* An objective of its own: the structure that a program hands over may be shorter than the library's. */
static void half_loss(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    (void)parameters;
    (void)scratch;
    (void)user;
    for (size_t c = 0; c < tile->m * tile->n; c++)
        gradient->scores[c] = 0;
    for (size_t p = 0; p < tile->first[tile->m]; p++) {
        gradient->positives[p] = tile->positive_scores[p];
        if (loss)
            *loss += 0.5 * (double)tile->positive_scores[p] * (double)tile->positive_scores[p];
    }
}

static void own_objective(void)
{
    static const float scores[] = {3, 5};
    static const unsigned char labels[] = {N2V_POSITIVE, N2V_NEGATIVE};
    n2v_objective half;
    n2v_objectives *set;
    n2v_evaluation e;
    n2v_error error;

    memset(&half, 0, sizeof half);
    half.size = sizeof half;
    half.name = "half";
    half.summary = half.formula = half.paper = "half the square of the positive's score";
    half.init = 1;
    half.learning_rate = 0.01;
    half.noise = half.noise_sharing = 1;
    half.loss_grad = half_loss;
    must(n2v_objectives_create(&set, &error) == N2V_OK, "set", &error);
    must(n2v_objectives_register(set, &half, &error) == N2V_OK, "register", &error);
    memset(&e, 0, sizeof e);
    e.size = sizeof e;
    e.m = 1;
    e.n = 2;
    e.scores = scores;
    e.labels = labels;
    must(n2v_objective_evaluate(set, "half", &e, &error) == N2V_OK, "evaluate", &error);
    printf("own loss %.1f\n", e.loss);
    n2v_objectives_destroy(set);
}

int main(int argc, char **argv)
{
    must(argc == 3, "usage: program TEXT VECTORS", NULL);
    printf("version %s, built against %s\n", n2v_version(), N2V_VERSION);
    describe_settings();
    describe_others();
    train(argv[1], argv[2]);
    query(argv[2]);
    evaluate();
    own_objective();
    return 0;
}
