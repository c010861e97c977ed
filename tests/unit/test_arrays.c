/* Arrays of NumPy: types and orders of .npy files, and archives of them, with bytes written here as NumPy writes
 * them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "model/formats/format.h"
#include "model/formats/loader.h"
#include "scratch.h"
#include "test.h"

typedef struct bytes {
    unsigned char at[4096];
    size_t count;
} bytes;

static void put(bytes *b, const void *from, size_t count)
{
    ck_assert_uint_le(b->count + count, sizeof b->at);
    memcpy(b->at + b->count, from, count);
    b->count += count;
}

static void put_number(bytes *b, uint64_t number, int count)
{
    for (int i = 0; i < count; i++) {
        const unsigned char byte = (unsigned char)(number >> 8 * i);
        put(b, &byte, 1);
    }
}

/* Arrays -------------------------------------------------------------------------------- */

static void put_header(bytes *b, const char *type, bool by_column, const char *shape)
{
    char text[200];
    const int length = snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n", type,
                                by_column ? "True" : "False", shape);

    put(b, "\x93NUMPY\1\0", 8);
    put_number(b, (uint64_t)length, 2);
    put(b, text, (size_t)length);
}

static void put_real(bytes *b, double value, int size, bool big_endian)
{
    const float single = (float)value;
    unsigned char swapped[8], plain[8] = {0};

    if (size == 2) /* 1, -2, 3, 4 */
        memcpy(plain, value == 1 ? "\0\x3c" : value == -2 ? "\0\xc0" : value == 3 ? "\0\x42" : "\0\x44", 2);
    else
        memcpy(plain, size == 4 ? (const void *)&single : (const void *)&value, (size_t)size);
    for (int i = 0; i < size; i++)
        swapped[i] = plain[big_endian ? size - 1 - i : i];
    put(b, swapped, (size_t)size);
}

/* Two words of two dimensions: 1 -2, 3 4. */
static bytes matrix(int size, bool big_endian, bool by_column)
{
    static const double rows[] = {1, -2, 3, 4}, columns[] = {1, 3, -2, 4};
    char type[8];
    bytes b = {.count = 0};

    snprintf(type, sizeof type, "%cf%d", big_endian ? '>' : '<', size);
    put_header(&b, type, by_column, "(2, 2)");
    for (int i = 0; i < 4; i++)
        put_real(&b, (by_column ? columns : rows)[i], size, big_endian);
    return b;
}

/* "a" and "ü", with room for two characters. */
static bytes unicode(bool big_endian)
{
    static const uint32_t codes[] = {'a', 0, 0xfc, 0};
    bytes b = {.count = 0};

    put_header(&b, big_endian ? ">U2" : "<U2", false, "(2,)");
    for (int i = 0; i < 4; i++)
        put_number(&b, big_endian ? __builtin_bswap32(codes[i]) : codes[i], 4);
    return b;
}

static bytes strings(const char *content, size_t count, const char *type, const char *shape)
{
    bytes b = {.count = 0};

    put_header(&b, type, false, shape);
    put(&b, content, count);
    return b;
}

static void check_model(const Model *model, const char *second)
{
    static const float wanted[] = {1, -2, 3, 4};

    ck_assert_uint_eq(model->words, 2);
    ck_assert_uint_eq(model->dim, 2);
    ck_assert_str_eq(vocabulary_word(model->vocabulary, 0, NULL), "a");
    ck_assert_str_eq(vocabulary_word(model->vocabulary, 1, NULL), second);
    for (size_t i = 0; i < 4; i++)
        ck_assert_float_eq(model->input[i / 2 * model->stride + i % 2], wanted[i]);
}

START_TEST(types_and_orders)
{
    static const int sizes[] = {2, 4, 8};
    const MemoryFile words = {.name = "words", .bytes = "a\nb\n", .count = 4};

    for (int i = 0; i < 12; i++) {
        const bytes b = matrix(sizes[i % 3], i / 3 % 2, i / 6);
        const MemoryFile file = {.name = "array", .bytes = b.at, .count = b.count};
        n2v_error error = {.text = ""};
        const Format *format;
        Model model;
        ck_assert_msg(format_load_memory(&model, &format, &file, &words, NULL, &error) == N2V_OK, "%s", error.text);
        ck_assert_str_eq(format->name, "npy");
        check_model(&model, "b");
        model_free(&model);
    }
}
END_TEST

