/* rewriter.h - phrases in the place of the words of a text that is being read. */
#ifndef N2V_PHRASES_REWRITER_H
#define N2V_PHRASES_REWRITER_H

#include "phrases/find.h"
#include "phrases/join.h"

typedef struct PhraseRewriter {
    const PhraseOptions *find; /* the first text is searched for phrases, which fill the table; NULL: it has them */
    PhraseTable *table;
    PassReport *reports; /* of MAX_PASSES passes, when they are found */
    JoiningWatch watch;
    uint64_t joined; /* pairs that became one token, in the latest text */
} PhraseRewriter;

/* context is a PhraseRewriter: the function of a TextRewriter. */
n2v_status phrases_rewrite(void *context, const Vocabulary *words, const Blocks *blocks, TakeTokens take,
                           void *take_context, uint64_t *tokens, n2v_error *error);

#endif
