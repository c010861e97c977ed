/* A corpus whose phrases are joined while it is read: it is the corpus of the joined text, and its model has the
 * phrases for other texts. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/corpus_handle.h"
#include "corpus/unite.h"
#include "nce2vec.h"
#include "scratch.h"
#include "sentence_text.h"
#include "settings_made.h"
#include "test.h"
#include "thread_ranks.h"

#define SETTINGS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define FINDS         "phrases", "npmi", "phrase-threshold", "0.3", "phrase-min-count", "3", "phrase-passes", "2"

static void works(n2v_status status, const n2v_error *error)
{
    require(status == N2V_OK, "%s", error->text);
}

static n2v_settings *settings_of_names(const char *const *names)
{
    n2v_settings *settings = make_settings(N2V_FOR_TRAINING);

    set(settings, "min-count", "2");
    set(settings, "dim", "8");
    set(settings, "threads", "1");
    set(settings, "epochs", "2");
    for (; *names; names += 2)
        set(settings, names[0], names[1]);
    return settings;
}

static n2v_corpus *read_corpus(const n2v_settings *settings, const n2v_vectors *vectors, const char *text)
{
    sentence_text sentences = sentence_text_of(text);
    n2v_error error = {.text = ""};
    n2v_corpus *corpus;

    works(n2v_corpus_create(&corpus, settings, vectors, &error), &error);
    ck_assert_ptr_null(n2v_corpus_phrases(corpus));
    works(n2v_corpus_add_sentences(corpus, give_sentence, &sentences, NULL, &error), &error);
    works(n2v_corpus_read(corpus, NULL, &error), &error);
    sentence_text_free(&sentences);
    return corpus;
}

/* Sentences of random words, and new york city among them. */
static char *made_text(void)
{
    static char text[200000];
    uint32_t state = 1;
    size_t used = 0;

    for (int line = 0; line < 600; line++) {
        for (int i = 0; i < 9; i++) {
            state = state * 1664525 + 1013904223;
            used += (size_t)sprintf(text + used, "w%u ", (state >> 16) % 40);
            if (i == line % 9)
                used += (size_t)sprintf(text + used, line % 3 ? "new york " : "new york city hall ");
        }
        text[used - 1] = '\n';
    }
    text[used] = '\0';
    return text;
}

/* The text as n2v_output_joined writes it, malloc'ed. */
static char *joined_text(const char *text, const n2v_phrases *phrases)
{
    n2v_settings *all = settings_of_names(SETTINGS("min-count", "1"));
    n2v_corpus *corpus = read_corpus(all, NULL, text);
    scratch files = scratch_open();
    n2v_error error = {.text = ""};
    n2v_output *output;
    size_t bytes;
    char *joined;

    works(n2v_output_open_bytes(&output, scratch_path(&files, "joined"), NULL, &error), &error);
    works(n2v_output_joined(output, corpus, phrases, NULL, NULL, &error), &error);
    works(n2v_output_commit(output, &error), &error);
    joined = scratch_read(scratch_path(&files, "joined"), &bytes);
    scratch_close(&files);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(all);
    return joined;
}

static n2v_trainer *trained(const n2v_settings *settings, const n2v_corpus *corpus)
{
    n2v_error error = {.text = ""};
    n2v_trainer *trainer;

    works(n2v_trainer_create(&trainer, settings, corpus, &error), &error);
    works(n2v_trainer_run(trainer, N2V_TO_END, 0, NULL, &error), &error);
    return trainer;
}

static void require_same_vectors(const n2v_vectors *a, const n2v_vectors *b)
{
    n2v_vectors_info info = {.size = sizeof info}, other = {.size = sizeof other};
    size_t stride;

    ck_assert_int_eq(n2v_vectors_describe(a, &info, NULL), N2V_OK);
    ck_assert_int_eq(n2v_vectors_describe(b, &other, NULL), N2V_OK);
    ck_assert_uint_eq(info.words, other.words);
    for (uint32_t id = 0; id < info.words; id++) {
        const float *rows[] = {n2v_vectors_view(a, N2V_INPUT, &stride), n2v_vectors_view(b, N2V_INPUT, &stride)};
        ck_assert_str_eq(n2v_vectors_word(a, id, NULL), n2v_vectors_word(b, id, NULL));
        ck_assert_uint_eq(n2v_vectors_count(a, id), n2v_vectors_count(b, id));
        ck_assert_mem_eq(rows[0] + id * stride, rows[1] + id * stride, info.dim * sizeof(float));
    }
}

