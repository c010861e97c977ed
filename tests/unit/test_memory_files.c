/* Files in memory: read as those on disk are. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/reader.h"
#include "model/formats/format.h"
#include "nce2vec.h"
#include "plain_formats.h"
#include "scratch.h"
#include "test.h"

/* All that a reader of memory gives, compared with text. */
static void expect_bytes(const void *file, size_t count, const char *text, size_t bytes, bool inflates)
{
    const unsigned char *chunk;
    size_t some, at = 0;
    n2v_error error = {.text = ""};
    Reader *reader;

    ck_assert_int_eq(reader_open_memory(&reader, file, count, "memory", NULL, NULL), N2V_OK);
    ck_assert_uint_eq(reader_size(reader), count);
    do {
        ck_assert_msg(reader_next(reader, &chunk, &some, &error) == N2V_OK, "%s", error.text);
        ck_assert_uint_le(at + some, bytes);
        require(!some || memcmp(chunk, text + at, some) == 0, "from byte %zu on", at);
        at += some;
    } while (some);
    ck_assert_uint_eq(at, bytes);
    ck_assert_uint_eq(reader_position(reader), count);
    ck_assert(inflates == (reader_codec(reader) != NULL));
    ck_assert_int_eq(reader_next(reader, &chunk, &some, NULL), N2V_OK); /* the end stays */
    ck_assert_uint_eq(some, 0);
    reader_close(reader);
}

static void expect_failure(const void *file, size_t count, const char *says)
{
    n2v_error error = {.text = ""};
    const unsigned char *chunk;
    size_t some = 1;
    Reader *reader;

    ck_assert_int_eq(reader_open_memory(&reader, file, count, "memory", NULL, NULL), N2V_OK);
    while (reader_next(reader, &chunk, &some, &error) == N2V_OK)
        ck_assert_uint_gt(some, 0);
    ck_assert_int_eq(error.status, N2V_ERROR_FORMAT);
    ck_assert_msg(strstr(error.text, says) && strstr(error.text, "memory"), "%s", error.text);
    reader_close(reader);
}

START_TEST(plain_and_compressed)
{
    const size_t sizes[] = {0, 1, 100, (size_t)256 << 10, ((size_t)256 << 10) + 1, (size_t)3 << 20};
    char *text = malloc((size_t)3 << 20);

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < (size_t)3 << 20; i++)
        text[i] = (char)(' ' + i * i % 89);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t packed;
        unsigned char *gzip = scratch_gzip(text, sizes[i], &packed);
        expect_bytes(text, sizes[i], text, sizes[i], false);
        expect_bytes(gzip, packed, text, sizes[i], true);
        if (sizes[i])
            expect_failure(gzip, packed - 9, "the gzip data end in the middle");
        free(gzip);
    }
    expect_bytes(NULL, 0, NULL, 0, false);
    free(text);
}
END_TEST

START_TEST(what_cannot_be_read)
{
    static const char lz[] = "LZIP\1 and more than that";
    size_t packed;
    unsigned char *gzip = scratch_gzip(lz, sizeof lz, &packed);

    expect_failure(lz, sizeof lz, "lzip data");
    expect_failure(gzip, packed, "lzip data inside gzip");
    free(gzip);
}
END_TEST

static n2v_status load(n2v_vectors **vectors, const void *bytes, size_t count, n2v_error *error)
{
    return n2v_vectors_load_memory(vectors, bytes, count, "mine", NULL, error);
}

/* Each format's file, out of memory. */
START_TEST(vectors_of_each_format)
{
    static const char text[] = "2 2\na 1 -2\nb 0.5 3e-9\n";
    scratch files = scratch_open();
    n2v_vectors *plain, *vectors;
    n2v_error error = {.text = ""};
    const Format *format;
    size_t stride;

    ck_assert_int_eq(load(&plain, text, sizeof text - 1, NULL), N2V_OK);
    for (size_t f = 0; (format = plain_format_at(f)); f++) {
        char name[64];
        size_t count;
        char *bytes;
        snprintf(name, sizeof name, "file%.*s", (int)strcspn(format->endings, " "), format->endings);
        ck_assert_msg(n2v_vectors_save(plain, scratch_path(&files, name), NULL, NULL, &error) == N2V_OK, "%s",
                      error.text);
        bytes = scratch_read(files.path, &count);
        if (format->beside) {
            ck_assert_int_eq(load(&vectors, bytes, count, &error), N2V_ERROR_ARGUMENT);
            ck_assert_msg(strstr(error.text, "mine: ") && strstr(error.text, "is two files"), "%s", error.text);
            ck_assert_ptr_null(vectors);
        } else {
            n2v_vectors_info info = {.size = sizeof info};
            ck_assert_msg(load(&vectors, bytes, count, &error) == N2V_OK, "%s", error.text);
            memset(bytes, 0, count); /* no longer needed */
            ck_assert_int_eq(n2v_vectors_describe(vectors, &info, NULL), N2V_OK);
            ck_assert_str_eq(info.format, format->name);
            ck_assert_ptr_null(info.words_file);
            ck_assert_str_eq(n2v_vectors_word(vectors, 1, NULL), "b");
            ck_assert_float_eq(n2v_vectors_view(vectors, N2V_INPUT, &stride)[stride + 1], 3e-9F);
            n2v_vectors_destroy(vectors);
        }
        free(bytes);
    }
    n2v_vectors_destroy(plain);
    scratch_close(&files);
}
END_TEST

static int stop(void *context)
{
    (void)context;
    return 1;
}

START_TEST(arguments)
{
    const n2v_observer observer = {.size = sizeof observer, .stop = stop};
    n2v_vectors *vectors;
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_vectors_load_memory(NULL, "a", 1, "mine", NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(load(&vectors, NULL, 1, &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(load(&vectors, NULL, 0, &error), N2V_ERROR_FORMAT);
    ck_assert_str_eq(error.text, "mine: the file is empty");
    ck_assert_int_eq(n2v_vectors_load_memory(&vectors, "1 1\na x\n", 8, NULL, NULL, &error), N2V_ERROR_FORMAT);
    ck_assert_str_eq(error.text, "the memory: line 2: 'x' is not a finite number");
    ck_assert_int_eq(n2v_vectors_load_memory(&vectors, "1 1\na 1\n", 8, NULL, &observer, &error),
                     N2V_ERROR_INTERRUPTED);
    ck_assert_ptr_null(vectors);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory files");
    add_test(suite, "bytes", plain_and_compressed);
    add_test(suite, "refused", what_cannot_be_read);
    add_test(suite, "vectors", vectors_of_each_format);
    add_test(suite, "arguments", arguments);
    return run_suite(suite);
}
