/* rewrite.h - other tokens in the place of those of a text: it is read with all of its words, and rewritten. */
#ifndef N2V_CORPUS_REWRITE_H
#define N2V_CORPUS_REWRITE_H

#include "corpus/blocks.h"
#include "corpus/sources.h"

typedef struct TextRewriter {
    /* Hands the tokens of the new text to take, as sources_read does; *tokens: how many. words have their final ids;
     * the blocks have one word or more. */
    n2v_status (*rewrite)(void *context, const Vocabulary *words, const Blocks *blocks, TakeTokens take,
                          void *take_context, uint64_t *tokens, n2v_error *error);
    void *context;
} TextRewriter;

/* As sources_read, with the tokens of the rewriter. At most so many bytes of ids are in memory; folder as in
 * blocks_create. counts are those of the sources. */
n2v_status rewrite_sources(const TextSource *sources, size_t count, const SourcesOptions *options,
                           const TextRewriter *rewriter, size_t memory_limit, const char *folder, TakeTokens take,
                           void *context, SourcesCounts *counts, uint64_t *tokens, n2v_error *error);

#endif