/* The same with these settings as of the joined text. */
static void check_as_joined(const char *name, const char *value)
{
    n2v_settings *settings = settings_of_names(SETTINGS(FINDS, name, value));
    n2v_settings *plain = settings_of_names(SETTINGS(name, value));
    n2v_corpus *corpus = read_corpus(settings, NULL, made_text()), *other;
    n2v_corpus_info info = {.size = sizeof info}, of_other = {.size = sizeof of_other};
    n2v_trainer *trainer, *of_joined;
    char *text = joined_text(made_text(), n2v_corpus_phrases(corpus));

    other = read_corpus(plain, NULL, text);
    ck_assert_int_eq(n2v_corpus_describe(corpus, &info, NULL), N2V_OK);
    ck_assert_int_eq(n2v_corpus_describe(other, &of_other, NULL), N2V_OK);
    ck_assert_uint_eq(info.tokens, of_other.tokens);
    ck_assert_uint_eq(info.types, of_other.types);
    ck_assert_uint_eq(info.words, of_other.words);
    ck_assert_uint_eq(info.heldout_words, of_other.heldout_words);
    ck_assert_uint_eq(info.text_tokens, info.tokens + info.joined);
    ck_assert_uint_ge(info.joined, 600);
    ck_assert_uint_eq(of_other.joined, 0);
    ck_assert_ptr_null(n2v_corpus_phrases(other));
    trainer = trained(settings, corpus);
    of_joined = trained(plain, other);
    require_same_vectors(n2v_trainer_vectors(trainer), n2v_trainer_vectors(of_joined));
    n2v_trainer_destroy(trainer);
    n2v_trainer_destroy(of_joined);
    n2v_corpus_destroy(corpus);
    n2v_corpus_destroy(other);
    n2v_settings_destroy(settings);
    n2v_settings_destroy(plain);
    free(text);
}

START_TEST(as_the_joined_text)
{
    check_as_joined("min-count", "2");
    check_as_joined("min-count", "60");
    check_as_joined("max-vocab", "10");
    check_as_joined("heldout", "0.2");
}
END_TEST

/* What was found, and phrases of a file with the same effect. */
START_TEST(found_or_given)
{
    n2v_settings *settings = settings_of_names(SETTINGS(FINDS)), *given;
    n2v_corpus *corpus = read_corpus(settings, NULL, made_text()), *other;
    scratch files = scratch_open();
    n2v_error error = {.text = ""};
    n2v_phrases_info info = {.size = sizeof info};
    n2v_phrases_pass pass = {.size = sizeof pass};
    n2v_phrases *again;
    n2v_output *output;

    ck_assert_int_eq(n2v_phrases_describe(n2v_corpus_phrases(corpus), &info, NULL), N2V_OK);
    ck_assert_uint_eq(info.passes, 2);
    ck_assert_str_eq(info.tokenizer, "words");
    ck_assert_int_eq(n2v_phrases_describe_pass(n2v_corpus_phrases(corpus), 0, &pass, NULL), N2V_OK);
    ck_assert_uint_gt(pass.pairs, 100);
    ck_assert_int_eq(n2v_phrases_find(&again, corpus, NULL, NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "joined phrases already"));
    works(n2v_output_open_bytes(&output, scratch_path(&files, "table"), NULL, &error), &error);
    works(n2v_output_phrases(output, n2v_corpus_phrases(corpus), &error), &error);
    works(n2v_output_commit(output, &error), &error);
    given = settings_of_names(SETTINGS("phrases", scratch_path(&files, "table")));
    other = read_corpus(given, NULL, made_text());
    ck_assert_uint_eq(corpus->joined, other->joined);
    ck_assert_uint_eq(unite_hash(corpus->vocabulary), unite_hash(other->vocabulary));
    scratch_close(&files);
    n2v_corpus_destroy(corpus);
    n2v_corpus_destroy(other);
    n2v_settings_destroy(settings);
    n2v_settings_destroy(given);
}
END_TEST

