#include "corpus/unite.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"

/* Before a word's bytes in a message. */
typedef struct WordHead {
    uint64_t count;
    uint32_t bytes;
} WordHead;

#define HEAD_BYTES (sizeof(uint64_t) + sizeof(uint32_t)) /* without padding */

static void put_word(unsigned char *to, uint64_t count, const char *word, size_t bytes)
{
    const uint32_t length = (uint32_t)bytes;

    memcpy(to, &count, sizeof count);
    memcpy(to + sizeof count, &length, sizeof length);
    memcpy(to + HEAD_BYTES, word, bytes);
}

static WordHead take_head(const unsigned char *from)
{
    WordHead head;

    memcpy(&head.count, from, sizeof head.count);
    memcpy(&head.bytes, from + sizeof head.count, sizeof head.bytes);
    return head;
}

/* The same on all ranks, unlike the vocabulary's own hashes. */
static uint64_t hash_word(const char *word, size_t bytes)
{
    return hash_mix(hash_stable(word, bytes, 0), UINT64_C(0x9e3779b97f4a7c15));
}

/* Which rank adds the counts of a word. */
static size_t owner_of(const char *word, size_t bytes, size_t ranks)
{
    return (size_t)(hash_word(word, bytes) % ranks);
}

uint64_t unite_hash(const Vocabulary *vocabulary)
{
    uint64_t hash = 0;

    for (size_t id = 0; id < vocabulary_size(vocabulary); id++) {
        size_t bytes;
        const char *word = vocabulary_word(vocabulary, (Id)id, &bytes);
        hash = hash_mix(hash ^ hash_word(word, bytes),
                        vocabulary_count(vocabulary, (Id)id) ^ UINT64_C(0x9e3779b97f4a7c15));
    }
    return hash;
}

/* Messages to each rank: one behind the other in bytes. */
typedef struct Messages {
    unsigned char *bytes;
    size_t *sizes, *offsets;
} Messages;

static void free_messages(Messages *messages)
{
    free(messages->bytes);
    free(messages->sizes);
}

/* Each word of the vocabulary to its owner. */
static n2v_status fill_messages(Messages *m, const Vocabulary *vocabulary, size_t ranks, n2v_error *error)
{
    size_t all = 0;
    const char *word;
    size_t bytes;

    *m = (Messages){.sizes = array_create_zero(2 * ranks, sizeof *m->sizes)};
    if (!m->sizes)
        return fail_memory(error, 2 * ranks * sizeof *m->sizes, "the words of all ranks");
    m->offsets = m->sizes + ranks;
    for (size_t id = 0; id < vocabulary_size(vocabulary); id++) {
        word = vocabulary_word(vocabulary, (Id)id, &bytes);
        m->sizes[owner_of(word, bytes, ranks)] += HEAD_BYTES + bytes;
        all += HEAD_BYTES + bytes;
    }
    m->bytes = array_create(all, 1);
    if (!m->bytes)
        return fail_memory(error, all, "the words of all ranks");
    for (size_t r = 0, at = 0; r < ranks; r++) {
        m->offsets[r] = at;
        at += m->sizes[r];
    }
    for (size_t id = 0; id < vocabulary_size(vocabulary); id++) {
        size_t *at;
        word = vocabulary_word(vocabulary, (Id)id, &bytes);
        at = &m->offsets[owner_of(word, bytes, ranks)];
        put_word(m->bytes + *at, vocabulary_count(vocabulary, (Id)id), word, bytes);
        *at += HEAD_BYTES + bytes;
    }
    for (size_t r = 0; r < ranks; r++)
        m->offsets[r] -= m->sizes[r];
    return N2V_OK;
}

static n2v_status add_words(Vocabulary *vocabulary, const unsigned char *words, size_t size, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t at = 0; at < size && status == N2V_OK;) {
        const WordHead head = take_head(words + at);
        status = vocabulary_add(vocabulary, (const char *)words + at + HEAD_BYTES, head.bytes, head.count, NULL, error);
        at += HEAD_BYTES + head.bytes;
    }
    return status;
}

static size_t sum_of(const size_t *sizes, size_t count)
{
    size_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += sizes[i];
    return sum;
}

/* The words that this rank owns, with the counts of all texts. */
static n2v_status count_owned(Vocabulary *owned, const Vocabulary *vocabulary, Ranks *ranks, n2v_error *error)
{
    const size_t count = ranks_count(ranks);
    size_t *sizes = array_create(count, sizeof *sizes);
    unsigned char *words = NULL;
    Messages messages = {.bytes = NULL};
    n2v_status status;

    if (!sizes) {
        status = fail_memory(error, count * sizeof *sizes, "the words of all ranks");
        goto out;
    }
    if ((status = fill_messages(&messages, vocabulary, count, error)) != N2V_OK ||
        (status = ranks_exchange_numbers(ranks, messages.sizes, sizes, error)) != N2V_OK)
        goto out;
    words = array_create(sum_of(sizes, count), 1);
    if (!words) {
        status = fail_memory(error, sum_of(sizes, count), "the words of all ranks");
        goto out;
    }
    if ((status = ranks_exchange(ranks, messages.bytes, messages.offsets, messages.sizes, words, sizes, error)) ==
        N2V_OK)
        status = add_words(owned, words, sum_of(sizes, count), error);
out:
    free_messages(&messages);
    free(words);
    free(sizes);
    return status;
}

