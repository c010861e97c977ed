/* sentences_made.h - random sentences whose words are near each other, as the source of a corpus. */
#ifndef N2V_TESTS_UNIT_SENTENCES_MADE_H
#define N2V_TESTS_UNIT_SENTENCES_MADE_H

#include "base/random.h"
#include "nce2vec.h"

enum { MAX_SENTENCE = 12 };

typedef struct sentence_source {
    size_t left;
    uint32_t words;
    Random random;
    char text[MAX_SENTENCE][8];
    n2v_token tokens[MAX_SENTENCE];
} sentence_source;

/* An n2v_next_sentence, whose context is a sentence_source. */
int made_sentence(void *context, const n2v_token **tokens, size_t *count);

/* A corpus that was read, of so many sentences and words. The same seed gives the same. */
n2v_corpus *make_corpus(const n2v_settings *settings, uint64_t seed, size_t sentences, uint32_t words);

#endif
