/* asking.h - what the commands that answer questions about words share: where the questions come from (arguments,
 * standard input, a person at a terminal), and the form of answers and errors. */
#ifndef N2V_CLI_ASKING_H
#define N2V_CLI_ASKING_H

#include "cli/options.h"

#define QUESTION_WORDS 3 /* of a question, at most */

/* A kind of questions. */
typedef struct asking_kind {
    size_t words;       /* of a question */
    const char *expect; /* "two words are expected" */
    const char *prompt;
    bool searches; /* else the cosine of two words is wanted */
    size_t minus;  /* of a search: its first so many words are minus, the others plus */
    n2v_method method;
} asking_kind;

/* The run of such a command: k answers to a question; operands are the vectors' file and, if there are any, the words
 * of questions. */
n2v_status asking_run(struct cli_session *session, const asking_kind *kind, uint64_t k, bool json,
                      const char *const *operands, size_t count, n2v_error *error);

#endif
