/* ngrams.h - the buckets that the character n-grams of a word are hashed to, as fastText and floret do it.
 *
 * '<' and '>' enclose the word. An n-gram is minn to maxn characters of UTF-8 in a row; a boundary alone is none. With
 * fasttext the word </s> has no n-grams. */
#ifndef N2V_MODEL_NGRAMS_H
#define N2V_MODEL_NGRAMS_H

#include <stdint.h>

#include "base/status.h"

/* In the order of CHOICES_SUBWORDS. */
typedef enum SubwordKind {
    SUBWORDS_NONE,
    SUBWORDS_FASTTEXT, /* a bucket for each n-gram, by FNV-1a; words have rows of their own */
    SUBWORDS_FLORET    /* hash_count buckets for each n-gram and for the whole word, by MurmurHash3; no own rows */
} SubwordKind;

typedef struct SubwordOptions {
    SubwordKind kind;
    uint32_t minn, maxn;
    uint32_t buckets;    /* at least 1 */
    uint32_t hash_count; /* 1 to MAX_HASHES; of floret, like the seed */
    uint32_t seed;
} SubwordOptions;

#define MAX_HASHES  4U
#define FLORET_SEED UINT32_C(2166136261) /* that floret always takes */

/* All zero: empty. */
typedef struct NgramList {
    uint32_t *buckets; /* owned; a bucket may come again */
    size_t count, capacity;
} NgramList;

/* Replaces the list by the buckets of a word, of at most MAX_TOKEN_BYTES bytes, which need not be UTF-8. */
n2v_status ngrams_list(NgramList *list, const SubwordOptions *options, const char *word, size_t bytes,
                       n2v_error *error);
void ngrams_free(NgramList *list);

/* The hash of fastText, before the remainder of the division by the buckets. */
uint32_t ngrams_fnv(const char *text, size_t bytes);

/* The four hashes of floret: MurmurHash3_x64_128. */
void ngrams_murmur(const char *text, size_t bytes, uint32_t seed, uint32_t hashes[MAX_HASHES]);

#endif
