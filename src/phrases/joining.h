/* joining.h - a text of ids through the passes of a table of phrases. */
#ifndef N2V_PHRASES_JOINING_H
#define N2V_PHRASES_JOINING_H

#include "corpus/blocks.h"
#include "nce2vec.h"
#include "phrases/joiner.h"

typedef struct Joining {
    Lexicon lexicon;
    Joiner *joiners[MAX_PASSES];
    size_t passes;
    Id *buffers[2];
} Joining;

/* Tokens of the joined text, with SENTENCE_END on the last one of a sentence. */
typedef n2v_status (*TakeIds)(void *context, const Id *ids, size_t count, n2v_error *error);

/* Who is asked to stop, and sees how far the work is. */
typedef struct JoiningWatch {
    const Stop *stop; /* NULL: nobody */
    void (*joining)(void *context, const n2v_joining *now); /* called a few times a second; may be NULL */
    void *context;
} JoiningWatch;

/* Without a pass. words is kept by reference. */
n2v_status joining_open(Joining *joining, const Vocabulary *words, n2v_error *error);
void joining_close(Joining *joining); /* accepts an all-zero struct */

/* Adds the next pass of the table. */
n2v_status joining_add(Joining *joining, const PhraseTable *table, const Vocabulary *connectors, n2v_error *error);

/* Hands the whole text to take. Sentences go over the borders of what it gets. pass: that is counting, from 1; 0: the
 * text is joined. */
n2v_status joining_run(Joining *joining, const Blocks *blocks, size_t pass, const JoiningWatch *watch, TakeIds take,
                       void *context, n2v_error *error);

#endif
