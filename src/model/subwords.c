#include "model/subwords.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct Subwords {
    SubwordOptions options;
    size_t words, own; /* own rows of words: words, or 0 */
    uint32_t *buckets; /* in use, in the order of their rows */
    size_t bucket_count, bucket_room;
    uint32_t *table; /* 1 + a place in buckets, by the hash of the bucket; 0: free. At most half of it is taken */
    unsigned table_shift;
    size_t *starts; /* words + 1 places in rows */
    uint32_t *rows; /* of all words */
    size_t row_room, longest;
};

/* Buckets in use -------------------------------------------------------------------------- */

static size_t table_size(const Subwords *s)
{
    return (size_t)1 << (32 - s->table_shift);
}

/* Where the table has the bucket, or could have it. */
static size_t table_place(const Subwords *s, uint32_t bucket)
{
    size_t place = (uint32_t)(bucket * UINT32_C(2654435769)) >> s->table_shift;

    while (s->table[place] && s->buckets[s->table[place] - 1] != bucket)
        place = (place + 1) & (table_size(s) - 1);
    return place;
}

static n2v_status table_resize(Subwords *s, unsigned shift, n2v_error *error)
{
    const size_t size = (size_t)1 << (32 - shift);

    pages_destroy(s->table, s->table ? table_size(s) : 0, sizeof *s->table);
    s->table_shift = shift;
    s->table = pages_create(size, sizeof *s->table);
    if (!s->table)
        return fail_memory(error, size * sizeof *s->table, "the table of subwords");
    for (size_t i = 0; i < s->bucket_count; i++)
        s->table[table_place(s, s->buckets[i])] = (uint32_t)i + 1;
    return N2V_OK;
}

/* Gives the bucket a row, unless it has one. */
static n2v_status use_bucket(Subwords *s, uint32_t bucket, bool *new, n2v_error *error)
{
    size_t place = table_place(s, bucket);
    n2v_status status;

    if ((*new = !s->table[place]) == false)
        return N2V_OK;
    if (2 * (s->bucket_count + 1) > table_size(s) && s->table_shift > 1) {
        if ((status = table_resize(s, s->table_shift - 1, error)) != N2V_OK)
            return status;
        place = table_place(s, bucket);
    }
    if ((status = array_grow((void **)&s->buckets, &s->bucket_room, s->bucket_count + 1, sizeof *s->buckets,
                             "the table of subwords", error)) != N2V_OK)
        return status;
    s->buckets[s->bucket_count++] = bucket;
    s->table[place] = (uint32_t)s->bucket_count;
    return N2V_OK;
}

/* Words ----------------------------------------------------------------------------------- */

/* The row of a bucket in use. */
static uint32_t row_of(const Subwords *s, size_t index)
{
    return (uint32_t)(s->words + s->own + index);
}

/* The rows of a word, behind those of the word before it. */
static n2v_status add_word(Subwords *s, size_t id, const NgramList *ngrams, bool all_known, n2v_error *error)
{
    size_t at = s->starts[id];
    n2v_status status;

    if ((status = array_grow((void **)&s->rows, &s->row_room, at + 1 + ngrams->count, sizeof *s->rows,
                             "the parts of words", error)) != N2V_OK)
        return status;
    if (s->own)
        s->rows[at++] = (uint32_t)(s->words + id);
    for (size_t i = 0; i < ngrams->count; i++) {
        bool new;
        if ((status = use_bucket(s, ngrams->buckets[i], &new, error)) != N2V_OK)
            return status;
        if (new && all_known)
            return error_set(error, N2V_ERROR_FORMAT,
                             "the table of subwords is not that of its words: bucket %u is missing",
                             ngrams->buckets[i]);
        s->rows[at++] = row_of(s, s->table[table_place(s, ngrams->buckets[i])] - 1);
    }
    s->starts[id + 1] = at;
    if (at - s->starts[id] > s->longest)
        s->longest = at - s->starts[id];
    return N2V_OK;
}

