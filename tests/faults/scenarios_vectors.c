/* Scenarios: files of vectors, queries, likelihood. */
#include <stdio.h>

#include "api.h"

/* Loading and saving -------------------------------------------------------------------- */

void digest_vectors(probe *p, const n2v_vectors *vectors)
{
    n2v_vectors_info info = {.size = sizeof info};
    size_t stride;
    const float *rows = n2v_vectors_view(vectors, N2V_INPUT, &stride);

    TRY(n2v_vectors_describe(vectors, &info, &p->error));
    for (uint32_t id = 0; id < info.words; id++) {
        digest_text(p, n2v_vectors_word(vectors, id, NULL));
        digest(p, rows + id * stride, info.dim * sizeof *rows);
    }
}

static n2v_vectors *load(probe *p, const char *name)
{
    n2v_vectors *vectors;

    MAKE(vectors, n2v_vectors_load(&vectors, in_folder(p, name), NULL, &p->error));
    return vectors;
}

static void run_load(probe *p)
{
    n2v_vectors *vectors = load(p, p->argument);

    digest_vectors(p, vectors);
    n2v_vectors_destroy(vectors);
}

static void run_create(probe *p)
{
    const char *const words[] = {"a", "b"};
    const uint64_t counts[] = {3, 1};
    const float rows[] = {1, 2, 3, 4};
    n2v_vectors *vectors;

    MAKE(vectors, n2v_vectors_create(&vectors, words, counts, 2, rows, 2, 2, &p->error));
    digest_vectors(p, vectors);
    n2v_vectors_destroy(vectors);
}

static void run_load_skipping(probe *p)
{
    n2v_settings *settings;
    n2v_vectors *vectors;

    MAKE(settings, n2v_settings_create(&settings, N2V_FOR_LOADING, NULL, &p->error));
    TRY(n2v_settings_set(settings, "skip-bad", "1", &p->error));
    MAKE(vectors, n2v_vectors_load_with(&vectors, in_folder(p, p->argument), settings, NULL, &p->error));
    digest_vectors(p, vectors);
    n2v_vectors_destroy(vectors);
    n2v_settings_destroy(settings);
}

static void run_load_memory(probe *p)
{
    static unsigned char bytes[1 << 16];
    FILE *file = fopen(in_folder(p, p->argument), "rb");
    size_t count = 0;
    n2v_vectors *vectors;

    if (!file) { /* the test's own calls count, too */
        fault_stop();
        file = fopen(in_folder(p, p->argument), "rb");
    }
    if (file) {
        count = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
    }
    MAKE(vectors, n2v_vectors_load_memory(&vectors, bytes, count, "memory", NULL, &p->error));
    digest_vectors(p, vectors);
    n2v_vectors_destroy(vectors);
}

static void save(probe *p, const n2v_vectors *vectors, const char *name, const char *setting, const char *value)
{
    n2v_settings *settings;
    n2v_output *output, *ending;

    MAKE(settings, n2v_settings_create(&settings, N2V_FOR_OUTPUT, NULL, &p->error));
    if (setting)
        TRY(n2v_settings_set(settings, setting, value, &p->error));
    MAKE(output, n2v_output_open(&output, in_folder(p, name), settings, NULL, &p->error));
    digest_text(p, n2v_output_format(output));
    ONCE(n2v_output_vectors(output, vectors, &p->error));
    ending = output;
    output = NULL; /* commit destroys it, whatever happens */
    ONCE(n2v_output_commit(ending, &p->error));
    digest_file(p, name);
out:
    n2v_output_discard(output);
    n2v_settings_destroy(settings);
}

static void run_save(probe *p)
{
    n2v_vectors *vectors = load(p, "v.n2v");

    save(p, vectors, p->argument, NULL, NULL);
    n2v_vectors_destroy(vectors);
}

static void run_save_subwords(probe *p)
{
    n2v_vectors *vectors = load(p, "subwords.n2v");

    save(p, vectors, p->argument, NULL, NULL);
    n2v_vectors_destroy(vectors);
}

static void run_save_selected(probe *p)
{
    n2v_vectors *vectors = load(p, "v.n2v");

    save(p, vectors, p->argument, "vectors", "concat");
    save(p, vectors, p->argument, "normalize", "1");
    save(p, vectors, p->argument, "top", "5");
    n2v_vectors_destroy(vectors);
}

