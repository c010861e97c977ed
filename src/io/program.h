/* program.h - a program of the shell as a filter: it reads a text from its standard input, and what it prints is read.
 *
 * A thread writes to the program, so that neither waits for the other. No signal handler is installed or changed: the
 * thread has all signals blocked, SIGPIPE among them. The program has a process group of its own, which ends when it is
 * closed early; its descriptors are 0, 1 and those that the caller leaves open across exec. */
#ifndef N2V_IO_PROGRAM_H
#define N2V_IO_PROGRAM_H

#include "base/status.h"
#include "io/reader.h"

typedef struct Program Program;

/* Opens what the program reads. stop asks whether the program is being closed; it stays valid until then. */
typedef n2v_status (*OpenInput)(void *context, const Stop *stop, Reader **reader, n2v_error *error);

/* Starts `sh -c command`. command is kept by reference, and so is stop (may be NULL), which is asked while waiting for
 * output. name: of the input, in messages. */
n2v_status program_start(Program **program, const char *command, const char *name, OpenInput open, void *context,
                         const Stop *stop, n2v_error *error);

/* The next bytes of its output, valid until the next call; *count is 0 at the end. N2V_ERROR_DATA: it failed; the
 * status that it ended with is in the message. An error of reading its input is reported, too. */
n2v_status program_next(Program *program, const unsigned char **bytes, size_t *count, n2v_error *error);

/* Bytes of the input's file that were read, as reader_position. */
uint64_t program_position(const Program *program);

/* Ends the program where it still runs. Accepts NULL. */
void program_close(Program *program);

#endif
