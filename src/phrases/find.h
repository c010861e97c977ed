/* find.h - finds phrases in a text of ids. */
#ifndef N2V_PHRASES_FIND_H
#define N2V_PHRASES_FIND_H

#include "corpus/blocks.h"
#include "phrases/joining.h"
#include "phrases/options.h"

/* What a pass counted. */
typedef struct PassReport {
    uint64_t tokens;  /* that came into the pass */
    uint64_t pairs;   /* different ones, in the end */
    uint64_t dropped; /* of rare pairs, again each time they came back */
    uint64_t bound;   /* no count of a pair is too low by more */
    uint64_t phrases;
    uint64_t overlong; /* phrases of more than MAX_TOKEN_BYTES, which are skipped */
} PassReport;

/* The memory that finding takes beside the text of so many tokens, about. */
uint64_t phrases_find_bytes(uint64_t tokens, size_t max_pairs);

/* Fills table, which is all-zero, and a report for each of its passes. A pass without a phrase is the last one. */
n2v_status phrases_find(PhraseTable *table, PassReport reports[MAX_PASSES], const Vocabulary *words,
                        const Blocks *blocks, const PhraseOptions *options, const JoiningWatch *watch,
                        n2v_error *error);

#endif
