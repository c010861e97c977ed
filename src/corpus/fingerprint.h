/* fingerprint.h - whether a text is the same as before: its ids in their order, with the ends and weights of its
 * sentences. */
#ifndef N2V_CORPUS_FINGERPRINT_H
#define N2V_CORPUS_FINGERPRINT_H

#include "corpus/blocks.h"

typedef struct Fingerprint {
    uint64_t words, sentences;
    uint64_t hash; /* is the same in later versions: files hold it */
} Fingerprint;

/* Reads all blocks; NULL: there are none, and all is 0. */
n2v_status fingerprint_of(Fingerprint *fingerprint, const Blocks *blocks, n2v_error *error);

#endif
