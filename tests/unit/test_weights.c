/* Weights of lines: how they are read, counted, and how often a line is trained on. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "corpus/corpus.h"
#include "corpus/fingerprint.h"
#include "corpus/line_weight.h"
#include "corpus/turns.h"
#include "corpus/weight.h"
#include "scratch.h"
#include "sentence_text.h"
#include "test.h"

static const CorpusOptions WEIGHTED = {
    .tokenizer = {.kind = TOKENIZER_SPACE}, .weighted = true, .min_count = 1, .memory_limit = (size_t)1 << 30};

START_TEST(numbers)
{
    static const struct {
        const char *text, *fault;
        float weight;
    } cases[] = {{"0", NULL, 0},
                 {"1", NULL, 1},
                 {"2.5", NULL, 2.5F},
                 {"1e3", NULL, 1000},
                 {"1000000000", NULL, 1e9F},
                 {".5", NULL, 0.5F},
                 {"-0", NULL, 0},
                 {"-1", "below 0", 0},
                 {"1000000001", "above", 0},
                 {"1e999", "no number", 0},
                 {"inf", "no number", 0},
                 {"nan", "no number", 0},
                 {"", "no number", 0},
                 {"one", "no number", 0},
                 {"1,5", "no number", 0},
                 {"0x10", "no number", 0},
                 {"1.0000000000000000000000000000000000000000000000000000000000000000", "no number", 0}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        float weight = -1;
        const char *fault = weight_fault(cases[i].text, strlen(cases[i].text), &weight);
        if (cases[i].fault)
            require(fault && strstr(fault, cases[i].fault), "%s", cases[i].text);
        else
            require(!fault && weight == cases[i].weight, "%s: %s", cases[i].text, fault ? fault : "another weight");
    }
    ck_assert_uint_eq(weight_units(0), 0);
    ck_assert_uint_eq(weight_units(1), WEIGHT_UNIT);
    ck_assert_uint_eq(weight_units(1e-9F), 1);
    ck_assert_uint_eq(weight_units(1e9F), 1000000000 * WEIGHT_UNIT);
}
END_TEST

/* ---- reading ---- */

static n2v_status read_text(Corpus *corpus, const char *text, const CorpusOptions *options, n2v_error *error)
{
    scratch files = scratch_open();
    const TextSource file = {.path = scratch_write(&files, "text", text, strlen(text))};
    const n2v_status status = corpus_read(corpus, &file, 1, options, error);

    scratch_close(&files);
    return status;
}

static Corpus read_well(const char *text, const CorpusOptions *options)
{
    n2v_error error = {.text = ""};
    Corpus corpus;

    require(read_text(&corpus, text, options, &error) == N2V_OK, "%s", error.text);
    return corpus;
}

static uint64_t count_of(const Corpus *corpus, const char *word)
{
    const Id id = vocabulary_find(corpus->vocabulary, word, strlen(word));
    return id == NO_ID ? 0 : vocabulary_count(corpus->vocabulary, id);
}

START_TEST(counts)
{
    /* a: 2.5 + 0.25 + 0.25; b: 2.5; c: 0.25 twice; d: less than a half; 7 is a token; tabs, blanks, CRLF, no last line
     * feed */
    Corpus corpus = read_well("\xef\xbb\xbf" "2.5 a b\n\n0.25\ta 7 c\r\n  0.25 c a\n0 zero\n \n0.001 d d\n3 7 7",
                              &WEIGHTED);

    ck_assert_uint_eq(count_of(&corpus, "a"), 3);
    ck_assert_uint_eq(count_of(&corpus, "b"), 3);
    ck_assert_uint_eq(count_of(&corpus, "c"), 1);
    ck_assert_uint_eq(count_of(&corpus, "d"), 1);
    ck_assert_uint_eq(count_of(&corpus, "7"), 6);
    ck_assert_uint_eq(count_of(&corpus, "zero"), 0);
    ck_assert_uint_eq(vocabulary_size(corpus.vocabulary), 5);
    ck_assert_uint_eq(vocabulary_total(corpus.vocabulary), 14);
    ck_assert_uint_eq(corpus.report.tokens, 11);
    ck_assert_uint_eq(corpus.report.lines, 8);
    ck_assert_uint_eq(corpus.report.plain_words, 11);
    ck_assert_uint_eq(corpus.report.words, 12); /* 2 * 2.5 + 3 * 0.25 + 2 * 0.25 + 2 * 0.001 + 2 * 3, rounded */
    ck_assert(corpus.report.weighted);
    corpus_free(&corpus);
}
END_TEST

