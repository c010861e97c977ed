/* edit_distance.h - how many characters to insert, delete, replace or swap with the next one
 * to make one word of another: the distance that finds a misspelt word.
 *
 * One word stays, the others change: bit-parallel (Hyyro, A Bit-Vector Algorithm for Computing
 * Levenshtein and Damerau Edit Distances, 2003), a column of the table in a few operations. No
 * character takes part in two edits ("optimal string alignment"). */
#ifndef N2V_BASE_EDIT_DISTANCE_H
#define N2V_BASE_EDIT_DISTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_SPELLING ((size_t)64) /* characters of the word that stays: the bits of a word of the machine */

/* The word that stays. Bit i of a character's places: it is the word's character i. */
typedef struct Spelling {
    size_t length, other_count;
    uint64_t ascii[128];
    uint64_t others_places[MAX_SPELLING];
    uint32_t others[MAX_SPELLING];
} Spelling;

/* False when the word is longer than MAX_SPELLING characters. */
bool spelling_set(Spelling *spelling, const uint32_t *characters, size_t count);

/* The distance to another word, of any length; limit + 1 when it is more than limit. */
size_t spelling_distance(const Spelling *spelling, const uint32_t *characters, size_t count, size_t limit);

#endif
