/* queries.h - models of random words, queries of all kinds, and their answers by a full sort in double. */
#ifndef N2V_TESTS_QUERIES_H
#define N2V_TESTS_QUERIES_H

#include "base/random.h"
#include "query/search.h"

#define COSINE_ERROR    4e-7 /* of products of unit rows of floats */
#define MAX_QUERY_WORDS ((size_t)10)

float *row_of(const Model *model, size_t id);

/* Rows of different lengths. */
void fill(Model *model, uint64_t seed);

/* Unit rows in double, words x dim; the caller frees them. */
double *unit_rows(const Model *model);

/* What the command line asks. */
typedef enum Kind { NEAREST, ANALOGY_ADD, ANALOGY_MUL, KINDS } Kind;
size_t kind_words(Kind kind);

/* Of one word, or "a is to b as c is to d" of three words a, b, c. */
n2v_query query_of(Kind kind, const Id *words);

/* Of 1 to 10 plus and 0 to 10 minus words, or the other way round, sometimes with a vector or only that. */
typedef struct General {
    n2v_query query;
    Id plus[MAX_QUERY_WORDS], minus[MAX_QUERY_WORDS];
    float *vector; /* dim; the caller frees it */
} General;
void make_general(General *g, const Model *model, Random *random);

/* A search on the machine's best kernels; the test ends where it fails. */
Search make_search(const Model *model, size_t threads);
void run_search(const Search *search, const n2v_query *queries, size_t count, size_t k, n2v_neighbor *nearest,
                size_t *found);

/* The right number of answers, sorted, of the right scores, none better missing. */
void check_answer(const double *rows, const Model *model, const n2v_query *query, size_t k, const n2v_neighbor *nearest,
                  size_t found);

/* The answers to some queries at once; nothing behind them, and nothing of the model, is written. */
void check_queries(const Search *search, const double *rows, const n2v_query *queries, size_t count, size_t k);

/* The same of count random queries of a kind. */
void check_kind(const Search *search, const double *rows, Kind kind, size_t count, size_t k, Random *random);

#endif
