/* lexicon.h - the tokens of a text while pairs are joined: its words, and phrases. */
#ifndef N2V_PHRASES_LEXICON_H
#define N2V_PHRASES_LEXICON_H

#include "corpus/vocabulary.h"

/* Ids of phrases follow those of the words. A phrase that is spelled like a word is that word. */
typedef struct Lexicon {
    const Vocabulary *words; /* borrowed */
    Vocabulary *phrases;
    Vocabulary *sequences; /* of connectors, with a space between two; their ids in pairs begin with 1 */
} Lexicon;

n2v_status lexicon_open(Lexicon *lexicon, const Vocabulary *words, n2v_error *error);
void lexicon_close(Lexicon *lexicon); /* accepts an all-zero struct */

size_t lexicon_size(const Lexicon *lexicon);
const char *lexicon_text(const Lexicon *lexicon, Id id, size_t *bytes);
Id lexicon_find(const Lexicon *lexicon, const char *text, size_t bytes);

/* The id of a token, which becomes a phrase where it is none and no word. */
n2v_status lexicon_add(Lexicon *lexicon, const char *text, size_t bytes, Id *id, n2v_error *error);

/* Connectors in a row. */
#define MAX_BETWEEN    ((size_t)MAX_TOKEN_BYTES / 2) /* more do not fit into a phrase */
#define NOT_A_SEQUENCE UINT32_MAX

/* The id of a sequence of connectors as pairs have it. NOT_A_SEQUENCE: it is too long; without add, it is not there. */
n2v_status lexicon_sequence(Lexicon *lexicon, const Id *connectors, size_t count, bool add, uint32_t *sequence,
                            n2v_error *error);

/* The id of a sequence from its text, which is added; of an empty text it is 0. */
n2v_status lexicon_add_sequence(Lexicon *lexicon, const char *text, size_t bytes, uint32_t *sequence, n2v_error *error);

/* The text of a sequence, with a space between two words; of 0 it is empty. */
const char *lexicon_sequence_text(const Lexicon *lexicon, uint32_t sequence, size_t *bytes);

#endif
