#include "io/reader.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "scratch.h"
#include "test.h"

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* Reads all of path; *bytes is malloc'ed and the caller's also on failure. */
static n2v_status read_all(const char *path, char **bytes, size_t *count, n2v_error *error)
{
    Reader *reader = NULL;
    n2v_status status = reader_open(&reader, path, NULL, error);
    *bytes = calloc(1, 1);
    *count = 0;
    while (status == N2V_OK) {
        const unsigned char *chunk;
        size_t got;
        status = reader_next(reader, &chunk, &got, error);
        if (status != N2V_OK || !got)
            break;
        *bytes = realloc(*bytes, *count + got + 1);
        ck_assert_ptr_nonnull(*bytes);
        memcpy(*bytes + *count, chunk, got);
        *count += got;
        (*bytes)[*count] = '\0';
    }
    reader_close(reader);
    return status;
}

static void expect_bytes(const char *path, const void *bytes, size_t count)
{
    n2v_error error = {0};
    size_t got;
    char *text;
    const n2v_status status = read_all(path, &text, &got, &error);
    ck_assert_msg(status == N2V_OK, "%s", error.text);
    ck_assert_uint_eq(got, count);
    ck_assert(memcmp(text, bytes, count) == 0);
    free(text);
}

static void expect_failure(const char *path, n2v_status wanted, const char *sentence)
{
    n2v_error error = {0};
    size_t got;
    char *text;
    const n2v_status status = read_all(path, &text, &got, &error);
    ck_assert_int_eq(status, wanted);
    ck_assert_int_eq(error.status, wanted);
    ck_assert_msg(strstr(error.text, sentence) != NULL, "'%s' is not in '%s'", sentence, error.text);
    ck_assert_msg(strstr(error.text, strcmp(path, "-") ? path : "standard input") != NULL, "no name in '%s'",
                  error.text);
    free(text);
}

/* Text that does not compress to nothing: longer than the ring. */
static char *long_text(size_t count)
{
    char *text = malloc(count);
    uint32_t state = 1;
    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        text[i] = (char)("etaoin shrdlu\n\0x"[state >> 28]);
    }
    return text;
}

START_TEST(plain_files)
{
    scratch files = scratch_open();
    char *text = long_text(3000001);
    expect_bytes(scratch_write(&files, "long", text, 3000001), text, 3000001);
    expect_bytes(scratch_write(&files, "empty", "", 0), "", 0);
    expect_bytes(scratch_write(&files, "one", "\x1f", 1), "\x1f", 1);
    expect_bytes(scratch_write(&files, "two", "\x1fz", 2), "\x1fz", 2);
    expect_bytes(scratch_write(&files, "nearly.gz", "\x8b\x1f plain", 8), "\x8b\x1f plain", 8);
    expect_bytes(scratch_write(&files, "bz", "BZh is a word here", 18), "BZh is a word here", 18);
    free(text);
    scratch_close(&files);
}
END_TEST

START_TEST(gzip_files)
{
    scratch files = scratch_open();
    char *text = long_text(3000001);
    size_t count, small, all;
    unsigned char *packed = scratch_gzip(text, 3000001, &count), *empty = scratch_gzip("", 0, &small), *joined;

    expect_bytes(scratch_write(&files, "name.txt", packed, count), text, 3000001);
    expect_bytes(scratch_write(&files, "empty.gz", empty, small), "", 0);

    /* members: full, empty, zero padding, full, more padding than the input buffer */
    all = 2 * count + small + 7 + 300000;
    joined = calloc(all, 1);
    ck_assert_ptr_nonnull(joined);
    memcpy(joined, packed, count);
    memcpy(joined + count, empty, small);
    memcpy(joined + count + small + 7, packed, count);
    text = realloc(text, 6000002);
    ck_assert_ptr_nonnull(text);
    memcpy(text + 3000001, text, 3000001);
    expect_bytes(scratch_write(&files, "members.gz", joined, all), text, 6000002);

    joined[all - 5] = 'x';
    expect_failure(scratch_write(&files, "garbage.gz", joined, all), N2V_ERROR_FORMAT,
                   "something else after the gzip data");
    free(joined);
    free(empty);
    free(packed);
    free(text);
    scratch_close(&files);
}
END_TEST

