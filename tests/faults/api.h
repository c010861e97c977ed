/* api.h - a scenario: calls of the public functions in a row, which run again and again while one call of the C library
 * fails. What a function that failed was given must be as it was: it is called again, then without faults, and the
 * scenario must end with the same results. */
#ifndef N2V_TESTS_FAULTS_API_H
#define N2V_TESTS_FAULTS_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "nce2vec.h"

typedef struct probe {
    const char *name, *argument;
    char folder[64]; /* with text, text.gz, heldout, vocab.tsv, focal.so, and a file v.FORMAT of each format */
    n2v_error error; /* of the last call */
    fault_kind kind;
    bool refused;    /* a call failed, as it should */
    bool gave_up;    /* what failed cannot be called again: no results */
    uint64_t digest; /* of the results */
    unsigned problems;
    char paths[4][160];
} probe;

typedef struct scenario {
    const char *name;
    void (*run)(probe *p);
    const char *argument; /* for run: what of several kinds */
} scenario;

/* Both end with a name that is NULL. */
extern const scenario text_scenarios[];
extern const scenario vectors_scenarios[];

/* Whether the call must come again: it failed, as it should with this fault. Looks at status and text. */
bool again(probe *p, n2v_status status, const char *call);
void complain(probe *p, const char *call, const char *what);

#define TRY(call)                                                                                                      \
    do {                                                                                                               \
    } while (again(p, (call), #call))

/* A function that hands out a handle, which must be NULL after a failure. */
#define MAKE(handle, call)                                                                                             \
    for (;;) {                                                                                                         \
        (handle) = (void *)p; /* no handle: the function must set it */                                                \
        if (!again(p, (call), #call))                                                                                  \
            break;                                                                                                     \
        if (handle)                                                                                                    \
            complain(p, #call, "hands out a handle although it failed");                                               \
    }

/* A function after whose failure there is nothing left but to destroy. */
#define ONCE(call)                                                                                                     \
    do {                                                                                                               \
        if (again(p, (call), #call)) {                                                                                 \
            p->gave_up = true;                                                                                         \
            goto out;                                                                                                  \
        }                                                                                                              \
    } while (0)

void digest(probe *p, const void *bytes, size_t count);
void digest_text(probe *p, const char *text); /* NULL counts as a text of its own */
void digest_file(probe *p, const char *name);

void digest_vectors(probe *p, const n2v_vectors *vectors); /* words and input vectors */

/* The path of a name in the folder; valid until the fourth next call. */
const char *in_folder(probe *p, const char *name);

/* For scenarios of both files: settings that suit a small text, a corpus that is read, a trainer. */
n2v_settings *small_settings(probe *p, const char *objective, const n2v_objectives *objectives);
n2v_corpus *read_corpus(probe *p, const n2v_settings *settings, const n2v_vectors *vectors); /* NULL: given up */

#endif
