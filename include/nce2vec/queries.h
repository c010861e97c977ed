/* nce2vec/queries.h - nearest words, analogies, and pairs of words with human scores. A part of nce2vec.h,
 * which includes it. */
#ifndef NCE2VEC_QUERIES_H
#define NCE2VEC_QUERIES_H

#include "vectors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An exact search among the words of some vectors. Safe to use from many threads. */
typedef struct n2v_search n2v_search;

/* vectors are kept by reference and not changed. Their lengths are measured once: after a trainer has run on, its
 * vectors need another search. settings (N2V_FOR_SEARCH; NULL: defaults) say how many threads. */
N2V_API n2v_status n2v_search_create(n2v_search **search, const n2v_vectors *vectors, const n2v_settings *settings,
                                     n2v_error *error);
N2V_API void n2v_search_destroy(n2v_search *search);

/* The same among these words alone, in any order: others are never answers. A short list takes little time.
 * N2V_ERROR_ARGUMENT: an id is out of range, or count is 0. */
N2V_API n2v_status n2v_search_create_among(n2v_search **search, const n2v_vectors *vectors, const uint32_t *ids,
                                           size_t count, const n2v_settings *settings, n2v_error *error);

typedef enum n2v_method {
    N2V_ADD,     /* cos(d, the sum of the plus vectors less the minus vectors), all of length 1 (Mikolov et al. 2013) */
    N2V_MULTIPLY /* product of (1 + cos(d, plus)) / 2 over product of (1 + cos(d, minus)) / 2 + 1e-6 (Levy & Goldberg */
                 /* 2014); words alone */
} n2v_method;

typedef struct n2v_neighbor {
    uint32_t id;
    float score;
} n2v_neighbor;

/* Which words d are wanted. "a is to b as c is to d" is plus b, c and minus a. The words of a query are never its
 * answers. */
typedef struct n2v_query {
    const uint32_t *plus, *minus; /* ids of words */
    size_t plus_count, minus_count;
    const float *vector; /* dim floats, scaled to length 1 and added to the plus vectors; NULL: none */
    n2v_method method;
} n2v_query;

/* Answers count queries at once, which costs much less than one by one. The found[i] nearest words of query i, at most
 * k, are at neighbors + i * k, by falling score, then by id. The answers do not depend on the number of threads, nor
 * on the other queries. N2V_ERROR_ARGUMENT: an id out of range, a query without a word or vector, a vector that is
 * zero or not finite, a vector with N2V_MULTIPLY. */
N2V_API n2v_status n2v_search_run(const n2v_search *search, const n2v_query *queries, size_t count, size_t k,
                                  n2v_neighbor *neighbors, size_t *found, n2v_error *error);

/* How much of vectors is left in others that were made of them (n2v_vectors_derive, a file of fewer bits). */
typedef struct n2v_comparison {
    size_t size;        /* in: sizeof(n2v_comparison) */
    size_t words;       /* that both have */
    double mean_cosine; /* of a word's two vectors; NaN: they have not the same dimensions */
    size_t sampled;     /* words whose nearest words were looked up: up to 1,000 of the first 10,000, always the same */
    size_t neighbors;   /* nearest words of each: 10, or fewer where there are fewer, among the first 100,000 words */
    double overlap;     /* the share of these that are the same in both; NaN: there are none */
} n2v_comparison;

/* settings are those of a search (N2V_FOR_SEARCH; NULL: defaults). N2V_ERROR_ARGUMENT: the words of `after` are not the
 * first words of `before`, in the same order. */
N2V_API n2v_status n2v_vectors_compare(const n2v_vectors *before, const n2v_vectors *after,
                                       const n2v_settings *settings, n2v_comparison *comparison, n2v_error *error);

/* Pairs of words with human scores, from a file: a line has two words and a number, separated by white space. A '#' by
 * itself begins a comment; the first line may name the columns. Safe to use from many threads. */
typedef struct n2v_pairs n2v_pairs;

/* observer->stop is asked. N2V_ERROR_ARGUMENT: no such file. N2V_ERROR_FORMAT, with the line: it is malformed. */
N2V_API n2v_status n2v_pairs_load(n2v_pairs **pairs, const char *path, const n2v_observer *observer, n2v_error *error);
N2V_API void n2v_pairs_destroy(n2v_pairs *pairs);

typedef struct n2v_pairs_score {
    size_t size;     /* in: sizeof(n2v_pairs_score) */
    size_t pairs;    /* of the file */
    size_t found;    /* whose words both have vectors, in any case; the others are skipped */
    double spearman; /* rank correlation of the cosines with the scores; NaN: fewer than two, or all are equal */
    double pearson;  /* the same without ranks */
    size_t composed; /* of `found`: with a word that is not in the vocabulary, whose vector is made of subwords */
} n2v_pairs_score;

/* How well the cosines of the words' input vectors rank the pairs. N2V_ERROR_MEMORY. */
N2V_API n2v_status n2v_pairs_evaluate(const n2v_pairs *pairs, const n2v_vectors *vectors, n2v_pairs_score *score,
                                      n2v_error *error);

#ifdef __cplusplus
}
#endif
#endif
