#include "corpus/encode.h"

#include "base/random.h"
#include "corpus/weight.h"

/* Decides about the sentence that begins. */
static void begin_sentence(Encoding *e)
{
    Random random;

    random_seed(&random, e->seed, e->sentences, 0, STREAM_HELDOUT);
    e->hold_out = (double)(random_next(&random) >> 11) * 0x1p-53 < e->heldout;
}

void encode_begin(Encoding *encoding)
{
    begin_sentence(encoding);
}

/* Ids of words that are not counted: those of held-out sentences. */
static n2v_status identify(Encoding *e, const char *text, const Span *spans, size_t count, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t i = 0; i < count && status == N2V_OK; i++) {
        e->ids[i] = NO_ID;
        if (spans[i].length)
            status = vocabulary_add(e->counted, text + spans[i].begin, spans[i].length, 0, &e->ids[i], error);
    }
    return status;
}

static void mark_seen(Encoding *e, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (e->ids[i] != NO_ID)
            e->seen[e->ids[i]] = 1;
}

/* A sentence has ended with the last of so many ids of the run, unless that one has ended the sentence before. */
static n2v_status end_sentence(const Encoding *e, IdStream *to, size_t used, float weight, n2v_error *error)
{
    if (!used || to->run[used - 1] & SENTENCE_END)
        return N2V_OK;
    to->run[used - 1] |= SENTENCE_END;
    return e->weighted && to->blocks ? blocks_append_weight(to->blocks, weight, error) : N2V_OK;
}

/* Words to ids, and the ids to the stream's blocks. */
static n2v_status take_spans(Encoding *e, IdStream *to, const Tokens *tokens, size_t from, size_t count,
                             n2v_error *error)
{
    const char *text = tokens->text;
    const Span *spans = tokens->spans + from;
    const uint64_t times = e->weighted ? weight_units(tokens->weight) : 1;
    n2v_status status = N2V_OK;
    size_t used = to->waiting;

    if (!e->counted)
        vocabulary_find_spans(e->given, text, spans, count, e->ids);
    else if (to == &e->held)
        status = identify(e, text, spans, count, error);
    else
        status = vocabulary_add_spans(e->counted, text, spans, count, times, e->ids, error);
    if (status != N2V_OK || (!to->blocks && e->counted))
        return status;
    if (e->seen && to == &e->training)
        mark_seen(e, count);
    for (size_t i = 0; i < count; i++) {
        const Id id = e->ids[i];
        if (!spans[i].length) {
            if ((status = end_sentence(e, to, used, tokens->weight, error)) != N2V_OK)
                return status;
            continue;
        }
        to->run[used] = id;
        used += id != NO_ID;
    }
    e->known += used - to->waiting;
    if (!to->blocks || !used)
        return N2V_OK;
    status = blocks_append(to->blocks, to->run, used - 1, error);
    to->run[0] = to->run[used - 1];
    to->waiting = 1;
    return status;
}

/* All tokens go to training, or each sentence where it belongs. */
n2v_status encode_tokens(void *context, const Tokens *tokens, n2v_error *error)
{
    Encoding *e = context;
    n2v_status status = N2V_OK;

    if (e->weighted && !(tokens->weight > 0)) {
        for (size_t i = 0; i < tokens->count; i++)
            e->weightless += tokens->spans[i].length > 0;
        return N2V_OK;
    }
    if (!(e->heldout > 0))
        return take_spans(e, &e->training, tokens, 0, tokens->count, error);
    for (size_t from = 0, to = 0; from < tokens->count && status == N2V_OK; from = to) {
        const bool hold_out = e->hold_out;
        while (to < tokens->count && e->hold_out == hold_out) {
            if (!tokens->spans[to++].length) {
                e->sentences++;
                begin_sentence(e);
            }
        }
        status = take_spans(e, hold_out ? &e->held : &e->training, tokens, from, to - from, error);
    }
    return status;
}

static n2v_status finish_stream(IdStream *from, const Id *map, const Stop *stop, n2v_error *error)
{
    n2v_status status;

    if (!from->blocks)
        return N2V_OK;
    if (from->waiting && (status = blocks_append(from->blocks, from->run, 1, error)) != N2V_OK)
        return status;
    return blocks_finish(from->blocks, map, stop, error);
}

n2v_status encode_finish(Encoding *encoding, const Id *map, const Stop *stop, n2v_error *error)
{
    n2v_status status = finish_stream(&encoding->training, map, stop, error);
    return status == N2V_OK ? finish_stream(&encoding->held, map, stop, error) : status;
}
