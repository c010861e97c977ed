/* Outputs that go by the ending: gzip, and those that are refused. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/ending.h"
#include "io/reader.h"
#include "io/writer.h"
#include "scratch.h"
#include "test.h"

/* The file is gzip, and what is in it is this. */
static void expect_gzip(const char *path, const char *text, size_t bytes)
{
    n2v_error error = {.text = ""};
    const unsigned char *chunk;
    size_t count, at = 0;
    Reader *reader;

    ck_assert_int_eq(reader_open(&reader, path, NULL, &error), N2V_OK);
    do {
        ck_assert_msg(reader_next(reader, &chunk, &count, &error) == N2V_OK, "%s", error.text);
        ck_assert_uint_le(at + count, bytes);
        if (count)
            ck_assert(memcmp(chunk, text + at, count) == 0);
        at += count;
    } while (count);
    ck_assert_uint_eq(at, bytes);
    ck_assert_str_eq(reader_codec(reader)->name, "gzip");
    reader_close(reader);
}

static Writer *open_writer(const char *path)
{
    n2v_error error = {.text = ""};
    Writer *writer;

    ck_assert_msg(writer_open(&writer, path, NULL, &error) == N2V_OK, "%s", error.text);
    return writer;
}

START_TEST(a_file_is_gzip)
{
    scratch files = scratch_open();
    const size_t total = ((size_t)3 << 20) + 17;
    char *text = malloc(total), *first, *second;
    size_t packed, again;

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < total; i++)
        text[i] = (char)(i * i % 251);
    for (int round = 0; round < 2; round++) {
        Writer *writer = open_writer(scratch_path(&files, round ? "b.GZ" : "a.vec.gz"));
        size_t used = 0;
        for (size_t step = 1; used < total; step = step * 5 + 1) { /* also more than the buffer at once */
            const size_t some = step < total - used ? step : total - used;
            ck_assert_int_eq(writer_write(writer, text + used, some, NULL), N2V_OK);
            used += some;
        }
        ck_assert_int_eq(writer_commit(writer, NULL), N2V_OK);
        expect_gzip(files.path, text, total);
    }
    /* The same bytes give the same file. */
    first = scratch_read(scratch_path(&files, "a.vec.gz"), &packed);
    second = scratch_read(scratch_path(&files, "b.GZ"), &again);
    ck_assert_uint_eq(packed, again);
    ck_assert(memcmp(first, second, packed) == 0);
    ck_assert_uint_lt(packed, total / 2);
    free(first);
    free(second);
    free(text);
    scratch_close(&files);
}
END_TEST

START_TEST(an_empty_file_is_gzip)
{
    scratch files = scratch_open();

    ck_assert_int_eq(writer_commit(open_writer(scratch_path(&files, "a.gz")), NULL), N2V_OK);
    expect_gzip(files.path, "", 0);
    scratch_close(&files);
}
END_TEST

/* What is published is a whole gzip file, whatever comes after it. */
START_TEST(a_log_is_gzip_after_each_line)
{
    scratch files = scratch_open();
    Writer *writer = open_writer(scratch_path(&files, "log.gz"));

    ck_assert_int_eq(writer_print(writer, NULL, "one\n"), N2V_OK);
    ck_assert_int_ne(access(files.path, F_OK), 0);
    ck_assert_int_eq(writer_publish(writer, NULL), N2V_OK);
    expect_gzip(files.path, "one\n", 4);
    ck_assert_int_eq(writer_publish(writer, NULL), N2V_OK);
    ck_assert_int_eq(writer_print(writer, NULL, "two\n"), N2V_OK);
    ck_assert_int_eq(writer_publish(writer, NULL), N2V_OK);
    expect_gzip(files.path, "one\ntwo\n", 8);
    ck_assert_int_eq(writer_print(writer, NULL, "lost"), N2V_OK);
    writer_discard(writer);
    expect_gzip(files.path, "one\ntwo\n", 8);
    ck_assert_uint_eq(scratch_names(&files), 1);
    scratch_close(&files);
}
END_TEST

START_TEST(a_full_disk_is_noticed)
{
    scratch files = scratch_open();
    n2v_error error = {.text = ""};
    Writer *writer;

    ck_assert_int_eq(symlink("/dev/full", scratch_path(&files, "full.gz")), 0);
    writer = open_writer(files.path);
    ck_assert_int_eq(writer_write(writer, "x", 1, &error), N2V_OK);
    ck_assert_int_eq(writer_commit(writer, &error), N2V_ERROR_IO);
    ck_assert_ptr_nonnull(strstr(error.text, "No space left"));
    scratch_close(&files);
}
END_TEST

START_TEST(other_compressions_are_refused)
{
    static const struct {
        const char *name, *command;
    } refused[] = {
        {"v.txt.bz2", "`bzip2 v.txt`"}, {"v.xz", "`xz v`"},           {"v.ZST", "`zstd v`"},
        {"v.lz4", "`lz4 v`"},           {"v.zip", "`zip v.zip v`"},   {"v.7z", "`7z a v.7z v`"},
        {"v.Z", "`compress v`"},        {"v.tgz", "`tar -czf v.tgz v`"},
    };
    scratch files = scratch_open();

    ck_assert_int_eq(chdir(files.folder), 0);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        n2v_error error = {.text = ""};
        Writer *writer;
        ck_assert_int_eq(writer_open(&writer, refused[i].name, NULL, &error), N2V_ERROR_ARGUMENT);
        ck_assert_msg(strstr(error.text, refused[i].command) && strstr(error.text, refused[i].name), "%s", error.text);
    }
    ck_assert_uint_eq(scratch_names(&files), 0);
    ck_assert_int_eq(chdir("/"), 0);
    scratch_close(&files);
}
END_TEST

START_TEST(endings)
{
    bool gzip;

    ck_assert_ptr_null(ending_of("vectors"));
    ck_assert_ptr_null(ending_of("a.b/vectors"));
    ck_assert_ptr_null(ending_of("b/.xz"));
    ck_assert_ptr_null(ending_of("vectors."));
    ck_assert_str_eq(ending_of("a/v.vec.gz"), ".gz");
    ck_assert_uint_eq(ending_gzip("a/v.vec.gz", &gzip), 7);
    ck_assert(gzip);
    ck_assert_uint_eq(ending_gzip("a/.gz", &gzip), 5);
    ck_assert(!gzip);
    ck_assert_int_eq(ending_check("-", NULL), N2V_OK);
    ck_assert_int_eq(ending_check("a.xz/v.txt", NULL), N2V_OK);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("compressed");
    add_test(suite, "gzip", a_file_is_gzip);
    add_test(suite, "empty", an_empty_file_is_gzip);
    add_test(suite, "log", a_log_is_gzip_after_each_line);
    add_test(suite, "full disk", a_full_disk_is_noticed);
    add_test(suite, "refused", other_compressions_are_refused);
    add_test(suite, "endings", endings);
    return run_suite(suite);
}
