#include "io/writer.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"
#include "test.h"

static void expect_file(const char *path, const char *text)
{
    char *read = scratch_read(path, NULL);
    ck_assert_ptr_nonnull(read);
    ck_assert_str_eq(read, text);
    free(read);
}

static void write_file(const char *path, const char *text)
{
    n2v_error error = {0};
    Writer *writer;
    ck_assert_msg(writer_open(&writer, path, NULL, &error) == N2V_OK, "%s", error.text);
    ck_assert_int_eq(writer_write(writer, text, strlen(text), &error), N2V_OK);
    ck_assert_msg(writer_commit(writer, &error) == N2V_OK, "%s", error.text);
}

static void expect_refused(const char *path, const char *sentence)
{
    n2v_error error = {0};
    Writer *writer = NULL;
    ck_assert_int_eq(writer_open(&writer, path, NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_null(writer);
    ck_assert_msg(strstr(error.text, sentence) != NULL, "'%s' is not in '%s'", sentence, error.text);
}

START_TEST(appears_when_complete)
{
    scratch files = scratch_open();
    n2v_error error;
    Writer *writer;
    const char *path = scratch_path(&files, "out");

    ck_assert_int_eq(writer_open(&writer, path, NULL, &error), N2V_OK);
    ck_assert_int_eq(writer_write(writer, "half", 4, &error), N2V_OK);
    ck_assert_int_ne(access(path, F_OK), 0);
    ck_assert_uint_le(scratch_names(&files), 1); /* a temporary file with a name only where files need one */
    ck_assert_int_eq(writer_print(writer, &error, " and %d%s", 2, " halves"), N2V_OK);
    ck_assert_int_eq(writer_commit(writer, &error), N2V_OK);
    expect_file(path, "half and 2 halves");
    ck_assert_uint_eq(scratch_names(&files), 1);
    scratch_close(&files);
}
END_TEST

START_TEST(discard_leaves_the_old)
{
    scratch files = scratch_open();
    n2v_error error;
    Writer *writer;

    scratch_write(&files, "out", "old", 3);
    ck_assert_int_eq(writer_open(&writer, files.path, NULL, &error), N2V_OK);
    ck_assert_int_eq(writer_write(writer, "new", 3, &error), N2V_OK);
    writer_discard(writer);
    writer_discard(NULL);
    expect_file(files.path, "old");
    ck_assert_uint_eq(scratch_names(&files), 1);
    write_file(files.path, "new");
    expect_file(files.path, "new");
    scratch_close(&files);
}
END_TEST

static bool always(void *context)
{
    (void)context;
    return true;
}

START_TEST(publish_line_by_line)
{
    scratch files = scratch_open();
    Stop stop = {0};
    n2v_error error;
    Writer *writer;

    scratch_write(&files, "log", "old", 3);
    ck_assert_int_eq(writer_open(&writer, files.path, &stop, &error), N2V_OK);
    ck_assert_int_eq(writer_print(writer, &error, "one\n"), N2V_OK);
    expect_file(files.path, "old");
    ck_assert_int_eq(writer_publish(writer, &error), N2V_OK);
    expect_file(files.path, "one\n");
    ck_assert_int_eq(writer_print(writer, &error, "two\n"), N2V_OK);
    expect_file(files.path, "one\n");
    stop.test = always; /* what others follow is written to its end */
    ck_assert_int_eq(writer_publish(writer, &error), N2V_OK);
    expect_file(files.path, "one\ntwo\n");
    ck_assert_int_eq(writer_print(writer, &error, "three\n"), N2V_OK);
    ck_assert_int_eq(writer_commit(writer, &error), N2V_OK);
    expect_file(files.path, "one\ntwo\nthree\n");
    ck_assert_uint_eq(scratch_names(&files), 1);

    stop.test = NULL;
    ck_assert_int_eq(writer_open(&writer, files.path, &stop, &error), N2V_OK);
    ck_assert_int_eq(writer_print(writer, &error, "new\n"), N2V_OK);
    stop.test = always; /* not yet under its name: nothing is lost */
    ck_assert_int_eq(writer_publish(writer, &error), N2V_ERROR_INTERRUPTED);
    writer_discard(writer);
    expect_file(files.path, "one\ntwo\nthree\n");

    stop.test = NULL;
    ck_assert_int_eq(writer_open(&writer, files.path, &stop, &error), N2V_OK);
    ck_assert_int_eq(writer_print(writer, &error, "kept\n"), N2V_OK);
    ck_assert_int_eq(writer_publish(writer, &error), N2V_OK);
    writer_discard(writer);
    expect_file(files.path, "kept\n");
    ck_assert_uint_eq(scratch_names(&files), 1);
    scratch_close(&files);
}
END_TEST

/* Sizes around the buffer's, in pieces and prints that do not fit. */
START_TEST(large_writes)
{
    scratch files = scratch_open();
    const size_t total = ((size_t)5 << 20) + 3;
    char *text = malloc(total + 1), *read;
    size_t used = 0, step = 1, got;
    n2v_error error;
    Writer *writer;

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < total; i++)
        text[i] = (char)('a' + i * i % 23);
    text[total] = '\0';
    ck_assert_int_eq(writer_open(&writer, scratch_path(&files, "out"), NULL, &error), N2V_OK);
    for (int i = 0; used < total; i++, step = step * 3 + 1) {
        const size_t left = total - used, count = step % 1500000 < left ? step % 1500000 : left;
        if (i % 2)
            ck_assert_int_eq(writer_write(writer, text + used, count, &error), N2V_OK);
        else
            ck_assert_int_eq(writer_print(writer, &error, "%.*s", (int)count, text + used), N2V_OK);
        used += count;
    }
    ck_assert_int_eq(writer_write(writer, NULL, 0, &error), N2V_OK);
    ck_assert_int_eq(writer_commit(writer, &error), N2V_OK);
    read = scratch_read(files.path, &got);
    ck_assert_uint_eq(got, total);
    ck_assert(memcmp(read, text, total) == 0);
    free(read);
    free(text);
    scratch_close(&files);
}
END_TEST

START_TEST(modes)
{
    scratch files = scratch_open();
    struct stat info;

    umask(027);
    write_file(scratch_path(&files, "new"), "x");
    ck_assert_int_eq(stat(files.path, &info), 0);
    ck_assert_int_eq(info.st_mode & 07777, 0640);
    ck_assert_int_eq(chmod(files.path, 0604), 0);
    write_file(files.path, "y");
    ck_assert_int_eq(stat(files.path, &info), 0);
    ck_assert_int_eq(info.st_mode & 07777, 0604);
    scratch_close(&files);
}
END_TEST

START_TEST(symbolic_links)
{
    scratch files = scratch_open();
    struct stat info;
    char link[160], target[160], loop[160];

    ck_assert_int_eq(mkdir(scratch_path(&files, "sub"), 0755), 0);
    strcpy(target, scratch_path(&files, "sub/target"));
    strcpy(link, scratch_path(&files, "link"));
    ck_assert_int_eq(symlink("sub/second", link), 0);
    ck_assert_int_eq(symlink("target", scratch_path(&files, "sub/second")), 0);
    write_file(link, "created through a dangling link");
    expect_file(target, "created through a dangling link");
    write_file(link, "replaced");
    expect_file(target, "replaced");
    ck_assert_int_eq(lstat(link, &info), 0);
    ck_assert(S_ISLNK(info.st_mode));

    strcpy(loop, scratch_path(&files, "loop"));
    ck_assert_int_eq(symlink(loop, loop), 0);
    expect_refused(loop, "symbolic links");
    scratch_close(&files);
}
END_TEST

START_TEST(refused)
{
    scratch files = scratch_open();
    char name[300];

    expect_refused(files.folder, "directory");
    expect_refused("", "empty name");
    expect_refused(scratch_path(&files, "none/out"), "No such file or directory");
    expect_refused(scratch_path(&files, "none/"), "");
    scratch_write(&files, "file", "x", 1);
    expect_refused(scratch_path(&files, "file/out"), "Not a directory");
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    expect_refused(name, "too long");
    ck_assert_uint_eq(scratch_names(&files), 1);
    if (geteuid() == 0) {
        ck_assert_int_eq(chmod(files.folder, 0755), 0);
        ck_assert_int_eq(seteuid(65534), 0);
    } else {
        ck_assert_int_eq(chmod(files.folder, 0555), 0);
    }
    expect_refused(scratch_path(&files, "out"), "its folder takes no new file: Permission denied");
    if (getuid() == 0)
        ck_assert_int_eq(seteuid(0), 0);
    ck_assert_int_eq(chmod(files.folder, 0755), 0);
    scratch_close(&files);
}
END_TEST

START_TEST(read_only_file)
{
    scratch files = scratch_open();
    const bool root = geteuid() == 0;
    scratch_write(&files, "out", "old", 3);
    ck_assert_int_eq(chmod(files.path, 0444), 0);
    if (root) {
        ck_assert_int_eq(chmod(files.folder, 0777), 0);
        ck_assert_int_eq(setresuid(65534, 65534, 0), 0); /* both: glibc before 2.33 asks for the real one */
    }
    expect_refused(files.path, "Permission denied");
    if (root)
        ck_assert_int_eq(setresuid(0, 0, 0), 0);
    expect_file(files.path, "old");
    scratch_close(&files);
}
END_TEST

/* /dev/full refuses every byte; a device is written to directly. */
START_TEST(full_device)
{
    n2v_error error = {0};
    Writer *writer;
    char *big = calloc(1, 3000000);

    ck_assert_ptr_nonnull(big);
    ck_assert_int_eq(writer_open(&writer, "/dev/full", NULL, &error), N2V_OK);
    ck_assert_int_eq(writer_write(writer, "x", 1, &error), N2V_OK); /* in the buffer */
    ck_assert_int_eq(writer_commit(writer, &error), N2V_ERROR_IO);
    ck_assert_str_eq(error.text, "cannot write /dev/full: No space left on device");

    ck_assert_int_eq(writer_open(&writer, "/dev/full", NULL, &error), N2V_OK);
    ck_assert_int_eq(writer_write(writer, big, 3000000, &error), N2V_ERROR_IO);
    /* a failure stays, whatever is called next */
    ck_assert_int_eq(writer_write(writer, "x", 1, &error), N2V_ERROR_IO);
    ck_assert_int_eq(writer_print(writer, &error, "x"), N2V_ERROR_IO);
    ck_assert_int_eq(writer_commit(writer, &error), N2V_ERROR_IO);
    ck_assert_ptr_nonnull(strstr(error.text, "No space left"));
    free(big);
}
END_TEST

/* A real file that cannot grow: nothing half stays and the old file is whole. */
START_TEST(file_that_cannot_grow)
{
    const struct rlimit limit = {1000, 1000};
    scratch files = scratch_open();
    n2v_error error = {0};
    Writer *writer;
    char bytes[2000] = {0};

    scratch_write(&files, "out", "old", 3);
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(writer_open(&writer, files.path, NULL, &error), N2V_OK);
    ck_assert_int_eq(writer_write(writer, bytes, sizeof bytes, &error), N2V_OK);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ck_assert_int_eq(writer_commit(writer, &error), N2V_ERROR_IO);
    ck_assert_ptr_nonnull(strstr(error.text, files.path));
    expect_file(files.path, "old");
    ck_assert_uint_eq(scratch_names(&files), 1);
    scratch_close(&files);
}
END_TEST

START_TEST(pipes_and_standard_output)
{
    scratch files = scratch_open();
    char bytes[32] = {0};
    int ends[2];
    const int old = dup(STDOUT_FILENO);

    ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
    ck_assert_int_eq(dup2(ends[1], STDOUT_FILENO), STDOUT_FILENO);
    write_file("-", "to the pipe");
    ck_assert_int_ge(fcntl(STDOUT_FILENO, F_GETFD), 0); /* it stays open */
    write_file("/dev/stdout", ", twice");
    ck_assert_int_eq(dup2(old, STDOUT_FILENO), STDOUT_FILENO);
    ck_assert_int_eq((int)read(ends[0], bytes, sizeof bytes - 1), 18);
    ck_assert_str_eq(bytes, "to the pipe, twice");
    write_file("/dev/null", "nothing");
    ck_assert_int_eq(access("/dev/null", W_OK), 0);
    scratch_close(&files);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("writer");
    add_test(suite, "appears when complete", appears_when_complete);
    add_test(suite, "discard leaves the old", discard_leaves_the_old);
    add_test(suite, "publish line by line", publish_line_by_line);
    add_test(suite, "large writes", large_writes);
    add_test(suite, "modes", modes);
    add_test(suite, "symbolic links", symbolic_links);
    add_test(suite, "refused", refused);
    add_test(suite, "read-only file", read_only_file);
    add_test(suite, "full device", full_device);
    add_test(suite, "file that cannot grow", file_that_cannot_grow);
    add_test(suite, "pipes and standard output", pipes_and_standard_output);
    return run_suite(suite);
}
