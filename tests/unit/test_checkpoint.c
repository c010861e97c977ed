/* Checkpoints through the public header: a training that was saved and resumed ends like one that was not, and what
 * does not belong together is refused. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "nce2vec.h"
#include "scratch.h"
#include "sentences_made.h"
#include "settings_made.h"
#include "test.h"

enum { WORDS = 60, SENTENCES = 5000, MAX_EPOCHS = 8 };

/* ---- a text ---- */

static n2v_corpus *usual_corpus(const n2v_settings *settings)
{
    return make_corpus(settings, 5, SENTENCES, WORDS);
}

static n2v_settings *new_settings(const char *objective)
{
    static const char *const values[][2] = {{"dim", "20"},       {"epochs", "3"}, {"min-count", "1"}, {"threads", "1"},
                                            {"subsample", "0.1"}, {"seed", "7"},   {"heldout", "0.1"}, {"window", "3"}};
    n2v_settings *settings;

    ck_assert_int_eq(n2v_settings_create(&settings, N2V_FOR_TRAINING, NULL, NULL), N2V_OK);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        set(settings, values[i][0], values[i][1]);
    set(settings, "objective", objective);
    return settings;
}

/* ---- trainings ---- */

typedef struct watched {
    n2v_trainer *trainer;
    size_t epochs;
    n2v_epoch epoch[MAX_EPOCHS];
    const char *save_to;    /* in the callback of the epoch's end; NULL: not */
    uint64_t stop_at;       /* words, from a progress callback; 0: not */
    n2v_status while_running; /* of saving in a progress callback */
} watched;

static void hear_epoch(void *context, const n2v_epoch *epoch)
{
    watched *w = context;
    n2v_error error = {.text = ""};

    require(w->epochs < MAX_EPOCHS, "more epochs than there are");
    w->epoch[w->epochs++] = *epoch;
    if (w->save_to)
        require(n2v_trainer_save(w->trainer, w->save_to, &error) == N2V_OK, "%s", error.text);
}

static n2v_trainer *new_trainer(const n2v_settings *settings, const n2v_corpus *corpus)
{
    n2v_trainer *trainer;
    n2v_error error = {.text = ""};

    require(n2v_trainer_create(&trainer, settings, corpus, &error) == N2V_OK, "%s", error.text);
    return trainer;
}

static n2v_vectors *load(const char *path)
{
    n2v_vectors *vectors;
    n2v_error error = {.text = ""};

    require(n2v_vectors_load(&vectors, path, NULL, &error) == N2V_OK, "%s", error.text);
    return vectors;
}

static n2v_trainer *resume(const char *path, const n2v_settings *changes, const n2v_corpus *corpus)
{
    n2v_vectors *checkpoint = load(path);
    n2v_trainer *trainer;
    n2v_error error = {.text = ""};

    require(n2v_trainer_resume(&trainer, checkpoint, changes, corpus, &error) == N2V_OK, "%s", error.text);
    n2v_vectors_destroy(checkpoint);
    return trainer;
}

static n2v_trainer_info describe(const n2v_trainer *trainer)
{
    n2v_trainer_info info = {.size = sizeof info};
    ck_assert_int_eq(n2v_trainer_describe(trainer, &info, NULL), N2V_OK);
    return info;
}

static void run(n2v_trainer *trainer, n2v_until until, uint64_t words, watched *w)
{
    const n2v_observer observer = {.size = sizeof observer, .context = w, .epoch = hear_epoch};
    n2v_error error = {.text = ""};

    if (w)
        w->trainer = trainer;
    require(n2v_trainer_run(trainer, until, words, w ? &observer : NULL, &error) == N2V_OK, "%s", error.text);
}

static void save(n2v_trainer *trainer, const char *path)
{
    n2v_error error = {.text = ""};
    require(n2v_trainer_save(trainer, path, &error) == N2V_OK, "%s", error.text);
}

/* The whole model, with its record, as the bytes of a file. */
static char *bytes_of(scratch *files, const n2v_trainer *trainer, size_t *count)
{
    const char *path = scratch_path(files, "model.n2v");
    n2v_error error = {.text = ""};

    require(n2v_vectors_save(n2v_trainer_vectors(trainer), path, NULL, NULL, &error) == N2V_OK, "%s", error.text);
    return scratch_read(path, count);
}

