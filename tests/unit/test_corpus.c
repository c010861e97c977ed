#include "corpus/corpus.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "scratch.h"
#include "test.h"

static const CorpusOptions PLAIN = {.min_count = 1, .memory_limit = (size_t)1 << 30};

static n2v_status read_text(Corpus *corpus, const char *text, size_t count, const CorpusOptions *options,
                            n2v_error *error)
{
    scratch files = scratch_open();
    const char *path = scratch_write(&files, "text", text, count);
    const n2v_status status = corpus_read(corpus, &(TextSource){.path = path}, 1, options, error);
    scratch_close(&files);
    return status;
}

/* The blocks as text again: words with a space, a line for each sentence. */
static char *text_of(const Corpus *corpus)
{
    size_t room = 16, used = 0;
    char *text = calloc(room, 1);
    Id buffer[BLOCK_IDS];

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < blocks_count(corpus->blocks); i++) {
        Block block;
        ck_assert_int_eq(blocks_read(corpus->blocks, i, buffer, &block, NULL), N2V_OK);
        for (size_t k = 0; k < block.count; k++) {
            size_t bytes;
            const char *word = vocabulary_word(corpus->vocabulary, block.ids[k] & ~SENTENCE_END, &bytes);
            if (used + bytes + 2 > room) {
                room = 2 * (used + bytes + 2);
                text = realloc(text, room);
                ck_assert_ptr_nonnull(text);
            }
            memcpy(text + used, word, bytes);
            used += bytes;
            text[used++] = block.ids[k] & SENTENCE_END ? '\n' : ' ';
            text[used] = '\0';
        }
    }
    return text;
}

static void expect_text(const char *text, size_t count, const CorpusOptions *options, const char *wanted)
{
    Corpus corpus;
    n2v_error error = {0};
    char *got;
    ck_assert_msg(read_text(&corpus, text, count, options, &error) == N2V_OK, "%s", error.text);
    got = text_of(&corpus);
    ck_assert_str_eq(got, wanted);
    free(got);
    corpus_free(&corpus);
}

static void expect_failure(const char *text, size_t count, const CorpusOptions *options, n2v_status wanted,
                           const char *sentence)
{
    Corpus corpus;
    n2v_error error = {0};
    ck_assert_int_eq(read_text(&corpus, text, count, options, &error), wanted);
    ck_assert_msg(strstr(error.text, sentence) != NULL, "'%s' is not in '%s'", sentence, error.text);
    ck_assert_ptr_null(corpus.vocabulary);
    ck_assert_ptr_null(corpus.blocks);
}

START_TEST(small_text)
{
    const char *text = "The cat sat.\r\n\nThe dog sat on\xff the cat's mat";
    Corpus corpus;
    n2v_error error = {0};
    CorpusOptions options = PLAIN;

    expect_text(text, strlen(text), &options, "the cat sat\nthe dog sat on the cat's mat\n");
    options.min_count = 2;
    expect_text(text, strlen(text), &options, "the sat\nthe sat the\n");
    options.max_words = 1;
    expect_text(text, strlen(text), &options, "the\nthe the\n");
    options = PLAIN;
    options.tokenizer.kind = TOKENIZER_SPACE;
    expect_text(text, strlen(text), &options, "The cat sat.\nThe dog sat on\ufffd the cat's mat\n");
    options.memory_limit = 0;
    expect_text(text, strlen(text), &options, "The cat sat.\nThe dog sat on\ufffd the cat's mat\n");

    options = PLAIN;
    options.min_count = 2;
    ck_assert_int_eq(read_text(&corpus, text, strlen(text), &options, &error), N2V_OK);
    ck_assert_uint_eq(corpus.report.bytes, strlen(text));
    ck_assert_uint_eq(corpus.report.lines, 3);
    ck_assert_uint_eq(corpus.report.tokens, 10);
    ck_assert_uint_eq(corpus.report.types, 7);
    ck_assert_uint_eq(corpus.report.invalid_utf8, 1);
    ck_assert_uint_eq(corpus.report.overlong, 0);
    ck_assert_double_gt(corpus.report.seconds, 0);
    ck_assert_str_eq(vocabulary_word(corpus.vocabulary, 0, NULL), "the");
    ck_assert_uint_eq(vocabulary_count(corpus.vocabulary, 0), 3);
    ck_assert_uint_eq(vocabulary_total(corpus.vocabulary), 5);
    ck_assert_uint_eq(blocks_words(corpus.blocks), 5);
    corpus_free(&corpus);
    corpus_free(&corpus); /* all zero now */
}
END_TEST

START_TEST(odd_bytes)
{
    expect_text("\xef\xbb\xbf"
                "a\0b\r\nc\n\n\nd",
                14, &PLAIN, "a b\nc\nd\n");
}
END_TEST

