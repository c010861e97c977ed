#include "phrases/joiner.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "corpus/blocks.h"

#define CONNECTOR 1
#define BEGINS    2 /* a phrase */
#define ENDS      4

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
            (*flags)[id] = CONNECTOR;
    }
    return N2V_OK;
}

static n2v_status add_phrase(Joiner *j, const PhraseTable *table, size_t index, n2v_error *error)
{
    const char *text = phrase_text(table, index);
    char joined[MAX_TOKEN_BYTES];
    PhraseParts parts;
    PairKey key;
    Pair *pair;
    Id phrase;
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
    j->flags[key.first] |= BEGINS;
    j->flags[key.second] |= ENDS;
    return N2V_OK;
}

n2v_status joiner_create(Joiner **joiner, Lexicon *lexicon, const PhraseTable *table, size_t pass,
                         const Vocabulary *connectors, n2v_error *error)
{
    Joiner *j = *joiner = array_create_zero(1, sizeof *j);
    n2v_status status;

    if (!j)
        return fail_memory(error, sizeof *j, "joining phrases");
    j->lexicon = lexicon;
    j->tokens = lexicon_size(lexicon);
    if ((status = connector_flags(&j->flags, lexicon, connectors, error)) == N2V_OK)
        status = pair_table_open(&j->phrases, SIZE_MAX, table->ends[pass] - phrase_table_begin(table, pass), error);
    for (size_t i = phrase_table_begin(table, pass); i < table->ends[pass] && status == N2V_OK; i++)
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
    free(j->flags);
    free(j);
}

/* The phrase that ends with this token; NO_ID: none. */
static inline Id find_phrase(const Joiner *j, Id last)
{
    PairKey key = {.first = j->first, .second = last};
    const Pair *pair;

    if (!j->open || !(j->flags[j->first] & BEGINS) || !(j->flags[last] & ENDS))
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
        used += j->flags[id] & CONNECTOR ? take_connector(j, id, out + used) : take_word(j, id, out + used);
        if (ids[i] & SENTENCE_END) {
            used += release(j, out + used);
            out[used - 1] |= SENTENCE_END;
        }
    }
    return used;
}
