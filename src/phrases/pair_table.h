/* pair_table.h - pairs of tokens and their counts: a hash table of bounded size.
 *
 * When the table is full, rare pairs are dropped by lossy counting (Manku & Motwani 2002) with a bound that rises as
 * far as it must. A new pair may have been dropped before: its count is too low by at most the bound at that time,
 * which it keeps as its error. A pair is dropped when its count and its error together are not above the bound. So no
 * count is too low by more than the bound. Half of the table is freed each time, so that after n occurrences in a table
 * of N pairs the bound is at most about 2n / N. */
#ifndef N2V_PHRASES_PAIR_TABLE_H
#define N2V_PHRASES_PAIR_TABLE_H

#include <stdint.h>

#include "corpus/vocabulary.h"

/* Two tokens and what is between them: an id of a sequence of connectors, 0: nothing. */
typedef struct PairKey {
    Id first, second;
    uint32_t between;
} PairKey;

typedef struct Pair {
    PairKey key;
    uint32_t count; /* saturates; 0: the slot is free */
    union {
        uint32_t error; /* the count may be too low by so much */
        Id phrase;      /* of a table of phrases: the token that takes the pair's place */
    };
} Pair;

typedef struct PairTable {
    Pair *slots; /* open addressing, 1 << bits of them, at most 2/3 taken */
    unsigned bits;
    size_t size, max; /* pairs, and how many there may be */
    uint64_t seeds[2];
    uint64_t dropped; /* pairs, again each time they come back */
    uint32_t bound;   /* no count is too low by more */
} PairTable;

#define MIN_PAIRS 1000

/* max is MIN_PAIRS or more. expected: how many pairs there may be about; they need no growth of the table. */
n2v_status pair_table_open(PairTable *table, size_t max, size_t expected, n2v_error *error);
void pair_table_close(PairTable *table); /* accepts an all-zero struct */

/* The memory for so many pairs, of which `expected` were expected. */
uint64_t pair_table_bytes(size_t max, size_t expected, size_t pairs);

/* Counts an occurrence of each key. */
n2v_status pair_table_count(PairTable *table, const PairKey *keys, size_t count, n2v_error *error);

/* Adds a pair with this count and hands it out; one that is there stays as it is. Nothing is dropped. */
n2v_status pair_table_put(PairTable *table, const PairKey *key, uint32_t count, Pair **pair, n2v_error *error);

/* The slot of a key, free when the key is not there. */
const Pair *pair_table_find(const PairTable *table, const PairKey *key);

/* The next pair from slot *at on; NULL after the last. */
const Pair *pair_table_next(const PairTable *table, size_t *at);

#endif
