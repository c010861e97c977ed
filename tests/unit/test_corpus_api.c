/* The public functions of a corpus: create, add, read, describe. */
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/corpus_handle.h"
#include "scratch.h"
#include "sentence_text.h"
#include "test.h"

static const char *const TEXT = "the cat sat\nthe dog sat\n\nthe cat ran\n";

/* A corpus with settings, given as name and text, NULL after the last. */
static n2v_status try_create(n2v_corpus **corpus, const n2v_vectors *vectors, n2v_error *error,
                             const char *const *settings)
{
    n2v_settings *s;
    n2v_status status;

    ck_assert_int_eq(n2v_settings_create(&s, N2V_FOR_TRAINING, NULL, error), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(s, "min-count", "1", error), N2V_OK);
    for (; *settings; settings += 2)
        require(n2v_settings_set(s, settings[0], settings[1], error) == N2V_OK, "%s", error->text);
    status = n2v_corpus_create(corpus, s, vectors, error);
    n2v_settings_destroy(s); /* copied */
    return status;
}

#define SETTINGS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_SETTINGS   ((const char *const[]){NULL})

static n2v_corpus *create(const n2v_vectors *vectors, const char *const *settings)
{
    n2v_corpus *corpus;
    n2v_error error = {0};
    require(try_create(&corpus, vectors, &error, settings) == N2V_OK, "%s", error.text);
    return corpus;
}

static void works(n2v_status status, const n2v_error *error)
{
    require(status == N2V_OK, "%s", error->text);
}

static void fails(n2v_status status, const n2v_error *error, n2v_status wanted, const char *says)
{
    ck_assert_int_eq(status, wanted);
    ck_assert_int_eq(error->status, wanted);
    require(strstr(error->text, says) != NULL, "'%s' is not in '%s'", says, error->text);
}

static n2v_corpus_info describe(const n2v_corpus *corpus)
{
    n2v_corpus_info info = {.size = sizeof info};
    ck_assert_int_eq(n2v_corpus_describe(corpus, &info, NULL), N2V_OK);
    return info;
}

START_TEST(several_files)
{
    scratch files = scratch_open();
    char path[160];
    n2v_corpus *corpus = create(NULL, NO_SETTINGS);
    n2v_error error = {0};
    n2v_corpus_info info = describe(corpus);
    size_t bytes = 0;

    ck_assert_uint_eq(info.tokens + info.vocabulary + info.words, 0); /* not read yet */
    ck_assert_ptr_null(n2v_corpus_word(corpus, 0, NULL));
    strcpy(path, scratch_write(&files, "text", TEXT, strlen(TEXT)));
    works(n2v_corpus_add_file(corpus, path, &error), &error);
    works(n2v_corpus_add_file(corpus, path, &error), &error); /* twice, too */
    memset(path, '?', 4); /* copied */
    works(n2v_corpus_read(corpus, NULL, &error), &error);
    info = describe(corpus);
    ck_assert_uint_eq(info.size, sizeof info);
    ck_assert_uint_eq(info.bytes, 2 * strlen(TEXT));
    ck_assert_uint_eq(info.lines, 8);
    ck_assert_uint_eq(info.tokens, 18);
    ck_assert_uint_eq(info.types, 5);
    ck_assert_uint_eq(info.vocabulary, 5);
    ck_assert_uint_eq(info.words, 18);
    ck_assert_uint_eq(info.sentences, 6);
    ck_assert_uint_eq(info.heldout_words + info.heldout_sentences + info.heldout_unknown, 0);
    ck_assert_uint_eq(info.invalid_utf8 + info.overlong, 0);
    ck_assert_double_gt(info.seconds, 0);
    ck_assert_str_eq(n2v_corpus_word(corpus, 0, &bytes), "the");
    ck_assert_uint_eq(bytes, 3);
    ck_assert_uint_eq(n2v_corpus_word_count(corpus, 0), 6);
    ck_assert_ptr_null(n2v_corpus_word(corpus, 5, NULL));
    ck_assert_uint_eq(n2v_corpus_word_count(corpus, N2V_NO_ID), 0);
    fails(n2v_corpus_read(corpus, NULL, &error), &error, N2V_ERROR_ARGUMENT, "has been read already");
    fails(n2v_corpus_add_file(corpus, files.path, &error), &error, N2V_ERROR_ARGUMENT, "been read already");
    ck_assert_uint_eq(describe(corpus).words, 18); /* as it was */
    n2v_corpus_destroy(corpus);
    n2v_corpus_destroy(NULL);
    scratch_close(&files);
}
END_TEST