/* How a training ended. */
typedef struct outcome {
    char *bytes;
    size_t count;
    n2v_trainer_info info;
    watched watched;
} outcome;

static outcome whole_training(scratch *files, const n2v_settings *settings, const n2v_corpus *corpus)
{
    n2v_trainer *trainer = new_trainer(settings, corpus);
    outcome o = {.watched = {.epochs = 0}};

    run(trainer, N2V_TO_END, 0, &o.watched);
    o.bytes = bytes_of(files, trainer, &o.count);
    o.info = describe(trainer);
    n2v_trainer_destroy(trainer);
    return o;
}

/* Requires that the trainer ended as the whole training did; the callbacks of the epochs come from both of its
 * parts. */
static void check_outcome(scratch *files, const n2v_trainer *trainer, const watched *w, const outcome *whole,
                          const char *objective, const char *how)
{
    const n2v_trainer_info info = describe(trainer);
    size_t count;
    char *bytes = bytes_of(files, trainer, &count);

    require(count == whole->count && memcmp(bytes, whole->bytes, count) == 0, "%s, %s: other bytes", objective, how);
    require(info.words == whole->info.words && info.pairs == whole->info.pairs && info.finished &&
                info.clipped == whole->info.clipped && info.loss == whole->info.loss,
            "%s, %s: other sums", objective, how);
    require(w->epochs == whole->watched.epochs, "%s, %s: %zu epochs", objective, how, w->epochs);
    for (size_t e = 0; e < w->epochs; e++)
        require(w->epoch[e].epoch == e + 1 && w->epoch[e].loss == whole->watched.epoch[e].loss &&
                    w->epoch[e].heldout_loss == whole->watched.epoch[e].heldout_loss &&
                    w->epoch[e].heldout_pairs == whole->watched.epoch[e].heldout_pairs,
                "%s, %s: epoch %zu ends with another loss", objective, how, e + 1);
    free(bytes);
}

/* ---- the tests ---- */

/* Saved after so many words (0: at ends of epochs), again and again, each time by another trainer. */
static void check_parts(const n2v_settings *settings, const n2v_corpus *corpus, scratch *files, uint64_t step,
                        const outcome *whole, const char *name)
{
    n2v_trainer *trainer = new_trainer(settings, corpus);
    watched w = {.epochs = 0};
    char path[200];

    snprintf(path, sizeof path, "%s", scratch_path(files, "checkpoint.n2v"));
    for (uint64_t to = step; to < whole->info.words && !describe(trainer).finished; to += step) {
        run(trainer, step ? N2V_TO_WORDS : N2V_TO_EPOCH_END, to, &w);
        save(trainer, path);
        n2v_trainer_destroy(trainer);
        trainer = resume(path, NULL, corpus);
    }
    if (!describe(trainer).finished)
        run(trainer, N2V_TO_END, 0, &w);
    check_outcome(files, trainer, &w, whole, name, step ? "in blocks" : "at epochs");
    n2v_trainer_destroy(trainer);
}

/* With one thread. number: make check saves after some blocks for even ones, at ends of epochs for odd. */
static void check_resumed(const n2v_settings *settings, const char *name, scratch *files, size_t number)
{
    n2v_corpus *corpus = usual_corpus(settings);
    outcome whole = whole_training(files, settings, corpus);
    const uint64_t total = whole.info.words;
    const uint64_t steps[] = {total / 3 + 1, 0, total - 1, total / 7};

    ck_assert_uint_gt(total, 3 * 3 * 8192);
    for (size_t s = runs_all() ? 0 : number % 2; s < (runs_all() ? 4 : number % 2 + 1); s++)
        check_parts(settings, corpus, files, steps[s], &whole, name);
    free(whole.bytes);
    n2v_corpus_destroy(corpus);
}

START_TEST(equal_bytes)
{
    const char *const names[] = {n2v_objective_name(NULL, (size_t)_i), _i == 0 ? "nce:logz=1" : NULL};
    scratch files = scratch_open();

    for (size_t n = 0; n < 2 && names[n] && (!SANITIZED || _i % 12 == 1); n++) {
        n2v_settings *settings = new_settings(names[n]);
        check_resumed(settings, names[n], &files, (size_t)_i + n);
        n2v_settings_destroy(settings);
    }
    scratch_close(&files);
}
END_TEST

