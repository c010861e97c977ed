#include "corpus/vocabulary.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/hash.h"
#include "base/threads.h"
#include "scratch.h"
#include "test.h"

static Id add(Vocabulary *v, const char *word, uint64_t count)
{
    Id id = NO_ID;
    n2v_error error = {0};
    if (vocabulary_add(v, word, strlen(word), count, &id, &error) != N2V_OK) /* an assertion costs a system call */
        ck_abort_msg("%s", error.text);
    return id;
}

static Id find(const Vocabulary *v, const char *word)
{
    return vocabulary_find(v, word, strlen(word));
}

static void finish(Vocabulary *v, uint64_t min_count, size_t max_words, Id **map)
{
    n2v_error error = {0};
    ck_assert_msg(vocabulary_finish(v, min_count, max_words, NULL, map, &error) == N2V_OK, "%s", error.text);
}

START_TEST(add_and_find)
{
    Vocabulary *v = vocabulary_create();
    size_t bytes;

    ck_assert_uint_eq(vocabulary_size(v), 0);
    ck_assert_uint_eq(find(v, "the"), NO_ID);
    ck_assert_uint_eq(add(v, "the", 2), 0);
    ck_assert_uint_eq(add(v, "eightbyt", 1), 1);
    ck_assert_uint_eq(add(v, "ninebytes", 1), 2);
    ck_assert_uint_eq(add(v, "the", 3), 0);
    ck_assert_uint_eq(add(v, "th", 1), 3);
    ck_assert_uint_eq(find(v, "the"), 0);
    ck_assert_uint_eq(find(v, "ninebytes"), 2);
    ck_assert_uint_eq(find(v, "ninebyteS"), NO_ID);
    ck_assert_uint_eq(vocabulary_find(v, "the\0", 4), NO_ID); /* length is part of a word */
    ck_assert_uint_eq(vocabulary_find(v, "", 0), NO_ID);
    ck_assert_uint_eq(vocabulary_count(v, 0), 5);
    ck_assert_uint_eq(vocabulary_total(v), 8);
    ck_assert_str_eq(vocabulary_word(v, 2, &bytes), "ninebytes");
    ck_assert_uint_eq(bytes, 9);
    vocabulary_destroy(v);
    vocabulary_destroy(NULL);
}
END_TEST

START_TEST(add_refuses)
{
    Vocabulary *v = vocabulary_create();
    char long_word[MAX_TOKEN_BYTES + 1];
    n2v_error error;

    memset(long_word, 'x', sizeof long_word);
    ck_assert_int_eq(vocabulary_add(v, "", 0, 1, NULL, &error), N2V_ERROR_DATA);
    ck_assert_int_eq(vocabulary_add(v, long_word, sizeof long_word, 1, NULL, &error), N2V_ERROR_DATA);
    ck_assert_int_eq(vocabulary_add(v, long_word, sizeof long_word - 1, UINT64_MAX, NULL, &error), N2V_OK);
    ck_assert_int_eq(vocabulary_add(v, "x", 1, 1, NULL, &error), N2V_ERROR_DATA); /* the total overflows */
    ck_assert_uint_eq(vocabulary_total(v), UINT64_MAX);
    ck_assert_uint_eq(vocabulary_size(v), 1);
    vocabulary_destroy(v);
}
END_TEST

/* Enough words that the table grows many times, of all lengths around 8. */
START_TEST(many_words)
{
    Vocabulary *v = vocabulary_create();
    char word[64];
    for (unsigned i = 0; i < 100000; i++) {
        snprintf(word, sizeof word, "%x%.*s", i * 2654435761u, (int)(i % 13), "abcdefghijklm");
        ck_assert_uint_eq(add(v, word, i % 7 + 1), i);
    }
    for (unsigned i = 0; i < 100000; i++) {
        snprintf(word, sizeof word, "%x%.*s", i * 2654435761u, (int)(i % 13), "abcdefghijklm");
        ck_assert_uint_eq(find(v, word), i);
        ck_assert_str_eq(vocabulary_word(v, i, NULL), word);
        ck_assert_uint_eq(vocabulary_count(v, i), i % 7 + 1);
    }
    ck_assert_uint_eq(find(v, "nowhere"), NO_ID);
    finish(v, 3, 0, NULL);
    for (unsigned i = 0; i < 100000; i++) {
        Id id;
        snprintf(word, sizeof word, "%x%.*s", i * 2654435761u, (int)(i % 13), "abcdefghijklm");
        id = find(v, word);
        ck_assert_int_eq(id == NO_ID, i % 7 + 1 < 3);
        if (id != NO_ID)
            ck_assert_str_eq(vocabulary_word(v, id, NULL), word);
    }
    vocabulary_destroy(v);
}
END_TEST

