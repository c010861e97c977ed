/* join.h - writes a text with its phrases joined. */
#ifndef N2V_PHRASES_JOIN_H
#define N2V_PHRASES_JOIN_H

#include "corpus/blocks.h"
#include "phrases/table.h"

typedef struct JoinReport {
    uint64_t tokens; /* that were written */
    uint64_t joined; /* pairs that became one token, in all passes */
} JoinReport;

/* A line for each sentence, with a space between two tokens. */
n2v_status phrases_join(const PhraseTable *table, const Vocabulary *words, const Blocks *blocks, Writer *writer,
                        const Stop *stop, JoinReport *report, n2v_error *error);

#endif
