/* main.c - from arguments to a command, and from its status to an exit status:
 * 0 done, 1 failed, 2 refused before any work, 130 interrupted. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/session.h"

enum { EXIT_FAILED = 1, EXIT_REFUSED = 2, EXIT_INTERRUPTED = 130 };

static int report(const n2v_error *error)
{
    size_t at = 0;

    fputs("nce2vec: ", stderr);
    for (size_t i = 0; i < N2V_ERROR_SPANS && error->settings[i].bytes; i++) { /* settings as options */
        help_plain(stderr, error->text + at, error->settings[i].at - at);
        fputs("--", stderr);
        at = error->settings[i].at;
    }
    help_plain(stderr, error->text + at, strlen(error->text + at)); /* names of files may hold anything */
    fputc('\n', stderr);
    if (error->status == N2V_ERROR_ARGUMENT)
        return EXIT_REFUSED;
    return error->status == N2V_ERROR_INTERRUPTED ? EXIT_INTERRUPTED : EXIT_FAILED;
}

/* The program that reads our output has gone away: it has seen what it wanted. */
static bool reader_is_gone(void)
{
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&output, 1, 0) == 1 && (output.revents & (POLLERR | POLLHUP));
}

static int finish_output(int code)
{
    const bool gone = reader_is_gone(), failed = ferror(stdout) != 0;

    if (fclose(stdout) == 0 && !failed)
        return code;
    if (!gone)
        fputs("nce2vec: standard output cannot be written to its end: is the disk full?\n", stderr);
    return code ? code : EXIT_FAILED;
}

static int run_command(const cli_command *command, char *const *arguments, size_t count)
{
    n2v_error error = {.text = ""};
    cli_session session = {.interrupt = {.asked = false}};
    void *settings = array_create_zero(1, command->settings_bytes);
    const char **operands = array_create(count, sizeof *operands);
    size_t operand_count;
    bool help = false;
    n2v_status status;
    int code = 0;

    if (!settings || !operands)
        status = fail_memory(&error, command->settings_bytes, "the options");
    else
        status = options_parse(command, arguments, count, settings, operands, &operand_count, &help, &error);
    if (!status && help)
        help_command_page(stdout, command);
    else if (!status)
        status = command->run(&session, settings, operands, operand_count, &error);
    if (status) {
        (void)fflush(stdout); /* finish_output tells */
        code = report(&error);
    }
    free(settings);
    free(operands);
    return code;
}

static bool is_one_of(const char *text, const char *first, const char *second, const char *third)
{
    return strcmp(text, first) == 0 || strcmp(text, second) == 0 || strcmp(text, third) == 0;
}

/* A file opened later must not become standard error. What stands in for a closed stream can be
 * neither read nor written, so that using it fails as before. */
static bool hold_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return false;
    return true;
}

int main(int argc, char **argv)
{
    const cli_command *found;
    n2v_error error;

#ifdef __GLIBC__
    /* A large array is a mapping of its own and leaves when it is freed. By default the first such
     * array that is freed makes the heap take those up to its size, and keep their memory. */
    (void)mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
    if (!hold_standard_streams())
        return EXIT_FAILED; /* there may be nowhere to say it */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || signal(SIGXFSZ, SIG_IGN) == SIG_ERR) { /* writing reports both */
        perror("nce2vec");
        return EXIT_FAILED;
    }
    if (argc < 2) {
        help_overview(stderr);
        return EXIT_REFUSED;
    }
    if (is_one_of(argv[1], "--help", "-help", "-h"))
        help_overview(stdout);
    else if (is_one_of(argv[1], "--version", "-version", "-V"))
        printf("nce2vec %s\n", N2V_VERSION);
    else if (argv[1][0] == '-') {
        error_set(&error, N2V_ERROR_ARGUMENT, "a command comes first, such as 'nce2vec train %s ...'", argv[1]);
        return report(&error);
    } else if (command_find(&found, argv[1], &error))
        return report(&error);
    else
        return finish_output(run_command(found, argv + 2, (size_t)argc - 2));
    return finish_output(0);
}
