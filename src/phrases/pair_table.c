#include "phrases/pair_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/min.h"

#define FIRST_BITS 12
#define AHEAD      ((size_t)64) /* slots that are prefetched together */
#define BINS       256          /* of the histogram that a new bound comes from */

static size_t slot_count(const PairTable *t)
{
    return (size_t)1 << t->bits;
}

static size_t capacity(unsigned bits)
{
    return ((size_t)1 << bits) / 3 * 2;
}

static inline size_t first_slot(const PairTable *t, const PairKey *key)
{
    const uint64_t pair = (uint64_t)key->first << 32 | key->second;
    return (size_t)(hash_mix(pair ^ t->seeds[0], t->seeds[1] + 2 * (uint64_t)key->between) >> (64 - t->bits));
}

static inline bool same_key(const PairKey *a, const PairKey *b)
{
    return a->first == b->first && a->second == b->second && a->between == b->between;
}

static inline Pair *slot_from(const PairTable *t, size_t at, const PairKey *key)
{
    const size_t mask = slot_count(t) - 1;

    while (t->slots[at].count && !same_key(&t->slots[at].key, key))
        at = (at + 1) & mask;
    return &t->slots[at];
}

static unsigned bits_for(size_t pairs)
{
    unsigned bits = FIRST_BITS;

    while (capacity(bits) < pairs)
        bits++;
    return bits;
}

uint64_t pair_table_bytes(size_t max, size_t expected, size_t pairs)
{
    const unsigned first = bits_for(min_size(expected, max)), last = bits_for(min_size(pairs, max));
    const uint64_t slots = UINT64_C(1) << (last > first ? last : first);
    const uint64_t before = last > first ? slots / 2 : 0, kept = pairs > max ? max / 2 : 0; /* growing, dropping */

    return (slots + before + kept) * sizeof(Pair);
}

n2v_status pair_table_open(PairTable *t, size_t max, size_t expected, n2v_error *error)
{
    *t = (PairTable){.bits = bits_for(min_size(expected, max)), .max = max, .seeds = {hash_seed(), hash_seed() | 1}};
    t->slots = pages_create(slot_count(t), sizeof *t->slots);
    return t->slots ? N2V_OK : fail_memory(error, slot_count(t) * sizeof *t->slots, "the table of pairs");
}

static void free_slots(const PairTable *t)
{
    pages_destroy(t->slots, slot_count(t), sizeof *t->slots);
}

void pair_table_close(PairTable *t)
{
    free_slots(t);
    *t = (PairTable){.slots = NULL};
}

/* Doubles the slots. */
static n2v_status grow(PairTable *t, n2v_error *error)
{
    PairTable larger = *t;
    const Pair *pair;

    larger.bits++;
    larger.slots = pages_create(slot_count(&larger), sizeof *larger.slots);
    if (!larger.slots)
        return fail_memory(error, slot_count(&larger) * sizeof *larger.slots, "the table of pairs");
    for (size_t at = 0; (pair = pair_table_next(t, &at));)
        *slot_from(&larger, first_slot(&larger, &pair->key), &pair->key) = *pair;
    free_slots(t);
    *t = larger;
    return N2V_OK;
}

/* Dropping ------------------------------------------------------------------------------ */

static inline uint64_t most(const Pair *pair)
{
    return (uint64_t)pair->count + pair->error;
}

/* The lowest bound that drops half of the pairs. All that are there are above the one so far. */
static uint32_t next_bound(const PairTable *t)
{
    size_t below = 0;

    for (uint64_t base = (uint64_t)t->bound + 1; base < UINT32_MAX; base += BINS) {
        size_t bins[BINS] = {0};
        const Pair *pair;
        for (size_t at = 0; (pair = pair_table_next(t, &at));)
            if (most(pair) >= base && most(pair) - base < BINS)
                bins[most(pair) - base]++;
        for (size_t i = 0; i < BINS; i++)
            if ((below += bins[i]) >= t->size / 2)
                return (uint32_t)(base + i);
    }
    return UINT32_MAX;
}

static n2v_status drop_rare(PairTable *t, n2v_error *error)
{
    const uint32_t bound = next_bound(t);
    const Pair *pair;
    size_t kept = 0;
    Pair *pairs;

    for (size_t at = 0; (pair = pair_table_next(t, &at));)
        kept += most(pair) > bound;
    pairs = array_create(kept, sizeof *pairs);
    if (!pairs)
        return fail_memory(error, kept * sizeof *pairs, "dropping rare pairs");
    kept = 0;
    for (size_t at = 0; (pair = pair_table_next(t, &at));)
        if (most(pair) > bound)
            pairs[kept++] = *pair;
    memset(t->slots, 0, slot_count(t) * sizeof *t->slots);
    for (size_t i = 0; i < kept; i++)
        *slot_from(t, first_slot(t, &pairs[i].key), &pairs[i].key) = pairs[i];
    free(pairs);
    t->dropped += t->size - kept;
    t->size = kept;
    t->bound = bound;
    return N2V_OK;
}

/* Counting ------------------------------------------------------------------------------ */

n2v_status pair_table_count(PairTable *t, const PairKey *keys, size_t count, n2v_error *error)
{
    size_t slots[AHEAD];
    n2v_status status;

    for (size_t done = 0; done < count; done += AHEAD) {
        const size_t some = min_size(count - done, AHEAD);
        if (t->size + some > t->max && (status = drop_rare(t, error)) != N2V_OK)
            return status;
        if (t->size + some > capacity(t->bits) && (status = grow(t, error)) != N2V_OK)
            return status;
        for (size_t i = 0; i < some; i++) {
            slots[i] = first_slot(t, &keys[done + i]);
            __builtin_prefetch(&t->slots[slots[i]], 1);
        }
        for (size_t i = 0; i < some; i++) {
            Pair *pair = slot_from(t, slots[i], &keys[done + i]);
            if (!pair->count) {
                pair->key = keys[done + i];
                pair->error = t->bound;
                t->size++;
            }
            pair->count += pair->count != UINT32_MAX;
        }
    }
    return N2V_OK;
}

n2v_status pair_table_put(PairTable *t, const PairKey *key, uint32_t count, Pair **pair, n2v_error *error)
{
    n2v_status status;

    if (t->size == capacity(t->bits) && (status = grow(t, error)) != N2V_OK)
        return status;
    *pair = slot_from(t, first_slot(t, key), key);
    if ((*pair)->count)
        return N2V_OK;
    (*pair)->key = *key;
    (*pair)->count = count;
    t->size++;
    return N2V_OK;
}

const Pair *pair_table_find(const PairTable *t, const PairKey *key)
{
    return slot_from(t, first_slot(t, key), key);
}

const Pair *pair_table_next(const PairTable *t, size_t *at)
{
    while (*at < slot_count(t) && !t->slots[*at].count)
        ++*at;
    return *at < slot_count(t) ? &t->slots[(*at)++] : NULL;
}