static char *tokenized(const n2v_vectors *vectors, const char *text)
{
    static char words[200];
    n2v_error error = {.text = ""};
    size_t needed;

    works(n2v_vectors_tokenize(vectors, text, strlen(text), words, sizeof words, &needed, NULL, &error), &error);
    ck_assert_uint_eq(needed, strlen(words));
    return words;
}

static void check_tokenized(const n2v_vectors *vectors)
{
    ck_assert_str_eq(tokenized(vectors, "New York"), "new_york");
    ck_assert_str_eq(tokenized(vectors, "a new new-york, city hall b c"), "a new new_york_city_hall b c");
    ck_assert_str_eq(tokenized(vectors, "unknown w1 other city"), "unknown w1 other city");
    ck_assert_str_eq(tokenized(vectors, "new"), "new");
    ck_assert_str_eq(tokenized(vectors, ""), "");
}

/* A file of the model has the phrases: its text is joined, and so are queries. */
START_TEST(of_vectors)
{
    n2v_settings *settings = settings_of_names(SETTINGS(FINDS)), *plain = settings_of_names(SETTINGS("min-count", "2"));
    n2v_corpus *corpus = read_corpus(settings, NULL, made_text()), *other;
    n2v_trainer *trainer = trained(settings, corpus);
    scratch files = scratch_open();
    n2v_vectors *loaded;
    n2v_error error = {.text = ""};
    char *bytes, *section;
    size_t count;

    check_tokenized(n2v_trainer_vectors(trainer));
    works(n2v_vectors_save(n2v_trainer_vectors(trainer), scratch_path(&files, "m.n2v"), NULL, NULL, &error), &error);
    works(n2v_vectors_load(&loaded, scratch_path(&files, "m.n2v"), NULL, &error), &error);
    check_tokenized(loaded);
    other = read_corpus(plain, loaded, made_text());
    ck_assert_uint_eq(corpus->joined, other->joined);
    ck_assert_uint_eq(corpus->report.words, other->report.words);
    n2v_corpus_destroy(other);
    n2v_vectors_destroy(loaded);

    /* Without them nothing is found that could be joined, and the words would be others. */
    bytes = scratch_read(scratch_path(&files, "m.n2v"), &count);
    section = memmem(bytes, count, "PHRS", 4);
    ck_assert_ptr_nonnull(section);
    section[60] ^= 1;
    works(n2v_vectors_load_memory(&loaded, bytes, count, NULL, NULL, &error), &error);
    ck_assert_str_eq(tokenized(loaded, "New York"), "new york");
    ck_assert_int_eq(n2v_corpus_create(&other, plain, loaded, &error), N2V_ERROR_DATA);
    ck_assert_ptr_nonnull(strstr(error.text, "has damaged the phrases"));
    n2v_vectors_destroy(loaded);
    free(bytes);
    works(n2v_vectors_save(n2v_trainer_vectors(trainer), scratch_path(&files, "m.safetensors"), NULL, NULL, &error),
          &error);
    works(n2v_vectors_load(&loaded, scratch_path(&files, "m.safetensors"), NULL, &error), &error);
    ck_assert_int_eq(n2v_corpus_create(&other, plain, loaded, &error), N2V_ERROR_DATA);
    ck_assert_ptr_nonnull(strstr(error.text, "does not have the phrases"));
    n2v_vectors_destroy(loaded);
    scratch_close(&files);
    n2v_trainer_destroy(trainer);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
    n2v_settings_destroy(plain);
}
END_TEST

