/* Scenarios: settings, objectives, texts, trainings. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../docs/examples/focal.h"
#include "api.h"
#include "corpus/blocks.h"

/* Settings ------------------------------------------------------------------------------ */

n2v_settings *small_settings(probe *p, const char *objective, const n2v_objectives *objectives)
{
    static const char *const values[][2] = {{"dim", "4"}, {"epochs", "2"},   {"min-count", "1"}, {"threads", "1"},
                                            {"seed", "7"}, {"subsample", "0"}};
    n2v_settings *settings;

    MAKE(settings, n2v_settings_create(&settings, N2V_FOR_TRAINING, objectives, &p->error));
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        TRY(n2v_settings_set(settings, values[i][0], values[i][1], &p->error));
    TRY(n2v_settings_set(settings, "objective", objective, &p->error));
    return settings;
}

/* The value of a setting; without memory for the text it is NULL. */
static void digest_setting(probe *p, n2v_settings *settings, const char *name)
{
    const char *value = n2v_settings_get(settings, name);

    if (!value && fault_fired()) {
        fault_stop();
        value = n2v_settings_get(settings, name);
    }
    digest_text(p, value);
}

static void run_settings(probe *p)
{
    n2v_settings *settings = small_settings(p, "infonce:temperature=0.5", NULL), *copy, *search;

    MAKE(copy, n2v_settings_copy(&copy, settings, &p->error));
    TRY(n2v_settings_set(copy, "dim", NULL, &p->error));
    TRY(n2v_settings_set(copy, "heldout", "a file", &p->error));
    TRY(n2v_settings_check(copy, &p->error));
    for (size_t i = 0; i < n2v_setting_count(N2V_FOR_TRAINING); i++) {
        n2v_setting_info info = {.size = sizeof info};
        TRY(n2v_setting_describe(N2V_FOR_TRAINING, i, &info, &p->error));
        digest_setting(p, settings, info.name);
        digest_setting(p, copy, info.name);
    }
    MAKE(search, n2v_settings_create(&search, N2V_FOR_SEARCH, NULL, &p->error));
    TRY(n2v_settings_set(search, "threads", "3", &p->error));
    digest_setting(p, search, "threads");
    n2v_settings_destroy(search);
    n2v_settings_destroy(copy);
    n2v_settings_destroy(settings);
}

/* Objectives ---------------------------------------------------------------------------- */

static void run_objectives(probe *p)
{
    n2v_objective_info info = {.size = sizeof info};
    n2v_parameter_info parameter = {.size = sizeof parameter};
    n2v_objective own = focal;
    n2v_objectives *objectives;

    own.name = "own";
    MAKE(objectives, n2v_objectives_create(&objectives, &p->error));
    TRY(n2v_objectives_register(objectives, &own, &p->error));
    TRY(n2v_objective_describe(objectives, "own:gamma=3", &info, &p->error));
    TRY(n2v_objective_describe_parameter(objectives, "own:gamma=3", 0, &parameter, &p->error));
    digest(p, &parameter.value, sizeof parameter.value);
    for (size_t i = 0; i < n2v_objective_count(objectives); i++)
        digest_text(p, n2v_objective_name(objectives, i));
    n2v_objectives_destroy(objectives);
}

/* The loader of the C library has its own ways to fail, which it reports in its own words. */
static void run_plugin(probe *p)
{
    n2v_objectives *objectives;
    const char *name;

    MAKE(objectives, n2v_objectives_create(&objectives, &p->error));
    TRY(n2v_objectives_load(objectives, in_folder(p, "focal.so"), &name, &p->error));
    digest_text(p, name);
    digest_text(p, n2v_objective_name(objectives, n2v_objective_count(objectives) - 1));
    n2v_objectives_destroy(objectives);
}

static void run_evaluate(probe *p)
{
    static const float scores[6] = {1, -1, 0.5f, 2, 0, -2}, log_noise[3] = {-1, -2, -3};
    static const unsigned char labels[6] = {N2V_POSITIVE, 0, 0, 0, N2V_POSITIVE, 0};
    static const char *const names[] = {"nce", "sgns", "infonce:temperature=0.3"};
    float gradient[6];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        n2v_evaluation e = {.size = sizeof e, .m = 2, .n = 3, .scores = scores, .labels = labels,
                            .log_noise = log_noise, .gradient = gradient};
        TRY(n2v_objective_evaluate(NULL, names[i], &e, &p->error));
        digest(p, &e.loss, sizeof e.loss);
        digest(p, gradient, sizeof gradient);
    }
}

/* Texts --------------------------------------------------------------------------------- */