/* Words that reach min_count are sent; of those that stay anyway, the first ones of all ranks, each that has a
 * count. */
static bool is_sent(const Vocabulary *vocabulary, size_t stay, const Vocabulary *owned, Id id, uint64_t min_count)
{
    const uint64_t count = vocabulary_count(owned, id);
    size_t bytes;
    const char *word = vocabulary_word(owned, id, &bytes);

    return count >= min_count || (count && stay && vocabulary_find(vocabulary, word, bytes) < stay);
}

/* From the owners of words to all. */
static n2v_status spread(Vocabulary *vocabulary, size_t stay, const Vocabulary *owned, uint64_t min_count, Ranks *ranks,
                         n2v_error *error)
{
    const size_t count = ranks_count(ranks), words = vocabulary_size(owned);
    size_t *sizes = array_create(count, sizeof *sizes), size = 0, bytes;
    unsigned char *own = NULL, *all = NULL;
    const char *word;
    n2v_status status;

    for (size_t id = 0; id < words; id++) {
        (void)vocabulary_word(owned, (Id)id, &bytes);
        size += HEAD_BYTES + bytes;
    }
    own = array_create(size, 1);
    if (!own || !sizes) {
        status = fail_memory(error, size, "the words of all ranks");
        goto out;
    }
    size = 0;
    for (size_t id = 0; id < words; id++) {
        if (!is_sent(vocabulary, stay, owned, (Id)id, min_count))
            continue;
        word = vocabulary_word(owned, (Id)id, &bytes);
        put_word(own + size, vocabulary_count(owned, (Id)id), word, bytes);
        size += HEAD_BYTES + bytes;
    }
    if ((status = ranks_gather_any(ranks, own, size, &all, sizes, error)) != N2V_OK)
        goto out;
    vocabulary_clear_counts(vocabulary);
    status = add_words(vocabulary, all, sum_of(sizes, count), error);
out:
    free(own);
    free(all);
    free(sizes);
    return status;
}

n2v_status unite_vocabulary(Vocabulary *vocabulary, uint64_t unit, size_t stay, uint64_t min_count, uint64_t *types,
                            uint64_t *highest, Ranks *ranks, n2v_error *error)
{
    Vocabulary *owned = vocabulary_create();
    n2v_status status;

    if (!owned)
        return fail_memory(error, sizeof owned, "the words of all ranks");
    if ((status = count_owned(owned, vocabulary, ranks, error)) == N2V_OK) {
        if (unit > 1)
            vocabulary_scale_counts(owned, unit);
        *types = vocabulary_size(owned);
        *highest = vocabulary_highest(owned);
        if ((status = ranks_sum(ranks, types, error)) == N2V_OK &&
            (status = ranks_largest(ranks, highest, error)) == N2V_OK)
            status = spread(vocabulary, stay, owned, min_count ? min_count : 1, ranks, error);
    }
    vocabulary_destroy(owned);
    return status;
}

n2v_status unite_seen(unsigned char *seen, size_t words, Ranks *ranks, n2v_error *error)
{
    const size_t count = ranks_count(ranks);
    unsigned char *all = array_create(count * words, 1);
    n2v_status status;

    if (!all)
        return fail_memory(error, count * words, "the words of all ranks");
    if ((status = ranks_gather(ranks, seen, words, all, error)) == N2V_OK)
        for (size_t i = 0; i < count * words; i++)
            seen[i % words] |= all[i];
    free(all);
    return status;
}

n2v_status unite_facts(CorpusFacts *facts, CorpusReport *report, Ranks *ranks, n2v_error *error)
{
    uint64_t *const counts[] = {
        &report->bytes,        &report->lines,      &report->tokens,       &report->invalid_utf8,
        &report->overlong,     &report->cut.tokens, &report->cut.words,    &report->cut.underscores,
        &report->source_bytes, &facts->known,       &facts->weightless,     &facts->sentences,     &report->words,
        &report->sentences,    &report->heldout_words, &report->heldout_sentences,
        &report->source_bytes_total, &report->text_tokens, &report->plain_words,
    };
    n2v_status status = N2V_OK;

    for (size_t i = 0; i < sizeof counts / sizeof *counts && status == N2V_OK; i++)
        status = ranks_sum(ranks, counts[i], error);
    return status;
}
