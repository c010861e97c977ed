/* encode.h - tokens -> ids -> blocks, with sentences that are held out in blocks of their own. */
#ifndef N2V_CORPUS_ENCODE_H
#define N2V_CORPUS_ENCODE_H

#include "corpus/blocks.h"
#include "corpus/tokenizer.h"

/* Ids on their way into blocks. The last one waits: a sentence may end after it. */
typedef struct IdStream {
    Blocks *blocks; /* NULL: not wanted */
    Id run[BATCH_TOKENS + 1];
    size_t waiting; /* 0 or 1 */
} IdStream;

/* Set the first members, the others to zero; then encode_begin. */
typedef struct Encoding {
    Vocabulary *counted;     /* words are added to it and counted; NULL: they are looked up in given */
    const Vocabulary *given; /* others are skipped */
    double heldout;          /* the share of sentences that is held out */
    uint64_t seed;           /* decides which, with a sentence's number */
    bool weighted;           /* batches of tokens have weights; counts are in units of weight.h */
    unsigned char *seen;     /* with given: a byte for each of its words becomes 1 when it occurs, unless held out */

    IdStream training, held; /* their blocks are the caller's */
    uint64_t sentences;      /* that have ended */
    uint64_t weightless;     /* tokens of lines of weight 0, which are skipped */
    uint64_t known;          /* words that are in the vocabulary, with given or with blocks */
    bool hold_out;           /* the sentence under way */
    Id ids[BATCH_TOKENS];
} Encoding;

void encode_begin(Encoding *encoding);

/* context is an Encoding: a TakeTokens. Which sentences are held out depends on nothing but the seed and their
 * numbers. Their words are not counted. */
n2v_status encode_tokens(void *context, const Tokens *tokens, n2v_error *error);

/* Finishes the blocks with final ids, from map (NULL: they are final). */
n2v_status encode_finish(Encoding *encoding, const Id *map, const Stop *stop, n2v_error *error);

#endif