START_TEST(garbage_names_its_byte)
{
    scratch files = scratch_open();
    unsigned char joined[100] = {0};
    char sentence[64];
    size_t count;
    unsigned char *packed = scratch_gzip("a b c\n", 6, &count);

    memcpy(joined, packed, count);
    joined[count + 3] = 'x';
    snprintf(sentence, sizeof sentence, "from byte %zu on", count + 3);
    expect_failure(scratch_write(&files, "x.gz", joined, count + 4), N2V_ERROR_FORMAT, sentence);
    memcpy(joined + count, "\x1f\x8c", 2);
    expect_failure(scratch_write(&files, "y.gz", joined, count + 2), N2V_ERROR_FORMAT, "corrupt");
    expect_failure(scratch_write(&files, "z.gz", joined, count + 1), N2V_ERROR_FORMAT, "truncated");
    free(packed);
    scratch_close(&files);
}
END_TEST

/* A hand-made dictzip header: FEXTRA, FNAME, FCOMMENT, FHCRC before raw deflate data. */
START_TEST(gzip_header_fields)
{
    scratch files = scratch_open();
    size_t count;
    unsigned char *packed = scratch_gzip("extra field\n", 12, &count), made[256];
    const unsigned char extra[] = {0x1f, 0x8b, 8, 4 | 8 | 16, 0, 0, 0, 0, 2, 3, 6, 0, 'R', 'A', 2, 0, 1, 0};
    size_t used = sizeof extra;

    memcpy(made, extra, used);
    memcpy(made + used, "name\0comment", 13);
    used += 13;
    memcpy(made + used, packed + 10, count - 10);
    used += count - 10;
    expect_bytes(scratch_write(&files, "made.dz", made, used), "extra field\n", 12);
    for (size_t cut = 2; cut < used; cut++)
        expect_failure(scratch_write(&files, "cut.dz", made, cut), N2V_ERROR_FORMAT, "the file is truncated");
    free(packed);
    scratch_close(&files);
}
END_TEST

START_TEST(dictzip_of_debian)
{
    const char *path = "/usr/share/dictd/gcide.dict.dz";
    n2v_error error = {0};
    size_t count;
    char *text;

    if (SANITIZED) /* 40 MB of what the other tests read a little of */
        return;
    if (access(path, R_OK) != 0) {
        puts("test_reader: skipped: dict-gcide is not installed");
        return;
    }
    ck_assert_msg(read_all(path, &text, &count, &error) == N2V_OK, "%s", error.text);
    ck_assert_uint_gt(count, 30000000);
    ck_assert_ptr_nonnull(strstr(text, "Webster"));
    free(text);
}
END_TEST

START_TEST(gzip_cut_anywhere)
{
    scratch files = scratch_open();
    size_t count;
    char sentence[64];
    unsigned char *packed = scratch_gzip("the cat sat on the mat, the cat sat on the hat\n", 47, &count);

    for (size_t cut = 2; cut < count; cut++) {
        snprintf(sentence, sizeof sentence, "at byte %zu: the file is truncated", cut);
        expect_failure(scratch_write(&files, "cut.gz", packed, cut), N2V_ERROR_FORMAT, sentence);
    }
    free(packed);
    scratch_close(&files);
}
END_TEST

/* A flipped bit is an error, or in a place that does not matter (time, flags of
 * the header, the unused bits of the last byte) and the text is the same. */
START_TEST(gzip_bits_flipped)
{
    const char *text = "the cat sat on the mat, the cat sat on the hat\n";
    scratch files = scratch_open();
    size_t count, harmless = 0;
    unsigned char *packed = scratch_gzip(text, 47, &count);

    for (size_t bit = 0; bit < 8 * count; bit++) {
        n2v_error error = {0};
        size_t got;
        char *read;
        n2v_status status;
        packed[bit / 8] ^= (unsigned char)(1u << bit % 8);
        status = read_all(scratch_write(&files, "bad.gz", packed, count), &read, &got, &error);
        packed[bit / 8] ^= (unsigned char)(1u << bit % 8);
        if (status == N2V_OK) {
            harmless++;
            ck_assert_uint_eq(got, 47);
            ck_assert(memcmp(read, text, 47) == 0);
        } else {
            ck_assert_int_eq(status, N2V_ERROR_FORMAT);
            ck_assert_ptr_nonnull(strstr(error.text, files.path));
            ck_assert_ptr_nonnull(strstr(error.text, "byte "));
        }
        free(read);
    }
    ck_assert_uint_ge(harmless, 48);     /* the 6 bytes of time, level and system */
    ck_assert_uint_lt(harmless, 48 + 9); /* FTEXT and a few padding bits */
    free(packed);
    scratch_close(&files);
}
END_TEST

