/* sentence_text.h - a text in memory as the sentences of a callback: a line is a sentence, a space separates tokens. */
#ifndef N2V_TESTS_SENTENCE_TEXT_H
#define N2V_TESTS_SENTENCE_TEXT_H

#include "corpus/corpus.h"

typedef struct sentence_text {
    const char *text;   /* NUL-terminated */
    const char *at;     /* the next line; set it to text */
    size_t calls;       /* of the callback */
    size_t gives_up_at; /* the call that returns -1; 0: none */
    unsigned pause;     /* microseconds in each call */
    bool endless;       /* begins again at the end */
    n2v_token *tokens;
    size_t room;
} sentence_text;

sentence_text sentence_text_of(const char *text);
void sentence_text_free(sentence_text *text);

/* An n2v_next_sentence; context is a sentence_text. The bytes that it hands over are overwritten at the next call. */
int give_sentence(void *context, const n2v_token **tokens, size_t *count);

TextSource sentence_source(sentence_text *text);

/* The same words, counts, ids and blocks, in training and held-out sentences, and the same report but its seconds. */
void require_same_corpus(const Corpus *a, const Corpus *b);

/* A text of so many bytes or a few more: lines of 0 to 40 words, of which many are rare and some are not ASCII. */
char *random_text(size_t bytes, uint32_t seed);

#endif