/* Archives ------------------------------------------------------------------------------ */

enum { DEFLATED = 1, DESCRIBED = 2, ZIP64 = 4 };

static bytes deflated(const bytes *content)
{
    bytes packed = {.count = 0};
    z_stream stream = {.next_in = (unsigned char *)(uintptr_t)content->at, .avail_in = (uInt)content->count};

    ck_assert_int_eq(deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_out = packed.at;
    stream.avail_out = sizeof packed.at;
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.count = stream.total_out;
    ck_assert_int_eq(deflateEnd(&stream), Z_OK);
    return packed;
}

static void put_member(bytes *zip, const char *name, const bytes *content, int how)
{
    const bytes packed = how & DEFLATED ? deflated(content) : *content;
    const uint64_t crc = crc32_z(0, content->at, content->count);
    const bool later = how & DESCRIBED;

    put(zip, "PK\3\4\x2d\0", 6);
    put_number(zip, later ? 8 : 0, 2);
    put_number(zip, how & DEFLATED ? 8 : 0, 2);
    put_number(zip, 0, 4); /* time and day */
    put_number(zip, later ? 0 : crc, 4);
    put_number(zip, how & ZIP64 ? UINT32_MAX : later ? 0 : packed.count, 4);
    put_number(zip, how & ZIP64 ? UINT32_MAX : later ? 0 : content->count, 4);
    put_number(zip, strlen(name), 2);
    put_number(zip, how & ZIP64 ? 20 : 0, 2);
    put(zip, name, strlen(name));
    if (how & ZIP64) {
        put_number(zip, 1, 2);
        put_number(zip, 16, 2);
        put_number(zip, later ? 0 : content->count, 8);
        put_number(zip, later ? 0 : packed.count, 8);
    }
    put(zip, packed.at, packed.count);
    if (later) {
        put(zip, "PK\7\x8", 4);
        put_number(zip, crc, 4);
        put_number(zip, packed.count, how & ZIP64 ? 8 : 4);
        put_number(zip, content->count, how & ZIP64 ? 8 : 4);
    }
}

static void put_directory(bytes *zip)
{
    put(zip, "PK\1\2 and so on", 13);
}

static n2v_status load(Model *model, const bytes *zip, n2v_error *error)
{
    const MemoryFile file = {.name = "array.npz", .bytes = zip->at, .count = zip->count};
    return format_load_memory(model, NULL, &file, NULL, NULL, error);
}

static bytes archive(int how)
{
    const bytes vectors = matrix(4, false, false), words = unicode(false);
    bytes zip = {.count = 0};

    put_member(&zip, "words.npy", &words, how);
    put_member(&zip, "vectors.npy", &vectors, how);
    put_directory(&zip);
    return zip;
}

START_TEST(archives)
{
    static const int ways[] = {
        0, DEFLATED, ZIP64, DEFLATED | ZIP64, DEFLATED | DESCRIBED, DEFLATED | DESCRIBED | ZIP64};

    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        const bytes zip = archive(ways[i]);
        n2v_error error = {.text = ""};
        Model model;
        ck_assert_msg(load(&model, &zip, &error) == N2V_OK, "%d: %s", ways[i], error.text);
        check_model(&model, "\xc3\xbc");
        model_free(&model);
    }
}
END_TEST

/* Names decide among several; bytes are words, too; whole numbers of a usual name are counts. */
START_TEST(choices)
{
    const bytes wanted = matrix(8, true, true), other = strings("\0\0\x80?", 4, "<f4", "(1, 1)");
    const bytes words = strings("a\0b\0", 4, "|S2", "(2,)"), counts = strings("\7\0\5\0", 4, "<u2", "(2,)");
    const bytes labels = unicode(true), numbers = strings("\1\2", 2, "|i1", "(2,)");
    bytes zip = {.count = 0};
    Model model;

    put_member(&zip, "other.npy", &other, 0);
    put_member(&zip, "readme.txt", &words, 0);
    put_member(&zip, "ids.npy", &numbers, 0);
    put_member(&zip, "counts.npy", &counts, DEFLATED);
    put_member(&zip, "embeddings.npy", &wanted, DEFLATED);
    put_member(&zip, "another.npy", &other, DEFLATED);
    put_member(&zip, "labels.npy", &labels, 0);
    put_member(&zip, "words.npy", &words, DEFLATED);
    put_directory(&zip);
    ck_assert_int_eq(load(&model, &zip, NULL), N2V_OK);
    check_model(&model, "b");
    ck_assert_uint_eq(vocabulary_count(model.vocabulary, 0), 7);
    ck_assert_uint_eq(vocabulary_count(model.vocabulary, 1), 5);
    model_free(&model);
}
END_TEST

