/* What reaches the disk, and when: a file is flushed before it appears under its name, and its folder after that. A
 * crash then leaves the old file or the complete new one. fsync and the renames of this program are its own: they keep
 * a record, and then do what they always do. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "commit_both.h"
#include "scratch.h"
#include "test.h"

enum kind { FLUSH_FILE, FLUSH_FOLDER, RENAME };

typedef struct event {
    enum kind kind;
    ino_t inode; /* of the file that is flushed or gets another name */
    off_t bytes; /* that it has */
} event;

enum { MAX_EVENTS = 32 };
static event events[MAX_EVENTS];
static size_t event_count;
static bool files_fail; /* to be flushed */

static void add_event(enum kind kind, const struct stat *info)
{
    if (event_count < MAX_EVENTS)
        events[event_count++] = (event){kind, info->st_ino, info->st_size};
}

int fsync(int descriptor)
{
    struct stat info;

    if (fstat(descriptor, &info) != 0)
        return -1;
    add_event(S_ISDIR(info.st_mode) ? FLUSH_FOLDER : FLUSH_FILE, &info);
    if (files_fail && !S_ISDIR(info.st_mode)) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(SYS_fsync, descriptor);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    struct stat info;

    if (fstatat(from_folder, from, &info, AT_SYMLINK_NOFOLLOW) == 0)
        add_event(RENAME, &info);
    return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    return renameat2(from_folder, from, to_folder, to, 0);
}

/* The index of the first event of a kind and file, from one on; event_count: there is none. */
static size_t find_event(size_t from, enum kind kind, ino_t inode)
{
    size_t i = from;

    while (i < event_count && (events[i].kind != kind || (kind != FLUSH_FOLDER && events[i].inode != inode)))
        i++;
    return i;
}

/* The file at the path was flushed whole, then it got its name, then its folder was flushed. */
static void check_order(const char *path, off_t bytes)
{
    struct stat info;
    size_t flush, named;

    ck_assert_uint_lt(event_count, MAX_EVENTS);
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_int_eq(info.st_size, bytes);
    flush = find_event(0, FLUSH_FILE, info.st_ino);
    named = find_event(0, RENAME, info.st_ino);
    ck_assert_msg(flush < event_count, "%s was not flushed", path);
    ck_assert_msg(named < event_count, "%s was not renamed", path);
    ck_assert_msg(flush < named, "%s appeared before it was flushed", path);
    ck_assert_int_eq(events[flush].bytes, bytes);
    ck_assert_msg(find_event(named, FLUSH_FOLDER, 0) < event_count, "the folder of %s was not flushed after", path);
}

static Writer *open_writer(const char *path, const char *text, size_t bytes)
{
    n2v_error error = {.text = ""};
    Writer *writer;

    ck_assert_msg(writer_open(&writer, path, NULL, &error) == N2V_OK, "%s", error.text);
    ck_assert_int_eq(writer_write(writer, text, bytes, &error), N2V_OK);
    return writer;
}

/* Bytes that wait in the buffer, and more than it takes. */
START_TEST(one_file)
{
    static const size_t sizes[] = {0, 1, 5, (size_t)3 << 20};
    char *text = calloc(sizes[3], 1);

    ck_assert_ptr_nonnull(text);
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        for (int old = 0; old < 2; old++) {
            scratch files = scratch_open();
            if (old)
                scratch_write(&files, "out", "old", 3);
            event_count = 0;
            ck_assert_int_eq(writer_commit(open_writer(scratch_path(&files, "out"), text, sizes[s]), NULL), N2V_OK);
            check_order(files.path, (off_t)sizes[s]);
            scratch_close(&files);
        }
    }
    free(text);
}
END_TEST

START_TEST(two_files)
{
    for (int old = 0; old < 2; old++) {
        scratch files = scratch_open();
        Writer *first, *second;

        if (old) {
            scratch_write(&files, "first", "old", 3);
            scratch_write(&files, "second", "old", 3);
        }
        event_count = 0;
        first = open_writer(scratch_path(&files, "first"), "one", 3);
        second = open_writer(scratch_path(&files, "second"), "seconds", 7);
        ck_assert_int_eq(commit_both(first, second, NULL), N2V_OK);
        check_order(scratch_path(&files, "first"), 3);
        check_order(scratch_path(&files, "second"), 7);
        /* neither has its name before both are whole */
        for (size_t i = 0, named = 0; i < event_count; i++) {
            named += events[i].kind == RENAME;
            ck_assert(events[i].kind != FLUSH_FILE || !named);
        }
        ck_assert_uint_eq(scratch_names(&files), 2);
        scratch_close(&files);
    }
}
END_TEST

/* A file that cannot be flushed does not appear; the old one is still there. */
START_TEST(flush_that_fails)
{
    scratch files = scratch_open();
    n2v_error error = {.text = ""};
    Writer *writer;
    char *bytes;

    scratch_write(&files, "out", "old", 3);
    writer = open_writer(files.path, "new", 3);
    files_fail = true;
    ck_assert_int_eq(writer_commit(writer, &error), N2V_ERROR_IO);
    files_fail = false;
    ck_assert_ptr_nonnull(strstr(error.text, "Input/output error"));
    bytes = scratch_read(files.path, NULL);
    ck_assert_str_eq(bytes, "old");
    free(bytes);
    ck_assert_uint_eq(scratch_names(&files), 1);
    scratch_close(&files);
}
END_TEST

/* What is published, and its name, at a call; nothing before. */
START_TEST(a_log)
{
    scratch files = scratch_open();
    n2v_error error = {.text = ""};
    struct stat info;
    Writer *writer = open_writer(scratch_path(&files, "out"), "one", 3);

    event_count = 0;
    ck_assert_int_eq(writer_flush(writer, &error), N2V_OK);
    ck_assert_uint_eq(event_count, 0);
    ck_assert_int_eq(writer_publish(writer, &error), N2V_OK);
    ck_assert_int_eq(writer_write(writer, "two", 3, &error), N2V_OK);
    ck_assert_int_eq(writer_publish(writer, &error), N2V_OK);
    event_count = 0;
    ck_assert_int_eq(writer_flush(writer, &error), N2V_OK);
    ck_assert_int_eq(stat(files.path, &info), 0);
    ck_assert_uint_lt(find_event(0, FLUSH_FILE, info.st_ino), event_count);
    ck_assert_int_eq(events[find_event(0, FLUSH_FILE, info.st_ino)].bytes, 6);
    ck_assert_uint_lt(find_event(0, FLUSH_FOLDER, 0), event_count);
    files_fail = true;
    ck_assert_int_eq(writer_flush(writer, &error), N2V_ERROR_IO);
    files_fail = false;
    ck_assert_int_eq(writer_flush(writer, &error), N2V_ERROR_IO);
    writer_discard(writer);
    scratch_close(&files);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("flush order");
    add_test(suite, "one file", one_file);
    add_test(suite, "two files", two_files);
    add_test(suite, "flush that fails", flush_that_fails);
    add_test(suite, "a log", a_log);
    return run_suite(suite);
}
