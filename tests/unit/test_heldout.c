/* Held-out sentences: which they are, and that they are kept out of everything. Their loss: test_heldout_loss.c. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "corpus/corpus.h"
#include "scratch.h"
#include "test.h"

#define LINES 4000

static const CorpusOptions PLAIN = {.min_count = 1, .memory_limit = (size_t)1 << 30};

/* ---- the split ---- */

/* Line i is "u<i> the v<i % 7> ... the": its own word shows where a line has gone. */
static char *numbered_lines(size_t lines, size_t *bytes)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, bytes);

    ck_assert_ptr_nonnull(out);
    for (size_t i = 0; i < lines; i++) {
        (void)fprintf(out, "u%zu the v%zu", i, i % 7);
        for (size_t k = 0; k < i % 13; k++)
            (void)fprintf(out, " filler");
        (void)fprintf(out, i % 5 ? " the\n" : " the\n\n");
    }
    ck_assert_int_eq(fclose(out), 0);
    return text;
}

static n2v_status read_lines(Corpus *corpus, const char *text, size_t bytes, const CorpusOptions *options,
                             n2v_error *error)
{
    scratch files = scratch_open();
    const char *path = scratch_write(&files, "text", text, bytes);
    const n2v_status status = corpus_read(corpus, &(TextSource){.path = path}, 1, options, error);
    scratch_close(&files);
    return status;
}

static Corpus split(const char *text, size_t bytes, double share, uint64_t seed)
{
    CorpusOptions options = PLAIN;
    n2v_error error = {.text = ""};
    Corpus corpus;

    options.heldout = share;
    options.seed = seed;
    require(read_lines(&corpus, text, bytes, &options, &error) == N2V_OK, "%s", error.text);
    return corpus;
}

static Id find(const Corpus *corpus, const char *word)
{
    return vocabulary_find(corpus->vocabulary, word, strlen(word));
}

static bool trained_on(const Corpus *corpus, size_t line)
{
    char word[32];
    (void)snprintf(word, sizeof word, "u%zu", line);
    return find(corpus, word) != NO_ID;
}

static uint64_t occurrences(const Blocks *blocks, Id id)
{
    Id buffer[BLOCK_IDS];
    uint64_t count = 0;

    for (size_t b = 0; b < blocks_count(blocks); b++) {
        Block block;
        ck_assert_int_eq(blocks_read(blocks, b, buffer, &block, NULL), N2V_OK);
        for (size_t k = 0; k < block.count; k++)
            count += (block.ids[k] & ~SENTENCE_END) == id;
    }
    return count;
}

START_TEST(each_sentence_goes_one_way)
{
    size_t bytes, kept = 0, words = 0;
    char *text = numbered_lines(LINES, &bytes);
    Corpus corpus = split(text, bytes, 0.2, 1), none = split(text, bytes, 0, 1);

    ck_assert_ptr_nonnull(corpus.heldout);
    ck_assert_ptr_null(none.heldout);
    for (size_t i = 0; i < LINES; i++) {
        kept += trained_on(&corpus, i);
        words += trained_on(&corpus, i) ? 4 + i % 13 : 0;
    }
    ck_assert_double_eq_tol((double)kept / LINES, 0.8, 5 * sqrt(0.2 * 0.8 / LINES));
    ck_assert_uint_eq(blocks_sentences(corpus.blocks), kept);
    ck_assert_uint_eq(blocks_words(corpus.blocks), words);
    ck_assert_uint_eq(blocks_sentences(corpus.heldout), LINES - kept);
    /* the words of their own of held-out lines have no id, all others stay */
    ck_assert_uint_eq(blocks_words(corpus.heldout), blocks_words(none.blocks) - words - (LINES - kept));
    ck_assert_uint_eq(vocabulary_total(corpus.vocabulary), words);
    for (size_t id = 0; id < vocabulary_size(corpus.vocabulary); id += id < 12 ? 1 : 97)
        ck_assert_uint_eq(vocabulary_count(corpus.vocabulary, (Id)id), occurrences(corpus.blocks, (Id)id));
    ck_assert_uint_eq(occurrences(corpus.heldout, find(&corpus, "the")), 2 * (LINES - kept));
    corpus_free(&corpus);
    corpus_free(&none);
    free(text);
}
END_TEST

START_TEST(the_choice_is_the_seeds)
{
    size_t bytes, differ = 0, prefix = 0;
    char *text = numbered_lines(LINES, &bytes);
    Corpus a = split(text, bytes, 0.3, 1), b = split(text, bytes, 0.3, 1), other = split(text, bytes, 0.3, 2);
    Corpus less = split(text, bytes, 0.1, 1);
    Corpus half;

    while (prefix < bytes && prefix < bytes / 2)
        prefix = (size_t)(strchr(text + prefix, '\n') - text) + 1;
    half = split(text, prefix, 0.3, 1);
    for (size_t i = 0; i < LINES; i++) {
        ck_assert_int_eq(trained_on(&a, i), trained_on(&b, i));
        differ += trained_on(&a, i) != trained_on(&other, i);
        require(!trained_on(&a, i) || trained_on(&less, i), "line %zu is held out of a tenth but not of more", i);
        if (i < LINES / 3)
            ck_assert_int_eq(trained_on(&half, i), trained_on(&a, i));
    }
    ck_assert_double_eq_tol((double)differ / LINES, 2 * 0.3 * 0.7, 0.05);
    corpus_free(&a);
    corpus_free(&b);
    corpus_free(&other);
    corpus_free(&less);
    corpus_free(&half);
    free(text);
}
END_TEST