/* The same of models whose outputs are other rows than the words'. */
START_TEST(equal_bytes_of_models)
{
    static const char *const models[][2] = {{"structured-skipgram", "nce"}, {"cwindow", "nce"}, {"cwindow", "sgns"}};
    scratch files = scratch_open();

    for (size_t i = SANITIZED ? 1 : 0; i < (SANITIZED ? 2 : 3); i++) {
        n2v_settings *settings = new_settings(models[i][1]);
        set(settings, "model", models[i][0]);
        set(settings, "dim", "6");
        set(settings, "window", "2");
        check_resumed(settings, models[i][0], &files, i);
        n2v_settings_destroy(settings);
    }
    scratch_close(&files);
}
END_TEST

START_TEST(equal_bytes_of_subwords)
{
    scratch files = scratch_open();

    for (int floret = 0; floret < 2; floret++) {
        n2v_settings *settings = new_settings("nce");
        set(settings, "subwords", floret ? "floret" : "fasttext");
        set(settings, "buckets", "5000");
        set(settings, "model", floret ? "cbow" : "skipgram");
        check_resumed(settings, "subwords", &files, (size_t)floret);
        n2v_settings_destroy(settings);
    }
    scratch_close(&files);
}
END_TEST

/* Saved by the callback of an epoch; the text is read again, by the settings of the checkpoint. */
START_TEST(from_a_callback)
{
    scratch files = scratch_open();
    n2v_settings *settings = new_settings("nce"), *again;
    n2v_corpus *corpus = usual_corpus(settings), *read_again;
    outcome whole = whole_training(&files, settings, corpus);
    char path[200];
    watched w = {.epochs = 0};
    n2v_trainer *trainer = new_trainer(settings, corpus);
    n2v_vectors *checkpoint;

    snprintf(path, sizeof path, "%s", scratch_path(&files, "checkpoint.n2v"));
    w.save_to = path;
    run(trainer, N2V_TO_WORDS, 1, &w);
    run(trainer, N2V_TO_EPOCH_END, 0, &w);
    n2v_trainer_destroy(trainer);
    n2v_corpus_destroy(corpus);
    w.save_to = NULL;
    checkpoint = load(path);
    ck_assert_int_eq(n2v_checkpoint_settings(checkpoint, NULL, NULL, &again, NULL), N2V_OK);
    read_again = usual_corpus(again);
    ck_assert_int_eq(n2v_trainer_resume(&trainer, checkpoint, NULL, read_again, NULL), N2V_OK);
    n2v_vectors_destroy(checkpoint);
    ck_assert_uint_eq(describe(trainer).epoch, 2);
    run(trainer, N2V_TO_END, 0, &w);
    check_outcome(&files, trainer, &w, &whole, "nce", "by a callback");
    n2v_trainer_destroy(trainer);
    n2v_settings_destroy(again);
    n2v_settings_destroy(settings);
    n2v_corpus_destroy(read_again);
    free(whole.bytes);
    scratch_close(&files);
}
END_TEST

static void save_while_running(void *context, const n2v_progress *progress)
{
    watched *w = context;

    if (progress->words < progress->words_total)
        w->while_running = n2v_trainer_save(w->trainer, w->save_to, NULL);
    n2v_trainer_stop(w->trainer);
}

/* While workers run nothing can be saved; after a stop it can. */
START_TEST(only_while_paused)
{
    scratch files = scratch_open();
    n2v_settings *settings = new_settings("nce");
    char path[200];
    watched w = {.while_running = N2V_OK};
    const n2v_observer observer = {.size = sizeof observer, .context = &w, .progress = save_while_running};

    snprintf(path, sizeof path, "%s", scratch_path(&files, "checkpoint.n2v"));
    set(settings, "epochs", "100000");
    n2v_corpus *corpus = usual_corpus(settings);
    w.trainer = new_trainer(settings, corpus);
    w.save_to = path;
    ck_assert_int_eq(n2v_trainer_run(w.trainer, N2V_TO_END, 0, &observer, NULL), N2V_ERROR_INTERRUPTED);
    ck_assert_int_eq(w.while_running, N2V_ERROR_ARGUMENT);
    ck_assert_uint_eq(scratch_names(&files), 0);
    save(w.trainer, path);
    n2v_trainer *resumed = resume(path, NULL, corpus);
    ck_assert_uint_eq(describe(resumed).words, describe(w.trainer).words);
    ck_assert(describe(resumed).seconds == describe(w.trainer).seconds);
    n2v_trainer_destroy(resumed);
    n2v_trainer_destroy(w.trainer);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
    scratch_close(&files);
}
END_TEST

