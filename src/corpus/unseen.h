/* unseen.h - words of a given vocabulary that never occur in the text: their vectors are not trained. */
#ifndef N2V_CORPUS_UNSEEN_H
#define N2V_CORPUS_UNSEEN_H

#include "corpus/vocabulary.h"

#define UNSEEN_BYTES 64

typedef struct Unseen {
    uint64_t words;
    char word[UNSEEN_BYTES]; /* the most frequent one of those that fit, NUL-terminated; "": none */
} Unseen;

/* Counts the words with at least min_count that are not marked in seen, which has a byte for each id. */
void unseen_count(Unseen *unseen, const Vocabulary *vocabulary, const unsigned char *seen, uint64_t min_count);

/* Renumbers seen: map has the final id of each of `words` ids, or NO_ID. */
n2v_status unseen_renumber(unsigned char **seen, const Id *map, size_t words, const Vocabulary *final,
                           n2v_error *error);

#endif
