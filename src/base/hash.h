/* hash.h - a hash of bytes for tables in memory: multiply two 64-bit words, fold
 * the 128-bit product. Not for files: nothing promises the same value later.
 *
 * Each table has a seed of its own: who writes a text cannot know which of its words collide. */
#ifndef N2V_BASE_HASH_H
#define N2V_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t hash_mix(uint64_t a, uint64_t b)
{
    const unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Loads from any address. */
static inline uint64_t load64(const void *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

static inline uint32_t load32(const void *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

/* 1 to 8 bytes as a number, the missing ones zero; reads no other byte. */
static inline uint64_t load_short(const void *bytes, size_t count)
{
    const unsigned char *p = bytes;
    if (count == 8)
        return load64(p);
    if (count >= 4)
        return load32(p) | (uint64_t)load32(p + count - 4) << (8 * (count - 4));
    return p[0] | (uint64_t)p[count / 2] << (8 * (count / 2)) | (uint64_t)p[count - 1] << (8 * (count - 1));
}

/* The same on every machine (FNV-1a), unlike the others: begins with hash, 0 or that of what comes before. */
static inline uint64_t hash_stable(const void *bytes, size_t count, uint64_t hash)
{
    const unsigned char *p = bytes;

    hash ^= UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* A number that nobody can guess. */
uint64_t hash_seed(void);

/* count is 8 or more; the last step overlaps the one before. */
static inline uint64_t hash_long(const void *bytes, size_t count, uint64_t seed)
{
    const unsigned char *p = bytes;
    uint64_t hash = seed ^ count * UINT64_C(0x9e3779b97f4a7c15);
    for (size_t i = 0; i + 8 < count; i += 8)
        hash = hash_mix(hash ^ load64(p + i), UINT64_C(0xd6e8feb86659fd93));
    return hash_mix(hash ^ load64(p + count - 8), UINT64_C(0xa0761d6478bd642f));
}

#endif