START_TEST(refused_at_once)
{
    scratch files = scratch_open();
    const char *path = scratch_write(&files, "text", TEXT, strlen(TEXT));
    n2v_corpus *corpus = create(NULL, NO_SETTINGS);
    n2v_error error = {0};

    fails(n2v_corpus_read(corpus, NULL, &error), &error, N2V_ERROR_ARGUMENT, "has no text: add files or sentences");
    fails(n2v_corpus_add_file(corpus, "/no/such", &error), &error, N2V_ERROR_ARGUMENT, "cannot read /no/such: No such");
    fails(n2v_corpus_add_file(corpus, files.folder, &error), &error, N2V_ERROR_ARGUMENT, "it is a directory");
    fails(n2v_corpus_add_file(corpus, "", &error), &error, N2V_ERROR_ARGUMENT, "empty name");
    fails(n2v_corpus_add_file(corpus, NULL, &error), &error, N2V_ERROR_ARGUMENT, "empty name");
    fails(n2v_corpus_add_descriptor(corpus, -1, "it", &error), &error, N2V_ERROR_ARGUMENT, "cannot read it: ");
    fails(n2v_corpus_add_sentences(corpus, NULL, NULL, "it", &error), &error, N2V_ERROR_ARGUMENT, "it: there is no");
    works(n2v_corpus_add_file(corpus, "-", &error), &error);
    fails(n2v_corpus_add_file(corpus, "-", &error), &error, N2V_ERROR_ARGUMENT,
          "standard input (-) can be read only once");
    fails(n2v_corpus_add_descriptor(corpus, STDIN_FILENO, "it", &error), &error, N2V_ERROR_ARGUMENT, "only once");
    works(n2v_corpus_add_file(corpus, path, &error), &error);
    ck_assert_uint_eq(corpus->source_count, 2);
    n2v_corpus_destroy(corpus);

    fails(n2v_corpus_create(&corpus, NULL, NULL, &error), &error, N2V_ERROR_ARGUMENT, "needs settings");
    ck_assert_ptr_null(corpus);
    fails(try_create(&corpus, NULL, &error, SETTINGS("heldout", "/no/such")), &error, N2V_ERROR_ARGUMENT, "/no/such");
    ck_assert_ptr_null(corpus);
    fails(try_create(&corpus, NULL, &error, SETTINGS("read-vocab", "/no/such")), &error, N2V_ERROR_ARGUMENT, "/no/s");
    corpus = create(NULL, SETTINGS("heldout", path));
    fails(n2v_corpus_add_file(corpus, path, &error), &error, N2V_ERROR_ARGUMENT, "nothing would be held out");
    ck_assert_uint_eq(error.settings[0].at, 0);
    ck_assert_uint_eq(error.settings[0].bytes, strlen("heldout"));
    n2v_corpus_destroy(corpus);
    scratch_close(&files);
}
END_TEST

START_TEST(warnings_about_texts)
{
    scratch files = scratch_open();
    const char text[] = "\n{\"text\": \"a b\"}\n";
    const char *path = scratch_write(&files, "a.json", text, sizeof text - 1);
    n2v_corpus *corpus = create(NULL, SETTINGS("min-count", "1"));
    n2v_corpus_info info = {.size = sizeof info};
    n2v_text_warning warning = {.size = sizeof warning}, unset = {0};
    n2v_error error = {0};
    char remedy[256];

    works(n2v_corpus_describe(corpus, &info, &error), &error);
    ck_assert_uint_eq(info.warnings, 0);
    works(n2v_corpus_add_file(corpus, path, &error), &error);
    works(n2v_corpus_read(corpus, NULL, &error), &error);
    works(n2v_corpus_describe(corpus, &info, &error), &error);
    ck_assert_uint_eq(info.warnings, 1);
    works(n2v_corpus_describe_warning(corpus, 0, &warning, &error), &error);
    ck_assert_int_eq(warning.problem, N2V_TEXT_MARKUP);
    ck_assert_str_eq(warning.what, "JSON");
    ck_assert_str_eq(warning.source, path);
    ck_assert_uint_eq(warning.line, 2);
    (void)snprintf(remedy, sizeof remedy, "jq -r .text %s", path);
    ck_assert_str_eq(warning.remedy, remedy);
    fails(n2v_corpus_describe_warning(corpus, 1, &warning, &error), &error, N2V_ERROR_ARGUMENT,
          "no warning 1: it has 1");
    fails(n2v_corpus_describe_warning(corpus, 0, &unset, &error), &error, N2V_ERROR_ARGUMENT,
          "sizeof(n2v_text_warning)");
    n2v_corpus_destroy(corpus);
    scratch_close(&files);
}
END_TEST