/* Two threads: the same samples, whoever trains on them, on another number of threads, too. */
START_TEST(several_threads)
{
    scratch files = scratch_open();
    n2v_settings *settings = new_settings("nce"), *changes;
    char path[200];

    snprintf(path, sizeof path, "%s", scratch_path(&files, "checkpoint.n2v"));
    n2v_corpus *corpus = usual_corpus(settings);
    outcome whole = whole_training(&files, settings, corpus);
    ck_assert_int_eq(n2v_settings_create(&changes, N2V_FOR_TRAINING, NULL, NULL), N2V_OK);
    set(changes, "threads", "2");
    n2v_trainer *trainer = new_trainer(settings, corpus);
    run(trainer, N2V_TO_WORDS, whole.info.words / 2, NULL);
    save(trainer, path);
    n2v_trainer_destroy(trainer);
    trainer = resume(path, changes, corpus);
    run(trainer, N2V_TO_END, 0, NULL);
    ck_assert_uint_eq(describe(trainer).pairs, whole.info.pairs);
    ck_assert_uint_eq(describe(trainer).words, whole.info.words);
    n2v_trainer_destroy(trainer);
    n2v_settings_destroy(changes);
    n2v_settings_destroy(settings);
    n2v_corpus_destroy(corpus);
    free(whole.bytes);
    scratch_close(&files);
}
END_TEST

static void refuse_settings(const n2v_vectors *checkpoint, const char *name, const char *value, const char *first,
                            const char *second)
{
    n2v_settings *changes, *settings;
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_settings_create(&changes, N2V_FOR_TRAINING, NULL, NULL), N2V_OK);
    set(changes, name, value);
    ck_assert_int_eq(n2v_checkpoint_settings(checkpoint, changes, NULL, &settings, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_null(settings);
    require(strstr(error.text, name) && strstr(error.text, first) && strstr(error.text, second), "%s", error.text);
    n2v_settings_destroy(changes);
}

static void allow_settings(const n2v_vectors *checkpoint, const char *name, const char *value)
{
    n2v_settings *changes, *settings;
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_settings_create(&changes, N2V_FOR_TRAINING, NULL, NULL), N2V_OK);
    set(changes, name, value);
    require(n2v_checkpoint_settings(checkpoint, changes, NULL, &settings, &error) == N2V_OK, "%s", error.text);
    n2v_settings_destroy(settings);
    n2v_settings_destroy(changes);
}