/* Spans give what one word at a time gives, whatever bytes follow a word. */
START_TEST(spans)
{
    enum { COUNT = 5000 };
    Vocabulary *fast = vocabulary_create(), *slow = vocabulary_create();
    static char text[COUNT * 24 + SPAN_PADDING];
    static Span list[COUNT];
    static Id ids[COUNT];
    n2v_error error;
    uint32_t used = 0, state = 5;

    for (size_t i = 0; i < COUNT; i++) {
        state = state * 1664525u + 1013904223u;
        list[i].begin = used;
        list[i].length = state >> 24 & 15; /* also 0 */
        for (uint32_t k = 0; k < list[i].length; k++)
            text[used++] = (char)("ab"[state >> (k + 8) & 1]);
    }
    for (int round = 0; round < 2; round++) {
        ck_assert_int_eq(vocabulary_add_spans(fast, text, list, COUNT, 1, ids, &error), N2V_OK);
        for (size_t i = 0; i < COUNT; i++) {
            Id id = NO_ID;
            if (list[i].length)
                ck_assert_int_eq(vocabulary_add(slow, text + list[i].begin, list[i].length, 1, &id, &error), N2V_OK);
            ck_assert_uint_eq(ids[i], id);
        }
    }
    ck_assert_uint_eq(vocabulary_size(fast), vocabulary_size(slow));
    ck_assert_uint_eq(vocabulary_total(fast), vocabulary_total(slow));
    for (Id id = 0; id < vocabulary_size(fast); id++) {
        ck_assert_uint_eq(vocabulary_count(fast, id), vocabulary_count(slow, id));
        ck_assert_str_eq(vocabulary_word(fast, id, NULL), vocabulary_word(slow, id, NULL));
    }
    finish(fast, 10, 0, NULL);
    vocabulary_find_spans(fast, text, list, COUNT, ids);
    for (size_t i = 0; i < COUNT; i++)
        ck_assert_uint_eq(ids[i], vocabulary_find(fast, text + list[i].begin, list[i].length));
    vocabulary_destroy(fast);
    vocabulary_destroy(slow);
}
END_TEST

/* By count, then by bytes as unsigned, shorter first. */
START_TEST(order)
{
    static const char *const wanted[] = {"top", "a",    "ab",     "abcdefgh", "abcdefghi", "abcdefghj",
                                         "b",   "\x7f", "\u00e9", "\u4e00",   "rare"};
    static const char *const added[] = {"\u4e00", "abcdefghj", "rare",      "b",    "\u00e9", "abcdefgh",
                                        "top",    "ab",        "abcdefghi", "\x7f", "a"};
    Vocabulary *v = vocabulary_create();
    Id *map = NULL;

    for (size_t i = 0; i < 11; i++)
        add(v, added[i], strcmp(added[i], "top") == 0 ? 9 : strcmp(added[i], "rare") == 0 ? 1 : 5);
    finish(v, 0, 0, &map);
    ck_assert_uint_eq(vocabulary_size(v), 11);
    for (Id i = 0; i < 11; i++) {
        ck_assert_str_eq(vocabulary_word(v, i, NULL), wanted[i]);
        ck_assert_uint_eq(find(v, wanted[i]), i);
        ck_assert_str_eq(wanted[map[i]], added[i]);
    }
    free(map);
    vocabulary_destroy(v);
}
END_TEST

START_TEST(pruning)
{
    Vocabulary *v = vocabulary_create();
    Id *map = NULL;

    add(v, "once", 1);
    add(v, "thrice", 3);
    add(v, "twice", 2);
    add(v, "also", 2);
    finish(v, 2, 2, &map);
    ck_assert_uint_eq(vocabulary_size(v), 2);
    ck_assert_uint_eq(vocabulary_total(v), 5);
    ck_assert_str_eq(vocabulary_word(v, 0, NULL), "thrice");
    ck_assert_str_eq(vocabulary_word(v, 1, NULL), "also"); /* before "twice" in bytes */
    ck_assert_uint_eq(map[0], NO_ID);
    ck_assert_uint_eq(map[1], 0);
    ck_assert_uint_eq(map[2], NO_ID);
    ck_assert_uint_eq(map[3], 1);
    ck_assert_uint_eq(find(v, "twice"), NO_ID);
    free(map);
    finish(v, 100, 0, &map); /* nothing is left: not an error here */
    ck_assert_uint_eq(vocabulary_size(v), 0);
    ck_assert_uint_eq(vocabulary_total(v), 0);
    ck_assert_uint_eq(map[0], NO_ID);
    free(map);
    ck_assert_uint_eq(add(v, "again", 1), 0);
    vocabulary_destroy(v);
}
END_TEST

