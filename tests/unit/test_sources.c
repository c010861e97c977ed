/* A corpus from the caller's sentences, from descriptors, and from several sources. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "scratch.h"
#include "sentence_text.h"
#include "test.h"

static const CorpusOptions SPACE = {
    .tokenizer = {.kind = TOKENIZER_SPACE}, .min_count = 1, .memory_limit = (size_t)1 << 30};

static void read_well(Corpus *corpus, const TextSource *sources, size_t count, const CorpusOptions *options)
{
    n2v_error error = {0};
    require(corpus_read(corpus, sources, count, options, &error) == N2V_OK, "%s", error.text);
}

static void refuse(const TextSource *sources, size_t count, const CorpusOptions *options, n2v_status wanted,
                   const char *says)
{
    Corpus corpus;
    n2v_error error = {0};
    ck_assert_int_eq(corpus_read(&corpus, sources, count, options, &error), wanted);
    require(strstr(error.text, says) != NULL, "'%s' is not in '%s'", says, error.text);
    ck_assert_ptr_null(corpus.vocabulary);
    ck_assert_ptr_null(corpus.blocks);
    ck_assert_ptr_null(corpus.heldout);
}

static void refuse_text(const char *text, const char *says)
{
    sentence_text sentences = sentence_text_of(text);
    const TextSource source = sentence_source(&sentences);
    refuse(&source, 1, &SPACE, N2V_ERROR_DATA, says);
    sentence_text_free(&sentences);
}

/* Sentences give what the same text gives in a file, with whatever options. */
static void compare_with_file(const char *text, const CorpusOptions *options)
{
    scratch files = scratch_open();
    const TextSource file = {.path = scratch_write(&files, "text", text, strlen(text))};
    sentence_text sentences = sentence_text_of(text);
    const TextSource source = sentence_source(&sentences);
    Corpus from_file, from_sentences;

    read_well(&from_file, &file, 1, options);
    read_well(&from_sentences, &source, 1, options);
    require_same_corpus(&from_file, &from_sentences);
    corpus_free(&from_file);
    corpus_free(&from_sentences);
    sentence_text_free(&sentences);
    scratch_close(&files);
}

START_TEST(sentences_equal_a_file)
{
    char *text = random_text((size_t)PART_OF(3000000), 3);
    CorpusOptions options = SPACE;

    compare_with_file("a b a\n\nc\n", &options);
    compare_with_file(text, &options);
    options.memory_limit = 100000; /* to disk */
    compare_with_file(text, &options);
    options.min_count = 5;
    options.max_words = 1000;
    compare_with_file(text, &options);
    options.heldout = 0.1;
    options.seed = 7;
    compare_with_file(text, &options);
    options.memory_limit = (size_t)1 << 30;
    compare_with_file(text, &options);
    options.count_only = true;
    compare_with_file(text, &options);
    free(text);
}
END_TEST

/* One sentence of more tokens than a batch and a block have, of words as long as they can be. */
START_TEST(long_sentence)
{
    const size_t words = 20000;
    char *text = malloc(words * 8 + 200 * (MAX_TOKEN_BYTES + 1) + 1);
    size_t used = 0;

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < words; i++) {
        memcpy(text + used, "ab cdef ", 8);
        used += 8;
    }
    for (size_t i = 0; i < 200; i++) {
        memset(text + used, "xyz"[i % 3], MAX_TOKEN_BYTES);
        used += MAX_TOKEN_BYTES;
        text[used++] = ' ';
    }
    text[used - 1] = '\n';
    text[used] = '\0';
    compare_with_file(text, &SPACE);
    free(text);
}
END_TEST

/* Tokens are words as they are, whatever the tokenizer. */
START_TEST(any_tokenizer)
{
    sentence_text sentences = sentence_text_of("The cat's-eye 42 ?!\n");
    const TextSource source = sentence_source(&sentences);
    CorpusOptions options = SPACE;
    Corpus corpus;

    options.tokenizer.kind = TOKENIZER_WORDS;
    read_well(&corpus, &source, 1, &options);
    ck_assert_uint_eq(vocabulary_size(corpus.vocabulary), 4);
    ck_assert_uint_ne(vocabulary_find(corpus.vocabulary, "The", 3), NO_ID);
    ck_assert_uint_ne(vocabulary_find(corpus.vocabulary, "cat's-eye", 9), NO_ID);
    ck_assert_uint_ne(vocabulary_find(corpus.vocabulary, "?!", 2), NO_ID);
    corpus_free(&corpus);
    sentence_text_free(&sentences);
}
END_TEST

