#include "phrases/joining.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

#define JOINING_SECONDS 0.2 /* between two reports */

#define BUFFER_IDS (BLOCK_IDS + MAX_PASSES * MAX_HELD)

n2v_status joining_open(Joining *j, const Vocabulary *words, n2v_error *error)
{
    n2v_status status;

    *j = (Joining){.passes = 0};
    if ((status = lexicon_open(&j->lexicon, words, error)) != N2V_OK)
        return status;
    for (int i = 0; i < 2; i++)
        if (!(j->buffers[i] = array_create(BUFFER_IDS, sizeof *j->buffers[i])))
            return fail_memory(error, BUFFER_IDS * sizeof *j->buffers[i], "joining phrases");
    return N2V_OK;
}

void joining_close(Joining *j)
{
    for (size_t i = 0; i < j->passes; i++)
        joiner_destroy(j->joiners[i]);
    free(j->buffers[0]);
    free(j->buffers[1]);
    lexicon_close(&j->lexicon);
}

n2v_status joining_add(Joining *j, const PhraseTable *table, const Vocabulary *connectors, n2v_error *error)
{
    const n2v_status status = joiner_create(&j->joiners[j->passes], &j->lexicon, table, j->passes, connectors, error);

    j->passes += status == N2V_OK;
    return status;
}

/* Reports when it is due. *reported: when that was. */
static void report(const JoiningWatch *watch, size_t pass, const Blocks *blocks, size_t block, double start,
                   double *reported)
{
    const double now = watch->joining ? seconds_now() : 0;

    if (!watch->joining || now - *reported < JOINING_SECONDS)
        return;
    *reported = now;
    watch->joining(watch->context, &(n2v_joining){.pass = pass,
                                                  .words = blocks_words_before(blocks, block),
                                                  .words_total = blocks_words(blocks),
                                                  .seconds = now - start});
}

n2v_status joining_run(Joining *j, const Blocks *blocks, size_t pass, const JoiningWatch *watch, TakeIds take,
                       void *context, n2v_error *error)
{
    const double start = seconds_now();
    double reported = start;
    n2v_status status = N2V_OK;

    for (size_t i = 0; i < blocks_count(blocks) && status == N2V_OK; i++) {
        Id *in = j->buffers[0], *out = j->buffers[1];
        Block block;
        size_t count;
        if (stop_requested(watch->stop))
            return error_set(error, N2V_ERROR_INTERRUPTED, "interrupted while reading the text");
        if ((status = blocks_read(blocks, i, in, &block, error)) != N2V_OK)
            return status;
        count = block.count;
        if (block.ids != in)
            memcpy(in, block.ids, count * sizeof *in);
        if (block.cut)
            in[count - 1] &= ~SENTENCE_END;
        report(watch, pass, blocks, i, start, &reported);
        for (size_t joiner = 0; joiner < j->passes; joiner++) {
            Id *const from = in;
            count = joiner_feed(j->joiners[joiner], in, count, out);
            in = out;
            out = from;
        }
        status = take(context, in, count, error);
    }
    return status;
}