static n2v_status add_words(Subwords *s, const Vocabulary *vocabulary, bool all_known, n2v_error *error)
{
    NgramList ngrams = {.count = 0};
    n2v_status status = N2V_OK;

    s->starts = array_create_zero(s->words + 1, sizeof *s->starts);
    if (!s->starts)
        return fail_memory(error, s->words * sizeof *s->starts, "the parts of words");
    for (size_t id = 0; id < s->words && status == N2V_OK; id++) {
        size_t bytes;
        const char *word = vocabulary_word(vocabulary, (Id)id, &bytes);
        if ((status = ngrams_list(&ngrams, &s->options, word, bytes, error)) == N2V_OK)
            status = add_word(s, id, &ngrams, all_known, error);
    }
    ngrams_free(&ngrams);
    return status;
}

/* Rows have numbers of 32 bits. */
static n2v_status check_rows(const Subwords *s, n2v_error *error)
{
    if ((uint64_t)s->words + s->own + s->bucket_count <= UINT32_MAX)
        return N2V_OK;
    return error_set(error, N2V_ERROR_ARGUMENT,
                     "%zu words and their n-grams in %zu buckets are too many: ask for fewer", s->words,
                     s->bucket_count);
}

static n2v_status create(Subwords **subwords, const Vocabulary *vocabulary, const SubwordOptions *options,
                         const uint32_t *buckets, size_t count, n2v_error *error)
{
    Subwords *s = array_create_zero(1, sizeof *s);
    unsigned shift = 24;
    n2v_status status;

    *subwords = NULL;
    if (!s)
        return fail_memory(error, sizeof *s, "the table of subwords");
    s->options = *options;
    s->words = vocabulary_size(vocabulary);
    s->own = options->kind == SUBWORDS_FASTTEXT ? s->words : 0;
    while (shift > 1 && ((size_t)1 << (32 - shift)) < 2 * count)
        shift--;
    if ((status = table_resize(s, shift, error)) != N2V_OK)
        goto out;
    for (size_t i = 0; i < count; i++) {
        bool new;
        if ((status = use_bucket(s, buckets[i], &new, error)) != N2V_OK)
            goto out;
        if (!new || buckets[i] >= options->buckets) {
            status = error_set(error, N2V_ERROR_FORMAT, "the table of subwords has the bucket %u of %u%s", buckets[i],
                               options->buckets, new ? "" : " twice");
            goto out;
        }
    }
    if ((status = add_words(s, vocabulary, buckets, error)) == N2V_OK)
        status = check_rows(s, error);
out:
    if (status == N2V_OK)
        *subwords = s;
    else
        subwords_destroy(s);
    return status;
}

n2v_status subwords_create(Subwords **subwords, const Vocabulary *vocabulary, const SubwordOptions *options,
                           n2v_error *error)
{
    return create(subwords, vocabulary, options, NULL, 0, error);
}

n2v_status subwords_create_with(Subwords **subwords, const Vocabulary *vocabulary, const SubwordOptions *options,
                                const uint32_t *buckets, size_t count, n2v_error *error)
{
    return create(subwords, vocabulary, options, buckets, count, error);
}

void subwords_destroy(Subwords *s)
{
    if (!s)
        return;
    pages_destroy(s->table, s->table ? table_size(s) : 0, sizeof *s->table);
    free(s->buckets);
    free(s->starts);
    free(s->rows);
    free(s);
}

/* Queries --------------------------------------------------------------------------------- */

size_t subwords_bytes(const Subwords *s)
{
    return (table_size(s) + s->bucket_count + s->starts[s->words]) * sizeof(uint32_t) + (s->words + 1) * sizeof(size_t);
}

const char *subwords_name(SubwordKind kind)
{
    return kind == SUBWORDS_FASTTEXT ? "fasttext" : kind == SUBWORDS_FLORET ? "floret" : NULL;
}

const SubwordOptions *subwords_options(const Subwords *s)
{
    return &s->options;
}

size_t subwords_parts(const Subwords *s)
{
    return s->own + s->bucket_count;
}

size_t subwords_buckets(const Subwords *s)
{
    return s->bucket_count;
}

uint32_t subwords_bucket(const Subwords *s, size_t index)
{
    return s->buckets[index];
}

size_t subwords_whole(const Subwords *s)
{
    return s->own ? 1 : s->options.hash_count;
}