static void run_save_reduced(probe *p)
{
    n2v_vectors *vectors = load(p, "v.n2v");

    save(p, vectors, p->argument, "reduce", "3");
    save(p, vectors, p->argument, "remove-top", "1");
    save(p, vectors, p->argument, "int8", "1");
    n2v_vectors_destroy(vectors);
}

static void run_derive(probe *p)
{
    n2v_vectors *vectors = load(p, "v.n2v"), *derived;
    n2v_comparison comparison = {.size = sizeof comparison};
    n2v_settings *settings, *search;

    MAKE(search, n2v_settings_create(&search, N2V_FOR_SEARCH, NULL, &p->error));
    TRY(n2v_settings_set(search, "threads", "1", &p->error));
    MAKE(settings, n2v_settings_create(&settings, N2V_FOR_OUTPUT, NULL, &p->error));
    TRY(n2v_settings_set(settings, "remove-top", p->argument, &p->error));
    TRY(n2v_settings_set(settings, "top", "30", &p->error));
    MAKE(derived, n2v_vectors_derive_with(&derived, vectors, settings, NULL, &p->error));
    digest_vectors(p, derived);
    TRY(n2v_vectors_compare(vectors, derived, search, &comparison, &p->error));
    digest(p, &comparison.overlap, sizeof comparison.overlap);
    n2v_vectors_destroy(derived);
    n2v_settings_destroy(settings);
    n2v_settings_destroy(search);
    n2v_vectors_destroy(vectors);
}

static void run_save_in_one(probe *p)
{
    n2v_vectors *vectors = load(p, "v.txt");

    ONCE(n2v_vectors_save(vectors, in_folder(p, p->argument), NULL, NULL, &p->error));
    digest_file(p, p->argument);
out:
    n2v_vectors_destroy(vectors);
}

/* A log that is published, then ends or is thrown away. */
static void run_log(probe *p)
{
    n2v_output *output, *ending;

    for (int commit = 0; commit < 2; commit++) {
        MAKE(output, n2v_output_open_bytes(&output, in_folder(p, p->argument), NULL, &p->error));
        ONCE(n2v_output_bytes(output, "one\n", 4, &p->error));
        ONCE(n2v_output_publish(output, &p->error));
        ONCE(n2v_output_bytes(output, "two\n", 4, &p->error));
        ONCE(n2v_output_publish(output, &p->error));
        ONCE(n2v_output_bytes(output, "three\n", 6, &p->error));
        ending = output;
        output = NULL;
        if (commit)
            ONCE(n2v_output_commit(ending, &p->error));
        else
            n2v_output_discard(ending);
    }
    digest_file(p, p->argument);
out:
    n2v_output_discard(output);
}

static void run_save_vocabulary(probe *p)
{
    n2v_settings *settings = small_settings(p, "nce", NULL);
    n2v_corpus *corpus = read_corpus(p, settings, NULL);
    n2v_output *output = NULL, *ending;

    if (!corpus)
        goto out;
    MAKE(output, n2v_output_open_bytes(&output, in_folder(p, p->argument), NULL, &p->error));
    ONCE(n2v_output_vocabulary(output, corpus, &p->error));
    ending = output;
    output = NULL;
    ONCE(n2v_output_commit(ending, &p->error));
    digest_file(p, p->argument);
out:
    n2v_output_discard(output);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
}

/* Queries ------------------------------------------------------------------------------- */

static void run_search(probe *p)
{
    n2v_vectors *vectors = load(p, "v.n2v");
    const uint32_t plus[2] = {1, 2}, minus[1] = {3}, among[5] = {9, 5, 7, 4, 9};
    const n2v_query queries[3] = {{.plus = plus, .plus_count = 1},
                                  {.plus = plus, .minus = minus, .plus_count = 2, .minus_count = 1},
                                  {.plus = plus, .minus = minus, .plus_count = 2, .minus_count = 1,
                                   .method = N2V_MULTIPLY}};
    n2v_neighbor found[3 * 4];
    size_t counts[3];
    n2v_settings *settings;
    n2v_search *search;

    MAKE(settings, n2v_settings_create(&settings, N2V_FOR_SEARCH, NULL, &p->error));
    TRY(n2v_settings_set(settings, "threads", p->argument, &p->error));
    MAKE(search, n2v_search_create(&search, vectors, settings, &p->error));
    TRY(n2v_search_run(search, queries, 3, 4, found, counts, &p->error));
    for (size_t i = 0; i < 3 * 4; i++)
        digest(p, &found[i].id, sizeof found[i].id);
    n2v_search_destroy(search);
    MAKE(search, n2v_search_create_among(&search, vectors, among, 5, settings, &p->error));
    TRY(n2v_search_run(search, queries, 1, 4, found, counts, &p->error));
    for (size_t i = 0; i < 4; i++)
        digest(p, &found[i].id, sizeof found[i].id);
    n2v_search_destroy(search);
    n2v_settings_destroy(settings);
    n2v_vectors_destroy(vectors);
}

