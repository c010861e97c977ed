#include "corpus/rewrite.h"

#include <stdlib.h>

#include "base/memory.h"
#include "corpus/encode.h"

/* All words of the text, and its ids. */
static n2v_status read_words(Encoding *e, const TextSource *sources, size_t count, const SourcesOptions *options,
                             SourcesCounts *counts, n2v_error *error)
{
    Id *map = NULL;
    n2v_status status;

    encode_begin(e);
    if ((status = sources_read(sources, count, options, encode_tokens, e, counts, error)) != N2V_OK)
        return status;
    if ((status = vocabulary_finish(e->counted, 1, 0, NULL, &map, error)) == N2V_OK)
        status = encode_finish(e, map, &options->stop, error);
    free(map);
    return status;
}

n2v_status rewrite_sources(const TextSource *sources, size_t count, const SourcesOptions *options,
                           const TextRewriter *rewriter, size_t memory_limit, const char *folder, TakeTokens take,
                           void *context, SourcesCounts *counts, uint64_t *tokens, n2v_error *error)
{
    Encoding *e = array_create_zero(1, sizeof *e);
    n2v_status status;

    *tokens = 0;
    if (!e || !(e->counted = vocabulary_create())) {
        free(e);
        return fail_memory(error, sizeof *e, "reading the text");
    }
    if ((status = blocks_create(&e->training.blocks, memory_limit, folder, error)) == N2V_OK)
        status = read_words(e, sources, count, options, counts, error);
    if (status == N2V_OK && blocks_words(e->training.blocks)) /* else the caller refuses the text */
        status = rewriter->rewrite(rewriter->context, e->counted, e->training.blocks, take, context, tokens, error);
    vocabulary_destroy(e->counted);
    blocks_destroy(e->training.blocks);
    free(e);
    return status;
}
