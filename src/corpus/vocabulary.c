#include "corpus/vocabulary.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"

#define FIRST_SLOTS ((size_t)1 << 14)
#define AHEAD       ((size_t)64) /* places in the table asked for at once */

/* Words of up to 8 bytes are their own key, so that most tokens are found without
 * a look at the text; for longer ones it is a hash. length 0: the slot is free. */
typedef struct slot {
    uint64_t key;
    uint32_t length;
    Id id;
} slot;

/* Ends where the next one begins, less its NUL; one more entry is at the end. */
typedef struct entry {
    uint64_t count;
    size_t begin;
} entry;

struct Vocabulary {
    atomic_size_t references;
    uint64_t seeds[2]; /* of keys and of places; the order of words does not depend on them */
    slot *slots;       /* open addressing, 1 << bits of them, at most 2/3 taken */
    unsigned bits;
    entry *entries;
    size_t size, entry_room;
    char *text; /* the words, NUL after each */
    size_t text_room;
    uint64_t total;
};

static inline uint64_t word_key(const Vocabulary *v, const char *word, size_t bytes)
{
    return bytes <= 8 ? load_short(word, bytes) : hash_long(word, bytes, v->seeds[0]);
}

/* word_key without a branch for every length: reads 8 bytes whatever the length. */
static inline uint64_t span_key(const Vocabulary *v, const char *word, size_t bytes)
{
    if (bytes <= 8)
        return load64(word) & UINT64_MAX >> (64 - 8 * bytes);
    return hash_long(word, bytes, v->seeds[0]);
}

static inline size_t first_slot(const Vocabulary *v, uint64_t key, size_t bytes)
{
    return (size_t)(hash_mix(key ^ v->seeds[0] ^ bytes << 56, v->seeds[1]) >> (64 - v->bits));
}

/* The slot of the word, or the free one where it belongs. */
static inline slot *find_slot(const Vocabulary *v, size_t at, const char *word, size_t bytes, uint64_t key)
{
    const size_t mask = ((size_t)1 << v->bits) - 1;
    for (;; at = (at + 1) & mask) {
        slot *s = &v->slots[at];
        if (!s->length)
            return s;
        if (s->key == key && s->length == bytes &&
            (bytes <= 8 || memcmp(v->text + v->entries[s->id].begin, word, bytes) == 0))
            return s;
    }
}

static inline size_t text_used(const Vocabulary *v)
{
    return v->entries[v->size].begin;
}

/* Puts a word that is not there at a slot that find_slot gave; there is room. */
static inline Id take_slot(Vocabulary *v, slot *s, const char *word, size_t bytes, uint64_t key, uint64_t count)
{
    const size_t begin = text_used(v);
    const Id id = (Id)v->size;

    memcpy(v->text + begin, word, bytes);
    v->text[begin + bytes] = '\0';
    v->entries[id].count = count;
    v->size++;
    v->entries[v->size].begin = begin + bytes + 1;
    s->key = key;
    s->length = (uint32_t)bytes;
    s->id = id;
    return id;
}

static unsigned bits_for(size_t words)
{
    unsigned bits = 4;
    while (((size_t)1 << bits) / 3 * 2 < words)
        bits++;
    return bits;
}

uint64_t vocabulary_bytes(uint64_t words)
{
    const uint64_t text = 10; /* of a word, with its NUL */
    return (sizeof(slot) << bits_for((size_t)words)) + words * (sizeof(entry) + text);
}

/* Fills a new table from entries; the words are known to differ. */
static n2v_status build_slots(Vocabulary *v, unsigned bits, n2v_error *error)
{
    slot *slots = array_create_zero((size_t)1 << bits, sizeof *slots);
    const size_t mask = ((size_t)1 << bits) - 1;

    if (!slots)
        return fail_memory(error, sizeof *slots << bits, "the table of words");
    free(v->slots);
    v->slots = slots;
    v->bits = bits;
    for (size_t id = 0; id < v->size; id++) {
        const char *word = v->text + v->entries[id].begin;
        const size_t bytes = v->entries[id + 1].begin - v->entries[id].begin - 1;
        const uint64_t key = word_key(v, word, bytes);
        size_t at = first_slot(v, key, bytes);
        while (slots[at].length)
            at = (at + 1) & mask;
        slots[at].key = key;
        slots[at].length = (uint32_t)bytes;
        slots[at].id = (Id)id;
    }
    return N2V_OK;
}

