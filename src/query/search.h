/* search.h - exact search among all words: the nearest of a word, the fourth word of an analogy. */
#ifndef N2V_QUERY_SEARCH_H
#define N2V_QUERY_SEARCH_H

#include "kernels/kernels.h"
#include "model/model.h"
#include "query/nearest.h"

/* What is asked, and the score of a word d; all vectors have length 1, cos is their product. */
typedef enum n2v_question {
    N2V_NEAREST,     /* of one word a:            cos(d, a) */
    N2V_ANALOGY_ADD, /* a is to b as c is to d:   cos(d, b - a + c)   (Mikolov et al. 2013) */
    N2V_ANALOGY_MUL  /* the same: (1 + cos(d, b)) / 2 * (1 + cos(d, c)) / 2 / ((1 + cos(d, a)) / 2 + 1e-6)
                        (Levy & Goldberg 2014) */
} n2v_question;

#define N2V_QUESTION_WORDS ((size_t)3) /* at most */
size_t n2v_question_words(n2v_question question);

typedef struct n2v_search {
    const n2v_model *model;
    const n2v_kernels *kernels;
    size_t threads;
} n2v_search;

/* Scales the model's input vectors to length 1 in place (zero rows stay zero), so that a search
 * reads every row once and nothing else. The model is kept by reference. */
n2v_status n2v_search_prepare(n2v_search *search, n2v_model *model, size_t threads, n2v_error *error);

/* Answers count questions at once (many cost much less than one after the other): words holds the
 * words of each, one after the other. The found[i] nearest words of question i, at most k and its
 * own words left out, begin at nearest + i * k: by score, then by id. The answers do not depend
 * on the number of threads, nor on what else is asked. */
n2v_status n2v_search_ask(const n2v_search *search, n2v_question question, const n2v_id *words, size_t count, size_t k,
                          n2v_neighbor *nearest, size_t *found, n2v_error *error);

#endif
