/* slow_tokenizer.h - a tokenizer of whole texts, written from the description alone, and tokens as text. */
#ifndef N2V_TESTS_SLOW_TOKENIZER_H
#define N2V_TESTS_SLOW_TOKENIZER_H

#include <stdbool.h>

#include "corpus/tokenizer.h"

/* Tokens as text: each followed by '|', each sentence's end by '\n'. */
typedef struct listing {
    char *text;
    size_t used, room;
    TokenizerCounts counts;
} listing;

void list(listing *all, const char *bytes, size_t count, char end);

/* It looks ahead where the real one waits. */
listing slow_tokens(bool by_words, const unsigned char *text, size_t count);

#endif