START_TEST(words_to_keep)
{
    Vocabulary *v = vocabulary_create();
    const unsigned char keep[] = {1, 0, 1, 1};
    n2v_error error;
    Id *map;

    add(v, "few", 1);
    add(v, "dropped", 9);
    add(v, "rare", 3);
    add(v, "frequent", 7);
    ck_assert_int_eq(vocabulary_finish(v, 2, 1, keep, &map, &error), N2V_OK);
    ck_assert_uint_eq(vocabulary_size(v), 1); /* the most frequent one of those that are kept */
    ck_assert_str_eq(vocabulary_word(v, 0, NULL), "frequent");
    ck_assert_uint_eq(map[3], 0);
    ck_assert(map[0] == NO_ID && map[1] == NO_ID && map[2] == NO_ID);
    free(map);
    vocabulary_destroy(v);
}
END_TEST

START_TEST(written_and_read)
{
    scratch files = scratch_open();
    Vocabulary *v = vocabulary_create(), *read;
    Writer *writer;
    n2v_error error = {0};
    char *text, path[160];
    unsigned char *packed;
    size_t count;

    add(v, "b", 2);
    add(v, "\u00e9\u0301,\"", 18446744073709551600u);
    add(v, "a", 2);
    finish(v, 1, 0, NULL);
    strcpy(path, scratch_path(&files, "vocab.tsv"));
    ck_assert_int_eq(writer_open(&writer, path, NULL, &error), N2V_OK);
    ck_assert_int_eq(vocabulary_write(v, writer, &error), N2V_OK);
    ck_assert_int_eq(writer_commit(writer, &error), N2V_OK);
    text = scratch_read(path, &count);
    ck_assert_str_eq(text, "\u00e9\u0301,\"\t18446744073709551600\na\t2\nb\t2\n");
    for (int zipped = 0; zipped < 2; zipped++) {
        ck_assert_msg(vocabulary_read(&read, path, NULL, &error) == N2V_OK, "%s", error.text);
        ck_assert_uint_eq(vocabulary_size(read), 3);
        for (Id id = 0; id < 3; id++) {
            ck_assert_str_eq(vocabulary_word(read, id, NULL), vocabulary_word(v, id, NULL));
            ck_assert_uint_eq(vocabulary_count(read, id), vocabulary_count(v, id));
        }
        vocabulary_destroy(read);
        packed = scratch_gzip(text, strlen(text), &count);
        strcpy(path, scratch_write(&files, "vocab.gz", packed, count));
        free(packed);
    }
    free(text);
    vocabulary_destroy(v);
    scratch_close(&files);
}
END_TEST

START_TEST(write_fails)
{
    Vocabulary *v = vocabulary_create();
    Writer *writer;
    n2v_error error = {0};
    char word[32];
    for (int i = 0; i < 200000; i++) { /* more than the writer's buffer */
        snprintf(word, sizeof word, "word%d", i);
        add(v, word, 1);
    }
    ck_assert_int_eq(writer_open(&writer, "/dev/full", NULL, &error), N2V_OK);
    ck_assert_int_eq(vocabulary_write(v, writer, &error), N2V_ERROR_IO);
    writer_discard(writer);
    vocabulary_destroy(v);
}
END_TEST

/* wanted: "word count;" for each in order. */
static void reads(const char *file, const char *wanted)
{
    scratch files = scratch_open();
    Vocabulary *v = NULL;
    n2v_error error = {0};
    char list[256] = "";

    ck_assert_msg(vocabulary_read(&v, scratch_write(&files, "v", file, strlen(file)), NULL, &error) == N2V_OK, "%s",
                  error.text);
    for (Id id = 0; id < vocabulary_size(v); id++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s %llu;", vocabulary_word(v, id, NULL),
                 (unsigned long long)vocabulary_count(v, id));
    ck_assert_str_eq(list, wanted);
    vocabulary_destroy(v);
    scratch_close(&files);
}