static void digest_corpus(probe *p, const n2v_corpus *corpus)
{
    n2v_corpus_info info = {.size = sizeof info};

    TRY(n2v_corpus_describe(corpus, &info, &p->error));
    digest(p, &info.words, sizeof info.words);
    digest(p, &info.heldout_words, sizeof info.heldout_words);
    for (size_t i = 0; i < info.warnings; i++) {
        n2v_text_warning warning = {.size = sizeof warning};
        TRY(n2v_corpus_describe_warning(corpus, i, &warning, &p->error));
        digest_text(p, warning.what);
    }
    for (uint32_t id = 0; id < info.vocabulary; id++) {
        const uint64_t count = n2v_corpus_word_count(corpus, id);
        digest_text(p, n2v_corpus_word(corpus, id, NULL));
        digest(p, &count, sizeof count);
    }
}

typedef struct text_of_file {
    char at[1 << 16];
    size_t count;
} text_of_file;

static int take_text(void *context, const char *bytes, size_t count)
{
    text_of_file *read = context;

    if (read->count + count > sizeof read->at)
        return 1;
    memcpy(read->at + read->count, bytes, count);
    read->count += count;
    return 0;
}

static void run_text(probe *p)
{
    text_of_file read;

    TRY((read.count = 0, n2v_text_read(in_folder(p, p->argument), take_text, &read, NULL, &p->error)));
    digest(p, read.at, read.count);
}

/* The files of a pattern. */
static void add_inputs(probe *p, n2v_corpus *corpus)
{
    const char *const name = in_folder(p, "tex[t]");
    n2v_inputs *inputs;
    size_t count;

    MAKE(inputs, n2v_inputs_create(&inputs, &name, 1, &p->error));
    (void)n2v_inputs_files(inputs, &count);
    for (size_t i = 0; i < count; i++)
        TRY(n2v_corpus_add_file(corpus, n2v_inputs_files(inputs, NULL)[i], &p->error));
    n2v_inputs_destroy(inputs);
}

n2v_corpus *read_corpus(probe *p, const n2v_settings *settings, const n2v_vectors *vectors)
{
    n2v_corpus *corpus;

    MAKE(corpus, n2v_corpus_create(&corpus, settings, vectors, &p->error));
    add_inputs(p, corpus);
    TRY(n2v_corpus_add_file(corpus, in_folder(p, "text.gz"), &p->error));
    ONCE(n2v_corpus_read(corpus, NULL, &p->error));
    return corpus;
out:
    n2v_corpus_destroy(corpus);
    return NULL;
}

static void run_files(probe *p)
{
    n2v_settings *settings = small_settings(p, "nce", NULL);
    n2v_corpus *corpus = read_corpus(p, settings, NULL);

    if (corpus)
        digest_corpus(p, corpus);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
}

static void run_given_vocabulary(probe *p)
{
    n2v_settings *settings = small_settings(p, "nce", NULL);
    n2v_corpus *corpus;

    TRY(n2v_settings_set(settings, "read-vocab", in_folder(p, "vocab.tsv"), &p->error));
    TRY(n2v_settings_set(settings, "drop-unseen", "1", &p->error));
    TRY(n2v_settings_set(settings, "heldout", in_folder(p, "heldout"), &p->error));
    corpus = read_corpus(p, settings, NULL);
    if (corpus)
        digest_corpus(p, corpus);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
}

static void run_descriptor(probe *p)
{
    n2v_settings *settings = small_settings(p, "nce", NULL);
    n2v_corpus *corpus;
    int fd;

    MAKE(corpus, n2v_corpus_create(&corpus, settings, NULL, &p->error));
    while ((fd = open(in_folder(p, "text"), O_RDONLY | O_CLOEXEC)) < 0)
        fault_stop();
    TRY(n2v_corpus_add_descriptor(corpus, fd, "descriptor", &p->error));
    ONCE(n2v_corpus_count(corpus, NULL, &p->error));
    digest_corpus(p, corpus);
out:
    (void)close(fd);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
}

static int next_sentence(void *context, const n2v_token **tokens, size_t *count)
{
    static const n2v_token words[] = {{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}, {"e", 1}};
    size_t *left = context;

    if (!*left)
        return 0;
    *tokens = words + *left % 3;
    *count = 3;
    return (*left)-- > 0;
}

static void run_sentences(probe *p)
{
    n2v_settings *settings = small_settings(p, "nce", NULL);
    n2v_corpus *corpus;
    size_t left = 20;

    MAKE(corpus, n2v_corpus_create(&corpus, settings, NULL, &p->error));
    TRY(n2v_corpus_add_sentences(corpus, next_sentence, &left, "sentences", &p->error));
    ONCE(n2v_corpus_read(corpus, NULL, &p->error));
    digest_corpus(p, corpus);
out:
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
}