static void run_functions(probe *p)
{
    n2v_vectors *vectors = load(p, "v.n2v");
    n2v_norms norms = {.size = sizeof norms};
    n2v_settings *settings;
    const char *name, *value;
    uint32_t ids[4];
    char words[64];
    size_t count;

    TRY(n2v_vectors_norms(vectors, N2V_INPUT, &norms, &p->error));
    digest(p, &norms.median, sizeof norms.median);
    TRY(n2v_vectors_tokenize(vectors, "One-Two word3", 13, words, sizeof words, NULL, &count, &p->error));
    digest_text(p, words);
    count = n2v_vectors_suggest(vectors, "wrod3", 5, 4, ids);
    if (!count && fault_fired()) {
        fault_stop();
        count = n2v_vectors_suggest(vectors, "wrod3", 5, 4, ids);
    }
    digest(p, ids, count * sizeof *ids);
    for (size_t i = 0; n2v_vectors_record(vectors, i, &name, &value); i++)
        digest_text(p, value);
    MAKE(settings, n2v_vectors_settings(vectors, NULL, &settings, &p->error));
    digest_text(p, n2v_settings_get(settings, "dim"));
    n2v_settings_destroy(settings);
    n2v_vectors_destroy(vectors);
}

static void evaluate_pairs(probe *p, const char *name)
{
    n2v_vectors *vectors = load(p, name);
    n2v_pairs_score score = {.size = sizeof score};
    n2v_pairs *pairs;

    MAKE(pairs, n2v_pairs_load(&pairs, in_folder(p, p->argument), NULL, &p->error));
    TRY(n2v_pairs_evaluate(pairs, vectors, &score, &p->error));
    digest(p, &score.spearman, sizeof score.spearman);
    n2v_pairs_destroy(pairs);
    n2v_vectors_destroy(vectors);
}

static void run_pairs(probe *p)
{
    evaluate_pairs(p, "v.n2v");
}

static void run_compose(probe *p)
{
    n2v_vectors *vectors = load(p, "subwords.n2v");
    float vector[8];

    TRY(n2v_vectors_compose(vectors, "sword", 5, vector, NULL, &p->error));
    digest(p, vector, sizeof vector);
    n2v_vectors_destroy(vectors);
}

static void run_pairs_of_subwords(probe *p)
{
    evaluate_pairs(p, "subwords.n2v");
}

static void run_likelihood(probe *p)
{
    n2v_vectors *vectors = load(p, "v.n2v");
    n2v_likelihood likelihood = {.size = sizeof likelihood};
    n2v_settings *reading = small_settings(p, "nce", NULL), *settings;
    n2v_corpus *corpus = read_corpus(p, reading, vectors);

    MAKE(settings, n2v_settings_create(&settings, N2V_FOR_LIKELIHOOD, NULL, &p->error));
    TRY(n2v_settings_set(settings, "threads", p->argument, &p->error));
    if (corpus) {
        TRY(n2v_likelihood_measure(&likelihood, vectors, corpus, settings, NULL, NULL, &p->error));
        digest(p, &likelihood.exact, sizeof likelihood.exact);
    }
    n2v_settings_destroy(settings);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(reading);
    n2v_vectors_destroy(vectors);
}

static int digest_line(void *context, const n2v_likelihood_line *line)
{
    digest(context, &line->exact, sizeof line->exact);
    return 0;
}

static void run_likelihood_lines(probe *p)
{
    n2v_vectors *vectors = load(p, "v.n2v");
    n2v_settings *reading = small_settings(p, "nce", NULL), *settings;
    n2v_corpus *corpus;

    MAKE(settings, n2v_settings_create(&settings, N2V_FOR_LIKELIHOOD, NULL, &p->error));
    TRY(n2v_settings_set(settings, "threads", p->argument, &p->error));
    MAKE(corpus, n2v_corpus_create(&corpus, reading, vectors, &p->error));
    TRY(n2v_corpus_add_file(corpus, in_folder(p, "text.gz"), &p->error));
    ONCE(n2v_likelihood_lines(vectors, corpus, settings, NULL, digest_line, p, NULL, &p->error));
out:
    n2v_settings_destroy(settings);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(reading);
    n2v_vectors_destroy(vectors);
}