START_TEST(other_sizes_of_info)
{
    n2v_corpus *corpus = create(NULL, NO_SETTINGS);
    struct later {
        n2v_corpus_info known;
        double newer;
    } later = {.known = {.size = sizeof later}, .newer = 3};
    n2v_corpus_info unset = {0};
    n2v_error error = {0};

    fails(n2v_corpus_describe(corpus, &unset, &error), &error, N2V_ERROR_ARGUMENT, "sizeof(n2v_corpus_info)");
    works(n2v_corpus_describe(corpus, &later.known, &error), &error);
    ck_assert_double_eq(later.newer, 0);
    n2v_corpus_destroy(corpus);
}
END_TEST

/* A file, a descriptor and sentences, with a share held out: each word is in one of the two. */
START_TEST(all_kinds_of_sources)
{
    scratch files = scratch_open();
    char *text = random_text(100000, 5);
    sentence_text sentences = sentence_text_of(text);
    n2v_corpus *corpus = create(NULL, SETTINGS("tokenizer", "space", "heldout", "0.25", "seed", "9"));
    n2v_error error = {0};
    n2v_corpus_info info;
    int descriptor;

    works(n2v_corpus_add_file(corpus, scratch_write(&files, "1", text, strlen(text)), &error), &error);
    descriptor = open(files.path, O_RDONLY | O_CLOEXEC);
    works(n2v_corpus_add_descriptor(corpus, descriptor, "second", &error), &error);
    works(n2v_corpus_add_sentences(corpus, give_sentence, &sentences, NULL, &error), &error);
    ck_assert_str_eq(corpus->names[0], files.path); /* for the record */
    ck_assert_str_eq(corpus->names[1], "second");
    ck_assert_str_eq(corpus->names[2], "the source of sentences");
    works(n2v_corpus_read(corpus, NULL, &error), &error);
    ck_assert_int_eq(close(descriptor), 0);
    info = describe(corpus);
    ck_assert_uint_eq(info.bytes, 3 * strlen(text));
    ck_assert_uint_gt(info.heldout_words, info.tokens / 5);
    ck_assert_uint_lt(info.heldout_words, info.tokens / 3);
    /* Words that appear only in held-out sentences have no id. */
    ck_assert_uint_le(info.words + info.heldout_words, info.tokens);
    ck_assert_uint_gt(info.words + info.heldout_words, info.tokens * 9 / 10);
    ck_assert_uint_eq(info.heldout_unknown, 0);
    n2v_corpus_destroy(corpus);
    sentence_text_free(&sentences);
    free(text);
    scratch_close(&files);
}
END_TEST

START_TEST(sentences_fail)
{
    sentence_text sentences = sentence_text_of("a b\nc  d\n");
    n2v_corpus *corpus = create(NULL, NO_SETTINGS);
    n2v_error error = {0};

    works(n2v_corpus_add_sentences(corpus, give_sentence, &sentences, "mine", &error), &error);
    fails(n2v_corpus_read(corpus, NULL, &error), &error, N2V_ERROR_DATA, "mine, sentence 2, token 2: the word '' is");
    ck_assert_uint_eq(describe(corpus).words, 0);
    ck_assert_ptr_null(n2v_corpus_word(corpus, 0, NULL));
    n2v_corpus_destroy(corpus);

    sentences.at = sentences.text;
    sentences.gives_up_at = 1;
    sentences.calls = 0;
    corpus = create(NULL, NO_SETTINGS);
    works(n2v_corpus_add_sentences(corpus, give_sentence, &sentences, "mine", &error), &error);
    fails(n2v_corpus_read(corpus, NULL, &error), &error, N2V_ERROR_INTERRUPTED, "mine gave up after 0 sentences");
    n2v_corpus_destroy(corpus);
    sentence_text_free(&sentences);
}
END_TEST