static void expect(const bytes *zip, const char *says)
{
    n2v_error error = {.text = ""};
    Model model;

    ck_assert_int_eq(load(&model, zip, &error), N2V_ERROR_FORMAT);
    ck_assert_msg(strstr(error.text, says) && strstr(error.text, "array.npz"), "'%s' does not say '%s'", error.text,
                  says);
    ck_assert_ptr_null(model.input);
    ck_assert_ptr_null(model.vocabulary);
}

/* An archive of up to two members. */
static void expect_of(const char *name, const bytes *first, const char *other, const bytes *second, const char *says)
{
    bytes zip = {.count = 0};

    put_member(&zip, name, first, 0);
    if (second)
        put_member(&zip, other, second, 0);
    put_directory(&zip);
    expect(&zip, says);
}

START_TEST(archives_that_lack_something)
{
    const bytes vectors = matrix(4, false, false), words = unicode(false), none = {.count = 0};
    const bytes objects = strings("\x80\4.", 3, "|O", "(2,)"), three = strings("abc", 3, "|S1", "(3,)");
    const bytes twice = strings("aa", 2, "|S1", "(2,)"), wrong = strings("\xff" "b", 2, "|S1", "(2,)");
    const bytes lies = strings("a", 1, "|S1", "(2,)"), nan = strings("\0\0\xc0\x7f\0\0\x80?", 8, "<f4", "(2, 1)");
    const bytes outside = strings("a\0\0\0\0\0\x11\0", 8, "<U1", "(2,)"), large = strings("", 0, "<f4", "(2, 1000000)");

    expect_of("words.npy", &words, NULL, NULL, "no array of the vectors: a matrix of floats is expected");
    expect_of("vectors.npy", &vectors, NULL, NULL, "no array of the words: a list of strings is expected");
    expect_of("vectors.npy", &vectors, "words.npy", &objects, "which can run any program and is not read: in Python");
    expect_of("a.npy", &vectors, "b.npy", &vectors, "several arrays can be the vectors, 'a' and others");
    expect_of("a.txt", &vectors, NULL, NULL,
              "without an array of NumPy (.npy): read the output of `unzip -p array.npz`");
    expect_of("vectors.npy", &vectors, "words.npy", &three, "expected a row for each of the 3 words, found 2");
    expect_of("vectors.npy", &vectors, "words.npy", &twice, "words.npy: byte 70: the word 'a' appears twice");
    expect_of("vectors.npy", &vectors, "words.npy", &wrong, "the word '?' is not valid UTF-8");
    expect_of("vectors.npy", &vectors, "words.npy", &outside, "the word '?' is not valid UTF-8");
    expect_of("vectors.npy", &vectors, "words.npy", &lies, "words.npy: byte 69: the file is truncated");
    expect_of("vectors.npy", &nan, "words.npy", &words, "number 1 of the word 'a' is not finite");
    expect_of("vectors.npy", &large, "words.npy", &words, "2 x 1000000 numbers, more than the file has");
    expect_of("vectors.npy", &none, NULL, NULL, "the file is truncated");
}
END_TEST

/* None of them crashes; truncated ones are refused. */
START_TEST(broken_archives)
{
    for (int how = 0; how < 8; how++) {
        const bytes whole = archive(how & DESCRIBED ? how | DEFLATED : how);
        bytes zip = whole;
        for (zip.count = 4; zip.count + 13 < whole.count; zip.count++)
            expect(&zip, "");
        zip.count = whole.count;
        for (size_t i = 4; i < whole.count; i++) {
            Model model;
            zip.at[i] ^= (unsigned char)(1 << i % 8);
            if (load(&model, &zip, NULL) == N2V_OK)
                model_free(&model);
            zip.at[i] = whole.at[i];
        }
    }
}
END_TEST