/* A text that does not fit into memory is in a temporary file: TMPDIR is the folder. No setting makes it so small. */
static void run_blocks(probe *p)
{
    enum { COUNT = 20000, PIECE = 1000 };
    static Id ids[PIECE], buffer[BLOCK_IDS];
    Blocks *blocks;

    for (size_t i = 0; i < PIECE; i++)
        ids[i] = (Id)(i % 50) | (i % 10 == 9 ? SENTENCE_END : 0);
    MAKE(blocks, blocks_create(&blocks, 4096, p->folder, &p->error));
    for (size_t at = 0; at < COUNT; at += PIECE)
        ONCE(blocks_append(blocks, ids, PIECE, &p->error));
    ONCE(blocks_finish(blocks, NULL, NULL, &p->error));
    for (size_t i = 0; i < blocks_count(blocks); i++) {
        Block block;
        TRY(blocks_read(blocks, i, buffer, &block, &p->error));
        digest(p, block.ids, block.count * sizeof *block.ids);
    }
out:
    blocks_destroy(blocks);
}

/* Trainings ----------------------------------------------------------------------------- */

/* With the objective of the argument: pauses at words and epochs, a held-out loss, an observer. */
static void train(probe *p, const char *threads)
{
    n2v_observer observer = {.size = sizeof observer};
    n2v_trainer_info info = {.size = sizeof info};
    n2v_settings *settings = small_settings(p, p->argument, NULL);
    n2v_trainer *trainer = NULL;
    n2v_corpus *corpus;

    TRY(n2v_settings_set(settings, "heldout", "0.2", &p->error));
    TRY(n2v_settings_set(settings, "threads", threads, &p->error));
    if (!(corpus = read_corpus(p, settings, NULL)))
        goto out;
    MAKE(trainer, n2v_trainer_create(&trainer, settings, corpus, &p->error));
    TRY(n2v_trainer_run(trainer, N2V_TO_WORDS, 100, &observer, &p->error));
    do {
        TRY(n2v_trainer_run(trainer, N2V_TO_EPOCH_END, 0, &observer, &p->error));
        TRY(n2v_trainer_describe(trainer, &info, &p->error));
    } while (!info.finished);
    if (*threads == '1') /* others depend on each other's steps */
        digest_vectors(p, n2v_trainer_vectors(trainer));
out:
    n2v_trainer_destroy(trainer);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
}

/* Saved in the middle, loaded, gone on with: another trainer ends as the first one. */
static void run_resume(probe *p)
{
    n2v_settings *settings = small_settings(p, p->argument, NULL), *recorded = NULL;
    n2v_trainer_info info = {.size = sizeof info};
    n2v_trainer *trainer = NULL, *resumed = NULL;
    n2v_vectors *checkpoint = NULL;
    n2v_memory memory = {.size = sizeof memory};
    n2v_corpus *corpus;
    const char *name, *value;

    TRY(n2v_settings_set(settings, "heldout", "0.2", &p->error));
    TRY(n2v_memory_estimate(&memory, settings, 100, 100, 1000, &p->error));
    TRY(n2v_output_check(NULL, settings, &p->error));
    if (!(corpus = read_corpus(p, settings, NULL)))
        goto out;
    MAKE(trainer, n2v_trainer_create(&trainer, settings, corpus, &p->error));
    TRY(n2v_trainer_run(trainer, N2V_TO_EPOCH_END, 0, NULL, &p->error));
    TRY(n2v_trainer_note(trainer, "place", "here", &p->error));
    TRY(n2v_trainer_note(trainer, "place", "there", &p->error));
    TRY(n2v_trainer_save(trainer, in_folder(p, "out.checkpoint.n2v"), &p->error));
    MAKE(checkpoint, n2v_vectors_load(&checkpoint, in_folder(p, "out.checkpoint.n2v"), NULL, &p->error));
    for (size_t i = 0; n2v_vectors_note(checkpoint, i, &name, &value); i++)
        digest_text(p, value);
    TRY(n2v_checkpoint_describe(checkpoint, &info, &p->error));
    MAKE(recorded, n2v_checkpoint_settings(checkpoint, NULL, NULL, &recorded, &p->error));
    MAKE(resumed, n2v_trainer_resume(&resumed, checkpoint, NULL, corpus, &p->error));
    TRY(n2v_trainer_run(resumed, N2V_TO_END, 0, NULL, &p->error));
    digest_vectors(p, n2v_trainer_vectors(resumed));
out:
    n2v_trainer_destroy(resumed);
    n2v_trainer_destroy(trainer);
    n2v_vectors_destroy(checkpoint);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(recorded);
    n2v_settings_destroy(settings);
}

static void run_train(probe *p)
{
    train(p, "1");
}

