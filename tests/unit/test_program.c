/* A program between a file and its reader: what comes out, how it ends, and what it leaves of the caller alone. */
#include "io/program.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "scratch.h"
#include "test.h"

static n2v_status open_file(void *path, const Stop *stop, Reader **reader, n2v_error *error)
{
    return reader_open_text(reader, path, stop, error);
}

static size_t open_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    size_t count = 0;

    ck_assert_ptr_nonnull(folder);
    while (readdir(folder))
        count++;
    ck_assert_int_eq(closedir(folder), 0);
    return count;
}

/* No child is left, neither running nor as a zombie. */
static void no_child(void)
{
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
    ck_assert_int_eq(errno, ECHILD);
}

typedef struct result {
    n2v_status status;
    n2v_error error;
    size_t count;
    char text[256]; /* the beginning */
} result;

/* Reads all of the output, at most so many chunks. */
static result run(const char *command, const char *path, const Stop *stop, size_t chunks)
{
    result r = {.status = N2V_OK};
    const unsigned char *bytes;
    Program *program;
    size_t count = 1;

    r.status = program_start(&program, command, path, open_file, (void *)path, stop, &r.error);
    for (size_t i = 0; r.status == N2V_OK && count && i < chunks; i++) {
        r.status = program_next(program, &bytes, &count, &r.error);
        for (size_t at = 0; r.status == N2V_OK && at < count && r.count + at + 1 < sizeof r.text; at++)
            r.text[r.count + at] = (char)bytes[at];
        r.count += count;
    }
    program_close(program);
    no_child();
    return r;
}

static result run_on(const char *command, const char *text, size_t count)
{
    const size_t descriptors = open_descriptors();
    scratch files = scratch_open();
    const result r = run(command, scratch_write(&files, "text", text, count), NULL, SIZE_MAX);

    scratch_close(&files);
    ck_assert_uint_eq(open_descriptors(), descriptors);
    return r;
}

static void gives(const char *command, const char *text, const char *wanted)
{
    const result r = run_on(command, text, strlen(text));
    require(r.status == N2V_OK, "%s", r.error.text);
    ck_assert_str_eq(r.text, wanted);
}

static void fails(const char *command, const char *says)
{
    const result r = run_on(command, "a b\n", 4);
    ck_assert_int_eq(r.status, N2V_ERROR_DATA);
    require(strstr(r.error.text, says) != NULL, "%s", r.error.text);
}

START_TEST(filters)
{
    gives("cat", "a b\nc", "a b\nc");
    gives("tr a-z A-Z | sed 's/B/x/'", "a b\n", "A x\n");
    gives("printf '%s' \"$((1 + 1))\"", "a\n", "2");
    gives("cat /dev/stdin", "a\n", "a\n"); /* a pipe, which can be opened by name */
    gives("true", "a\n", "");
    gives("head -n 1; exec cat >/dev/null", "a\nb\n", "a\n");
}
END_TEST

START_TEST(failures)
{
    fails("exit 3", "the program `exit 3` failed with status 3 while it read ");
    fails("cat; exit 3", "failed with status 3");
    fails("no-such-program-of-any-kind 2>/dev/null", "failed with status 127");
    fails("no-such-program-of-any-kind 2>/dev/null", "the shell did not find it; is it installed?");
    fails("kill -9 $$", "was ended by signal 9");
}
END_TEST

/* More than pipes hold, in both directions, and a program that reads little of it, or all before it prints. */
START_TEST(much_text)
{
    static const char *const commands[] = {"cat", "sort", "sed 's/a/a a a a/g'"};
    const size_t count = 1000000;
    char *text = malloc(count);
    result r;

    memset(text, 'a', count);
    for (size_t i = 9; i < count; i += 10)
        text[i] = '\n';
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        r = run_on(commands[i], text, count);
        require(r.status == N2V_OK, "%s", r.error.text);
        ck_assert_uint_eq(r.count, i == 2 ? count + count / 10 * 9 * 6 : count);
    }
    r = run_on("head -c 10", text, count); /* SIGPIPE would end this program */
    ck_assert_int_eq(r.status, N2V_OK);
    ck_assert_uint_eq(r.count, 10);
    r = run_on("exec 0<&-; exit 5", text, count);
    ck_assert_int_eq(r.status, N2V_ERROR_DATA);
    free(text);
}
END_TEST

static volatile sig_atomic_t pipes;

static void count_pipe(int number)
{
    (void)number;
    pipes++;
}