START_TEST(several_files)
{
    scratch files = scratch_open();
    char first[160], second[160];
    const TextSource sources[2] = {{.path = first}, {.path = second}};
    Corpus corpus;
    n2v_error error = {0};
    size_t count;
    unsigned char *packed = scratch_gzip("three four\nfive", 15, &count);
    char *got;

    strcpy(first, scratch_write(&files, "1", "one two", 7));
    strcpy(second, scratch_write(&files, "2", packed, count));
    ck_assert_msg(corpus_read(&corpus, sources, 2, &PLAIN, &error) == N2V_OK, "%s", error.text);
    got = text_of(&corpus);
    ck_assert_str_eq(got, "one two\nthree four\nfive\n"); /* a file's end ends a sentence */
    ck_assert_uint_eq(corpus.report.bytes, 22);
    ck_assert_uint_eq(corpus.report.lines, 3);
    free(got);
    corpus_free(&corpus);

    strcpy(second, scratch_write(&files, "2", "", 0));
    ck_assert_int_eq(corpus_read(&corpus, sources, 2, &PLAIN, &error), N2V_ERROR_DATA);
    ck_assert_ptr_nonnull(strstr(error.text, second));
    strcpy(second, scratch_write(&files, "2", packed, count - 3));
    ck_assert_int_eq(corpus_read(&corpus, sources, 2, &PLAIN, &error), N2V_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.text, second));
    ck_assert_ptr_null(corpus.vocabulary);
    free(packed);
    scratch_close(&files);
}
END_TEST

START_TEST(nothing_to_train_on)
{
    CorpusOptions options = PLAIN;
    char *long_word = malloc(5000);
    size_t count;
    unsigned char *packed = scratch_gzip("", 0, &count);

    ck_assert_ptr_nonnull(long_word);
    memset(long_word, 'x', 5000);
    expect_failure("", 0, &options, N2V_ERROR_DATA, "is empty");
    expect_failure((char *)packed, count, &options, N2V_ERROR_DATA, "is empty");
    expect_failure(" \n \t\r\n", 6, &options, N2V_ERROR_DATA, "there is no word");
    expect_failure("... !!", 6, &options, N2V_ERROR_DATA, "there is no word");
    expect_failure(long_word, 5000, &options, N2V_ERROR_DATA, "all 1 are longer than 1024 bytes");
    options.min_count = 3;
    expect_failure("a b a\n", 6, &options, N2V_ERROR_DATA, "minimum count of 3: the most frequent one occurs 2 times");
    free(packed);
    free(long_word);
}
END_TEST

static Vocabulary *given(const char *first, const char *second)
{
    Vocabulary *v = vocabulary_create();
    ck_assert_int_eq(vocabulary_add(v, first, strlen(first), 10, NULL, NULL), N2V_OK);
    ck_assert_int_eq(vocabulary_add(v, second, strlen(second), 20, NULL, NULL), N2V_OK);
    return v;
}

START_TEST(given_vocabulary)
{
    CorpusOptions options = PLAIN;
    Corpus corpus;
    n2v_error error = {0};
    char *got;

    options.vocabulary = given("cat", "the");
    ck_assert_int_eq(read_text(&corpus, "the big cat\nof\nof the of\n", 25, &options, &error), N2V_OK);
    got = text_of(&corpus);
    ck_assert_str_eq(got, "the cat\nthe\n");
    ck_assert_uint_eq(corpus.report.tokens, 7);
    ck_assert_uint_eq(corpus.report.types, 2);
    ck_assert_uint_eq(vocabulary_size(corpus.vocabulary), 2);
    ck_assert_uint_eq(vocabulary_count(corpus.vocabulary, 0), 20); /* its counts, not the text's */
    ck_assert_str_eq(vocabulary_word(corpus.vocabulary, 0, NULL), "the");
    free(got);
    corpus_free(&corpus);

    options.vocabulary = given("cat", "the");
    options.min_count = 15;
    expect_text("the big cat\n", 12, &options, "the\n");
    options.min_count = 1;
    options.vocabulary = given("foo", "bar");
    expect_failure("the big cat\n", 12, &options, N2V_ERROR_DATA, "shares no word");
    options.vocabulary = given("foo", "bar");
    options.count_only = true;
    expect_failure("the big cat\n", 12, &options, N2V_ERROR_DATA, "shares no word");
    options.vocabulary = given("foo", "bar"); /* freed also when the text cannot be read */
    expect_failure("", 0, &options, N2V_ERROR_DATA, "is empty");
}
END_TEST

START_TEST(count_only)
{
    CorpusOptions options = PLAIN;
    Corpus corpus;
    n2v_error error = {0};
    options.count_only = true;
    ck_assert_int_eq(read_text(&corpus, "a b a\n", 6, &options, &error), N2V_OK);
    ck_assert_ptr_null(corpus.blocks);
    ck_assert_uint_eq(vocabulary_size(corpus.vocabulary), 2);
    ck_assert_uint_eq(vocabulary_count(corpus.vocabulary, 0), 2);
    corpus_free(&corpus);
}
END_TEST

