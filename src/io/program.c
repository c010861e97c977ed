#include "io/program.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/threads.h"

#define SHELL        "/bin/sh"
#define WAIT_MS      50  /* between two looks at whether to stop */
#define GRACE        1.0 /* seconds that a program which is asked to end has */
#define COMMAND_NOT_FOUND 127
#define COMMAND_NOT_RUN   126

struct Program {
    const char *command, *name;
    const Stop *stop;
    Stop closing_stop; /* for the input */
    Reader *input, *output;
    int to, from; /* -1: closed */
    pid_t pid;    /* 0: it does not run, or was waited for */
    pthread_t writer;
    bool has_writer;
    atomic_bool closing;
    atomic_uint_fast64_t position;
    n2v_error failure; /* the writer's */
    char output_name[128];
};

static bool is_closing(void *context)
{
    return atomic_load(&((Program *)context)->closing);
}

static void close_end(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

/* Writing ------------------------------------------------------------------------------- */

/* False: the program reads no more, or is being closed. The descriptor does not block. */
static bool write_all(Program *p, const unsigned char *bytes, size_t count)
{
    while (count && !is_closing(p)) {
        const ssize_t written = write(p->to, bytes, count);
        if (written > 0) {
            bytes += written;
            count -= (size_t)written;
        } else if (written < 0 && errno == EAGAIN) {
            (void)poll(&(struct pollfd){.fd = p->to, .events = POLLOUT}, 1, WAIT_MS);
        } else if (written < 0 && errno != EINTR) {
            if (errno != EPIPE) /* else it has enough */
                (void)error_set(&p->failure, status_of_errno(errno), "cannot write to the program `%s`: %s", p->command,
                                strerror(errno));
            return false;
        }
    }
    return !count;
}

static void *write_input(void *context)
{
    Program *p = context;
    const unsigned char *bytes;
    size_t count = 1;

    while (count) {
        if (reader_next(p->input, &bytes, &count, &p->failure) != N2V_OK)
            break;
        atomic_store(&p->position, reader_position(p->input));
        if (!write_all(p, bytes, count))
            break;
    }
    close_end(&p->to); /* the end of its input */
    return NULL;
}

/* Starting ------------------------------------------------------------------------------ */

/* A pipe whose descriptors are none of the standard ones, which the child replaces. */
static bool open_pipe(int ends[2])
{
    int pair[2];

    if (pipe2(pair, O_CLOEXEC) != 0)
        return false;
    for (int i = 0; i < 2; i++) {
        ends[i] = pair[i] > STDERR_FILENO ? pair[i] : fcntl(pair[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        if (ends[i] != pair[i])
            (void)close(pair[i]);
    }
    if (ends[0] >= 0 && ends[1] >= 0)
        return true;
    close_end(&ends[0]);
    close_end(&ends[1]);
    return false;
}

/* The program's signals are as in a shell: a caller may have blocked them, or may ignore SIGPIPE. Returns an errno. */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, broken;
    int code;

    sigemptyset(&none);
    sigemptyset(&broken);
    sigaddset(&broken, SIGPIPE);
    if ((code = posix_spawnattr_setsigmask(attributes, &none)) ||
        (code = posix_spawnattr_setsigdefault(attributes, &broken)) ||
        (code = posix_spawnattr_setpgroup(attributes, 0)))
        return code;
    return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static int spawn(Program *p, int in, int out)
{
    char *const arguments[] = {(char *)"sh", (char *)"-c", (char *)p->command, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int code = posix_spawn_file_actions_init(&actions);

    if (code)
        return code;
    if ((code = posix_spawnattr_init(&attributes))) {
        (void)posix_spawn_file_actions_destroy(&actions);
        return code;
    }
    if (!(code = set_attributes(&attributes)) &&
        !(code = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO)) &&
        !(code = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO)))
        code = posix_spawn(&p->pid, SHELL, &actions, &attributes, arguments, environ);
    if (code)
        p->pid = 0;
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&actions);
    return code;
}

static n2v_status fail_start(const Program *p, int code, n2v_error *error)
{
    return error_set(error, status_of_errno(code), "the program `%s` cannot be started: %s", p->command,
                     strerror(code));
}

static n2v_status spawn_piped(Program *p, n2v_error *error)
{
    int in[2], out[2], code;

    if (!open_pipe(in))
        return fail_start(p, errno, error);
    if (!open_pipe(out)) {
        code = errno;
        close_end(&in[0]);
        close_end(&in[1]);
        return fail_start(p, code, error);
    }
    p->to = in[1];
    p->from = out[0];
    code = fcntl(p->to, F_SETFL, O_NONBLOCK) == 0 ? spawn(p, in[0], out[1]) : errno;
    close_end(&in[0]);
    close_end(&out[1]);
    return code ? fail_start(p, code, error) : N2V_OK;
}

n2v_status program_start(Program **program, const char *command, const char *name, OpenInput open, void *context,
                         const Stop *stop, n2v_error *error)
{
    Program *p = array_create_zero(1, sizeof *p);
    n2v_status status;
    int code;

    *program = NULL;
    if (!p)
        return fail_memory(error, sizeof *p, "a program");
    p->command = command;
    p->name = name;
    p->stop = stop;
    p->closing_stop = (Stop){.test = is_closing, .context = p};
    p->to = p->from = -1;
    (void)snprintf(p->output_name, sizeof p->output_name, "the output of `%.100s`", command);
    if ((status = open(context, &p->closing_stop, &p->input, error)) != N2V_OK ||
        (status = spawn_piped(p, error)) != N2V_OK ||
        (status = reader_open_descriptor(&p->output, p->from, p->output_name, stop, error)) != N2V_OK)
        goto fail;
    if ((code = thread_start(&p->writer, write_input, p))) {
        status = fail_start(p, code, error);
        goto fail;
    }
    p->has_writer = true;
    *program = p;
    return N2V_OK;
fail:
    program_close(p);
    return status;
}

/* Ending -------------------------------------------------------------------------------- */

/* Whether it has ended; it is not waited for yet, so that its process group keeps its number. */
static bool has_ended(const Program *p)
{
    siginfo_t info = {.si_pid = 0};

    return waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ? errno != EINTR : info.si_pid != 0;
}

static bool wait_end(const Program *p, const Stop *stop, double seconds)
{
    const double begin = seconds_now();
    int pause = 1;

    while (!has_ended(p)) {
        if (stop_requested(stop) || seconds_since(begin) >= seconds)
            return false;
        (void)poll(NULL, 0, pause);
        pause = pause < WAIT_MS ? 2 * pause : WAIT_MS;
    }
    return true;
}

static void join_writer(Program *p)
{
    if (p->has_writer)
        (void)pthread_join(p->writer, NULL);
    p->has_writer = false;
}

static n2v_status fail_code(const Program *p, int code, n2v_error *error)
{
    const int exited = WIFEXITED(code) ? WEXITSTATUS(code) : 0;

    if (WIFSIGNALED(code))
        return error_set(error, N2V_ERROR_DATA, "the program `%s` was ended by signal %d while it read %s", p->command,
                         WTERMSIG(code), p->name);
    return error_set(error, N2V_ERROR_DATA, "the program `%s` failed with status %d while it read %s%s", p->command,
                     exited, p->name,
                     exited == COMMAND_NOT_FOUND ? ": the shell did not find it; is it installed?"
                     : exited == COMMAND_NOT_RUN ? ": it cannot be run"
                                                 : "; its own messages are on standard error");
}

/* The output has ended, and so should the program. */
static n2v_status finish(Program *p, n2v_error *error)
{
    int code = 0;
    pid_t waited;

    if (!p->pid)
        return N2V_OK;
    if (!wait_end(p, p->stop, 1e9))
        return error_set(error, N2V_ERROR_INTERRUPTED, "interrupted while the program `%s` ends", p->command);
    do
        waited = waitpid(p->pid, &code, 0);
    while (waited < 0 && errno == EINTR);
    p->pid = 0;
    atomic_store(&p->closing, true); /* what it has not read, nobody will */
    join_writer(p);
    if (p->failure.status != N2V_OK && p->failure.status != N2V_ERROR_INTERRUPTED)
        return error_set(error, p->failure.status, "%s", p->failure.text);
    if (waited < 0)
        return error_set(error, N2V_ERROR_IO,
                         "it is not known how the program `%s` ended: the calling program ignores SIGCHLD, or has "
                         "waited for it itself",
                         p->command);
    return code ? fail_code(p, code, error) : N2V_OK;
}

n2v_status program_next(Program *p, const unsigned char **bytes, size_t *count, n2v_error *error)
{
    const n2v_status status = reader_next(p->output, bytes, count, error);

    return status == N2V_OK && !*count ? finish(p, error) : status;
}

uint64_t program_position(const Program *p)
{
    return atomic_load(&p->position);
}

void program_close(Program *p)
{
    if (!p)
        return;
    atomic_store(&p->closing, true);
    if (p->pid) {
        (void)kill(-p->pid, SIGTERM);
        if (!wait_end(p, NULL, GRACE))
            (void)kill(-p->pid, SIGKILL);
        while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    join_writer(p);
    reader_close(p->output);
    reader_close(p->input);
    close_end(&p->to);
    close_end(&p->from);
    free(p);
}