START_TEST(bad_lines)
{
    static const struct {
        const char *text, *says;
    } cases[] = {{"1 a b\nx y z\n", "line 2: the weight 'x' is no number"},
                 {"1 a b\n\n-1 y\n", "line 3: the weight '-1' is below 0"},
                 {"inf a\n", "line 1: the weight 'inf'"},
                 {"nan a\n", "line 1: the weight 'nan'"},
                 {"2e9 a b\n", "is above 1e9"},
                 {"1 a\n2\n", "line 2: there is nothing after the first field, '2'"},
                 {"1 a\n2 \t\r\n1 b\n", "line 2: there is nothing after"},
                 {"1 a b\n3", "line 2: there is nothing after"},
                 {"1 a b\nabc", "line 2: the weight 'abc' is no number"},
                 {"0 x\n-1 y\n", "line 2"},
                 {"0 a b\n0 c\n", "the weights of all lines are 0"},
                 {"1e-9 a b\n", "add up to less than one word"},
                 {"\n\n", "there is no word"}};
    char longer[3000];

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        n2v_error error = {.text = ""};
        Corpus corpus;
        ck_assert_int_eq(read_text(&corpus, cases[i].text, &WEIGHTED, &error), N2V_ERROR_DATA);
        require(strstr(error.text, cases[i].says), "'%s' is not in '%s'", cases[i].says, error.text);
    }
    memset(longer, '1', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    n2v_error error = {.text = ""};
    Corpus corpus;
    ck_assert_int_eq(read_text(&corpus, longer, &WEIGHTED, &error), N2V_ERROR_DATA);
    ck_assert_ptr_nonnull(strstr(error.text, "is no number"));
}
END_TEST

START_TEST(sentences_equal_a_file)
{
    static const char text[] = "2.5 a b c\n\n0 d e\n1e1 a c\n0.125 f g\n";
    static const char *const bad[] = {"a b\n", "1 a\n-1 b\n", "1\n"};
    sentence_text sentences = sentence_text_of(text);
    const TextSource source = sentence_source(&sentences);
    Corpus from_file = read_well(text, &WEIGHTED), from_sentences;
    Fingerprint one, other;

    ck_assert_int_eq(corpus_read(&from_sentences, &source, 1, &WEIGHTED, NULL), N2V_OK);
    require_same_corpus(&from_file, &from_sentences);
    ck_assert_int_eq(fingerprint_of(&one, from_file.blocks, NULL), N2V_OK);
    ck_assert_int_eq(fingerprint_of(&other, from_sentences.blocks, NULL), N2V_OK);
    ck_assert_mem_eq(&one, &other, sizeof one);
    corpus_free(&from_file);
    corpus_free(&from_sentences);
    sentence_text_free(&sentences);
    for (size_t i = 0; i < 3; i++) {
        n2v_error error = {.text = ""};
        sentences = sentence_text_of(bad[i]);
        const TextSource wrong = sentence_source(&sentences);
        ck_assert_int_eq(corpus_read(&from_file, &wrong, 1, &WEIGHTED, &error), N2V_ERROR_DATA);
        ck_assert_ptr_nonnull(strstr(error.text, i == 1 ? "sentence 2" : "sentence 1"));
        sentence_text_free(&sentences);
    }
}
END_TEST

/* A file in pieces of any size is cut in the same way. */
START_TEST(pieces)
{
    static const char text[] = "1.5 a b\n\n 22\tc\n3 d";
    char whole[100] = "";
    const size_t count = strlen(text);

    for (size_t step = count; step; step--) {
        LineWeight line = {.name = "text"};
        char found[100] = "";
        for (size_t at = 0; at < count; at += step)
            for (size_t done = 0, some = count - at < step ? count - at : step; done < some;) {
                size_t skipped, rest;
                ck_assert_int_eq(line_weight_cut(&line, (const unsigned char *)text + at + done, some - done, &skipped,
                                                 &rest, NULL), N2V_OK);
                ck_assert_uint_gt(skipped + rest, 0);
                strncat(found, text + at + done + skipped, rest);
                done += skipped + rest;
            }
        ck_assert_int_eq(line_weight_end(&line, NULL), N2V_OK);
        ck_assert(line.weight == 3);
        if (step == count)
            strcpy(whole, found);
        ck_assert_str_eq(whole, " a b\n\n\tc\n d");
        ck_assert_str_eq(found, whole);
    }
}
END_TEST

