#include "phrases/joiner.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "corpus/blocks.h"

n2v_status connector_flags(unsigned char **flags, const Lexicon *lexicon, const Vocabulary *connectors,
                           n2v_error *error)
{
    const size_t size = lexicon_size(lexicon);

    *flags = array_create_zero(size, 1);
    if (!*flags)
        return fail_memory(error, size, "the connectors");
    for (size_t i = 0; connectors && i < vocabulary_size(connectors); i++) {
        size_t bytes;
        const char *word = vocabulary_word(connectors, (Id)i, &bytes);
        const Id id = lexicon_find(lexicon, word, bytes);
        if (id != NO_ID)
            (*flags)[id] = 1;
    }
    return N2V_OK;
}

/* The filter ---------------------------------------------------------------------------- */

#define BITS_A_PHRASE ((size_t)16)

static n2v_status create_filter(Joiner *j, size_t phrases, n2v_error *error)
{
    j->filter_bits = 6;
    while (((size_t)1 << j->filter_bits) < phrases * BITS_A_PHRASE)
        j->filter_bits++;
    j->filter = array_create_zero((size_t)1 << (j->filter_bits - 6), sizeof *j->filter);
    return j->filter ? N2V_OK : fail_memory(error, (size_t)1 << (j->filter_bits - 3), "joining phrases");
}

/* Its word, and *bit in it. */
static inline uint64_t *filter_word(const Joiner *j, Id first, Id last, uint64_t *bit)
{
    const uint64_t pair = (uint64_t)first << 32 | last;
    const uint64_t at = hash_mix(pair, UINT64_C(0x9e3779b97f4a7c15)) >> (64 - j->filter_bits);

    *bit = UINT64_C(1) << (at & 63);
    return &j->filter[at >> 6];
}

static inline bool may_be_phrase(const Joiner *j, Id first, Id last)
{
    uint64_t bit;
    const uint64_t *word = filter_word(j, first, last, &bit);

    return *word & bit;
}

/* Creating ------------------------------------------------------------------------------ */

static n2v_status add_phrase(Joiner *j, const PhraseTable *table, size_t index, n2v_error *error)
{
    const char *text = phrase_text(table, index);
    char joined[MAX_TOKEN_BYTES];
    PhraseParts parts;
    PairKey key;
    Pair *pair;
    Id phrase;
    uint64_t *word, bit;
    n2v_status status;

    if (!phrase_parts(text, table->phrases[index].bytes, &parts))
        return N2V_OK;
    key.first = lexicon_find(j->lexicon, parts.first, parts.first_bytes);
    key.second = lexicon_find(j->lexicon, parts.last, parts.last_bytes);
    if (key.first >= j->tokens || key.second >= j->tokens) /* the text does not have them */
        return N2V_OK;
    if ((status = lexicon_add_sequence(j->lexicon, parts.between, parts.between_bytes, &key.between, error)) !=
            N2V_OK ||
        (status =
             lexicon_add(j->lexicon, joined, phrase_join(text, table->phrases[index].bytes, table->delimiter, joined),
                         &phrase, error)) != N2V_OK ||
        (status = pair_table_put(&j->phrases, &key, 1, &pair, error)) != N2V_OK)
        return status;
    pair->phrase = phrase;
    word = filter_word(j, key.first, key.second, &bit);
    *word |= bit;
    return N2V_OK;
}

n2v_status joiner_create(Joiner **joiner, Lexicon *lexicon, const PhraseTable *table, size_t pass,
                         const Vocabulary *connectors, n2v_error *error)
{
    const size_t begin = phrase_table_begin(table, pass), end = table->ends[pass];
    Joiner *j = *joiner = array_create_zero(1, sizeof *j);
    n2v_status status;

    if (!j)
        return fail_memory(error, sizeof *j, "joining phrases");
    j->lexicon = lexicon;
    j->tokens = lexicon_size(lexicon);
    if ((status = connector_flags(&j->connectors, lexicon, connectors, error)) == N2V_OK &&
        (status = pair_table_open(&j->phrases, SIZE_MAX, end - begin, error)) == N2V_OK)
        status = create_filter(j, end - begin, error);
    for (size_t i = begin; i < end && status == N2V_OK; i++)
        status = add_phrase(j, table, i, error);
    if (status != N2V_OK) {
        joiner_destroy(j);
        *joiner = NULL;
    }
    return status;
}

void joiner_destroy(Joiner *j)
{
    if (!j)
        return;
    pair_table_close(&j->phrases);
    free(j->filter);
    free(j->connectors);
    free(j);
}

/* The phrase that ends with this token; NO_ID: none. */
static inline Id find_phrase(const Joiner *j, Id last)
{
    PairKey key = {.first = j->first, .second = last};
    const Pair *pair;

    if (!j->open || !may_be_phrase(j, j->first, last))
        return NO_ID;
    /* Without adding nothing can fail. */
    (void)lexicon_sequence(j->lexicon, j->between, j->between_count, false, &key.between, NULL);
    if (key.between == NOT_A_SEQUENCE)
        return NO_ID;
    pair = pair_table_find(&j->phrases, &key);
    return pair->count ? pair->phrase : NO_ID;
}

/* What was held back begins no phrase. */
static inline size_t release(Joiner *j, Id *out)
{
    const size_t count = j->open ? j->between_count + 1 : 0;

    if (count) {
        out[0] = j->first;
        memcpy(out + 1, j->between, j->between_count * sizeof *out);
    }
    j->open = false;
    j->between_count = 0;
    return count;
}

static inline size_t take_connector(Joiner *j, Id id, Id *out)
{
    size_t count;

    if (j->open && j->between_count < MAX_BETWEEN) {
        j->between[j->between_count++] = id;
        return 0;
    }
    count = release(j, out);
    out[count] = id;
    return count + 1;
}

static inline size_t take_word(Joiner *j, Id id, Id *out)
{
    const Id phrase = find_phrase(j, id);
    size_t count;

    if (phrase != NO_ID) {
        j->open = false;
        j->between_count = 0;
        j->joined++;
        out[0] = phrase;
        return 1;
    }
    count = release(j, out);
    j->open = true;
    j->first = id;
    return count;
}

size_t joiner_feed(Joiner *j, const Id *ids, size_t count, Id *out)
{
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        const Id id = ids[i] & ~SENTENCE_END;
        used += j->connectors[id] ? take_connector(j, id, out + used) : take_word(j, id, out + used);
        if (ids[i] & SENTENCE_END) {
            used += release(j, out + used);
            out[used - 1] |= SENTENCE_END;
        }
    }
    return used;
}