START_TEST(accepted_files)
{
    reads("a\t3\nb\t1\n", "a 3;b 1;");
    reads("a 3\r\nb\t1", "a 3;b 1;");
    reads("\xef\xbb\xbfrare 1\nfrequent 007\n", "rare 1;frequent 7;");
    reads("</s> 0\nthe 5\n", "the 5;"); /* as word2vec writes it */
    reads("</s> 4\nthe 5\n", "the 5;");
    reads("the 5\n</s>\t4\na 2\n</s> 0\n", "the 5;a 2;"); /* sorted by another tool */
    reads("\xef\xbb\xbf</s> 4\nthe 5\n", "the 5;");
    reads("<s> 3\n</s>s 2\n", "<s> 3;</s>s 2;");
}
END_TEST

static void refuses(const char *file, size_t count, const char *line, const char *sentence)
{
    scratch files = scratch_open();
    Vocabulary *v = NULL;
    n2v_error error = {0};
    char place[256];

    ck_assert_int_eq(vocabulary_read(&v, scratch_write(&files, "v", file, count), NULL, &error), N2V_ERROR_FORMAT);
    ck_assert_ptr_null(v);
    snprintf(place, sizeof place, "%s, line %s:", files.path, line);
    ck_assert_msg(strstr(error.text, place) == error.text, "%s", error.text);
    ck_assert_msg(strstr(error.text, sentence) != NULL, "'%s' is not in '%s'", sentence, error.text);
    scratch_close(&files);
}

