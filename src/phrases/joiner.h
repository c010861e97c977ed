/* joiner.h - one pass over tokens that puts phrases in the place of pairs. */
#ifndef N2V_PHRASES_JOINER_H
#define N2V_PHRASES_JOINER_H

#include "phrases/lexicon.h"
#include "phrases/pair_table.h"
#include "phrases/table.h"

typedef struct Joiner {
    Lexicon *lexicon; /* borrowed */
    PairTable phrases;
    unsigned char *connectors; /* of each token that may come: it is one */
    size_t tokens;             /* that may come: those with a smaller id */
    uint64_t *filter; /* bits by hash of first and last token: 0 where no phrase has both; small enough for a cache */
    unsigned filter_bits;
    uint64_t joined; /* phrases so far */

    /* A phrase may have begun: its first token, and the connectors after it. They are held back. */
    bool open;
    Id first, between[MAX_BETWEEN];
    size_t between_count;
} Joiner;

/* A byte for each token of the lexicon: 1 for a connector. connectors may be NULL: there are none. */
n2v_status connector_flags(unsigned char **flags, const Lexicon *lexicon, const Vocabulary *connectors,
                           n2v_error *error);

/* Joins the phrases of a pass; they are added to the lexicon. *joiner is created. */
n2v_status joiner_create(Joiner **joiner, Lexicon *lexicon, const PhraseTable *table, size_t pass,
                         const Vocabulary *connectors, n2v_error *error);
void joiner_destroy(Joiner *joiner); /* accepts NULL */

/* Room for the tokens that can be held back. */
#define MAX_HELD (MAX_BETWEEN + 1)

/* Tokens with SENTENCE_END on the last one of a sentence. Those that are decided go to out, which has room for
 * MAX_HELD more than come in; returns how many. */
size_t joiner_feed(Joiner *joiner, const Id *ids, size_t count, Id *out);

#endif