START_TEST(bad_tokens)
{
    char longest[MAX_TOKEN_BYTES + 3] = "";

    refuse_text("a b\nc  d\n", "tokens, sentence 2, token 2: the word '' is empty; correct it or leave it out");
    refuse_text("a b\n\n\nc d\xff e\n", "tokens, sentence 4, token 2: the word 'd?' is not valid UTF-8");
    refuse_text("a\u00a0b",
                "tokens, sentence 1, token 1: the word 'a\u00a0b' contains white space or a control character");
    refuse_text("a b\tc", "sentence 1, token 2: the word 'b?c' contains white space");
    memset(longest, 'x', MAX_TOKEN_BYTES + 1);
    refuse_text(longest, "sentence 1, token 1: the word 'xxx");
    refuse_text(longest, "is longer than 1024 bytes");
}
END_TEST

static int without_text(void *context, const n2v_token **tokens, size_t *count)
{
    static const n2v_token token = {NULL, 3};
    *tokens = *(bool *)context ? &token : NULL;
    *count = 1;
    return 1;
}

START_TEST(bad_pointers)
{
    bool has_token = false;
    const TextSource source = {.kind = SOURCE_SENTENCES, .next = without_text, .context = &has_token};

    refuse(&source, 1, &SPACE, N2V_ERROR_DATA, "the source of sentences, sentence 1: there is no pointer to its 1 to");
    has_token = true;
    refuse(&source, 1, &SPACE, N2V_ERROR_DATA, "sentence 1, token 1: the word '' has no text");
}
END_TEST

START_TEST(nothing_in_it)
{
    sentence_text sentences = sentence_text_of("");
    CorpusOptions options = SPACE;
    TextSource source = sentence_source(&sentences);

    refuse(&source, 1, &options, N2V_ERROR_DATA, "tokens is empty: give text");
    refuse_text("\n\n\n", "there is no word in tokens: only empty sentences");
    options.min_count = 3;
    sentences = sentence_text_of("a b a\n");
    source = sentence_source(&sentences);
    refuse(&source, 1, &options, N2V_ERROR_DATA, "minimum count of 3: the most frequent one occurs 2 times");
    sentence_text_free(&sentences);
}
END_TEST

START_TEST(gives_up)
{
    sentence_text sentences = sentence_text_of("a b\nc d\ne f\n");
    const TextSource source = sentence_source(&sentences);

    sentences.gives_up_at = 3;
    refuse(&source, 1, &SPACE, N2V_ERROR_INTERRUPTED, "tokens gave up after 2 sentences");
    sentence_text_free(&sentences);
}
END_TEST

typedef struct watch {
    int asked, heard;
    n2v_reading last;
} watch;

static bool stop_the_third_time(void *context)
{
    return ++((watch *)context)->asked >= 3;
}

static void hear(void *context, const n2v_reading *reading)
{
    watch *w = context;
    ck_assert_uint_ge(reading->tokens, w->last.tokens);
    ck_assert_uint_ge(reading->bytes, w->last.bytes);
    ck_assert_uint_eq(reading->bytes_total, 0);
    ck_assert_double_gt(reading->seconds, w->last.seconds);
    w->last = *reading;
    w->heard++;
}

/* Sentences without an end, that come fast, and so slowly that no batch would be full within a minute. */
START_TEST(stopped_and_reported)
{
    for (int slow = 0; slow < 2; slow++) {
        sentence_text sentences = sentence_text_of("a b c\n");
        const TextSource source = sentence_source(&sentences);
        watch w = {0};
        CorpusOptions options = SPACE;

        sentences.endless = true;
        sentences.pause = slow ? 150000 : 0;
        options.count_only = true;
        options.stop = (Stop){stop_the_third_time, &w};
        options.reading = hear;
        options.reading_context = &w;
        refuse(&source, 1, &options, N2V_ERROR_INTERRUPTED, "interrupted");
        ck_assert_int_eq(w.asked, 3);
        ck_assert_int_ge(w.heard, 1);
        ck_assert_uint_gt(w.last.tokens, 0);
        ck_assert_uint_eq(w.last.bytes, 2 * w.last.tokens);
        if (slow)
            ck_assert_uint_lt(sentences.calls, 100);
        sentence_text_free(&sentences);
    }
}
END_TEST