START_TEST(refused_files)
{
    char long_line[3000];
    const struct {
        const char *file, *line, *sentence;
    } cases[] = {
        {"", "1", "no word in this vocabulary"},
        {"</s> 0\n", "2", "no word in this vocabulary"},
        {"</s> 12\n", "2", "no word in this vocabulary"},
        {"</s> many\n", "1", "not a whole number above 0"},
        {"a\t1\nb\n", "2", "there is no count"},
        {"a\t1\nb\t\n", "2", "there is no count"},
        {"a\t1\n\nb\t1\n", "2", "it is empty"},
        {"a\t0\n", "1", "not a whole number above 0"},
        {"a\t-1\n", "1", "not a whole number above 0"},
        {"a\t1.5\n", "1", "not a whole number above 0"},
        {"a\t+1\n", "1", "not a whole number above 0"},
        {"a\t18446744073709551616\n", "1", "the count is too large"},
        {"a\t99999999999999999999999\n", "1", "the count is too large"},
        {"a\t18446744073709551615\nb\t1\n", "2", "add up to more"},
        {"\t5\n", "1", "the word is empty"},
        {"a\t1\nb\t1\na\t1\n", "3", "the word appears a second time"},
        {"a b\t1\n", "1", "white space"},
        {"a  1\n", "1", "white space"},
        {"a\t1 \n", "1", "white space"},
        {"a \n", "1", "there is no count"},
        {"a\u00a0b\t1\n", "1", "white space"},
        {"a\x01z\t1\n", "1", "control character"},
        {"a\xff\t1\n", "1", "not valid UTF-8"},
        {"a\xe2\x82\t1\n", "1", "not valid UTF-8"},
        {"a\t1\r\r\n", "1", "not a whole number above 0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refuses(cases[i].file, strlen(cases[i].file), cases[i].line, cases[i].sentence);
    refuses("a\0b\t1\n", 6, "1", "control character");
    memset(long_line, 'x', sizeof long_line);
    refuses(long_line, sizeof long_line, "1", "too long");
    memcpy(long_line + MAX_TOKEN_BYTES + 1, "\t1\n", 3);
    refuses(long_line, MAX_TOKEN_BYTES + 4, "1", "the word is longer than 1024 bytes");
}
END_TEST

START_TEST(missing_file)
{
    Vocabulary *v = NULL;
    n2v_error error = {0};
    ck_assert_int_eq(vocabulary_read(&v, "/nowhere/vocab", NULL, &error), N2V_ERROR_IO);
    ck_assert_ptr_null(v);
    ck_assert_ptr_nonnull(strstr(error.text, "/nowhere/vocab"));
}
END_TEST

/* Loads read the bytes they are given, and hashes see every one of them. */
START_TEST(hashing)
{
    const unsigned char bytes[] = {1, 2, 3, 4, 5, 6, 7, 8};
    unsigned char word[40] = {0};
    uint64_t wanted = 0;
    for (unsigned count = 1; count <= 8; count++) {
        unsigned char *copy = malloc(count);
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, bytes, count);
        wanted |= (uint64_t)count << (8 * (count - 1));
        ck_assert_uint_eq(load_short(copy, count), wanted);
        free(copy);
    }
    for (size_t count = 9; count <= sizeof word; count++) {
        const uint64_t hash = hash_long(word, count, 7);
        ck_assert_uint_ne(hash, hash_long(word, count - 1, 7));
        for (size_t i = 0; i < count; i++) {
            word[i] ^= 0x40;
            ck_assert_uint_ne(hash_long(word, count, 7), hash);
            word[i] ^= 0x40;
        }
    }
}
END_TEST

#define HOSTILE_BYTES ((size_t)24)

/* Words that collide under the seed 0: the second 8 bytes cancel the hash of the first. */
static void make_hostile(char word[HOSTILE_BYTES], uint64_t number)
{
    const uint64_t begin = number * UINT64_C(0x9e3779b97f4a7c15);
    const uint64_t start = HOSTILE_BYTES * UINT64_C(0x9e3779b97f4a7c15);
    const uint64_t hash = hash_mix(start ^ begin, UINT64_C(0xd6e8feb86659fd93));

    memcpy(word, &begin, 8);
    memcpy(word + 8, &hash, 8);
    memcpy(word + 16, "the same", 8);
}

/* Collisions would take seconds of the processor's time. */
static void expect_no_collisions(void)
{
    Vocabulary *v = vocabulary_create();
    const clock_t start = clock();

    for (uint64_t i = 0; i < 40000; i++) {
        char word[HOSTILE_BYTES];
        make_hostile(word, i);
        if (vocabulary_add(v, word, sizeof word, 1, NULL, NULL) != N2V_OK)
            ck_abort_msg("word %u", (unsigned)i);
    }
    ck_assert_double_lt((double)(clock() - start) / CLOCKS_PER_SEC, 1);
    vocabulary_destroy(v);
}

START_TEST(hostile_words)
{
    const uint64_t seed = hash_seed();
    char first[HOSTILE_BYTES], word[HOSTILE_BYTES];

    make_hostile(first, 0);
    for (uint64_t i = 1; i < 1000; i++) {
        make_hostile(word, i);
        if (hash_long(word, sizeof word, 0) != hash_long(first, sizeof first, 0) ||
            hash_long(word, sizeof word, seed) == hash_long(first, sizeof first, seed))
            ck_abort_msg("word %u", (unsigned)i);
    }
    ck_assert_uint_ne(hash_seed(), seed);
    expect_no_collisions();
}
END_TEST

#define HOLDERS 4

static void *hold_often(void *context)
{
    Vocabulary *vocabulary = context; /* a reference of this thread's own */
    for (int i = 0; i < 10000; i++) {
        require(vocabulary_find(vocabulary_hold(vocabulary), "word", 4) == 0, "round %d", i);
        vocabulary_destroy(vocabulary);
    }
    vocabulary_destroy(vocabulary);
    return NULL;
}

/* The last of several holders frees it, once: AddressSanitizer and ThreadSanitizer look on. */
START_TEST(references)
{
    Vocabulary *vocabulary = vocabulary_create();
    pthread_t threads[HOLDERS];

    ck_assert_ptr_nonnull(vocabulary);
    ck_assert_int_eq(vocabulary_add(vocabulary, "word", 4, 3, NULL, NULL), N2V_OK);
    ck_assert_ptr_eq(vocabulary_hold(vocabulary), vocabulary);
    ck_assert_int_eq(vocabulary_finish(vocabulary, 1, 0, NULL, NULL, NULL), N2V_OK); /* keeps the references */
    vocabulary_destroy(vocabulary);
    ck_assert_uint_eq(vocabulary_count(vocabulary, 0), 3);
    for (int i = 0; i < HOLDERS; i++)
        ck_assert_int_eq(thread_start(&threads[i], hold_often, vocabulary_hold(vocabulary)), 0);
    vocabulary_destroy(vocabulary);
    for (int i = 0; i < HOLDERS; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("vocabulary");
    add_test(suite, "add and find", add_and_find);
    add_test(suite, "add refuses", add_refuses);
    add_test(suite, "many words", many_words);
    add_test(suite, "spans", spans);
    add_test(suite, "order", order);
    add_test(suite, "pruning", pruning);
    add_test(suite, "words to keep", words_to_keep);
    add_test(suite, "written and read", written_and_read);
    add_test(suite, "write fails", write_fails);
    add_test(suite, "accepted files", accepted_files);
    add_test(suite, "refused files", refused_files);
    add_test(suite, "missing file", missing_file);
    add_test(suite, "hashing", hashing);
    add_test(suite, "hostile words", hostile_words);
    add_test(suite, "references", references);
    return run_suite(suite);
}
