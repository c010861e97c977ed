#include "phrases/lexicon.h"

#include <string.h>

n2v_status lexicon_open(Lexicon *l, const Vocabulary *words, n2v_error *error)
{
    *l = (Lexicon){.words = words, .phrases = vocabulary_create(), .sequences = vocabulary_create()};
    return l->phrases && l->sequences ? N2V_OK : fail_memory(error, 0, "the phrases");
}

void lexicon_close(Lexicon *l)
{
    vocabulary_destroy(l->phrases);
    vocabulary_destroy(l->sequences);
    *l = (Lexicon){.words = NULL};
}

size_t lexicon_size(const Lexicon *l)
{
    return vocabulary_size(l->words) + vocabulary_size(l->phrases);
}

const char *lexicon_text(const Lexicon *l, Id id, size_t *bytes)
{
    const size_t words = vocabulary_size(l->words);
    return id < words ? vocabulary_word(l->words, id, bytes) : vocabulary_word(l->phrases, id - (Id)words, bytes);
}

Id lexicon_find(const Lexicon *l, const char *text, size_t bytes)
{
    Id id = vocabulary_find(l->words, text, bytes);

    if (id != NO_ID)
        return id;
    id = vocabulary_find(l->phrases, text, bytes);
    return id == NO_ID ? NO_ID : id + (Id)vocabulary_size(l->words);
}

n2v_status lexicon_add(Lexicon *l, const char *text, size_t bytes, Id *id, n2v_error *error)
{
    n2v_status status;

    if ((*id = lexicon_find(l, text, bytes)) != NO_ID)
        return N2V_OK;
    if (lexicon_size(l) >= MAX_WORDS)
        return error_set(error, N2V_ERROR_DATA, "more than %zu different words and phrases: split the text", MAX_WORDS);
    if ((status = vocabulary_add(l->phrases, text, bytes, 1, id, error)) == N2V_OK)
        *id += (Id)vocabulary_size(l->words);
    return status;
}

n2v_status lexicon_add_sequence(Lexicon *l, const char *text, size_t bytes, uint32_t *sequence, n2v_error *error)
{
    n2v_status status;
    Id id;

    *sequence = 0;
    if (!bytes)
        return N2V_OK;
    if ((status = vocabulary_add(l->sequences, text, bytes, 1, &id, error)) == N2V_OK)
        *sequence = id + 1;
    return status;
}

n2v_status lexicon_sequence(Lexicon *l, const Id *connectors, size_t count, bool add, uint32_t *sequence,
                            n2v_error *error)
{
    char text[MAX_TOKEN_BYTES + 1];
    size_t used = 0;
    Id id;

    *sequence = NOT_A_SEQUENCE;
    for (size_t i = 0; i < count; i++) {
        size_t bytes;
        const char *word = lexicon_text(l, connectors[i], &bytes);
        if (bytes + 1 > sizeof text - used)
            return N2V_OK;
        memcpy(text + used, word, bytes);
        used += bytes;
        text[used++] = ' ';
    }
    used -= used > 0;
    if (add || !used)
        return lexicon_add_sequence(l, text, used, sequence, error);
    if ((id = vocabulary_find(l->sequences, text, used)) != NO_ID)
        *sequence = id + 1;
    return N2V_OK;
}

const char *lexicon_sequence_text(const Lexicon *l, uint32_t sequence, size_t *bytes)
{
    *bytes = 0;
    return sequence ? vocabulary_word(l->sequences, sequence - 1, bytes) : "";
}