static int stop_at_once(void *context)
{
    ++*(int *)context;
    return 1;
}

static void hear(void *context, const n2v_reading *reading)
{
    ck_assert_uint_gt(reading->bytes, 0);
    ++*(int *)context;
}

START_TEST(observed)
{
    sentence_text sentences = sentence_text_of("a b c\n");
    int asked = 0, heard = 0;
    n2v_observer observer = {.size = sizeof observer, .context = &asked, .stop = stop_at_once};
    n2v_corpus *corpus = create(NULL, NO_SETTINGS);
    n2v_error error = {0};

    sentences.endless = true;
    works(n2v_corpus_add_sentences(corpus, give_sentence, &sentences, NULL, &error), &error);
    observer.size = 0;
    fails(n2v_corpus_read(corpus, &observer, &error), &error, N2V_ERROR_ARGUMENT, "n2v_observer");
    observer.size = sizeof observer;
    fails(n2v_corpus_count(corpus, &observer, &error), &error, N2V_ERROR_INTERRUPTED, "interrupted");
    ck_assert_int_eq(asked, 1);
    n2v_corpus_destroy(corpus);

    observer = (n2v_observer){.size = sizeof observer, .context = &heard, .reading = hear};
    corpus = create(NULL, NO_SETTINGS);
    sentences.endless = false;
    sentences.pause = 300000;
    sentences.at = sentences.text;
    works(n2v_corpus_add_sentences(corpus, give_sentence, &sentences, NULL, &error), &error);
    works(n2v_corpus_read(corpus, &observer, &error), &error);
    ck_assert_int_ge(heard, 1);
    n2v_corpus_destroy(corpus);
    sentence_text_free(&sentences);
}
END_TEST

START_TEST(held_out_file)
{
    const char *held = "the cat flew\nthe dog \xff\n";
    char overlong[2000];
    scratch files = scratch_open();
    n2v_corpus *corpus = create(NULL, SETTINGS("heldout", scratch_write(&files, "held", held, strlen(held))));
    n2v_text_warning warning = {.size = sizeof warning};
    n2v_error error = {0};
    n2v_corpus_info info;

    works(n2v_corpus_add_file(corpus, scratch_write(&files, "text", TEXT, strlen(TEXT)), &error), &error);
    works(n2v_corpus_read(corpus, NULL, &error), &error);
    info = describe(corpus);
    ck_assert_uint_eq(info.words, 9);
    ck_assert_uint_eq(info.heldout_words, 4);
    ck_assert_uint_eq(info.heldout_sentences, 2);
    ck_assert_uint_eq(info.heldout_unknown, 1);
    ck_assert_uint_eq(info.invalid_utf8, 1);
    ck_assert_uint_eq(info.overlong, 0);
    ck_assert_uint_eq(info.vocabulary, 5); /* the held-out text is not counted */
    n2v_corpus_destroy(corpus);

    memset(overlong, 'x', sizeof overlong);
    memcpy(overlong, "the cat", 7);
    overlong[7] = ' ';
    overlong[sizeof overlong - 1] = '\n';
    corpus = create(NULL, SETTINGS("heldout", scratch_write(&files, "held", overlong, sizeof overlong)));
    works(n2v_corpus_add_file(corpus, scratch_write(&files, "text", TEXT, strlen(TEXT)), &error), &error);
    works(n2v_corpus_read(corpus, NULL, &error), &error);
    ck_assert_uint_eq(describe(corpus).overlong, 1);
    ck_assert_uint_eq(describe(corpus).heldout_words, 2);
    n2v_corpus_destroy(corpus);

    held = "{\"text\": \"the cat\"}\n";
    corpus = create(NULL, SETTINGS("heldout", scratch_write(&files, "held", held, strlen(held))));
    works(n2v_corpus_add_file(corpus, scratch_write(&files, "text", TEXT, strlen(TEXT)), &error), &error);
    works(n2v_corpus_read(corpus, NULL, &error), &error);
    ck_assert_uint_eq(describe(corpus).warnings, 1);
    works(n2v_corpus_describe_warning(corpus, 0, &warning, &error), &error);
    ck_assert_ptr_nonnull(strstr(warning.source, "held"));
    n2v_corpus_destroy(corpus);

    corpus = create(NULL, SETTINGS("heldout", scratch_write(&files, "held", "x\n", 2)));
    works(n2v_corpus_add_file(corpus, scratch_write(&files, "text", TEXT, strlen(TEXT)), &error), &error);
    fails(n2v_corpus_read(corpus, NULL, &error), &error, N2V_ERROR_DATA, "shares no word with ");
    ck_assert_uint_eq(describe(corpus).words, 0);
    n2v_corpus_destroy(corpus);
    scratch_close(&files);
}
END_TEST