START_TEST(checksums_and_methods)
{
    static const struct {
        size_t at;
        unsigned char byte;
        const char *says;
    } odd[] = {
        {6, 1, "is encrypted, where stored and deflated ones can be read"},
        {6, 8, "is of unknown size"},
        {8, 12, "is compressed with another method"},
        {14, 0x55, "the archive is corrupt: the checksum of the member 'words.npy'"},
        {22, 1, "the size of the member 'words.npy'"},
        {20, 0xff, "the file is shorter than the content of the member 'words.npy'"},
        {26, 0xff, "a member's name of"},
    };

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        bytes zip = archive(0);
        zip.at[odd[i].at] = odd[i].byte;
        zip.at[27] = odd[i].at == 26;
        expect(&zip, odd[i].says);
    }
}
END_TEST

START_TEST(skipped_words)
{
    static const float rows[] = {9, 9, 1, -2, 9, 9, 3, 4};
    const bytes vectors = strings((const char *)rows, sizeof rows, "<f4", "(4, 2)");
    const bytes words = strings("x y" "a\0\0" "a\0\0" "b\0\0", 12, "|S3", "(4,)");
    const bytes counts = strings("\1\7\2\5", 4, "|u1", "(4,)"), labels = strings("\xff" "bcd", 4, "|S1", "(4,)");
    scratch files = scratch_open();
    BadRows bad = {.count = 0};
    n2v_error error = {.text = ""};
    bytes zip = {.count = 0};
    Model model;

    put_member(&zip, "vectors.npy", &vectors, 0);
    put_member(&zip, "labels.npy", &labels, 0); /* replaced by the words */
    put_member(&zip, "words.npy", &words, 0);
    put_member(&zip, "counts.npy", &counts, 0);
    put_directory(&zip);
    scratch_write(&files, "x.npz", zip.at, zip.count);
    ck_assert_int_eq(format_read(&model, files.path, NULL, &error), N2V_ERROR_FORMAT);
    ck_assert_msg(format_load_skipping(&model, NULL, files.path, &bad, NULL, &error) == N2V_OK, "%s", error.text);
    ck_assert_uint_eq(bad.count, 2);
    ck_assert_ptr_nonnull(strstr(bad.first, "x.npz: words.npy: byte 71: the word 'x y' contains"));
    check_model(&model, "b");
    ck_assert_uint_eq(vocabulary_count(model.vocabulary, 0), 7);
    ck_assert_uint_eq(vocabulary_count(model.vocabulary, 1), 5);
    model_free(&model);
    scratch_close(&files);
}
END_TEST

/* Strings of no bytes: a header that declares billions of them must not take memory. The last word is skipped. */
START_TEST(words_without_bytes)
{
    static const float rows[] = {1, -2, 3, 4, 9, 9};
    const bytes two = matrix(4, false, false), none = strings("", 0, "<U0", "(2000000000,)");
    const bytes vectors = strings((const char *)rows, sizeof rows, "<f4", "(3, 2)");
    const bytes words = strings("ab\0", 3, "|S1", "(3,)"), counts = strings("\7\5\3", 3, "|u1", "(3,)");
    scratch files = scratch_open();
    BadRows bad = {.count = 0};
    n2v_error error = {.text = ""};
    bytes zip = {.count = 0}, last = {.count = 0};
    Model model;

    put_member(&zip, "words.npy", &none, 0);
    put_member(&zip, "vectors.npy", &two, 0);
    put_directory(&zip);
    scratch_write(&files, "x.npz", zip.at, zip.count);
    ck_assert_int_eq(format_load_skipping(&model, NULL, files.path, &bad, NULL, &error), N2V_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.text, "no array of the words"));
    ck_assert_uint_eq(bad.count, 0);
    put_member(&last, "vectors.npy", &vectors, 0);
    put_member(&last, "words.npy", &words, 0);
    put_member(&last, "counts.npy", &counts, 0);
    put_directory(&last);
    scratch_write(&files, "x.npz", last.at, last.count);
    ck_assert_msg(format_load_skipping(&model, NULL, files.path, &bad, NULL, &error) == N2V_OK, "%s", error.text);
    check_model(&model, "b");
    ck_assert_uint_eq(vocabulary_count(model.vocabulary, 1), 5);
    model_free(&model);
    scratch_close(&files);
}
END_TEST

