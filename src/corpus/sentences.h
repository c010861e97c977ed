/* sentences.h - the caller's sentences -> tokens, in batches as the tokenizer gives them. */
#ifndef N2V_CORPUS_SENTENCES_H
#define N2V_CORPUS_SENTENCES_H

#include "corpus/tokenizer.h"
#include "nce2vec.h"

typedef struct Sentences Sentences;

/* name (kept by reference) is the source's name in messages. NULL when out of memory. */
Sentences *sentences_create(n2v_next_sentence next, void *context, const char *name);
void sentences_destroy(Sentences *sentences); /* accepts NULL */

/* The next batch, valid until the next call. It ends when it is full, but also after BATCH_SECONDS of waiting for
 * sentences, so that the caller can ask whether to stop; it may be empty. single: it ends with a sentence, too.
 * *ended: there are no more.
 * N2V_ERROR_DATA, with the sentence and the token: one that is no word. N2V_ERROR_INTERRUPTED: next gave up. */
n2v_status sentences_next(Sentences *sentences, bool single, Tokens *tokens, bool *ended, n2v_error *error);

#define BATCH_SECONDS 0.1

/* What the same text has in a file: a separator after each token, a line for each sentence. */
typedef struct SentencesCounts {
    uint64_t bytes, lines, tokens;
} SentencesCounts;

SentencesCounts sentences_count(const Sentences *sentences);

#endif