START_TEST(read_vocabulary)
{
    scratch files = scratch_open();
    const char *vocabulary = "dog\t7\ncat\t9\nthe\t2\n";
    n2v_corpus *corpus = create(
        NULL, SETTINGS("min-count", "3", "read-vocab", scratch_write(&files, "v", vocabulary, strlen(vocabulary))));
    n2v_error error = {0};

    works(n2v_corpus_add_file(corpus, scratch_write(&files, "text", TEXT, strlen(TEXT)), &error), &error);
    works(n2v_corpus_read(corpus, NULL, &error), &error);
    ck_assert_uint_eq(describe(corpus).vocabulary, 2);
    ck_assert_uint_eq(describe(corpus).types, 3);
    ck_assert_uint_eq(describe(corpus).words, 3);
    ck_assert_str_eq(n2v_corpus_word(corpus, 0, NULL), "cat");
    ck_assert_uint_eq(n2v_corpus_word_count(corpus, 0), 9);
    n2v_corpus_destroy(corpus);
    scratch_close(&files);
}
END_TEST

/* "of" and "bird" never occur; "cow" occurs too rarely to count. */
START_TEST(unseen_words)
{
    static const char *const vocabulary = "of\t5\ncat\t9\nbird\t7\n</s>\t99\nthe\t4\ncow\t1\n";
    for (int count_only = 0; count_only < 2; count_only++) {
        for (int drop = 0; drop < 2; drop++) {
            scratch files = scratch_open();
            const char *path = scratch_write(&files, "v", vocabulary, strlen(vocabulary));
            n2v_corpus *corpus = create(NULL, SETTINGS("min-count", "3", "max-vocab", drop ? "2" : "3", "read-vocab",
                                                       path, "drop-unseen", drop ? "1" : "0"));
            n2v_error error = {0};

            works(n2v_corpus_add_file(corpus, scratch_write(&files, "text", TEXT, strlen(TEXT)), &error), &error);
            works((count_only ? n2v_corpus_count : n2v_corpus_read)(corpus, NULL, &error), &error);
            ck_assert_int_eq(describe(corpus).given, 1);
            ck_assert_int_eq(describe(corpus).dropped, drop);
            ck_assert_uint_eq(describe(corpus).unseen, 2);
            ck_assert_str_eq(describe(corpus).unseen_word, "bird");
            ck_assert_uint_eq(describe(corpus).vocabulary, drop ? 2 : 3);
            ck_assert_str_eq(n2v_corpus_word(corpus, 0, NULL), "cat");
            ck_assert_str_eq(n2v_corpus_word(corpus, 1, NULL), drop ? "the" : "bird");
            if (!count_only)
                ck_assert_uint_eq(describe(corpus).words, drop ? 5 : 2);
            n2v_corpus_destroy(corpus);
            scratch_close(&files);
        }
    }
}
END_TEST

/* Words of held-out sentences alone are not trained on. */
START_TEST(unseen_in_training)
{
    scratch files = scratch_open();
    const char *vocabulary = "cat\t9\nbird\t7\n";
    const char *path = scratch_write(&files, "v", vocabulary, strlen(vocabulary));
    n2v_corpus *corpus = create(NULL, SETTINGS("read-vocab", path, "heldout", "0.5"));
    n2v_error error = {0};
    char text[400] = "";

    for (int i = 0; i < 20; i++)
        strcat(text, "cat a\n");
    works(n2v_corpus_add_file(corpus, scratch_write(&files, "text", text, strlen(text)), &error), &error);
    works(n2v_corpus_read(corpus, NULL, &error), &error);
    ck_assert_uint_eq(describe(corpus).unseen, 1);
    n2v_corpus_destroy(corpus);
    corpus = create(NULL, NO_SETTINGS);
    works(n2v_corpus_add_file(corpus, files.path, &error), &error);
    works(n2v_corpus_read(corpus, NULL, &error), &error);
    ck_assert_int_eq(describe(corpus).given, 0);
    ck_assert_uint_eq(describe(corpus).unseen, 0);
    ck_assert_ptr_null(describe(corpus).unseen_word);
    ck_assert_ptr_null(describe(corpus).cut_example);
    n2v_corpus_destroy(corpus);
    scratch_close(&files);
}
END_TEST