START_TEST(what_may_change)
{
    scratch files = scratch_open();
    n2v_settings *settings = new_settings("nce");
    char path[200];

    snprintf(path, sizeof path, "%s", scratch_path(&files, "checkpoint.n2v"));
    n2v_corpus *corpus = usual_corpus(settings);
    n2v_trainer *trainer = new_trainer(settings, corpus);
    run(trainer, N2V_TO_EPOCH_END, 0, NULL);
    run(trainer, N2V_TO_EPOCH_END, 0, NULL);
    save(trainer, path);
    n2v_vectors *checkpoint = load(path);
    refuse_settings(checkpoint, "dim", "30", "30", "20");
    refuse_settings(checkpoint, "seed", "8", "8", "7");
    refuse_settings(checkpoint, "lr", "0.5", "0.5", "0.0");
    refuse_settings(checkpoint, "heldout", "0.2", "0.2", "0.1");
    refuse_settings(checkpoint, "max-vocab", "50", "50", "none");
    refuse_settings(checkpoint, "objective", "sgns", "sgns", "nce");
    refuse_settings(checkpoint, "tokenizer", "space", "space", "words");
    allow_settings(checkpoint, "dim", "20");
    allow_settings(checkpoint, "objective", "nce");
    allow_settings(checkpoint, "objective", "nce:logz=0");
    allow_settings(checkpoint, "threads", "3");

    /* fewer epochs than are done; more of them */
    set(settings, "epochs", "1");
    n2v_trainer *other;
    n2v_error error = {.text = ""};
    ck_assert_int_eq(n2v_trainer_resume(&other, checkpoint, settings, corpus, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_null(other);
    require(strstr(error.text, "is in epoch 2 already: give 2 or more"), "%s", error.text);
    set(settings, "epochs", "5");
    ck_assert_int_eq(n2v_trainer_resume(&other, checkpoint, settings, corpus, NULL), N2V_OK);
    run(other, N2V_TO_END, 0, NULL);
    ck_assert_uint_eq(describe(other).epochs, 5);
    ck_assert_uint_eq(describe(other).words, describe(other).words_total);
    n2v_trainer_destroy(other);
    n2v_trainer_destroy(trainer);
    n2v_vectors_destroy(checkpoint);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
    scratch_close(&files);
}
END_TEST

static void refuse_corpus(const n2v_vectors *checkpoint, const n2v_settings *settings, uint64_t seed, size_t sentences,
                          uint32_t words, const char *says)
{
    n2v_corpus *corpus = make_corpus(settings, seed, sentences, words);
    n2v_trainer *trainer;
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_trainer_resume(&trainer, checkpoint, NULL, corpus, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_null(trainer);
    require(strstr(error.text, says), "%s", error.text);
    n2v_corpus_destroy(corpus);
}

/* The same words as often, with the words of some sentences in another order. */
static int swapped_sentence(void *context, const n2v_token **tokens, size_t *count)
{
    sentence_source *s = context;
    const int more = made_sentence(s, tokens, count);

    if (more && s->left < 50) {
        const n2v_token first = s->tokens[0];
        s->tokens[0] = s->tokens[*count - 1];
        s->tokens[*count - 1] = first;
    }
    return more;
}

START_TEST(another_text)
{
    scratch files = scratch_open();
    n2v_settings *settings = new_settings("nce");
    n2v_error error = {.text = ""};

    n2v_corpus *corpus = usual_corpus(settings);
    n2v_trainer *trainer = new_trainer(settings, corpus);
    save(trainer, scratch_path(&files, "checkpoint.n2v"));
    n2v_vectors *checkpoint = load(scratch_path(&files, "checkpoint.n2v"));
    refuse_corpus(checkpoint, settings, 5, SENTENCES, WORDS + 10, "vocabulary");
    refuse_corpus(checkpoint, settings, 6, SENTENCES, WORDS, "times");
    refuse_corpus(checkpoint, settings, 5, SENTENCES - 1, WORDS, "times");

    sentence_source s = {.left = SENTENCES, .words = WORDS};
    n2v_corpus *swapped;
    n2v_trainer *other;
    random_seed(&s.random, 5, 0, 0, 0);
    ck_assert_int_eq(n2v_corpus_create(&swapped, settings, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_corpus_add_sentences(swapped, swapped_sentence, &s, "sentences", NULL), N2V_OK);
    ck_assert_int_eq(n2v_corpus_read(swapped, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_trainer_resume(&other, checkpoint, NULL, swapped, &error), N2V_ERROR_ARGUMENT);
    require(strstr(error.text, "order"), "%s", error.text);
    n2v_corpus_destroy(swapped);
    n2v_trainer_destroy(trainer);
    n2v_vectors_destroy(checkpoint);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
    scratch_close(&files);
}
END_TEST

/* Vectors that are no checkpoint, and the notes of a checkpoint. */
START_TEST(no_state)
{
    scratch files = scratch_open();
    n2v_settings *settings = new_settings("siglip");
    n2v_trainer_info info = {.size = sizeof info};
    n2v_vectors_info vectors = {.size = sizeof vectors};
    n2v_error error = {.text = ""};
    const char *path = scratch_path(&files, "checkpoint.n2v"), *name, *value;

    n2v_corpus *corpus = usual_corpus(settings);
    n2v_trainer *trainer = new_trainer(settings, corpus);
    run(trainer, N2V_TO_EPOCH_END, 0, NULL);
    ck_assert_int_eq(n2v_checkpoint_describe(n2v_trainer_vectors(trainer), &info, &error), N2V_ERROR_FORMAT);
    require(strstr(error.text, "no checkpoint"), "%s", error.text);
    ck_assert_int_eq(n2v_trainer_note(trainer, "output", "here", NULL), N2V_OK);
    ck_assert_int_eq(n2v_trainer_note(trainer, "output", "there", NULL), N2V_OK);
    ck_assert_int_eq(n2v_trainer_note(trainer, "gone", "x", NULL), N2V_OK);
    ck_assert_int_eq(n2v_trainer_note(trainer, "gone", NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_trainer_note(trainer, "a", "b\nc", NULL), N2V_ERROR_ARGUMENT);
    save(trainer, path);

    n2v_vectors *checkpoint = load(path);
    ck_assert_int_eq(n2v_vectors_note(checkpoint, 0, &name, &value), 1);
    ck_assert_str_eq(name, "output");
    ck_assert_str_eq(value, "there");
    ck_assert_int_eq(n2v_vectors_note(checkpoint, 1, &name, &value), 0);
    ck_assert_int_eq(n2v_checkpoint_describe(checkpoint, &info, NULL), N2V_OK);
    ck_assert_uint_eq(info.words, describe(trainer).words);
    ck_assert_uint_eq(info.words_total, describe(trainer).words_total);
    ck_assert_uint_eq(info.epoch, 2);
    ck_assert(info.loss == describe(trainer).loss);
    ck_assert_int_eq(n2v_vectors_describe(checkpoint, &vectors, NULL), N2V_OK);
    ck_assert_int_eq(vectors.has_state, 1);
    ck_assert_ptr_null(vectors.damaged);
    for (uint32_t w = 0; w < vectors.words; w++)
        ck_assert(n2v_vectors_bias(checkpoint, w) == n2v_vectors_bias(n2v_trainer_vectors(trainer), w));
    n2v_vectors_destroy(checkpoint);
    n2v_trainer_destroy(trainer);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
    scratch_close(&files);
}
END_TEST

/* The vectors of a checkpoint whose state is damaged can still be read. */
START_TEST(damaged_state)
{
    scratch files = scratch_open();
    n2v_settings *settings = new_settings("siglip");
    n2v_trainer_info info = {.size = sizeof info};
    n2v_vectors_info vectors = {.size = sizeof vectors};
    n2v_error error = {.text = ""};
    const char *path = scratch_path(&files, "checkpoint.n2v");
    size_t count, at;

    n2v_corpus *corpus = usual_corpus(settings);
    n2v_trainer *trainer = new_trainer(settings, corpus);
    run(trainer, N2V_TO_EPOCH_END, 0, NULL);
    save(trainer, path);
    char *bytes = scratch_read(path, &count);
    at = count - 3;
    while (--at && memcmp(bytes + at, "STAT", 4) != 0)
        ;
    ck_assert_uint_gt(at, 0);
    bytes[at + 40] ^= 1;

    n2v_vectors *checkpoint = load(scratch_write(&files, "damaged.n2v", bytes, count));
    ck_assert_int_eq(n2v_vectors_describe(checkpoint, &vectors, NULL), N2V_OK);
    ck_assert_int_eq(vectors.has_state, 0);
    ck_assert_str_eq(vectors.damaged, "STAT");
    ck_assert_int_eq(n2v_checkpoint_describe(checkpoint, &info, &error), N2V_ERROR_FORMAT);
    require(strstr(error.text, "corrupt"), "%s", error.text);
    require(n2v_vectors_save(checkpoint, path, NULL, NULL, &error) == N2V_OK, "%s", error.text);
    n2v_vectors_destroy(checkpoint);
    checkpoint = load(path); /* the copy has no state, rather than a damaged one whose checksum is right */
    ck_assert_int_eq(n2v_checkpoint_describe(checkpoint, &info, &error), N2V_ERROR_FORMAT);
    require(strstr(error.text, "no checkpoint"), "%s", error.text);
    n2v_vectors_destroy(checkpoint);
    free(bytes);
    n2v_trainer_destroy(trainer);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
    scratch_close(&files);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("checkpoints");
    TCase *each = tcase_create("equal_bytes");

    tcase_set_timeout(each, HANGS_AFTER);
    tcase_add_loop_test(each, equal_bytes, 0, (int)n2v_objective_count(NULL));
    suite_add_tcase(suite, each);
    add_test(suite, "equal_bytes_of_models", equal_bytes_of_models);
    add_test(suite, "equal_bytes_of_subwords", equal_bytes_of_subwords);
    add_test(suite, "from_a_callback", from_a_callback);
    add_test(suite, "only_while_paused", only_while_paused);
    add_test(suite, "several_threads", several_threads);
    add_test(suite, "what_may_change", what_may_change);
    add_test(suite, "another_text", another_text);
    add_test(suite, "no_state", no_state);
    add_test(suite, "damaged_state", damaged_state);
    return run_suite(suite);
}