/* A text of several batches and chunks comes out as it went in. */
START_TEST(long_text)
{
    const size_t count = 3000000;
    char *text = malloc(count + 64);
    size_t used = 0, line = 0;
    uint32_t state = 9;
    CorpusOptions options = PLAIN;

    ck_assert_ptr_nonnull(text);
    while (used < count) {
        state = state * 1664525u + 1013904223u;
        used += (size_t)sprintf(text + used, "w%x", (state >> 12) % (line % 3 ? 50 : 50000));
        text[used] = (state >> 28) % 13 ? ' ' : '\n';
        line += text[used++] == '\n';
    }
    text[used - 1] = '\n';
    text[used] = '\0';
    for (int disk = 0; disk < 2; disk++) {
        options.memory_limit = disk ? 100000 : (size_t)1 << 30;
        expect_text(text, used, &options, text);
    }
    free(text);
}
END_TEST

/* A line of 100 MB and a token of 1 MB, within little memory. */
START_TEST(long_line)
{
    const size_t piece = 1000000;
    scratch files = scratch_open();
    CorpusOptions options = PLAIN;
    struct rlimit limit;
    FILE *file = fopen(scratch_path(&files, "line"), "wb");
    const char *path = files.path;
    char *text = malloc(piece);
    Corpus corpus;
    n2v_error error = {0};

    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < piece; i++)
        text[i] = "ab cd "[i % 6];
    for (int i = 0; i < SOME_OF(50); i++)
        ck_assert_uint_eq(fwrite(text, 1, piece, file), piece);
    memset(text, 'x', piece);
    ck_assert_uint_eq(fwrite(text, 1, piece, file), piece);
    ck_assert_int_eq(fclose(file), 0);
    options.memory_limit = 1 << 20;
    ck_assert_int_eq(getrlimit(RLIMIT_DATA, &limit), 0);
    limit.rlim_cur = 32 << 20;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    ck_assert_int_eq(setrlimit(RLIMIT_DATA, &limit), 0);
#endif
    ck_assert_msg(corpus_read(&corpus, &(TextSource){.path = path}, 1, &options, &error) == N2V_OK, "%s", error.text);
    ck_assert_uint_eq(corpus.report.lines, 1);
    ck_assert_uint_ge(corpus.report.tokens, SOME_OF(16666650));
    ck_assert_uint_eq(blocks_words(corpus.blocks), corpus.report.tokens);
    ck_assert_uint_eq(corpus.report.overlong, 1);
    ck_assert_uint_eq(blocks_count(corpus.blocks), (blocks_words(corpus.blocks) + BLOCK_IDS - 1) / BLOCK_IDS);
    corpus_free(&corpus);
    free(text);
    scratch_close(&files);
}
END_TEST

typedef struct reports {
    int times;
    bool stop;
    n2v_reading last;
} reports;

static void hear(void *context, const n2v_reading *reading)
{
    reports *t = context;
    ck_assert_uint_ge(reading->tokens, t->last.tokens);
    ck_assert_uint_ge(reading->bytes, t->last.bytes);
    ck_assert_uint_le(reading->bytes, reading->bytes_total);
    ck_assert_double_gt(reading->seconds, t->last.seconds);
    t->last = *reading;
    t->times++;
}

static bool slow_test(void *context)
{
    usleep(20000);
    return ((reports *)context)->times >= 3;
}

START_TEST(reports_and_stops)
{
    const size_t count = 20000000;
    char *text = malloc(count);
    reports t = {0};
    CorpusOptions options = PLAIN;

    ck_assert_ptr_nonnull(text);
    memset(text, 'x', count);
    for (size_t i = 5; i < count; i += 6)
        text[i] = ' ';
    options.reading = hear;
    options.reading_context = &t;
    options.stop = (Stop){slow_test, &t};
    expect_failure(text, count, &options, N2V_ERROR_INTERRUPTED, "interrupted");
    ck_assert_int_eq(t.times, 3);
    ck_assert_uint_eq(t.last.bytes_total, count);
    ck_assert_uint_lt(t.last.bytes, count);
    ck_assert_double_lt(t.last.seconds, 60.0);
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("corpus");
    add_test(suite, "small text", small_text);
    add_test(suite, "odd bytes", odd_bytes);
    add_test(suite, "several files", several_files);
    add_test(suite, "nothing to train on", nothing_to_train_on);
    add_test(suite, "given vocabulary", given_vocabulary);
    add_test(suite, "count only", count_only);
    add_test(suite, "long text", long_text);
    add_test(suite, "long line", long_line);
    add_test(suite, "reports and stops", reports_and_stops);
    return run_suite(suite);
}
