/* start_words.h - words that a vocabulary begins with, whatever the text has: those of vectors that a training starts
 * from. */
#ifndef N2V_CORPUS_START_WORDS_H
#define N2V_CORPUS_START_WORDS_H

#include "corpus/unseen.h"

typedef struct StartWords {
    const Vocabulary *words; /* kept by reference; the counts may all be 0: there are none */
    bool only;               /* the text adds no word to them */
} StartWords;

/* Adds them to an empty vocabulary: they have the first ids. counts false: with counts of 0, before a text is
 * counted. */
n2v_status start_words_add(Vocabulary *vocabulary, const StartWords *start, bool counts, n2v_error *error);

/* The text is counted: adds their own counts; a word without any has 1. *keep receives a malloc'ed byte for each id, 1
 * for what stays: these words, unless `drop` and the text does not have them, and other words with min_count, unless
 * there are to be none. *unseen: those of them that the text does not have. */
n2v_status start_words_finish(Vocabulary *vocabulary, const StartWords *start, uint64_t min_count, bool drop,
                              unsigned char **keep, Unseen *unseen, n2v_error *error);

#endif
