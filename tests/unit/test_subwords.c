/* Subwords: n-grams and their buckets are those of fastText and floret; the table of the buckets in use. */
#include <stdio.h>
#include <string.h>

#include "model/subwords.h"
#include "test.h"

static const SubwordOptions fasttext = {.kind = SUBWORDS_FASTTEXT, .minn = 3, .maxn = 6, .buckets = 2000000};
static const SubwordOptions floret = {
    .kind = SUBWORDS_FLORET, .minn = 3, .maxn = 4, .buckets = 50000, .hash_count = 2, .seed = FLORET_SEED};

static Vocabulary *new_vocabulary(const char *const *words, size_t count)
{
    Vocabulary *vocabulary = vocabulary_create();
    Id id;

    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(vocabulary_add(vocabulary, words[i], strlen(words[i]), 100 - i, &id, NULL), N2V_OK);
    ck_assert_int_eq(vocabulary_finish(vocabulary, 1, 0, NULL, NULL, NULL), N2V_OK);
    return vocabulary;
}

static void check_buckets(const SubwordOptions *options, const char *word, const uint32_t *expected, size_t count)
{
    NgramList list = {.count = 0};

    ck_assert_int_eq(ngrams_list(&list, options, word, strlen(word), NULL), N2V_OK);
    require(list.count == count, "'%s' has %zu n-grams, not %zu", word, list.count, count);
    for (size_t i = 0; i < count; i++)
        require(list.buckets[i] == expected[i], "'%s', n-gram %zu: bucket %u, not %u", word, i, list.buckets[i],
                expected[i]);
    ngrams_free(&list);
}

/* The expected numbers are those of gensim's ft_ngram_hashes, which reads fastText's files. */
START_TEST(buckets_are_those_of_fasttext)
{
    SubwordOptions options = fasttext;

    check_buckets(&options, "the", (const uint32_t[]){1151151, 409726, 1648960, 861980, 60934, 816280}, 6);
    check_buckets(&options, "na\xc3\xafve",
                  (const uint32_t[]){1806890, 1907692, 878190, 933201, 1590546, 1719404, 832043, 156687, 356832,
                                     1223007, 1505331, 1711570, 1788548, 1088654},
                  14);
    check_buckets(&options, "</s>", NULL, 0);
    options.minn = 1, options.maxn = 2, options.buckets = 1000;
    check_buckets(&options, "a", (const uint32_t[]){750, 220, 806}, 3);
    check_buckets(&options, "\xe6\x97\xa5\xe6\x9c\xac", (const uint32_t[]){687, 749, 409, 417, 717}, 5);
    options.maxn = 0;
    check_buckets(&options, "the", NULL, 0);
}
END_TEST

/* What SMHasher expects of MurmurHash3_x64_128: the hash of the hashes of 256 keys. */
START_TEST(murmur_has_its_verification_value)
{
    char key[256];
    uint32_t all[256][MAX_HASHES], sum[MAX_HASHES];

    for (unsigned i = 0; i < 256; i++) {
        key[i] = (char)i;
        ngrams_murmur(key, i, 256 - i, all[i]);
    }
    ngrams_murmur((const char *)all, sizeof all, 0, sum);
    ck_assert_uint_eq(sum[0], 0x6384ba69);
}
END_TEST

START_TEST(floret_hashes_the_word_and_its_ngrams)
{
    static const char *const expected[] = {"<the>", "<th", "<the", "the", "the>", "he>"};
    NgramList list = {.count = 0};

    ck_assert_int_eq(ngrams_list(&list, &floret, "the", 3, NULL), N2V_OK);
    ck_assert_uint_eq(list.count, 2 * 6);
    for (size_t i = 0; i < 6; i++) {
        uint32_t hashes[MAX_HASHES];
        ngrams_murmur(expected[i], strlen(expected[i]), FLORET_SEED, hashes);
        for (size_t k = 0; k < 2; k++)
            ck_assert_uint_eq(list.buckets[2 * i + k], hashes[k] % 50000);
    }
    ngrams_free(&list);
}
END_TEST