START_TEST(check_refuses)
{
    scratch files = scratch_open();
    n2v_error error = {0};

    ck_assert_int_eq(reader_check(scratch_path(&files, "missing"), &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "missing: No such file"));
    ck_assert_int_eq(reader_check(files.folder, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "it is a directory"));
    ck_assert_int_eq(reader_check("", &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(reader_check(scratch_write(&files, "there", "x", 1), &error), N2V_OK);
    ck_assert_int_eq(chmod(files.path, 0), 0);
    if (geteuid() == 0) /* root reads everything: look as somebody else */
        ck_assert_int_eq(seteuid(65534), 0);
    ck_assert_int_eq(reader_check(files.path, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "Permission denied"));
    if (getuid() == 0)
        ck_assert_int_eq(seteuid(0), 0);
    close(STDIN_FILENO);
    ck_assert_int_eq(reader_check("-", &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(open("/dev/null", O_RDONLY), STDIN_FILENO);
    ck_assert_int_eq(reader_check("-", &error), N2V_OK);
    scratch_close(&files);
}
END_TEST

START_TEST(open_fails)
{
    scratch files = scratch_open();
    n2v_error error = {0};
    Reader *reader = NULL;
    ck_assert_int_eq(reader_open(&reader, scratch_path(&files, "missing"), NULL, &error), N2V_ERROR_IO);
    ck_assert_ptr_null(reader);
    ck_assert_ptr_nonnull(strstr(error.text, files.path));
    ck_assert_int_eq(reader_open(&reader, files.folder, NULL, &error), N2V_ERROR_IO);
    ck_assert_ptr_null(reader);
    reader_close(NULL);
    scratch_close(&files);
}
END_TEST

START_TEST(position_and_size)
{
    scratch files = scratch_open();
    char *text = long_text(3000000);
    size_t count, got;
    unsigned char *packed = scratch_gzip(text, 3000000, &count);
    const unsigned char *bytes;
    Reader *reader;
    n2v_error error;

    ck_assert_int_eq(reader_open(&reader, scratch_write(&files, "t.gz", packed, count), NULL, &error), N2V_OK);
    ck_assert_uint_eq(reader_size(reader), count);
    ck_assert_int_eq(reader_next(reader, &bytes, &got, &error), N2V_OK);
    ck_assert_uint_gt(reader_position(reader), 0);
    ck_assert_uint_lt(reader_position(reader), count / 6); /* that of the chunk, not of those that are read ahead */
    while (got)
        ck_assert_int_eq(reader_next(reader, &bytes, &got, &error), N2V_OK);
    ck_assert_uint_eq(reader_position(reader), count);
    ck_assert_int_eq(reader_next(reader, &bytes, &got, &error), N2V_OK); /* the end stays the end */
    ck_assert_uint_eq(got, 0);
    reader_close(reader);
    free(packed);
    free(text);
    scratch_close(&files);
}
END_TEST

START_TEST(closed_in_the_middle)
{
    scratch files = scratch_open();
    char *text = long_text(3000000);
    size_t got;
    const unsigned char *bytes;
    n2v_error error;

    scratch_write(&files, "t", text, 3000000);
    for (int chunks = 0; chunks < 40; chunks++) {
        Reader *reader;
        ck_assert_int_eq(reader_open(&reader, files.path, NULL, &error), N2V_OK);
        for (int i = 0; i < chunks % 8; i++)
            ck_assert_int_eq(reader_next(reader, &bytes, &got, &error), N2V_OK);
        reader_close(reader);
    }
    free(text);
    scratch_close(&files);
}
END_TEST

static bool stop_at_once(void *context)
{
    ++*(int *)context;
    return true;
}

/* A pipe whose writer says nothing: stop is noticed, and close does not hang. Neither takes a second, nor
 * does it end by itself. */
#define HANGS 30.0
START_TEST(silent_pipe)
{
    int ends[2], asked = 0;
    Stop stop = {stop_at_once, &asked};
    const unsigned char *bytes;
    Reader *reader;
    n2v_error error;
    double start;
    size_t got;

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    ck_assert_int_eq(reader_open(&reader, "-", &stop, &error), N2V_OK);
    ck_assert_uint_eq(reader_size(reader), 0);
    start = now();
    ck_assert_int_eq(reader_next(reader, &bytes, &got, &error), N2V_ERROR_INTERRUPTED);
    ck_assert_int_eq(asked, 1);
    reader_close(reader);
    ck_assert_double_lt(now() - start, HANGS);

    /* without a stop: only closed */
    start = now();
    ck_assert_int_eq(reader_open(&reader, "-", NULL, &error), N2V_OK);
    usleep(20000);
    reader_close(reader);
    ck_assert_double_lt(now() - start, HANGS);
}
END_TEST

static bool stop_the_third_time(void *context)
{
    return ++*(int *)context == 3;
}

/* A caller that waits for a pipe asks again and again whether to stop. */
START_TEST(stopped_while_waiting)
{
    int ends[2], asked = 0;
    const Stop stop = {stop_the_third_time, &asked};
    const unsigned char *bytes;
    Reader *reader;
    n2v_error error;
    size_t got;

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    ck_assert_int_eq(reader_open(&reader, "-", &stop, &error), N2V_OK);
    alarm(20); /* ends the test where nobody asks */
    ck_assert_int_eq(reader_next(reader, &bytes, &got, &error), N2V_ERROR_INTERRUPTED);
    alarm(0);
    ck_assert_int_eq(asked, 3);
    reader_close(reader);
}
END_TEST

static void *write_slowly(void *context)
{
    const int fd = *(int *)context;
    size_t count;
    unsigned char *packed = scratch_gzip("slow bytes\n", 11, &count);
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(write(fd, packed + i, 1), 1);
        usleep(1000);
    }
    free(packed);
    close(fd);
    return NULL;
}

START_TEST(slow_gzip_on_standard_input)
{
    int ends[2];
    pthread_t thread;
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    ck_assert_int_eq(pthread_create(&thread, NULL, write_slowly, &ends[1]), 0);
    expect_bytes("-", "slow bytes\n", 11);
    pthread_join(thread, NULL);
}
END_TEST

static void *write_fifo(void *context)
{
    const int fd = open(context, O_WRONLY);
    usleep(50000);
    ck_assert_int_eq(write(fd, "through a pipe\n", 15), 15);
    close(fd);
    return NULL;
}

START_TEST(named_pipe)
{
    scratch files = scratch_open();
    pthread_t thread;
    char path[160];
    strcpy(path, scratch_path(&files, "fifo"));
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(pthread_create(&thread, NULL, write_fifo, path), 0);
    expect_bytes(path, "through a pipe\n", 15);
    pthread_join(thread, NULL);
    scratch_close(&files);
}
END_TEST

START_TEST(standard_input_file)
{
    scratch files = scratch_open();
    Reader *reader;
    n2v_error error;
    const int fd = open(scratch_write(&files, "in", "0123456789", 10), O_RDONLY);
    ck_assert_int_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
    ck_assert_int_eq((int)lseek(STDIN_FILENO, 4, SEEK_SET), 4);
    ck_assert_int_eq(reader_open(&reader, "-", NULL, &error), N2V_OK);
    ck_assert_uint_eq(reader_size(reader), 6);
    reader_close(reader);
    ck_assert_int_eq((int)lseek(STDIN_FILENO, 0, SEEK_SET), 0);
    expect_bytes("-", "0123456789", 10);
    ck_assert_int_ge(fcntl(STDIN_FILENO, F_GETFD), 0); /* it stays open */
    scratch_close(&files);
}
END_TEST

/* Signals go to the caller's thread, not to the reader's. */
START_TEST(signals_are_left_alone)
{
    int ends[2], number = 0;
    sigset_t blocked;
    Reader *reader;
    n2v_error error;
    const struct timespec moment = {0, 0};

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    ck_assert_int_eq(reader_open(&reader, "-", NULL, &error), N2V_OK);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1); /* would kill the process if a thread took it */
    ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, &blocked, NULL), 0);
    ck_assert_int_eq(kill(getpid(), SIGUSR1), 0);
    usleep(20000);
    number = sigtimedwait(&blocked, NULL, &moment);
    ck_assert_int_eq(number, SIGUSR1);
    reader_close(reader);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reader");
    add_test(suite, "plain files", plain_files);
    add_test(suite, "gzip files", gzip_files);
    add_test(suite, "garbage names its byte", garbage_names_its_byte);
    add_test(suite, "gzip header fields", gzip_header_fields);
    add_test(suite, "dictzip of Debian", dictzip_of_debian);
    add_test(suite, "gzip cut anywhere", gzip_cut_anywhere);
    add_test(suite, "gzip bits flipped", gzip_bits_flipped);
    add_test(suite, "check refuses", check_refuses);
    add_test(suite, "open fails", open_fails);
    add_test(suite, "position and size", position_and_size);
    add_test(suite, "closed in the middle", closed_in_the_middle);
    add_test(suite, "silent pipe", silent_pipe);
    add_test(suite, "stopped while waiting", stopped_while_waiting);
    add_test(suite, "slow gzip on standard input", slow_gzip_on_standard_input);
    add_test(suite, "named pipe", named_pipe);
    add_test(suite, "standard input is a file", standard_input_file);
    add_test(suite, "signals are left alone", signals_are_left_alone);
    return run_suite(suite);
}