/* Where one source has no size, the total has none: hear() requires that. */
START_TEST(total_beside_a_file)
{
    scratch files = scratch_open();
    sentence_text sentences = sentence_text_of("a b c\na b\nc\na\n");
    const TextSource sources[2] = {{.path = scratch_write(&files, "text", "one two\n", 8)},
                                   sentence_source(&sentences)};
    CorpusOptions options = SPACE;
    Corpus corpus;
    watch w = {0};

    sentences.pause = 150000;
    options.reading = hear;
    options.reading_context = &w;
    read_well(&corpus, sources, 2, &options);
    ck_assert_int_ge(w.heard, 1);
    ck_assert_uint_ge(w.last.tokens, 2); /* the file's are among them */
    ck_assert_uint_ge(w.last.bytes, 8);
    corpus_free(&corpus);
    sentence_text_free(&sentences);
    scratch_close(&files);
}
END_TEST

static int open_text(const char *path)
{
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    ck_assert_int_ge(descriptor, 0);
    return descriptor;
}

/* A file, a gzipped descriptor that is not read from its beginning, and sentences, in this order. */
START_TEST(mixed_sources)
{
    scratch files = scratch_open();
    char first[160], second[160], third[160];
    const char *texts[3] = {"one two\nthree", "four five\none", "one six\n\ntwo\n"};
    char whole[64];
    size_t packed_bytes;
    unsigned char *packed = scratch_gzip(texts[1], strlen(texts[1]), &packed_bytes), *ahead = malloc(packed_bytes + 9);
    sentence_text sentences = sentence_text_of(texts[2]);
    CorpusOptions options = SPACE;

    ck_assert_ptr_nonnull(ahead);
    memset(ahead, '?', 9);
    memcpy(ahead + 9, packed, packed_bytes);
    strcpy(first, scratch_write(&files, "1", texts[0], strlen(texts[0])));
    strcpy(second, scratch_write(&files, "2", ahead, packed_bytes + 9));
    snprintf(whole, sizeof whole, "%s\n%s\n%s", texts[0], texts[1], texts[2]);
    strcpy(third, scratch_write(&files, "3", whole, strlen(whole)));
    for (int held = 0; held < 2; held++) {
        const int descriptor = open_text(second);
        const TextSource sources[3] = {{.path = first},
                                       {.kind = SOURCE_DESCRIPTOR, .descriptor = descriptor, .name = "second"},
                                       sentence_source(&sentences)},
                         one = {.path = third};
        Corpus mixed, wanted;

        sentences.at = texts[2];
        options.heldout = held ? 0.5 : 0;
        options.seed = 2;
        ck_assert_int_eq(lseek(descriptor, 9, SEEK_SET), 9);
        read_well(&mixed, sources, 3, &options);
        read_well(&wanted, &one, 1, &options);
        ck_assert_uint_eq(mixed.report.bytes + 2, wanted.report.bytes); /* the line feeds between the texts */
        mixed.report.bytes += 2;
        require_same_corpus(&mixed, &wanted);
        corpus_free(&mixed);
        corpus_free(&wanted);
        ck_assert_int_eq(fcntl(descriptor, F_GETFL) & O_NONBLOCK, 0); /* open, and as it was */
        ck_assert_int_eq(close(descriptor), 0);
    }
    free(packed);
    free(ahead);
    sentence_text_free(&sentences);
    scratch_close(&files);
}
END_TEST

static void *write_pipe(void *context)
{
    const int end = *(int *)context;
    (void)!write(end, "a b", 3);
    usleep(30000);
    (void)!write(end, " a\n", 3);
    (void)close(end);
    return NULL;
}

