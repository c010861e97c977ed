/* shuffle.h - the order of words within their sentences, made random. */
#ifndef N2V_CORPUS_SHUFFLE_H
#define N2V_CORPUS_SHUFFLE_H

#include "base/random.h"
#include "corpus/blocks.h"

/* Shuffles each sentence of more than `longer_than` ids by itself; what comes after the last end is one, too. */
void shuffle_sentences(Id *ids, size_t count, size_t longer_than, Random *random);

#endif