/* A training that goes on from its checkpoint ends with the same bytes, and its model has the phrases. */
START_TEST(resumed)
{
    n2v_settings *settings = settings_of_names(SETTINGS(FINDS)), *same;
    n2v_corpus *corpus = read_corpus(settings, NULL, made_text()), *again;
    n2v_trainer *whole = trained(settings, corpus), *trainer;
    scratch files = scratch_open();
    n2v_error error = {.text = ""};
    n2v_vectors *checkpoint;

    works(n2v_trainer_create(&trainer, settings, corpus, &error), &error);
    works(n2v_trainer_run(trainer, N2V_TO_EPOCH_END, 0, NULL, &error), &error);
    works(n2v_trainer_save(trainer, scratch_path(&files, "c.n2v"), &error), &error);
    check_tokenized(n2v_trainer_vectors(trainer));
    n2v_trainer_destroy(trainer);
    works(n2v_vectors_load(&checkpoint, scratch_path(&files, "c.n2v"), NULL, &error), &error);
    works(n2v_checkpoint_settings(checkpoint, NULL, NULL, &same, &error), &error);
    again = read_corpus(same, NULL, made_text());
    works(n2v_trainer_resume(&trainer, checkpoint, NULL, again, &error), &error);
    n2v_vectors_destroy(checkpoint);
    works(n2v_trainer_run(trainer, N2V_TO_END, 0, NULL, &error), &error);
    require_same_vectors(n2v_trainer_vectors(whole), n2v_trainer_vectors(trainer));
    works(n2v_trainer_save(trainer, scratch_path(&files, "c.n2v"), &error), &error);
    works(n2v_vectors_load(&checkpoint, scratch_path(&files, "c.n2v"), NULL, &error), &error);
    check_tokenized(checkpoint);
    n2v_vectors_destroy(checkpoint);
    scratch_close(&files);
    n2v_trainer_destroy(whole);
    n2v_trainer_destroy(trainer);
    n2v_corpus_destroy(corpus);
    n2v_corpus_destroy(again);
    n2v_settings_destroy(settings);
    n2v_settings_destroy(same);
}
END_TEST

static void refused(const char *const *names, const char *says)
{
    n2v_settings *settings = settings_of_names(names);
    n2v_error error = {.text = ""};
    n2v_corpus *corpus;

    ck_assert_int_eq(n2v_corpus_create(&corpus, settings, NULL, &error), N2V_ERROR_ARGUMENT);
    require(strstr(error.text, says), "%s", error.text);
    n2v_settings_destroy(settings);
}

START_TEST(settings_that_contradict)
{
    scratch files = scratch_open();
    const char *table = "# nce2vec phrases 1\ttokenizer=space\tdelimiter=_\n# pass 1\na b\t1\t1\n";
    const char *path = scratch_write(&files, "table", table, strlen(table));

    refused(SETTINGS("phrases", "npmii"), "no scorer (word2phrase, gensim, npmi)");
    refused(SETTINGS("phrase-passes", "2"), "phrase-passes has no effect without phrases");
    refused(SETTINGS("phrases", path, "phrase-delimiter", "+"), "phrase-delimiter has no effect with phrases");
    refused(SETTINGS("phrases", path), "found with tokenizer space");
    refused(SETTINGS("phrases", "npmi", "phrase-threshold", "2"), "phrase-threshold: 2 is above 1");
    refused(SETTINGS("phrases", "gensim", "phrase-threshold", "0"), "needs");
    refused(SETTINGS("phrases", "gensim", "phrase-delimiter", "a b"), "phrase-delimiter: 'a b'");
    refused(SETTINGS("phrases", "gensim", "phrase-connectors", "missing"), "missing");
    scratch_close(&files);
}
END_TEST