START_TEST(pipe_descriptor)
{
    int ends[2];
    pthread_t thread;
    Corpus corpus;

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(pthread_create(&thread, NULL, write_pipe, &ends[1]), 0);
    read_well(&corpus, &(TextSource){.kind = SOURCE_DESCRIPTOR, .descriptor = ends[0]}, 1, &SPACE);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_uint_eq(blocks_words(corpus.blocks), 3);
    ck_assert_uint_eq(vocabulary_count(corpus.vocabulary, 0), 2);
    corpus_free(&corpus);
    ck_assert_int_eq(close(ends[0]), 0); /* it was open */
}
END_TEST

START_TEST(checks_before_reading)
{
    n2v_error error = {0};
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(text_source_check(&(TextSource){.kind = SOURCE_DESCRIPTOR, .descriptor = ends[0]}, NULL), N2V_OK);
    ck_assert_int_eq(
        text_source_check(&(TextSource){.kind = SOURCE_DESCRIPTOR, .descriptor = ends[1], .name = "it"}, &error),
        N2V_ERROR_ARGUMENT);
    ck_assert_str_eq(error.text, "cannot read it: it is only for writing");
    ck_assert_int_eq(close(ends[0]) | close(ends[1]), 0);
    ck_assert_int_eq(text_source_check(&(TextSource){.kind = SOURCE_DESCRIPTOR, .descriptor = ends[0]}, &error),
                     N2V_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "cannot read the file descriptor: "));
    ck_assert_int_eq(text_source_check(&(TextSource){.path = "/no/such"}, &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(text_source_check(&(TextSource){.kind = SOURCE_SENTENCES}, &error), N2V_ERROR_ARGUMENT);
}
END_TEST

/* A vocabulary that is given stays as it is, or is pruned; all who hold it may let it go in any order. */
START_TEST(final_vocabulary)
{
    sentence_text sentences = sentence_text_of("b c a x\nx\na\n");
    const TextSource source = sentence_source(&sentences);
    Vocabulary *vocabulary = vocabulary_create();
    CorpusOptions options = SPACE;
    Block block;
    Corpus corpus;

    ck_assert_ptr_nonnull(vocabulary);
    for (const char *word = "abc"; *word; word++) /* not in the order of counts */
        ck_assert_int_eq(vocabulary_add(vocabulary, word, 1, (uint64_t)(*word - 'a'), NULL, NULL), N2V_OK);
    options.vocabulary = vocabulary_hold(vocabulary);
    options.final_vocabulary = true;
    options.min_count = 5;
    read_well(&corpus, &source, 1, &options);
    ck_assert_ptr_eq(corpus.vocabulary, vocabulary);
    vocabulary_destroy(vocabulary); /* the corpus holds it */
    ck_assert_uint_eq(vocabulary_size(corpus.vocabulary), 3);
    ck_assert_str_eq(vocabulary_word(corpus.vocabulary, 2, NULL), "c");
    ck_assert_int_eq(blocks_read(corpus.blocks, 0, NULL, &block, NULL), N2V_OK);
    ck_assert_uint_eq(block.count, 4);
    ck_assert_uint_eq(block.ids[0], 1);
    ck_assert_uint_eq(block.ids[1], 2);
    ck_assert_uint_eq(block.ids[2], 0 | SENTENCE_END);
    ck_assert_uint_eq(block.ids[3], 0 | SENTENCE_END);
    corpus_free(&corpus);
    sentence_text_free(&sentences);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sources");
    add_test(suite, "sentences equal a file", sentences_equal_a_file);
    add_test(suite, "long sentence", long_sentence);
    add_test(suite, "any tokenizer", any_tokenizer);
    add_test(suite, "bad tokens", bad_tokens);
    add_test(suite, "bad pointers", bad_pointers);
    add_test(suite, "nothing in it", nothing_in_it);
    add_test(suite, "gives up", gives_up);
    add_test(suite, "stopped and reported", stopped_and_reported);
    add_test(suite, "total beside a file", total_beside_a_file);
    add_test(suite, "mixed sources", mixed_sources);
    add_test(suite, "pipe descriptor", pipe_descriptor);
    add_test(suite, "checks before reading", checks_before_reading);
    add_test(suite, "final vocabulary", final_vocabulary);
    return run_suite(suite);
}
