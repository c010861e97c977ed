/* join.h - a text with its phrases joined. */
#ifndef N2V_PHRASES_JOIN_H
#define N2V_PHRASES_JOIN_H

#include "corpus/sources.h"
#include "phrases/joining.h"

typedef struct JoinReport {
    uint64_t tokens; /* of the joined text */
    uint64_t joined; /* pairs that became one token, in all passes */
} JoinReport;

/* Hands the tokens of the joined text to take. Their text has a space after each, and a line feed after the last one of
 * a sentence. */
n2v_status phrases_join(const PhraseTable *table, const Vocabulary *words, const Blocks *blocks,
                        const JoiningWatch *watch, TakeTokens take, void *context, JoinReport *report,
                        n2v_error *error);

/* Writes the joined text: a line for each sentence, with a space between two tokens. */
n2v_status phrases_write(const PhraseTable *table, const Vocabulary *words, const Blocks *blocks,
                         const JoiningWatch *watch, Writer *writer, JoinReport *report, n2v_error *error);

#endif