/* ---- turns ---- */

/* Sentence i has 1 + i % 5 times the id i, and the weight of the table. */
static Blocks *weighted_blocks(const float *weights, size_t sentences, size_t limit, const Id *map)
{
    Blocks *blocks = NULL;

    ck_assert_int_eq(blocks_create(&blocks, limit, NULL, NULL), N2V_OK);
    blocks_weigh(blocks);
    for (size_t i = 0; i < sentences; i++)
        for (size_t k = 0; k <= i % 5; k++) {
            const Id id = (Id)i | (k == i % 5 ? SENTENCE_END : 0);
            ck_assert_int_eq(blocks_append(blocks, &id, 1, NULL), N2V_OK);
        }
    for (size_t i = 0; i < sentences; i++)
        ck_assert_int_eq(blocks_append_weight(blocks, weights[i], NULL), N2V_OK);
    ck_assert_int_eq(blocks_finish(blocks, map, NULL, NULL), N2V_OK);
    ck_assert_int_eq(blocks_take_turns(blocks, false, NULL, NULL), N2V_OK);
    return blocks;
}

/* How often each sentence is in an epoch; checks what holds for each block. */
static void add_epoch(const Blocks *blocks, size_t epoch, uint64_t *found)
{
    Id *buffer = malloc(BLOCK_BUFFER * sizeof *buffer);
    uint64_t words = 0;

    for (size_t b = 0; b < blocks_count(blocks); b++) {
        Random random;
        Block block;
        ck_assert_int_eq(blocks_read(blocks, b, buffer, &block, NULL), N2V_OK);
        require(block.count && block.count <= BLOCK_IDS && block.words <= block.count, "block %zu", b);
        require(block.words_before == words && blocks_words_before(blocks, b) == words, "words before block %zu", b);
        words += block.words;
        random_seed(&random, 1, epoch, b, STREAM_WEIGHTS);
        turns_draw(&block, buffer, &random);
        require(!block.count || buffer[block.count - 1] & SENTENCE_END, "the end of block %zu", b);
        for (size_t i = 0, length = 1; i < block.count; i++, length++) {
            const Id id = buffer[i] & ~SENTENCE_END;
            if (!(buffer[i] & SENTENCE_END))
                continue;
            require(length == 1 + id % 5, "sentence %u has %zu words", id, length);
            found[id]++;
            length = 0;
        }
    }
    ck_assert_uint_eq(words, blocks_words(blocks));
    free(buffer);
}

enum { SENTENCES = 6000 };

START_TEST(whole_weights)
{
    float weights[SENTENCES];
    uint64_t words = 0;

    for (size_t i = 0; i < SENTENCES; i++) {
        weights[i] = i == 77 ? 3000 : (float)(1 + i % 4);
        words += (uint64_t)weights[i] * (1 + i % 5);
    }
    for (int disk = 0; disk < 2; disk++) {
        Blocks *blocks = weighted_blocks(weights, SENTENCES, disk ? 0 : (size_t)1 << 30, NULL);
        for (size_t epoch = 0; epoch < 2; epoch++) {
            uint64_t found[SENTENCES] = {0};
            add_epoch(blocks, epoch, found);
            for (size_t i = 0; i < SENTENCES; i++)
                require(found[i] == (uint64_t)weights[i], "sentence %zu: %" PRIu64, i, found[i]);
        }
        ck_assert_uint_eq(blocks_words(blocks), words);
        ck_assert_uint_eq(blocks_sentences(blocks), SENTENCES);
        blocks_destroy(blocks);
    }
}
END_TEST