/* The message is about the first word, and not about the number of those that are left. */
START_TEST(only_skipped_words)
{
    static const float rows[] = {1, 2};
    const bytes words = strings("\0\0", 2, "|S1", "(2,)");
    const bytes vectors = strings((const char *)rows, sizeof rows, "<f4", "(2, 1)");
    scratch files = scratch_open();
    BadRows bad = {.count = 0};
    n2v_error error = {.text = ""};
    bytes zip = {.count = 0};
    Model model;

    put_member(&zip, "words.npy", &words, 0);
    put_member(&zip, "vectors.npy", &vectors, 0);
    put_directory(&zip);
    scratch_write(&files, "x.npz", zip.at, zip.count);
    ck_assert_int_eq(format_load_skipping(&model, NULL, files.path, &bad, NULL, &error), N2V_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.text, "no row can be read: "));
    ck_assert_ptr_nonnull(strstr(error.text, "x.npz: words.npy: byte 69: the word '' is empty"));
    scratch_close(&files);
}
END_TEST

/* Zeros are empty words: an archive has any number of them in few bytes. */
START_TEST(runs_of_skipped_words)
{
    enum { COUNT = 500, GOOD = 300 };
    static const char item[COUNT] = {[GOOD] = 'a'}, number[COUNT] = {[GOOD] = 7};
    static const float rows[COUNT] = {[GOOD] = 2};
    const bytes words = strings(item, COUNT, "|S1", "(500,)"), counts = strings(number, COUNT, "|u1", "(500,)");
    const bytes vectors = strings((const char *)rows, sizeof rows, "<f4", "(500, 1)");
    scratch files = scratch_open();
    BadRows bad = {.count = 0};
    n2v_error error = {.text = ""};
    bytes zip = {.count = 0};
    Model model;

    put_member(&zip, "words.npy", &words, DEFLATED);
    put_member(&zip, "counts.npy", &counts, DEFLATED);
    put_member(&zip, "vectors.npy", &vectors, DEFLATED);
    put_directory(&zip);
    scratch_write(&files, "x.npz", zip.at, zip.count);
    ck_assert_msg(format_load_skipping(&model, NULL, files.path, &bad, NULL, &error) == N2V_OK, "%s", error.text);
    ck_assert_uint_eq(bad.count, COUNT - 1);
    ck_assert_ptr_nonnull(strstr(bad.first, "the word '' is empty"));
    ck_assert_uint_eq(model.words, 1);
    ck_assert_float_eq(model.input[0], 2);
    ck_assert_uint_eq(vocabulary_count(model.vocabulary, 0), 7);
    model_free(&model);
    scratch_close(&files);
}
END_TEST

START_TEST(runs)
{
    static const struct {
        size_t row;
        bool dropped;
    } rows[] = {{0, false}, {1, true}, {2, true}, {3, false}, {7, true}, {8, false}};
    BadRows bad = {.count = 0};
    Source source = {.path = "x", .bad = &bad};
    Vocabulary *words = vocabulary_create();
    Dropped dropped = {.count = 0};
    size_t run = 0;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].dropped)
            ck_assert_int_eq(load_word_of_row(&source, words, " ", 1, rows[i].row, &dropped, NULL),
                             N2V_OK);
    ck_assert_uint_eq(dropped.run_count, 2);
    ck_assert_uint_eq(dropped.count, 3);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert(dropped_has(&dropped, rows[i].row, &run) == rows[i].dropped);
    dropped_free(&dropped);
    vocabulary_destroy(words);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("arrays");

    add_test(suite, "types and orders", types_and_orders);
    add_test(suite, "archives", archives);
    add_test(suite, "choices", choices);
    add_test(suite, "lacking", archives_that_lack_something);
    add_test(suite, "broken", broken_archives);
    add_test(suite, "checksums", checksums_and_methods);
    add_test(suite, "skipped", skipped_words);
    add_test(suite, "only skipped words", only_skipped_words);
    add_test(suite, "runs of skipped words", runs_of_skipped_words);
    add_test(suite, "runs", runs);
    add_test(suite, "words without bytes", words_without_bytes);
    return run_suite(suite);
}
