/* pairs.h - word pairs with human scores, and how well the cosines of vectors rank them. eval/similarity.py follows the
 * same rules. */
#ifndef N2V_QUERY_PAIRS_H
#define N2V_QUERY_PAIRS_H

#include "model/model.h"

typedef struct WordPair {
    Id first, second; /* among the pairs' own words */
    double score;
} WordPair;

typedef struct WordPairs {
    Vocabulary *words; /* in lower case */
    WordPair *pairs;
    size_t count, capacity;
} WordPairs;

typedef struct PairsScore {
    size_t found;    /* pairs whose words both have vectors */
    size_t composed; /* of these: a word is not in the vocabulary, and its vector is made of subwords */
    double spearman, pearson; /* of these; NaN: fewer than two, or all cosines or scores are equal */
} PairsScore;

/* N2V_ERROR_FORMAT, with the line, for a malformed file. After a failure there is nothing to free. */
n2v_status pairs_load(WordPairs *pairs, const char *path, const Stop *stop, n2v_error *error);
void pairs_free(WordPairs *pairs);

n2v_status pairs_evaluate(const WordPairs *pairs, const Model *model, PairsScore *score, n2v_error *error);

#endif
