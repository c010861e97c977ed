/* status.h - how a function reports failure: a status, and a sentence for people. */
#ifndef N2V_BASE_STATUS_H
#define N2V_BASE_STATUS_H

#include <stdbool.h>

#include "nce2vec/status.h"

#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

/* The name of a setting in the format of an error: error_set records where it is, so that clients can spell it in
 * their own way. */
#define SETTING(name) "\1" name "\2"

/* Writes the sentence into error (which may be NULL) and returns status, so that
 * a failing function can end in `return error_set(error, N2V_ERROR_IO, ...)`. */
n2v_status error_set(n2v_error *error, n2v_status status, const char *format, ...) PRINTF_LIKE(3, 4);

/* The same for an allocation: "out of memory: N bytes for WHAT". */
n2v_status fail_memory(n2v_error *error, size_t bytes, const char *what);

/* The status of a file that cannot be opened: what the path or its rights forbid is refused (N2V_ERROR_ARGUMENT), the
 * rest is the system's failure (N2V_ERROR_IO, N2V_ERROR_MEMORY). */
n2v_status status_of_errno(int code);

/* Asked between two pieces of work whether to give up; true stops the run with
 * N2V_ERROR_INTERRUPTED. test may be NULL: never stop. Called from one thread. */
typedef struct Stop {
    bool (*test)(void *context);
    void *context;
} Stop;

static inline bool stop_requested(const Stop *stop)
{
    return stop && stop->test && stop->test(stop->context);
}

#endif