START_TEST(expectation)
{
    enum { EPOCHS = 400, MANY = 600 };
    static const float table[] = {0.02F, 0.5F, 0.9F, 1, 1.25F, 2.6F};
    float weights[MANY];
    uint64_t found[MANY] = {0};
    double sums[6] = {0};
    Blocks *blocks;

    for (size_t i = 0; i < MANY; i++)
        weights[i] = table[i % 6];
    blocks = weighted_blocks(weights, MANY, (size_t)1 << 30, NULL);
    for (size_t epoch = 0; epoch < EPOCHS; epoch++)
        add_epoch(blocks, epoch, found);
    for (size_t i = 0; i < MANY; i++) {
        const double w = (double)weights[i], share = w - floor(w), sd = sqrt(share * (1 - share) * (double)EPOCHS);
        require(fabs((double)found[i] - w * (double)EPOCHS) <= 5 * sd, "weight %g: %" PRIu64 " times", w, found[i]);
        sums[i % 6] += (double)found[i];
    }
    for (size_t k = 0; k < 6; k++) /* each of 100 sentences */
        require(fabs(sums[k] / (100 * EPOCHS) - (double)table[k]) < 0.01, "weight %g: %g", (double)table[k], sums[k]);
    ck_assert_uint_eq(blocks_words(blocks), (uint64_t)((0.02 + 0.5 + 0.9 + 1 + 1.25 + 2.6) * 300 + 0.5));
    blocks_destroy(blocks);
}
END_TEST

/* Copies of a sentence are not in a row. */
START_TEST(spread)
{
    enum { MANY = 300 };
    float weights[MANY];
    Id *buffer = malloc(BLOCK_BUFFER * sizeof *buffer);
    Id last = NO_ID;
    Block block;

    for (size_t i = 0; i < MANY; i++)
        weights[i] = 3;
    Blocks *blocks = weighted_blocks(weights, MANY, (size_t)1 << 30, NULL);
    ck_assert_uint_eq(blocks_count(blocks), 1);
    ck_assert_int_eq(blocks_read(blocks, 0, buffer, &block, NULL), N2V_OK);
    ck_assert_uint_eq(block.count, 3 * 3 * MANY);
    for (size_t i = 0; i < block.count; i++)
        if (block.ids[i] & SENTENCE_END) {
            const Id id = block.ids[i] & ~SENTENCE_END;
            require(last == NO_ID ? id == 0 : id == (last + 1) % MANY, "%u after %u", id, last);
            last = id;
        }
    blocks_destroy(blocks);
    free(buffer);
}
END_TEST

/* Sentences that vanish, or are cut, take or keep their weights. */
START_TEST(pruned_and_cut)
{
    enum { LONG = 3 * 8192 + 5, FEW = 10 };
    float weights[SENTENCES];
    static Id map[SENTENCES], ids[LONG];
    uint64_t found[SENTENCES] = {0};
    Blocks *blocks;
    Block block;

    for (Id i = 0; i < SENTENCES; i++) {
        weights[i] = (float)(1 + i % 3);
        map[i] = i % 2 ? i : NO_ID;
    }
    for (int disk = 0; disk < 2; disk++) {
        blocks = weighted_blocks(weights, SENTENCES, disk ? 0 : (size_t)1 << 30, map);
        memset(found, 0, sizeof found);
        add_epoch(blocks, 0, found);
        for (size_t i = 0; i < SENTENCES; i++)
            require(found[i] == (i % 2 ? 1 + i % 3 : 0), "sentence %zu: %" PRIu64, i, found[i]);
        blocks_destroy(blocks);
    }
    ids[LONG - 1] = SENTENCE_END;
    ck_assert_int_eq(blocks_create(&blocks, (size_t)1 << 30, NULL, NULL), N2V_OK);
    blocks_weigh(blocks);
    ck_assert_int_eq(blocks_append(blocks, ids, LONG, NULL), N2V_OK);
    ck_assert_int_eq(blocks_append_weight(blocks, 4, NULL), N2V_OK);
    for (size_t i = 0; i < FEW; i++) {
        ck_assert_int_eq(blocks_append(blocks, &(Id){SENTENCE_END}, 1, NULL), N2V_OK);
        ck_assert_int_eq(blocks_append_weight(blocks, 1, NULL), N2V_OK);
    }
    ck_assert_int_eq(blocks_finish(blocks, NULL, NULL, NULL), N2V_OK);
    ck_assert_int_eq(blocks_take_turns(blocks, false, NULL, NULL), N2V_OK);
    ck_assert_uint_eq(blocks_words(blocks), 4 * LONG + FEW);
    ck_assert_uint_eq(blocks_stored_words(blocks), LONG + FEW);
    ck_assert_uint_eq(blocks_stored(blocks), 4);
    ck_assert_int_eq(blocks_read_stored(blocks, 3, NULL, &block, NULL), N2V_OK);
    ck_assert(block.weights[0] == 4 && block.weights[1] == 1 && block.weights[FEW] == 1);
    blocks_destroy(blocks);
}
END_TEST

