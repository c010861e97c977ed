/* main.c - runs the command of the arguments, and returns its exit status:
 * 0 done, 1 failed, 2 refused before any work, 128 + the signal's number interrupted: 130 by Ctrl-C. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/help.h"
#include "cli/print.h"
#include "cli/session.h"

enum { EXIT_FAILED = 1, EXIT_REFUSED = 2, EXIT_SIGNAL = 128 };

/* The program that reads our output has ended, as head does: nothing to report. */
static bool reader_is_gone(void)
{
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&output, 1, 0) == 1 && (output.revents & (POLLERR | POLLHUP));
}

static int exit_status(const n2v_error *error)
{
    return error->status == N2V_ERROR_ARGUMENT ? EXIT_REFUSED : EXIT_FAILED;
}

static int report(const n2v_error *error, const cli_ranks *ranks)
{
    if (ranks && !ranks_report(ranks))
        return exit_status(error);
    if (error->status == N2V_ERROR_IO && strstr(error->text, "write standard output") && reader_is_gone())
        return EXIT_FAILED;
    fputs("nce2vec: ", stderr);
    if (ranks && n2v_ranks_count(ranks->ranks) > 1 && !n2v_ranks_failed(ranks->ranks))
        fprintf(stderr, "rank %zu: ", n2v_ranks_number(ranks->ranks));
    print_plain(stderr, error->text, strlen(error->text)); /* names of files may hold anything */
    fputc('\n', stderr);
    return exit_status(error);
}

static int finish_output(int code)
{
    const bool gone = reader_is_gone(), failed = ferror(stdout) != 0;

    if (fclose(stdout) == 0 && !failed)
        return code;
    if (!gone)
        fputs("nce2vec: cannot write all of standard output: is the disk full?\n", stderr);
    return code ? code : EXIT_FAILED;
}

/* Signals are held first: MPI may start threads, which would not hold them. */
static n2v_status begin_ranks(cli_session *session, n2v_error *error)
{
    n2v_status status;

    if ((status = interrupt_hold(&session->interrupt, error)) != N2V_OK ||
        (status = interrupt_hold_save(&session->interrupt, error)) != N2V_OK)
        return status;
    return n2v_ranks_open(&session->ranks.ranks, error);
}

static int run_command(const cli_command *command, char *const *arguments, size_t count)
{
    n2v_error error = {.text = ""};
    cli_session *session = calloc(1, sizeof *session);
    void *values = calloc(1, command->values_bytes + 1);
    const char **operands = calloc(count + 1, sizeof *operands);
    size_t operand_count;
    bool help = false;
    n2v_status status;
    int code = 0;

    if (!session || !values || !operands)
        status = fail_memory(&error, sizeof *session, "the options");
    else if ((status = options_list(&session->options, command, &error)) == N2V_OK &&
             (!command->ranks || (status = begin_ranks(session, &error)) == N2V_OK)) {
        status = options_parse(&session->options, command, arguments, count, values, operands, &operand_count, &help,
                               &error);
        status = n2v_ranks_agree(session->ranks.ranks, status, &error);
    }
    if (status == N2V_OK && help)
        status = help_command_page(stdout, command, &error);
    else if (status == N2V_OK)
        status = command->run(session, values, operands, operand_count, &error);
    if (status != N2V_OK) {
        (void)fflush(stdout); /* finish_output reports a failure */
        if (session)
            options_spell(&session->options, &error, NULL, NULL, 0);
        code = report(&error, session ? &session->ranks : NULL);
        if (status == N2V_ERROR_INTERRUPTED && session && session->interrupt.number)
            code = EXIT_SIGNAL + session->interrupt.number;
    }
    if (session) {
        ranks_end(&session->ranks, status, code);
        n2v_inputs_destroy(session->inputs);
    }
    free(session);
    free(values);
    free(operands);
    return code;
}

static bool is_one_of(const char *text, const char *first, const char *second, const char *third)
{
    return strcmp(text, first) == 0 || strcmp(text, second) == 0 || strcmp(text, third) == 0;
}

/* Replaces closed standard streams, so that no file that is opened later becomes one. The replacement can neither be
 * read nor written: using it fails. */
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
    /* A large array is a mapping of its own, which goes back to the system when it is freed. By default the first one
     * that is freed makes malloc take arrays up to its size from the heap, which keeps their memory. */
    (void)mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
    if (!hold_standard_streams())
        return EXIT_FAILED; /* there may be nowhere to report it */
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
        printf("nce2vec %s\nreads: plain, %s\ntokenizers: %s\n", n2v_version(), n2v_compressions(), n2v_tokenizers());
    else if (argv[1][0] == '-') {
        (void)fail(&error, N2V_ERROR_ARGUMENT, "a command comes first, such as 'nce2vec train %s ...'", argv[1]);
        return report(&error, NULL);
    } else if (command_find(&found, argv[1], &error) != N2V_OK)
        return report(&error, NULL);
    else
        return finish_output(run_command(found, argv + 2, (size_t)argc - 2));
    return finish_output(0);
}