/* argument: the rule that combines contexts. */
static void run_predict(probe *p)
{
    static const n2v_context context[] = {{1, 1}, {2, 2}};
    static const uint32_t ids[] = {3, 4};
    n2v_vectors *vectors = load(p, "v.n2v");
    n2v_prediction prediction = {.size = sizeof prediction};
    n2v_neighbor best[3];
    double probabilities[2];
    n2v_settings *settings;
    n2v_predictor *predictor;

    MAKE(settings, n2v_settings_create(&settings, N2V_FOR_PREDICTION, NULL, &p->error));
    TRY(n2v_settings_set(settings, "combine", p->argument, &p->error));
    MAKE(predictor, n2v_predictor_create(&predictor, vectors, settings, NULL, &p->error));
    TRY(n2v_predict_words(predictor, context, 2, 3, best, &prediction, &p->error));
    TRY(n2v_predict_probabilities(predictor, context, 2, ids, 2, probabilities, &p->error));
    digest(p, best, sizeof best);
    digest(p, probabilities, sizeof probabilities);
    n2v_predictor_destroy(predictor);
    n2v_settings_destroy(settings);
    n2v_vectors_destroy(vectors);
}

const scenario vectors_scenarios[] = {{"load n2v", run_load, "v.n2v"},
                                      {"create", run_create, NULL},
                                      {"load text", run_load, "v.txt"},
                                      {"load gzip", run_load, "v.txt.gz"},
                                      {"load binary", run_load, "v.bin"},
                                      {"load glove", run_load, "v.glove"},
                                      {"load npy", run_load, "v.npy"},
                                      {"load safetensors", run_load, "v.safetensors"},
                                      {"load finalfusion", run_load, "v.fifu"},
                                      {"load projector", run_load, "v.tsv"},
                                      {"load fasttext", run_load, "subwords.fasttext"},
                                      {"load floret", run_load, "floret.floret"},
                                      {"load npz", run_load, "foreign.npz"},
                                      {"load gensim", run_load, "foreign.kv"},
                                      {"load gensim, beside", run_load, "beside.kv"},
                                      {"load, skipping", run_load_skipping, "bad.txt"},
                                      {"load n2v from memory", run_load_memory, "v.n2v"},
                                      {"load gzip from memory", run_load_memory, "v.txt.gz"},
                                      {"load finalfusion from memory", run_load_memory, "v.fifu"},
                                      {"save n2v", run_save, "out.n2v"},
                                      {"save text", run_save, "out.txt"},
                                      {"save gzip", run_save, "out.txt.gz"},
                                      {"save binary", run_save, "out.bin"},
                                      {"save glove", run_save, "out.glove"},
                                      {"save npy", run_save, "out.npy"},
                                      {"save safetensors", run_save, "out.safetensors"},
                                      {"save finalfusion", run_save, "out.fifu"},
                                      {"save projector", run_save, "out.tsv"},
                                      {"save fasttext", run_save_subwords, "out.fasttext"},
                                      {"save, an unknown ending", run_save, "out.foo"},
                                      {"save a selection", run_save_selected, "out.txt"},
                                      {"save reduced vectors", run_save_reduced, "out.npy"},
                                      {"load a folder", run_load, "v.model2vec"},
                                      {"derive and compare", run_derive, "1"},
                                      {"save in one call", run_save_in_one, "out.bin"},
                                      {"log", run_log, "out.log"},
                                      {"log, gzip", run_log, "out.log.gz"},
                                      {"save a vocabulary", run_save_vocabulary, "out.tsv"},
                                      {"search", run_search, "1"},
                                      {"search, 3 threads", run_search, "3"},
                                      {"functions of vectors", run_functions, NULL},
                                      {"word pairs", run_pairs, "scores"},
                                      {"word pairs, subwords", run_pairs_of_subwords, "scores"},
                                      {"compose", run_compose, NULL},
                                      {"likelihood", run_likelihood, "1"},
                                      {"likelihood, 3 threads", run_likelihood, "3"},
                                      {"likelihood of lines", run_likelihood_lines, "1"},
                                      {"likelihood of lines, 3 threads", run_likelihood_lines, "3"},
                                      {"prediction, product", run_predict, "product"},
                                      {"prediction, mean", run_predict, "mean"},
                                      {NULL, NULL, NULL}};
