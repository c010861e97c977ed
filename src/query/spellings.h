/* spellings.h - the words of a vocabulary that are spelt like one that is not in it. */
#ifndef N2V_QUERY_SPELLINGS_H
#define N2V_QUERY_SPELLINGS_H

#include "corpus/vocabulary.h"

#define SPELLINGS_MOST ((size_t)8)

/* The nearest spellings, at most `most` (up to SPELLINGS_MOST) of them; returns how many.
 * By edit distance, then by id: the frequent first. Upper and lower case are the same; a word of
 * 1 to 3 characters may differ in one, one of 4 to 7 in two, a longer one in three. Words of more
 * than SPELLING_MOST characters have none. */
size_t spellings_find(const Vocabulary *vocabulary, const char *word, size_t bytes, size_t most, Id *ids);

#endif