/* Words that appear only in held-out sentences do not become words at any minimum. */
START_TEST(counts_are_of_training_alone)
{
    size_t bytes;
    char *text = numbered_lines(LINES, &bytes);
    CorpusOptions options = PLAIN;
    Corpus corpus, one = split(text, bytes, 0.5, 3);
    n2v_error error = {.text = ""};

    options.heldout = 0.5;
    options.seed = 3;
    options.min_count = 0;
    ck_assert_int_eq(read_lines(&corpus, text, bytes, &options, &error), N2V_OK);
    ck_assert_uint_eq(vocabulary_size(corpus.vocabulary), vocabulary_size(one.vocabulary));
    ck_assert_uint_gt(vocabulary_count(corpus.vocabulary, (Id)(vocabulary_size(corpus.vocabulary) - 1)), 0);
    corpus_free(&corpus);
    corpus_free(&one);
    options.heldout = 1e-12;
    ck_assert_int_eq(read_lines(&corpus, text, bytes, &options, &error), N2V_ERROR_DATA);
    ck_assert_msg(strstr(error.text, "nothing is held out") && strstr(error.text, "4000 sentences"), "%s", error.text);
    options.heldout = 1 - 1e-12;
    ck_assert_int_eq(read_lines(&corpus, text, bytes, &options, &error), N2V_ERROR_DATA);
    require(strstr(error.text, "nothing is left to train on") && strstr(error.text, "4000 sentences"), "%s",
            error.text);
    options.vocabulary = vocabulary_create();
    ck_assert_ptr_nonnull(options.vocabulary);
    ck_assert_int_eq(vocabulary_add(options.vocabulary, "the", 3, 9, NULL, NULL), N2V_OK);
    ck_assert_int_eq(read_lines(&corpus, text, bytes, &options, &error), N2V_ERROR_DATA);
    require(strstr(error.text, "nothing is left to train on") != NULL, "%s", error.text);
    free(text);
}
END_TEST

START_TEST(another_text_is_encoded)
{
    static const char train[] = "a b c\na b\na\n", other[] = "x b a y\nz\nb x\n\na", odd[] = "x y z\n";
    scratch files = scratch_open();
    Corpus corpus;
    CorpusReport report;
    Blocks *blocks;
    Block block;
    Id buffer[BLOCK_IDS];
    n2v_error error = {.text = ""};
    const char *path;

    ck_assert_int_eq(read_lines(&corpus, train, strlen(train), &PLAIN, &error), N2V_OK);
    path = scratch_write(&files, "other", other, strlen(other));
    require(corpus_encode(&blocks, &report, corpus.vocabulary, &(TextSource){.path = path}, 1, &PLAIN, &error) ==
                N2V_OK,
            "%s", error.text);
    ck_assert_uint_eq(report.tokens, 8);
    ck_assert_uint_eq(blocks_words(blocks), 4);
    ck_assert_uint_eq(blocks_sentences(blocks), 3);
    ck_assert_int_eq(blocks_read(blocks, 0, buffer, &block, NULL), N2V_OK);
    ck_assert_uint_eq(block.ids[0], 1);
    ck_assert_uint_eq(block.ids[1], 0 | SENTENCE_END);
    ck_assert_uint_eq(block.ids[2], 1 | SENTENCE_END);
    ck_assert_uint_eq(block.ids[3], 0 | SENTENCE_END);
    ck_assert_uint_eq(vocabulary_total(corpus.vocabulary), 6); /* counts stay */
    ck_assert_uint_eq(vocabulary_size(corpus.vocabulary), 3);
    blocks_destroy(blocks);
    path = scratch_write(&files, "odd", odd, strlen(odd));
    ck_assert_int_eq(corpus_encode(&blocks, &report, corpus.vocabulary, &(TextSource){.path = path}, 1, &PLAIN, &error),
                     N2V_ERROR_DATA);
    ck_assert_ptr_null(blocks);
    ck_assert_msg(strstr(error.text, "shares no word") != NULL, "%s", error.text);
    corpus_free(&corpus);
    scratch_close(&files);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("held-out sentences");
    add_test(suite, "each sentence goes one way", each_sentence_goes_one_way);
    add_test(suite, "the choice is the seed's", the_choice_is_the_seeds);
    add_test(suite, "counts are of training alone", counts_are_of_training_alone);
    add_test(suite, "another text is encoded", another_text_is_encoded);
    return run_suite(suite);
}
