/* queries.h - what the commands that answer queries about words share: the input of queries (arguments, standard
 * input, a terminal), and the output of answers and errors. */
#ifndef N2V_CLI_QUERIES_H
#define N2V_CLI_QUERIES_H

#include "cli/options.h"

#define QUERY_WORDS 16 /* of a query, at most */

typedef enum query_answer { ANSWER_RANKING, ANSWER_COSINE, ANSWER_VECTOR } query_answer;

/* A kind of queries. */
typedef struct query_kind {
    size_t words;       /* of a query */
    const char *expect; /* "two words are expected" */
    const char *prompt;
    query_answer answer;
    bool signs;   /* of a search: any number of words, with + and - between them */
    size_t minus; /* else its first so many words are minus, the others plus */
    n2v_method method;
} query_kind;

/* What was asked for. */
typedef struct query_options {
    uint64_t k; /* answers to a query */
    bool json;
    const char *among;  /* the path of a list of words that may be answers; NULL: all */
    const char *vector; /* the only query, or "-": those of standard input, are numbers; NULL: they are words */
} query_options;

/* Runs such a command. operands are the file of vectors and the words of queries; without words, queries come from
 * standard input. */
n2v_status queries_run(struct cli_session *session, const query_kind *kind, const query_options *options,
                       const char *const *operands, size_t count, n2v_error *error);

#endif