/* Phrases of a corpus with all of its words: found, saved, loaded and joined. */
static void run_phrases(probe *p)
{
    n2v_settings *text = small_settings(p, "nce", NULL), *settings = NULL;
    n2v_phrases *found = NULL, *loaded = NULL;
    n2v_output *output = NULL, *ending;
    n2v_corpus *corpus = NULL;

    MAKE(settings, n2v_settings_create(&settings, N2V_FOR_PHRASES, NULL, &p->error));
    TRY(n2v_settings_set(settings, "threshold", "1", &p->error));
    TRY(n2v_settings_set(settings, "passes", "2", &p->error));
    TRY(n2v_settings_set(settings, "connectors", in_folder(p, "words"), &p->error));
    TRY(n2v_settings_check(settings, &p->error));
    if (!(corpus = read_corpus(p, text, NULL)))
        goto out;
    MAKE(found, n2v_phrases_find(&found, corpus, settings, NULL, &p->error));
    MAKE(output, n2v_output_open_bytes(&output, in_folder(p, "out.tsv"), NULL, &p->error));
    ONCE(n2v_output_phrases(output, found, &p->error));
    ending = output;
    output = NULL;
    ONCE(n2v_output_commit(ending, &p->error));
    MAKE(loaded, n2v_phrases_load(&loaded, in_folder(p, "out.tsv"), NULL, &p->error));
    MAKE(output, n2v_output_open_bytes(&output, in_folder(p, "out.txt"), NULL, &p->error));
    ONCE(n2v_output_joined(output, corpus, loaded, NULL, NULL, &p->error));
    ending = output;
    output = NULL;
    ONCE(n2v_output_commit(ending, &p->error));
    digest_file(p, "out.tsv");
    digest_file(p, "out.txt");
out:
    n2v_output_discard(output);
    n2v_phrases_destroy(loaded);
    n2v_phrases_destroy(found);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
    n2v_settings_destroy(text);
}

/* Phrases that are joined while the text is read; their model joins them in other texts. */
static void run_joined(probe *p)
{
    n2v_settings *settings = small_settings(p, "nce", NULL);
    n2v_phrases_info info = {.size = sizeof info};
    n2v_corpus *corpus = NULL, *other = NULL;
    n2v_trainer *trainer = NULL;
    n2v_vectors *loaded = NULL;
    char words[64];

    TRY(n2v_settings_set(settings, "phrases", "gensim", &p->error));
    TRY(n2v_settings_set(settings, "phrase-threshold", "1", &p->error));
    TRY(n2v_settings_set(settings, "phrase-connectors", in_folder(p, "words"), &p->error));
    if (!(corpus = read_corpus(p, settings, NULL)))
        goto out;
    TRY(n2v_phrases_describe(n2v_corpus_phrases(corpus), &info, &p->error));
    digest(p, &info.phrases, sizeof info.phrases);
    MAKE(trainer, n2v_trainer_create(&trainer, settings, corpus, &p->error));
    TRY(n2v_trainer_save(trainer, in_folder(p, "out.joined.n2v"), &p->error));
    MAKE(loaded, n2v_vectors_load(&loaded, in_folder(p, "out.joined.n2v"), NULL, &p->error));
    TRY(n2v_vectors_tokenize(loaded, "word1 word2 word3", 17, words, sizeof words, NULL, NULL, &p->error));
    digest_text(p, words);
    if ((other = read_corpus(p, settings, loaded)))
        digest_text(p, n2v_corpus_word(other, 0, NULL));
out:
    n2v_corpus_destroy(other);
    n2v_vectors_destroy(loaded);
    n2v_trainer_destroy(trainer);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
}

static void run_train_threads(probe *p)
{
    train(p, "3");
}

const scenario text_scenarios[] = {{"settings", run_settings, NULL},
                                   {"objectives", run_objectives, NULL},
                                   {"plug-in", run_plugin, NULL},
                                   {"evaluate", run_evaluate, NULL},
                                   {"corpus of files", run_files, NULL},
                                   {"corpus, given vocabulary", run_given_vocabulary, NULL},
                                   {"corpus of a descriptor", run_descriptor, NULL},
                                   {"corpus of sentences", run_sentences, NULL},
                                   {"corpus on disk", run_blocks, NULL},
                                   {"text of a file", run_text, "text.gz"},
                                   {"phrases", run_phrases, NULL},
                                   {"phrases, joined", run_joined, NULL},
                                   {"train nce", run_train, "nce"},
                                   {"train infonce, batches", run_train, "infonce:in_batch=1"},
                                   {"train npair", run_train, "npair"},
                                   {"train lifted", run_train, "lifted"},
                                   {"train softmax", run_train, "softmax"},
                                   {"checkpoint nce", run_resume, "nce:logz=1"},
                                   {"checkpoint siglip", run_resume, "siglip"},
                                   {"train, 3 threads", run_train_threads, "sgns"},
                                   {NULL, NULL, NULL}};