/* A rank with a part of the text cannot find the phrases of all; with a file of them it can join. */
static void read_part(Ranks *ranks, void *context)
{
    const char *const *names = context;
    n2v_ranks handle = {.ranks = *ranks};
    n2v_settings *settings = settings_of_names(names);
    sentence_text sentences = sentence_text_of(ranks->number ? "a b c\na b\n" : "a b\nc a b d\n");
    n2v_error error = {.text = ""};
    n2v_corpus *corpus;
    n2v_status status;

    works(n2v_corpus_create(&corpus, settings, NULL, &error), &error);
    works(n2v_corpus_share(corpus, &handle, 1, &error), &error);
    works(n2v_corpus_add_sentences(corpus, give_sentence, &sentences, NULL, &error), &error);
    status = n2v_corpus_read(corpus, NULL, &error);
    if (names[1][0] == 'n') {
        ck_assert_int_eq(status, N2V_ERROR_ARGUMENT);
        ck_assert_ptr_nonnull(strstr(error.text, "needs the whole text on every rank"));
        ck_assert_uint_eq(sentences.calls, 0);
        ck_assert_int_eq(n2v_settings_check_ranks(settings, &handle, 1, &error), N2V_ERROR_ARGUMENT);
        ck_assert_int_eq(n2v_settings_check_ranks(settings, &handle, 0, &error), N2V_OK);
    } else {
        works(status, &error);
        ck_assert_str_eq(n2v_corpus_word(corpus, 0, NULL), "a_b");
        ck_assert_uint_eq(n2v_corpus_word_count(corpus, 0), 4);
    }
    *ranks = handle.ranks;
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
    sentence_text_free(&sentences);
}

START_TEST(parts_of_ranks)
{
    scratch files = scratch_open();
    const char *table = "# nce2vec phrases 1\ttokenizer=words\tdelimiter=_\n# pass 1\na b\t1\t1\n";
    const char *path = scratch_write(&files, "table", table, strlen(table));
    thread_ranks group = new_ranks(2);

    in_ranks(&group, read_part, (void *)SETTINGS("phrases", "npmi"));
    free_ranks(&group);
    group = new_ranks(2);
    in_ranks(&group, read_part, (void *)SETTINGS("phrases", path, "min-count", "1"));
    free_ranks(&group);
    scratch_close(&files);
}
END_TEST

typedef struct watched {
    size_t passes[4]; /* calls for each */
    bool slept;
} watched;

static int sleep_once(void *context)
{
    watched *w = context;

    if (!w->slept)
        (void)usleep(210000);
    w->slept = true;
    return 0;
}

static void count_joining(void *context, const n2v_joining *now)
{
    watched *w = context;

    ck_assert_uint_lt(now->pass, 4);
    ck_assert_uint_le(now->words, now->words_total);
    ck_assert_double_ge(now->seconds, 0.2);
    w->passes[now->pass]++;
}

START_TEST(progress)
{
    n2v_settings *all = settings_of_names(SETTINGS("min-count", "1"));
    n2v_corpus *corpus = read_corpus(all, NULL, made_text());
    watched w = {.slept = false};
    const n2v_observer observer = {
        .size = sizeof observer, .context = &w, .stop = sleep_once, .joining = count_joining};
    scratch files = scratch_open();
    n2v_error error = {.text = ""};
    n2v_phrases *phrases;
    n2v_output *output;

    works(n2v_phrases_find(&phrases, corpus, NULL, &observer, &error), &error);
    ck_assert_uint_eq(w.passes[1], 1);
    works(n2v_output_open_bytes(&output, scratch_path(&files, "joined"), &observer, &error), &error);
    w.slept = false;
    works(n2v_output_joined(output, corpus, phrases, NULL, NULL, &error), &error);
    ck_assert_uint_eq(w.passes[0], 1);
    n2v_output_discard(output);
    scratch_close(&files);
    n2v_phrases_destroy(phrases);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(all);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("phrases of a corpus");

    add_test(suite, "as the joined text", as_the_joined_text);
    add_test(suite, "found or given", found_or_given);
    add_test(suite, "of vectors", of_vectors);
    add_test(suite, "resumed", resumed);
    add_test(suite, "settings that contradict", settings_that_contradict);
    add_test(suite, "parts of ranks", parts_of_ranks);
    add_test(suite, "progress", progress);
    return run_suite(suite);
}