/* Room for words more, of so many bytes together. */
static n2v_status reserve(Vocabulary *v, size_t words, size_t bytes, n2v_error *error)
{
    n2v_status status;

    if (words > MAX_WORDS - v->size)
        return error_set(error, N2V_ERROR_DATA, "more than %zu different words: split the text", MAX_WORDS);
    if ((status = array_grow((void **)&v->entries, &v->entry_room, v->size + words + 1, sizeof *v->entries,
                             "the words' counts", error)) != N2V_OK ||
        (status = array_grow((void **)&v->text, &v->text_room, text_used(v) + bytes + words, 1, "the words", error)) !=
            N2V_OK)
        return status;
    if (((size_t)1 << v->bits) / 3 * 2 < v->size + words)
        return build_slots(v, bits_for(v->size + words), error);
    return N2V_OK;
}

Vocabulary *vocabulary_create(void)
{
    Vocabulary *v = array_create_zero(1, sizeof *v);

    if (!v)
        return NULL;
    atomic_init(&v->references, 1);
    v->seeds[0] = hash_seed();
    v->seeds[1] = hash_seed() | 1; /* an odd multiplier loses no bit */
    v->bits = bits_for(FIRST_SLOTS / 3 * 2);
    v->slots = array_create_zero((size_t)1 << v->bits, sizeof *v->slots);
    v->entries = array_create_zero(1, sizeof *v->entries);
    v->entry_room = 1;
    if (!v->slots || !v->entries) {
        vocabulary_destroy(v);
        return NULL;
    }
    return v;
}

Vocabulary *vocabulary_hold(Vocabulary *v)
{
    atomic_fetch_add_explicit(&v->references, 1, memory_order_relaxed); /* the caller holds one already */
    return v;
}

static void free_contents(Vocabulary *v)
{
    free(v->slots);
    free(v->entries);
    free(v->text);
}

void vocabulary_destroy(Vocabulary *v)
{
    /* Release and acquire: what other holders read lies before the freeing. */
    if (!v || atomic_fetch_sub_explicit(&v->references, 1, memory_order_acq_rel) > 1)
        return;
    free_contents(v);
    free(v);
}

n2v_status vocabulary_add(Vocabulary *v, const char *word, size_t bytes, uint64_t count, Id *id, n2v_error *error)
{
    n2v_status status;
    uint64_t key, total;
    slot *s;

    if (!bytes || bytes > MAX_TOKEN_BYTES)
        return error_set(error, N2V_ERROR_DATA, "a word of %zu bytes: 1 to %d are allowed", bytes, MAX_TOKEN_BYTES);
    if (__builtin_add_overflow(v->total, count, &total))
        return error_set(error, N2V_ERROR_DATA, "the counts of the words add up to more than 2^64");
    if ((status = reserve(v, 1, bytes, error)) != N2V_OK)
        return status;
    key = word_key(v, word, bytes);
    s = find_slot(v, first_slot(v, key, bytes), word, bytes, key);
    if (s->length)
        v->entries[s->id].count += count;
    else
        take_slot(v, s, word, bytes, key, count);
    v->total = total;
    if (id)
        *id = s->id;
    return N2V_OK;
}

/* Keys and first slots of up to AHEAD spans. */
static inline void look_ahead(const Vocabulary *v, const char *text, const Span *spans, size_t count, uint64_t *keys,
                              size_t *slots)
{
    for (size_t i = 0; i < count; i++) {
        const size_t bytes = spans[i].length;
        if (!bytes)
            continue;
        keys[i] = span_key(v, text + spans[i].begin, bytes);
        slots[i] = first_slot(v, keys[i], bytes);
        __builtin_prefetch(&v->slots[slots[i]]);
    }
}

