/* What is flushed to disk, in which order, and what a failure of that leaves. fsync here is the test's own. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commit_both.h"
#include "scratch.h"
#include "test.h"

static char events[16];            /* f: a file was flushed, F: one that was at the path already, d: a folder */
static const char *watched;        /* the path */
static int file_error, folder_error;

static bool is_at_the_path(const struct stat *info)
{
    struct stat there;
    return stat(watched, &there) == 0 && there.st_ino == info->st_ino;
}

int fsync(int fd)
{
    struct stat info;
    const size_t count = strlen(events);

    ck_assert_int_eq(fstat(fd, &info), 0);
    ck_assert_uint_lt(count + 1, sizeof events);
    events[count] = S_ISDIR(info.st_mode) ? 'd' : is_at_the_path(&info) ? 'F' : 'f';
    errno = S_ISDIR(info.st_mode) ? folder_error : file_error;
    return errno ? -1 : 0;
}

static void expect_file(const char *path, const char *text)
{
    char *read = scratch_read(path, NULL);

    ck_assert_ptr_nonnull(read);
    ck_assert_str_eq(read, text);
    free(read);
}

static Writer *written(const char *path)
{
    Writer *writer;

    ck_assert_int_eq(writer_open(&writer, path, NULL, NULL), N2V_OK);
    ck_assert_int_eq(writer_write(writer, "new", 3, NULL), N2V_OK);
    return writer;
}

/* Commits over an old file. */
static n2v_status commit(scratch *files, n2v_error *error)
{
    memset(events, 0, sizeof events);
    watched = scratch_write(files, "out", "old", 3);
    return writer_commit(written(watched), error);
}

START_TEST(the_file_before_its_name)
{
    scratch files = scratch_open();

    ck_assert_int_eq(commit(&files, NULL), N2V_OK);
    ck_assert_str_eq(events, "fd");
    expect_file(files.path, "new");
    scratch_close(&files);
}
END_TEST

START_TEST(a_file_that_cannot_be_flushed)
{
    scratch files = scratch_open();
    n2v_error error = {.text = ""};

    file_error = EIO;
    ck_assert_int_eq(commit(&files, &error), N2V_ERROR_IO);
    ck_assert_str_eq(events, "f");
    expect_file(files.path, "old");
    ck_assert_uint_eq(scratch_names(&files), 1);
    scratch_close(&files);
}
END_TEST

START_TEST(a_folder_that_cannot_be_flushed)
{
    scratch files = scratch_open();
    n2v_error error = {.text = ""};

    folder_error = EIO;
    ck_assert_int_eq(commit(&files, &error), N2V_ERROR_DURABILITY);
    ck_assert_msg(strstr(error.text, files.path) && strstr(error.text, "is written and complete"), "%s", error.text);
    expect_file(files.path, "new"); /* hours of training may be in it */
    ck_assert_uint_eq(scratch_names(&files), 1);
    scratch_close(&files);
}
END_TEST

START_TEST(two_files_in_a_folder_that_cannot_be_flushed)
{
    scratch files = scratch_open();
    n2v_error error = {.text = ""};
    char first[160];

    folder_error = EIO;
    watched = strcpy(first, scratch_write(&files, "first", "old", 3));
    ck_assert_int_eq(commit_both(written(first), written(scratch_write(&files, "second", "old", 3)), &error),
                     N2V_ERROR_DURABILITY);
    ck_assert_str_eq(events, "ffd");
    expect_file(first, "new");
    expect_file(files.path, "new");
    ck_assert_uint_eq(scratch_names(&files), 2);
    scratch_close(&files);
}
END_TEST

/* Some file systems have nothing to flush and say so. */
START_TEST(a_folder_that_needs_no_flushing)
{
    scratch files = scratch_open();

    folder_error = EINVAL;
    ck_assert_int_eq(commit(&files, NULL), N2V_OK);
    scratch_close(&files);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("durability");
    add_test(suite, "order", the_file_before_its_name);
    add_test(suite, "file", a_file_that_cannot_be_flushed);
    add_test(suite, "folder", a_folder_that_cannot_be_flushed);
    add_test(suite, "two files", two_files_in_a_folder_that_cannot_be_flushed);
    add_test(suite, "nothing to flush", a_folder_that_needs_no_flushing);
    return run_suite(suite);
}