/* The caller's handling of signals stays, and the program has the usual one. */
START_TEST(signals)
{
    struct sigaction mine = {.sa_handler = count_pipe}, now;
    sigset_t blocked, before, after;
    char *text = calloc(1, 300000);

    memset(text, 'a', 300000);
    ck_assert_int_eq(sigaction(SIGPIPE, &mine, NULL), 0);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, &blocked, &before), 0);
    (void)run_on("head -c 10 >/dev/null", text, 300000);
    gives("grep SigBlk /proc/self/status | tr -d '\\t'", "a\n", "SigBlk:0000000000000000\n");
    ck_assert_int_eq(pthread_sigmask(SIG_SETMASK, &before, &after), 0);
    ck_assert_int_eq(sigismember(&after, SIGTERM), 1);
    ck_assert_int_eq(sigaction(SIGPIPE, NULL, &now), 0);
    ck_assert(now.sa_handler == count_pipe);
    ck_assert_int_eq(pipes, 0);
    ck_assert_int_eq(signal(SIGPIPE, SIG_IGN) != SIG_ERR, 1);
    fails("kill -13 $$; echo alive", "was ended by signal 13"); /* which this program ignores */
    free(text);
}
END_TEST

START_TEST(ignored_children)
{
    result r;
    scratch files = scratch_open();

    ck_assert(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
    r = run("cat", scratch_write(&files, "text", "a\n", 2), NULL, SIZE_MAX);
    ck_assert_int_eq(r.status, N2V_ERROR_IO);
    require(strstr(r.error.text, "ignores SIGCHLD") != NULL, "%s", r.error.text);
    scratch_close(&files);
}
END_TEST

static bool after_a_while(void *begin)
{
    return seconds_since(*(double *)begin) > 0.1;
}

/* Whatever the program does: sleep, write without end, not read, start others. */
START_TEST(stops)
{
    static const char *const commands[] = {"sleep 1000", "yes >/dev/null", "sleep 1000 | cat",
                                           "cat; exec >&-; sleep 1000"};
    scratch files = scratch_open();
    const char *path = scratch_write(&files, "text", "a\n", 2);

    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        double begin = seconds_now();
        const Stop stop = {.test = after_a_while, .context = &begin};
        const result r = run(commands[i], path, &stop, SIZE_MAX);
        ck_assert_int_eq(r.status, N2V_ERROR_INTERRUPTED);
        require(seconds_since(begin) < 60, "%s: %g s", commands[i], seconds_since(begin));
    }
    scratch_close(&files);
}
END_TEST

/* A reader that has enough closes it, and a program that does not heed SIGTERM is killed. */
START_TEST(closes_early)
{
    scratch files = scratch_open();
    const char *path = scratch_write(&files, "text", "a\n", 2);

    ck_assert_int_eq(run("yes", path, NULL, 2).status, N2V_OK);
    ck_assert_int_eq(run("trap '' TERM; yes | head -c 300000; while :; do sleep 0.01; done", path, NULL, 1).status,
                     N2V_OK);
    scratch_close(&files);
}
END_TEST

START_TEST(bad_input)
{
    scratch files = scratch_open();
    char text[3000];
    unsigned char *packed;
    size_t count;
    result r;

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + i * i % 23);
    packed = scratch_gzip(text, sizeof text, &count);
    r = run("cat", scratch_write(&files, "cut.gz", packed, count - 9), NULL, SIZE_MAX);
    ck_assert_int_eq(r.status, N2V_ERROR_FORMAT);
    require(strstr(r.error.text, "cut.gz") != NULL, "%s", r.error.text);
    r = run("cat", scratch_path(&files, "missing"), NULL, SIZE_MAX);
    ck_assert_int_ne(r.status, N2V_OK);
    free(packed);
    scratch_close(&files);
}
END_TEST

/* Standard descriptors of the caller may be closed. */
START_TEST(closed_descriptors)
{
    ck_assert_int_eq(close(STDIN_FILENO), 0);
    gives("tr a b", "a\n", "b\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("program");
    add_test(suite, "filters", filters);
    add_test(suite, "failures", failures);
    add_test(suite, "much text", much_text);
    add_test(suite, "signals", signals);
    add_test(suite, "ignored children", ignored_children);
    add_test(suite, "stops", stops);
    add_test(suite, "closes early", closes_early);
    add_test(suite, "bad input", bad_input);
    add_test(suite, "closed descriptors", closed_descriptors);
    return run_suite(suite);
}
