/* search.h - exact search among all words: the nearest of a word, the fourth word of an analogy. */
#ifndef N2V_QUERY_SEARCH_H
#define N2V_QUERY_SEARCH_H

#include "kernels/kernels.h"
#include "model/model.h"
#include "query/nearest.h"

/* What is asked, and the score of a word d; all vectors have length 1, cos is their product. */
typedef enum Question {
    NEAREST,     /* of one word a:            cos(d, a) */
    ANALOGY_ADD, /* a is to b as c is to d:   cos(d, b - a + c)   (Mikolov et al. 2013) */
    ANALOGY_MUL  /* the same: (1 + cos(d, b)) / 2 * (1 + cos(d, c)) / 2 / ((1 + cos(d, a)) / 2 + 1e-6)
                        (Levy & Goldberg 2014) */
} Question;

#define QUESTION_WORDS ((size_t)3) /* at most */
size_t question_words(Question question);

typedef struct Search {
    const Model *model;
    const Kernels *kernels;
    size_t threads;
} Search;

/* Scales the model's input vectors to length 1 in place (zero rows stay zero), so that a search
 * reads every row once and nothing else. The model is kept by reference. */
n2v_status search_prepare(Search *search, Model *model, size_t threads, n2v_error *error);

/* Answers count questions at once (many cost much less than one after the other): words holds the
 * words of each, one after the other. The found[i] nearest words of question i, at most k and its
 * own words left out, begin at nearest + i * k: by score, then by id. The answers do not depend
 * on the number of threads, nor on what else is asked. */
n2v_status search_ask(const Search *search, Question question, const Id *words, size_t count, size_t k,
                      n2v_neighbor *nearest, size_t *found, n2v_error *error);

#endif
