/* query_state.h - the state of the commands that answer queries about words, which queries.c, query_typed.c and
 * query_answers.c share. */
#ifndef N2V_CLI_QUERY_STATE_H
#define N2V_CLI_QUERY_STATE_H

#include "cli/lookup.h"
#include "cli/queries.h"

#define QUERY_BATCH ((size_t)64) /* queries that are answered together */
#define QUERY_FAULT 128

/* A query as it was typed. It may be malformed. */
typedef struct typed_query {
    uint64_t line; /* of standard input; 0: from elsewhere */
    size_t words;  /* that it has; the first of them follow */
    cli_word word[QUERY_WORDS];
    bool minus[QUERY_WORDS];
    const float *vector;     /* typed numbers instead of words, perhaps with one word as their name; NULL: none */
    char fault[QUERY_FAULT]; /* why it has no answer; "": there is nothing, or a word has no vector */
    bool answerable;
} typed_query;

typedef struct query_run {
    const query_kind *kind;
    bool json, numbers; /* numbers: queries are vectors */
    n2v_vectors *vectors;
    cli_vocabulary vocabulary; /* theirs */
    n2v_vectors_info info;
    n2v_search *search;

    typed_query typed[QUERY_BATCH];
    size_t count, room; /* of typed queries; their maximum */

    /* Of those that are answerable, in their order. */
    uint32_t ids[QUERY_BATCH * QUERY_WORDS];
    n2v_query queries[QUERY_BATCH];
    size_t found[QUERY_BATCH], k, shown; /* k: of a search, more than are shown where words may have to be skipped */
    n2v_neighbor *nearest;               /* room x k */

    float *composed; /* with subwords, vectors of words: room x QUERY_WORDS x dim */
    float *sums;     /* of queries that are no words of the vocabulary: room x dim */

    uint64_t total, answered;
    bool noted; /* that a word was looked up in another form */
} query_run;

/* query_typed.c: the next word of a text from *at on; NULL after the last. */
const char *query_next_word(const char *text, size_t bytes, size_t *at, size_t *length);

/* A new query, and what was typed for it. text must live until the queries are answered. */
typed_query *query_new(query_run *a, uint64_t line);
n2v_status query_add_word(query_run *a, typed_query *q, const char *text, size_t bytes, bool minus, n2v_error *error);

/* The words of a line or an argument, all together, with + or - between them where the kind has signs. phrases: what
 * has no sign between it is one word, such as "New York". */
n2v_status query_add_text(query_run *a, typed_query *q, const char *text, size_t bytes, bool phrases, n2v_error *error);

/* The numbers of a vector, perhaps after a word. */
n2v_status query_add_numbers(query_run *a, typed_query *q, const char *text, size_t bytes, n2v_error *error);

/* How many of the arguments, of which there is one at least, are one query; adds them to it. */
n2v_status query_add_arguments(query_run *a, typed_query *q, const char *const *words, size_t count, size_t *taken,
                               n2v_error *error);

/* Whether the query has as many words as its kind has; else it gets a fault. */
void query_check(const query_run *a, typed_query *q);

/* query_answers.c: prints the answer to a query, or why it has none. nearest: of a ranking. */
void query_print_answer(query_run *a, const typed_query *q, n2v_neighbor *nearest, size_t found);
void query_print_fault(const query_run *a, const typed_query *q);

#endif
