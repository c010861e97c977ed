#include "model/ngrams.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/word.h"

#define FNV_BASIS UINT32_C(2166136261)
#define FNV_PRIME UINT32_C(16777619)

/* fastText takes bytes as signed: from 0x80 on, the upper bits of the number are ones. */
static uint32_t fnv_add(uint32_t hash, char byte)
{
    const int32_t number = (signed char)byte;
    return (hash ^ (uint32_t)number) * FNV_PRIME;
}

uint32_t ngrams_fnv(const char *text, size_t bytes)
{
    uint32_t hash = FNV_BASIS;

    for (size_t i = 0; i < bytes; i++)
        hash = fnv_add(hash, text[i]);
    return hash;
}

/* MurmurHash3 (Austin Appleby, public domain), the variant of 128 bits for 64-bit machines. */

#define MURMUR_1 UINT64_C(0x87c37b91114253d5)
#define MURMUR_2 UINT64_C(0x4cf5ad432745937f)

static uint64_t rotate(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static uint64_t murmur_first(uint64_t x)
{
    return rotate(x * MURMUR_1, 31) * MURMUR_2;
}

static uint64_t murmur_second(uint64_t x)
{
    return rotate(x * MURMUR_2, 33) * MURMUR_1;
}

static uint64_t murmur_finish(uint64_t x)
{
    x = (x ^ x >> 33) * UINT64_C(0xff51afd7ed558ccd);
    x = (x ^ x >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return x ^ x >> 33;
}

void ngrams_murmur(const char *text, size_t bytes, uint32_t seed, uint32_t hashes[MAX_HASHES])
{
    const size_t whole = bytes / 16 * 16;
    char tail[16] = {0};
    uint64_t a = seed, b = seed;

    for (size_t i = 0; i < whole; i += 16) {
        a = (rotate(a ^ murmur_first(load64(text + i)), 27) + b) * 5 + 0x52dce729;
        b = (rotate(b ^ murmur_second(load64(text + i + 8)), 31) + a) * 5 + 0x38495ab5;
    }
    memcpy(tail, text + whole, bytes - whole); /* zeros change nothing */
    a ^= murmur_first(load64(tail)) ^ bytes;
    b ^= murmur_second(load64(tail + 8)) ^ bytes;
    a += b;
    b += a;
    a = murmur_finish(a);
    b = murmur_finish(b);
    a += b;
    b += a;
    hashes[0] = (uint32_t)a;
    hashes[1] = (uint32_t)(a >> 32);
    hashes[2] = (uint32_t)b;
    hashes[3] = (uint32_t)(b >> 32);
}

/* There is room. */
static void add_hashes(NgramList *list, const SubwordOptions *options, const char *text, size_t bytes)
{
    uint32_t hashes[MAX_HASHES];

    ngrams_murmur(text, bytes, options->seed, hashes);
    for (uint32_t i = 0; i < options->hash_count; i++)
        list->buckets[list->count++] = hashes[i] % options->buckets;
}

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* Those that begin at a character. There is room. */
static void add_from(NgramList *list, const SubwordOptions *options, const char *text, size_t bytes, size_t from)
{
    uint32_t hash = FNV_BASIS;
    size_t to = from;

    for (uint32_t n = 1; to < bytes && n <= options->maxn; n++) {
        do
            hash = fnv_add(hash, text[to++]);
        while (to < bytes && is_continuation(text[to]));
        if (n < options->minn || (n == 1 && (from == 0 || to == bytes)))
            continue;
        if (options->kind == SUBWORDS_FLORET)
            add_hashes(list, options, text + from, to - from);
        else
            list->buckets[list->count++] = hash % options->buckets;
    }
}

n2v_status ngrams_list(NgramList *list, const SubwordOptions *options, const char *word, size_t bytes, n2v_error *error)
{
    const bool floret = options->kind == SUBWORDS_FLORET;
    const size_t each = floret ? options->hash_count : 1;
    char text[MAX_TOKEN_BYTES + 2];
    n2v_status status;

    list->count = 0;
    if (bytes > MAX_TOKEN_BYTES)
        return error_set(error, N2V_ERROR_ARGUMENT, "a word of %zu bytes is too long: the limit is %d", bytes,
                         MAX_TOKEN_BYTES);
    if (!floret && bytes == 4 && memcmp(word, "</s>", 4) == 0)
        return N2V_OK;
    text[0] = '<';
    memcpy(text + 1, word, bytes);
    bytes += 2;
    text[bytes - 1] = '>';
    for (size_t from = 0; from < bytes; from++) {
        const size_t lengths = options->maxn < bytes - from ? options->maxn : bytes - from;
        if ((status = array_grow((void **)&list->buckets, &list->capacity, list->count + (lengths + 1) * each,
                                 sizeof *list->buckets, "the n-grams of a word", error)) != N2V_OK)
            return status;
        if (floret && from == 0)
            add_hashes(list, options, text, bytes);
        if (!is_continuation(text[from]))
            add_from(list, options, text, bytes, from);
    }
    return N2V_OK;
}

void ngrams_free(NgramList *list)
{
    free(list->buckets);
    *list = (NgramList){.buckets = NULL};
}