START_TEST(cut_tokens)
{
    static const char *const text = "we saw New_York, B13X-0_0\nand don't say well-known\n";
    for (int words = 0; words < 2; words++) {
        scratch files = scratch_open();
        n2v_corpus *corpus = create(NULL, SETTINGS("tokenizer", words ? "words" : "space"));
        n2v_error error = {0};
        n2v_corpus_info info;

        works(n2v_corpus_add_file(corpus, scratch_write(&files, "text", text, strlen(text)), &error), &error);
        works(n2v_corpus_read(corpus, NULL, &error), &error);
        info = describe(corpus);
        ck_assert_uint_eq(info.cut_tokens, words ? 3 : 0);
        ck_assert_uint_eq(info.cut_words, words ? 7 : 0);
        ck_assert_uint_eq(info.cut_underscores, words ? 2 : 0);
        if (words) {
            ck_assert_str_eq(info.cut_example, "New_York");
            ck_assert_str_eq(info.cut_result, "new york");
        } else {
            ck_assert_ptr_null(info.cut_example);
            ck_assert_ptr_null(info.cut_result);
        }
        n2v_corpus_destroy(corpus);
        scratch_close(&files);
    }
}
END_TEST

/* The vectors' ids, whatever min-count says; and they may be destroyed first. */
START_TEST(vocabulary_of_vectors)
{
    const char *file = "3 1\nran 1\nthe 2\nbird 3\n";
    scratch files = scratch_open();
    n2v_vectors *vectors;
    n2v_corpus *corpus;
    n2v_error error = {0};

    works(n2v_vectors_load(&vectors, scratch_write(&files, "vectors", file, strlen(file)), NULL, &error), &error);
    corpus = create(vectors, SETTINGS("min-count", "100", "read-vocab", "/no/such"));
    n2v_vectors_destroy(vectors);
    works(n2v_corpus_add_file(corpus, scratch_write(&files, "text", TEXT, strlen(TEXT)), &error), &error);
    works(n2v_corpus_read(corpus, NULL, &error), &error);
    ck_assert_uint_eq(describe(corpus).vocabulary, 3);
    ck_assert_uint_eq(describe(corpus).words, 4);
    ck_assert_uint_eq(describe(corpus).tokens, 9);
    ck_assert_str_eq(n2v_corpus_word(corpus, 0, NULL), "ran");
    n2v_corpus_destroy(corpus);
    scratch_close(&files);
}
END_TEST

START_TEST(counted_and_written)
{
    scratch files = scratch_open();
    char text_path[160], output_path[160];
    n2v_corpus *corpus = create(NULL, SETTINGS("min-count", "2"));
    n2v_output *output;
    n2v_error error = {0};
    char *written;
    size_t count;

    strcpy(text_path, scratch_write(&files, "text", TEXT, strlen(TEXT)));
    strcpy(output_path, scratch_path(&files, "vocab"));
    works(n2v_corpus_add_file(corpus, text_path, &error), &error);
    works(n2v_output_open_bytes(&output, output_path, NULL, &error), &error);
    fails(n2v_output_vocabulary(output, corpus, &error), &error, N2V_ERROR_ARGUMENT, "read it first");
    works(n2v_corpus_count(corpus, NULL, &error), &error);
    ck_assert_uint_eq(describe(corpus).words, 0);
    ck_assert_uint_eq(describe(corpus).types, 5);
    ck_assert_uint_eq(describe(corpus).vocabulary, 3);
    works(n2v_output_vocabulary(output, corpus, &error), &error);
    works(n2v_output_commit(output, &error), &error);
    written = scratch_read(output_path, &count);
    ck_assert_ptr_nonnull(written);
    ck_assert_str_eq(written, "the\t3\ncat\t2\nsat\t2\n");
    free(written);
    n2v_corpus_destroy(corpus);
    scratch_close(&files);
}
END_TEST