n2v_status vocabulary_add_spans(Vocabulary *v, const char *text, const Span *spans, size_t count, uint64_t times,
                                Id *ids, n2v_error *error)
{
    uint64_t keys[AHEAD], limit;
    size_t slots[AHEAD], bytes = 0;
    n2v_status status;

    for (size_t i = 0; i < count; i++)
        bytes += spans[i].length;
    if (__builtin_mul_overflow(count, times, &limit) || __builtin_add_overflow(limit, v->total, &limit))
        return error_set(error, N2V_ERROR_DATA, "the counts of the words are too large: divide all weights of lines by "
                                                "the same number");
    if ((status = reserve(v, count, bytes, error)) != N2V_OK)
        return status;
    for (size_t done = 0; done < count; done += AHEAD) {
        const size_t some = count - done < AHEAD ? count - done : AHEAD;
        look_ahead(v, text, spans + done, some, keys, slots);
        for (size_t i = 0; i < some; i++) {
            const Span span = spans[done + i];
            const char *word = text + span.begin;
            Id id = NO_ID;
            if (span.length) {
                slot *s = find_slot(v, slots[i], word, span.length, keys[i]);
                id = s->length ? s->id : take_slot(v, s, word, span.length, keys[i], 0);
                __builtin_prefetch(&v->entries[id], 1);
                v->total += times;
            }
            ids[done + i] = id;
        }
        for (size_t i = 0; i < some; i++)
            if (ids[done + i] != NO_ID)
                v->entries[ids[done + i]].count += times;
    }
    return N2V_OK;
}

void vocabulary_find_spans(const Vocabulary *v, const char *text, const Span *spans, size_t count, Id *ids)
{
    uint64_t keys[AHEAD];
    size_t slots[AHEAD];

    for (size_t done = 0; done < count; done += AHEAD) {
        const size_t some = count - done < AHEAD ? count - done : AHEAD;
        look_ahead(v, text, spans + done, some, keys, slots);
        for (size_t i = 0; i < some; i++) {
            const Span span = spans[done + i];
            ids[done + i] = NO_ID;
            if (span.length) {
                const slot *s = find_slot(v, slots[i], text + span.begin, span.length, keys[i]);
                if (s->length)
                    ids[done + i] = s->id;
            }
        }
    }
}

uint64_t vocabulary_highest(const Vocabulary *v)
{
    uint64_t highest = 0;

    for (size_t id = 0; id < v->size; id++)
        highest = v->entries[id].count > highest ? v->entries[id].count : highest;
    return highest;
}

void vocabulary_scale_counts(Vocabulary *v, uint64_t unit)
{
    v->total = 0;
    for (size_t id = 0; id < v->size; id++) {
        uint64_t *count = &v->entries[id].count;
        const uint64_t whole = *count / unit, rounded = whole + (*count % unit >= (unit + 1) / 2);
        *count = *count && !rounded ? 1 : rounded;
        v->total += *count;
    }
}

void vocabulary_clear_counts(Vocabulary *v)
{
    for (size_t id = 0; id < v->size; id++)
        v->entries[id].count = 0;
    v->total = 0;
}

/* Sorting ------------------------------------------------------------------------------- */

/* The first bytes as a number decide most comparisons without a look at the text. */
typedef struct sort_key {
    uint64_t count, prefix;
    const char *word;
    uint32_t bytes;
    Id id;
} sort_key;

static int compare_keys(const void *left, const void *right)
{
    const sort_key *a = left, *b = right;
    const uint32_t common = a->bytes < b->bytes ? a->bytes : b->bytes;
    int order;

    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    if (a->prefix != b->prefix)
        return a->prefix < b->prefix ? -1 : 1;
    order = memcmp(a->word, b->word, common);
    return order ? order : (a->bytes > b->bytes) - (a->bytes < b->bytes);
}

static uint64_t prefix_of(const char *word, size_t bytes)
{
    return __builtin_bswap64(load_short(word, bytes < 8 ? bytes : 8));
}

static bool stays(const Vocabulary *v, size_t id, uint64_t min_count, const unsigned char *keep)
{
    return v->entries[id].count >= min_count && (!keep || keep[id]);
}

