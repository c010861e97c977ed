/* spellings.h - the words of a vocabulary that are spelt like one that is not in it. */
#ifndef N2V_QUERY_SPELLINGS_H
#define N2V_QUERY_SPELLINGS_H

#include "corpus/vocabulary.h"

#define MAX_SPELLINGS ((size_t)8)

/* Writes the ids of the nearest spellings, at most max (up to MAX_SPELLINGS); returns their number.
 * Ordered by edit distance, then by id: the frequent first. Upper and lower case are the same; a word of
 * 1 to 3 characters may differ in one, one of 4 to 7 in two, a longer one in three. Words of more
 * than MAX_SPELLING characters have none. */
size_t spellings_find(const Vocabulary *vocabulary, const char *word, size_t bytes, size_t max, Id *ids);

#endif