/* A text to be measured is as large as without weights. */
START_TEST(scaled)
{
    enum { MANY = 1000 };
    for (size_t k = 0; k < 3; k++) {
        float weights[MANY];
        uint64_t found[MANY] = {0}, heavy = 0, light = 0;
        Blocks *blocks;
        for (size_t i = 0; i < MANY; i++)
            weights[i] = (float[]){0.001F, 1, 5000}[k] * (i < MANY / 2 ? 1 : 3);
        blocks = weighted_blocks(weights, MANY, (size_t)1 << 30, NULL);
        ck_assert_int_eq(blocks_take_turns(blocks, true, NULL, NULL), N2V_OK);
        ck_assert_uint_eq(blocks_words(blocks), 3 * MANY);
        for (size_t epoch = 0; epoch < 10; epoch++)
            add_epoch(blocks, epoch, found);
        for (size_t i = 0; i < MANY; i++)
            *(i < MANY / 2 ? &light : &heavy) += found[i];
        ck_assert_uint_eq(heavy + light > 9800 && heavy + light < 10200, 1);
        require(10 * heavy > 28 * light && 10 * heavy < 32 * light, "%" PRIu64 " and %" PRIu64, heavy, light);
        blocks_destroy(blocks);
    }
}
END_TEST

START_TEST(fingerprints)
{
    Corpus one = read_well("1 a b\n2 c d\n", &WEIGHTED), other = read_well("1 a b\n2.5 c d\n", &WEIGHTED);
    Corpus same = read_well("1 a b\n0 e\n2.0 c d\n", &WEIGHTED);
    Fingerprint first, second, third;

    ck_assert_int_eq(fingerprint_of(&first, one.blocks, NULL), N2V_OK);
    ck_assert_int_eq(fingerprint_of(&second, other.blocks, NULL), N2V_OK);
    ck_assert_int_eq(fingerprint_of(&third, same.blocks, NULL), N2V_OK);
    ck_assert_uint_ne(first.hash, second.hash);
    ck_assert_mem_eq(&first, &third, sizeof first);
    corpus_free(&one);
    corpus_free(&other);
    corpus_free(&same);
}
END_TEST

/* A line of weight 0 is as if it was not there, for the held-out sentences, too. */
START_TEST(heldout)
{
    char *text = NULL, *with_zeros = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);
    CorpusOptions options = WEIGHTED;
    Corpus one, other;

    for (size_t i = 0; i < 2000; i++)
        (void)fprintf(out, "%zu a%zu b\n", 1 + i % 3, i % 50);
    ck_assert_int_eq(fclose(out), 0);
    out = open_memstream(&with_zeros, &bytes);
    for (const char *line = text; *line; line = strchr(line, '\n') + 1)
        (void)fprintf(out, "%.*s\n0 z y x\n", (int)(strchr(line, '\n') - line), line);
    ck_assert_int_eq(fclose(out), 0);
    options.heldout = 0.2;
    one = read_well(text, &options);
    other = read_well(with_zeros, &options);
    ck_assert_uint_gt(one.report.heldout_sentences, 300);
    ck_assert_uint_eq(one.report.heldout_sentences, other.report.heldout_sentences);
    ck_assert_uint_eq(one.report.plain_words, 4000 - one.report.heldout_words);
    ck_assert_uint_eq(one.report.words, other.report.words);
    ck_assert_uint_eq(vocabulary_total(one.vocabulary), one.report.words);
    ck_assert_uint_eq(vocabulary_size(one.vocabulary), vocabulary_size(other.vocabulary));
    corpus_free(&one);
    corpus_free(&other);
    free(text);
    free(with_zeros);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("weights");

    add_test(suite, "numbers", numbers);
    add_test(suite, "counts", counts);
    add_test(suite, "bad lines", bad_lines);
    add_test(suite, "sentences equal a file", sentences_equal_a_file);
    add_test(suite, "pieces", pieces);
    add_test(suite, "whole weights", whole_weights);
    add_test(suite, "expectation", expectation);
    add_test(suite, "spread", spread);
    add_test(suite, "pruned and cut", pruned_and_cut);
    add_test(suite, "scaled", scaled);
    add_test(suite, "fingerprints", fingerprints);
    add_test(suite, "heldout", heldout);
    return run_suite(suite);
}