/* The words that stay, in their order. */
static sort_key *sorted_keys(const Vocabulary *v, uint64_t min_count, size_t max_words, const unsigned char *keep,
                             size_t *kept)
{
    size_t count = 0;
    sort_key *keys;

    for (size_t id = 0; id < v->size; id++)
        count += stays(v, id, min_count, keep);
    keys = array_create(count, sizeof *keys);
    if (!keys)
        return NULL;
    count = 0;
    for (size_t id = 0; id < v->size; id++) {
        const char *word = v->text + v->entries[id].begin;
        const size_t bytes = v->entries[id + 1].begin - v->entries[id].begin - 1;
        if (stays(v, id, min_count, keep))
            keys[count++] = (sort_key){v->entries[id].count, prefix_of(word, bytes), word, (uint32_t)bytes, (Id)id};
    }
    qsort(keys, count, sizeof *keys, compare_keys);
    *kept = max_words && max_words < count ? max_words : count;
    return keys;
}

/* Replaces the words by those in keys. On failure nothing changes. */
static n2v_status rebuild(Vocabulary *old, const sort_key *keys, size_t kept, n2v_error *error)
{
    Vocabulary sorted = {.seeds = {old->seeds[0], old->seeds[1]}}, *v = &sorted;
    size_t used = 0;
    n2v_status status;

    for (size_t i = 0; i < kept; i++)
        v->text_room += keys[i].bytes + (size_t)1;
    v->entry_room = kept + 1;
    v->text = array_create(v->text_room, 1);
    v->entries = array_create(v->entry_room, sizeof *v->entries);
    if (!v->text || !v->entries) {
        status = fail_memory(error, v->text_room, "sorting the vocabulary");
        goto fail;
    }
    for (size_t i = 0; i < kept; i++) {
        v->entries[i] = (entry){keys[i].count, used};
        memcpy(v->text + used, keys[i].word, keys[i].bytes + (size_t)1);
        used += keys[i].bytes + (size_t)1;
        v->total += keys[i].count;
    }
    v->entries[kept] = (entry){0, used};
    v->size = kept;
    if ((status = build_slots(v, bits_for(kept), error)) != N2V_OK)
        goto fail;
    atomic_init(&v->references, atomic_load(&old->references));
    free_contents(old);
    *old = *v;
    return N2V_OK;
fail:
    free_contents(v);
    return status;
}

n2v_status vocabulary_finish(Vocabulary *v, uint64_t min_count, size_t max_words, const unsigned char *keep, Id **map,
                             n2v_error *error)
{
    size_t kept = 0;
    sort_key *keys = sorted_keys(v, min_count, max_words, keep, &kept);
    Id *ids = map ? array_create(v->size, sizeof *ids) : NULL;
    n2v_status status;

    if (!keys || (map && !ids)) {
        status = fail_memory(error, v->size * sizeof *keys, "sorting the vocabulary");
        goto out;
    }
    if (map) {
        memset(ids, 0xff, v->size * sizeof *ids); /* NO_ID */
        for (size_t i = 0; i < kept; i++)
            ids[keys[i].id] = (Id)i;
    }
    if ((status = rebuild(v, keys, kept, error)) != N2V_OK || !map)
        goto out;
    *map = ids;
    ids = NULL;
out:
    free(ids);
    free(keys);
    return status;
}

/* Asking -------------------------------------------------------------------------------- */

size_t vocabulary_size(const Vocabulary *v)
{
    return v->size;
}

uint64_t vocabulary_total(const Vocabulary *v)
{
    return v->total;
}

uint64_t vocabulary_count(const Vocabulary *v, Id id)
{
    return v->entries[id].count;
}

const char *vocabulary_word(const Vocabulary *v, Id id, size_t *bytes)
{
    if (bytes)
        *bytes = v->entries[id + (size_t)1].begin - v->entries[id].begin - 1;
    return v->text + v->entries[id].begin;
}

Id vocabulary_find(const Vocabulary *v, const char *word, size_t bytes)
{
    uint64_t key;
    const slot *s;

    if (!bytes || bytes > MAX_TOKEN_BYTES)
        return NO_ID;
    key = word_key(v, word, bytes);
    s = find_slot(v, first_slot(v, key, bytes), word, bytes, key);
    return s->length ? s->id : NO_ID;
}