size_t subwords_longest(const Subwords *s)
{
    return s->longest;
}

const uint32_t *subwords_of_word(const Subwords *s, Id id, size_t *count)
{
    *count = s->starts[id + 1] - s->starts[id];
    return s->rows + s->starts[id];
}

n2v_status subwords_of_text(const Subwords *s, const char *word, size_t bytes, PartList *list, n2v_error *error)
{
    n2v_status status;

    list->count = 0;
    if ((status = ngrams_list(&list->ngrams, &s->options, word, bytes, error)) != N2V_OK ||
        (status = array_grow((void **)&list->rows, &list->capacity, list->ngrams.count, sizeof *list->rows,
                             "the parts of a word", error)) != N2V_OK)
        return status;
    list->all = list->ngrams.count;
    for (size_t i = 0; i < list->all; i++) {
        const uint32_t index = s->table[table_place(s, list->ngrams.buckets[i])];
        if (index)
            list->rows[list->count++] = row_of(s, index - 1);
    }
    return N2V_OK;
}

void part_list_free(PartList *list)
{
    free(list->rows);
    ngrams_free(&list->ngrams);
    *list = (PartList){.rows = NULL};
}

/* Files ----------------------------------------------------------------------------------- */

/* Little-endian, followed by the buckets in use. Later versions add to its end. */
typedef struct table_head {
    uint32_t bytes; /* of this struct */
    uint32_t kind, minn, maxn, buckets, hash_count, seed, used;
} table_head;

_Static_assert(sizeof(table_head) == 8 * sizeof(uint32_t), "written as it lies in memory: no padding");

n2v_status subwords_write(const Subwords *s, char **bytes, size_t *count, n2v_error *error)
{
    const SubwordOptions *o = &s->options;
    const table_head head = {.bytes = sizeof head,
                             .kind = o->kind,
                             .minn = o->minn,
                             .maxn = o->maxn,
                             .buckets = o->buckets,
                             .hash_count = o->hash_count,
                             .seed = o->seed,
                             .used = (uint32_t)s->bucket_count};

    *count = sizeof head + s->bucket_count * sizeof *s->buckets;
    *bytes = array_create(*count, 1);
    if (!*bytes)
        return fail_memory(error, *count, "the table of subwords");
    memcpy(*bytes, &head, sizeof head);
    if (s->bucket_count)
        memcpy(*bytes + sizeof head, s->buckets, s->bucket_count * sizeof *s->buckets);
    return N2V_OK;
}

n2v_status subwords_read(Subwords **subwords, const Vocabulary *vocabulary, const char *bytes, size_t count,
                         n2v_error *error)
{
    table_head head;
    SubwordOptions options;
    uint32_t *buckets;
    n2v_status status;

    *subwords = NULL;
    if (count < sizeof head)
        return error_set(error, N2V_ERROR_FORMAT, "the table of subwords is too short");
    memcpy(&head, bytes, sizeof head);
    if (head.bytes < sizeof head || head.bytes > count || (count - head.bytes) / sizeof *buckets != head.used ||
        (count - head.bytes) % sizeof *buckets)
        return error_set(error, N2V_ERROR_FORMAT, "the table of subwords has a wrong length");
    if ((head.kind != SUBWORDS_FASTTEXT && head.kind != SUBWORDS_FLORET) || !head.buckets || head.minn > head.maxn ||
        head.hash_count > MAX_HASHES || (head.kind == SUBWORDS_FLORET && !head.hash_count))
        return error_set(error, N2V_ERROR_FORMAT, "the table of subwords has options that are not possible");
    options = (SubwordOptions){.kind = (SubwordKind)head.kind,
                               .minn = head.minn,
                               .maxn = head.maxn,
                               .buckets = head.buckets,
                               .hash_count = head.hash_count,
                               .seed = head.seed};
    buckets = array_create(head.used, sizeof *buckets);
    if (!buckets)
        return fail_memory(error, count, "the table of subwords");
    memcpy(buckets, bytes + head.bytes, head.used * sizeof *buckets);
    status = create(subwords, vocabulary, &options, buckets, head.used, error);
    free(buckets);
    return status;
}