typedef struct taken {
    char bytes[64];
    size_t count, most;
} taken;

static int take_bytes(void *context, const char *bytes, size_t count)
{
    taken *t = context;

    if (t->count + count > t->most)
        return 1;
    memcpy(t->bytes + t->count, bytes, count);
    t->count += count;
    return 0;
}

START_TEST(bytes_of_a_text)
{
    static const char text[] = "\xef\xbb\xbfthe cat\r\n\nsat";
    scratch files = scratch_open();
    const char *path = scratch_write(&files, "text", text, sizeof text - 1);
    taken all = {.most = sizeof all.bytes}, none = {.most = 0};
    n2v_error error = {0};

    works(n2v_text_read(path, take_bytes, &all, NULL, &error), &error);
    ck_assert_uint_eq(all.count, sizeof text - 1);
    ck_assert_mem_eq(all.bytes, text, all.count);
    fails(n2v_text_read(path, take_bytes, &none, NULL, &error), &error, N2V_ERROR_INTERRUPTED, path);
    fails(n2v_text_read("/no/such", take_bytes, &all, NULL, &error), &error, N2V_ERROR_ARGUMENT, "/no/such");
    scratch_close(&files);
}
END_TEST

/* Two files, gzipped and plain, of 400,000 words each. */
START_TEST(a_sample)
{
    static const char sentence[] = "one two three four five six seven eight\n";
    const size_t bytes = 50000 * (sizeof sentence - 1);
    char *text = malloc(bytes);
    scratch files = scratch_open();
    size_t packed_bytes;
    unsigned char *packed;

    for (size_t i = 0; i < 50000; i++)
        memcpy(text + i * (sizeof sentence - 1), sentence, sizeof sentence - 1);
    packed = scratch_gzip(text, bytes, &packed_bytes);
    for (uint64_t limit = 0; limit <= 600000; limit += 200000) {
        n2v_corpus *corpus = create(NULL, NO_SETTINGS);
        n2v_corpus_info info;
        n2v_error error = {0};

        works(n2v_corpus_add_file(corpus, scratch_write(&files, "a.gz", packed, packed_bytes), &error), &error);
        works(n2v_corpus_add_file(corpus, scratch_write(&files, "b", text, bytes), &error), &error);
        n2v_corpus_limit(corpus, limit);
        works(n2v_corpus_read(corpus, NULL, &error), &error);
        info = describe(corpus);
        ck_assert_uint_eq(info.source_bytes_total, packed_bytes + bytes);
        require(limit ? info.tokens >= limit && info.tokens < limit + 60000 : info.tokens == 800000,
                "%llu words of at most %llu", (unsigned long long)info.tokens, (unsigned long long)limit);
        if (!limit)
            ck_assert_uint_eq(info.source_bytes, packed_bytes + bytes);
        else if (limit < 400000)
            ck_assert_double_eq_tol((double)info.source_bytes / (double)packed_bytes, (double)info.tokens / 400000,
                                    0.05);
        else
            ck_assert_uint_eq(info.source_bytes, packed_bytes + (info.bytes - bytes));
        n2v_corpus_destroy(corpus);
    }
    free(packed);
    free(text);
    scratch_close(&files);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("corpus, public");
    add_test(suite, "several files", several_files);
    add_test(suite, "refused at once", refused_at_once);
    add_test(suite, "a sample", a_sample);
    add_test(suite, "other sizes of info", other_sizes_of_info);
    add_test(suite, "all kinds of sources", all_kinds_of_sources);
    add_test(suite, "sentences fail", sentences_fail);
    add_test(suite, "observed", observed);
    add_test(suite, "held-out file", held_out_file);
    add_test(suite, "read vocabulary", read_vocabulary);
    add_test(suite, "unseen words", unseen_words);
    add_test(suite, "unseen in training", unseen_in_training);
    add_test(suite, "warnings about texts", warnings_about_texts);
    add_test(suite, "cut tokens", cut_tokens);
    add_test(suite, "vocabulary of vectors", vocabulary_of_vectors);
    add_test(suite, "counted and written", counted_and_written);
    add_test(suite, "bytes of a text", bytes_of_a_text);
    return run_suite(suite);
}
