/* spellings.h - the words of a vocabulary that are spelt like one that is not in it. */
#ifndef N2V_QUERY_SPELLINGS_H
#define N2V_QUERY_SPELLINGS_H

#include "corpus/vocabulary.h"

#define N2V_SPELLINGS_MOST ((size_t)8)

/* The nearest spellings, at most `most` (up to N2V_SPELLINGS_MOST) of them; returns how many.
 * By edit distance, then by id: the frequent first. Upper and lower case are the same; a word of
 * 1 to 3 characters may differ in one, one of 4 to 7 in two, a longer one in three. Words of more
 * than N2V_SPELLING_MOST characters have none. */
size_t n2v_spellings_find(const n2v_vocabulary *vocabulary, const char *word, size_t bytes, size_t most, n2v_id *ids);

#endif