START_TEST(words_that_are_too_long_are_refused)
{
    char word[MAX_TOKEN_BYTES + 1];
    NgramList list = {.count = 0};

    memset(word, 'x', sizeof word);
    ck_assert_int_eq(ngrams_list(&list, &fasttext, word, sizeof word, NULL), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(ngrams_list(&list, &fasttext, word, MAX_TOKEN_BYTES, NULL), N2V_OK);
    ck_assert_uint_eq(list.count, 4 * (MAX_TOKEN_BYTES + 2) - (2 + 3 + 4 + 5));
    ngrams_free(&list);
}
END_TEST

/* The table ------------------------------------------------------------------------------- */

static const char *const words[] = {"the", "then", "hen", "a", "\xe6\x97\xa5\xe6\x9c\xac"};
enum { WORDS = sizeof words / sizeof *words };

/* Each word's rows are its own row and those of its buckets. */
static void check_words(const Subwords *subwords, const Vocabulary *vocabulary)
{
    const SubwordOptions *options = subwords_options(subwords);
    const size_t own = options->kind == SUBWORDS_FASTTEXT;
    const size_t first = WORDS + own * WORDS;
    NgramList list = {.count = 0};
    size_t longest = 0;

    ck_assert_uint_eq(subwords_parts(subwords), own * WORDS + subwords_buckets(subwords));
    for (Id id = 0; id < WORDS; id++) {
        size_t bytes, count;
        const char *word = vocabulary_word(vocabulary, id, &bytes);
        const uint32_t *rows = subwords_of_word(subwords, id, &count);
        ck_assert_int_eq(ngrams_list(&list, options, word, bytes, NULL), N2V_OK);
        ck_assert_uint_eq(count, own + list.count);
        if (own)
            ck_assert_uint_eq(rows[0], WORDS + id);
        for (size_t i = 0; i < list.count; i++) {
            ck_assert(rows[own + i] >= first && rows[own + i] < WORDS + subwords_parts(subwords));
            ck_assert_uint_eq(subwords_bucket(subwords, rows[own + i] - first), list.buckets[i]);
        }
        longest = count > longest ? count : longest;
    }
    ck_assert_uint_eq(longest, subwords_longest(subwords));
    ngrams_free(&list);
}

static void check_table(const SubwordOptions *options)
{
    Vocabulary *vocabulary = new_vocabulary(words, WORDS);
    Subwords *subwords, *read;
    char *bytes;
    size_t count;

    ck_assert_int_eq(subwords_create(&subwords, vocabulary, options, NULL), N2V_OK);
    check_words(subwords, vocabulary);
    ck_assert_int_eq(subwords_write(subwords, &bytes, &count, NULL), N2V_OK);
    ck_assert_int_eq(subwords_read(&read, vocabulary, bytes, count, NULL), N2V_OK);
    check_words(read, vocabulary);
    ck_assert_mem_eq(subwords_options(read), options, sizeof *options);
    ck_assert_uint_eq(subwords_buckets(read), subwords_buckets(subwords));
    for (size_t i = 0; i < subwords_buckets(read); i++)
        ck_assert_uint_eq(subwords_bucket(read, i), subwords_bucket(subwords, i));
    subwords_destroy(read);
    subwords_destroy(subwords);
    free(bytes);
    vocabulary_destroy(vocabulary);
}

START_TEST(table_has_the_buckets_in_use)
{
    SubwordOptions few = floret;

    check_table(&fasttext);
    check_table(&floret);
    few.buckets = 3;
    few.hash_count = 4;
    check_table(&few);
}
END_TEST

START_TEST(table_grows_with_the_text)
{
    const size_t count = SOME_OF(20000);
    Vocabulary *vocabulary = vocabulary_create();
    Subwords *subwords;
    Id id;

    for (size_t i = 0; i < count; i++) {
        char word[32];
        const int bytes = snprintf(word, sizeof word, "%zu", i * 7919);
        ck_assert_int_eq(vocabulary_add(vocabulary, word, (size_t)bytes, 5, &id, NULL), N2V_OK);
    }
    ck_assert_int_eq(vocabulary_finish(vocabulary, 1, 0, NULL, NULL, NULL), N2V_OK);
    ck_assert_int_eq(subwords_create(&subwords, vocabulary, &fasttext, NULL), N2V_OK);
    ck_assert_uint_gt(subwords_buckets(subwords), count);
    for (id = 0; id < count; id += 97) {
        PartList list = {.count = 0};
        size_t parts, bytes;
        const uint32_t *rows = subwords_of_word(subwords, id, &parts);
        const char *word = vocabulary_word(vocabulary, id, &bytes);
        ck_assert_int_eq(subwords_of_text(subwords, word, bytes, &list, NULL), N2V_OK);
        ck_assert_uint_eq(list.count, parts - 1);
        ck_assert_mem_eq(list.rows, rows + 1, list.count * sizeof *rows);
        part_list_free(&list);
    }
    subwords_destroy(subwords);
    vocabulary_destroy(vocabulary);
}
END_TEST

START_TEST(unknown_words_have_the_parts_that_are_known)
{
    Vocabulary *vocabulary = new_vocabulary(words, WORDS);
    PartList list = {.count = 0};
    Subwords *subwords;

    ck_assert_int_eq(subwords_create(&subwords, vocabulary, &fasttext, NULL), N2V_OK);
    ck_assert_int_eq(subwords_of_text(subwords, "thez", 4, &list, NULL), N2V_OK);
    ck_assert_uint_eq(list.all, 4 + 3 + 2 + 1);
    ck_assert_uint_eq(list.count, 3); /* <th, <the, the */
    ck_assert_int_eq(subwords_of_text(subwords, "zz", 2, &list, NULL), N2V_OK);
    ck_assert_uint_eq(list.all, 2 + 1);
    ck_assert_uint_eq(list.count, 0);
    part_list_free(&list);
    subwords_destroy(subwords);
    vocabulary_destroy(vocabulary);
}
END_TEST

/* Each number of the head wrong, each length, a bucket twice, and the table of other words. */
START_TEST(malformed_tables_are_refused)
{
    Vocabulary *vocabulary = new_vocabulary(words, WORDS), *other = new_vocabulary((const char *[]){"other"}, 1);
    Subwords *subwords, *read;
    char *bytes;
    size_t count;

    ck_assert_int_eq(subwords_create(&subwords, vocabulary, &floret, NULL), N2V_OK);
    ck_assert_int_eq(subwords_write(subwords, &bytes, &count, NULL), N2V_OK);
    for (size_t cut = 0; cut < count; cut++)
        ck_assert_int_eq(subwords_read(&read, vocabulary, bytes, cut, NULL), N2V_ERROR_FORMAT);
    ck_assert_int_eq(subwords_read(&read, other, bytes, count, NULL), N2V_ERROR_FORMAT);
    for (size_t i = 0; i < 9; i++) { /* the head and the first bucket */
        uint32_t *number = (uint32_t *)(void *)bytes + i, before = *number;
        *number = UINT32_MAX;
        if (i != 3 && i != 4 && i != 6) /* maxn, buckets and the seed: the buckets of words are others */
            ck_assert_int_eq(subwords_read(&read, vocabulary, bytes, count, NULL), N2V_ERROR_FORMAT);
        *number = before;
    }
    memcpy(bytes + 9 * sizeof(uint32_t), bytes + 8 * sizeof(uint32_t), sizeof(uint32_t));
    ck_assert_int_eq(subwords_read(&read, vocabulary, bytes, count, NULL), N2V_ERROR_FORMAT);
    free(bytes);
    subwords_destroy(subwords);
    vocabulary_destroy(other);
    vocabulary_destroy(vocabulary);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("subwords");

    add_test(suite, "buckets of fasttext", buckets_are_those_of_fasttext);
    add_test(suite, "murmur", murmur_has_its_verification_value);
    add_test(suite, "floret", floret_hashes_the_word_and_its_ngrams);
    add_test(suite, "long words", words_that_are_too_long_are_refused);
    add_test(suite, "table", table_has_the_buckets_in_use);
    add_test(suite, "growth", table_grows_with_the_text);
    add_test(suite, "unknown words", unknown_words_have_the_parts_that_are_known);
    add_test(suite, "malformed", malformed_tables_are_refused);
    return run_suite(suite);
}
