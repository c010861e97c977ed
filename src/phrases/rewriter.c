#include "phrases/rewriter.h"

n2v_status phrases_rewrite(void *context, const Vocabulary *words, const Blocks *blocks, TakeTokens take,
                           void *take_context, uint64_t *tokens, n2v_error *error)
{
    PhraseRewriter *r = context;
    JoinReport report;
    n2v_status status;

    if (r->find && (status = phrases_find(r->table, r->reports, words, blocks, r->find, &r->watch, error)) != N2V_OK)
        return status;
    r->find = NULL; /* a held-out file is joined with the same phrases */
    if ((status = phrases_join(r->table, words, blocks, &r->watch, take, take_context, &report, error)) != N2V_OK)
        return status;
    *tokens = report.tokens;
    r->joined = report.joined;
    return N2V_OK;
}
