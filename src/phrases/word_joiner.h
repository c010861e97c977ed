/* word_joiner.h - phrases in short texts, such as queries. */
#ifndef N2V_PHRASES_WORD_JOINER_H
#define N2V_PHRASES_WORD_JOINER_H

#include "corpus/tokenize.h"
#include "phrases/table.h"

/* Safe to use from many threads. */
typedef struct WordJoiner WordJoiner;

/* The table is not needed afterwards. */
n2v_status word_joiner_create(WordJoiner **joiner, const PhraseTable *table, n2v_error *error);
void word_joiner_destroy(WordJoiner *joiner); /* accepts NULL */

/* Joins the phrases among words with a space between two. Set list->text and list->room. */
n2v_status word_joiner_run(const WordJoiner *joiner, const char *words, size_t bytes, WordList *list,
                           n2v_error *error);

#endif
