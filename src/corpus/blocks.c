#include "corpus/blocks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "corpus/shuffle.h"
#include "corpus/turns.h"

#define WINDOW_IDS ((size_t)1 << 18) /* 1 MiB: what a disk is read and written by */
#define FIRST_IDS  ((size_t)1 << 20)
#define CUT        (UINT64_C(1) << 63) /* in a block's start: its last sentence goes on in the next block */

/* Ids lie one after another, in memory or in the file, so that a block is known by
 * its first word's number: the words before it. */
struct Blocks {
    Id *ids; /* all of them; once on disk, those not yet written */
    size_t used, room;
    size_t limit; /* ids kept in memory */
    int fd;       /* -1: in memory */
    uint64_t on_disk, words, sentences;
    uint64_t *starts; /* with CUT; starts[count] is words */
    size_t count, start_room;
    char *folder;
    bool mixes; /* long sentences */
    uint64_t seed;

    bool weighted;
    float *weights; /* of the sentences */
    size_t weight_count, weight_room;
    uint64_t *first; /* the number of the first sentence of each block */
    size_t first_room;
    Turns *turns; /* the text that is trained on; NULL: the text as it is */
};

n2v_status blocks_create(Blocks **result, size_t memory_limit, const char *folder, n2v_error *error)
{
    Blocks *blocks = array_create_zero(1, sizeof *blocks);

    *result = NULL;
    if (!blocks)
        return fail_memory(error, sizeof *blocks, "the corpus");
    if (!folder)
        folder = getenv("TMPDIR");
    blocks->folder = strdup(folder && *folder ? folder : "/tmp");
    if (!blocks->folder) {
        free(blocks);
        return fail_memory(error, 1, "the corpus");
    }
    blocks->fd = -1;
    blocks->limit = memory_limit / sizeof(Id);
    *result = blocks;
    return N2V_OK;
}

void blocks_destroy(Blocks *blocks)
{
    if (!blocks)
        return;
    if (blocks->fd >= 0)
        (void)close(blocks->fd); /* unlinked: nobody reads it again */
    free(blocks->ids);
    free(blocks->starts);
    free(blocks->weights);
    free(blocks->first);
    turns_destroy(blocks->turns);
    free(blocks->folder);
    free(blocks);
}

static n2v_status fail_disk(const Blocks *blocks, const char *what, n2v_error *error)
{
    return error_set(error, N2V_ERROR_IO,
                     "cannot %s the temporary file in %s: %s; set TMPDIR to a folder with more room", what,
                     blocks->folder, strerror(errno));
}

static n2v_status write_ids(const Blocks *blocks, const Id *ids, size_t count, uint64_t at, n2v_error *error)
{
    const char *bytes = (const char *)ids;
    size_t left = count * sizeof *ids;
    off_t offset = (off_t)(at * sizeof *ids);

    while (left) {
        const ssize_t written = pwrite(blocks->fd, bytes, left, offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written == 0)
            errno = EIO;
        if (written <= 0)
            return fail_disk(blocks, "write", error);
        bytes += written;
        left -= (size_t)written;
        offset += written;
    }
    return N2V_OK;
}

static n2v_status read_ids(const Blocks *blocks, Id *ids, size_t count, uint64_t at, n2v_error *error)
{
    char *bytes = (char *)ids;
    size_t left = count * sizeof *ids;
    off_t offset = (off_t)(at * sizeof *ids);

    while (left) {
        const ssize_t got = pread(blocks->fd, bytes, left, offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            errno = EIO; /* the file ends: somebody cut it */
        if (got <= 0)
            return fail_disk(blocks, "read", error);
        bytes += got;
        left -= (size_t)got;
        offset += got;
    }
    return N2V_OK;
}

/* A file without a name in the folder; it goes when it is closed. */
static n2v_status open_file(Blocks *blocks, n2v_error *error)
{
    char *path;
    n2v_status status = N2V_OK;

    if (asprintf(&path, "%s/nce2vec-XXXXXX", blocks->folder) < 0)
        return fail_memory(error, strlen(blocks->folder), "a path");
    blocks->fd = mkostemp(path, O_CLOEXEC);
    if (blocks->fd < 0 || unlink(path) != 0)
        status = fail_disk(blocks, "create", error);
    free(path);
    return status;
}

static n2v_status write_out(Blocks *blocks, n2v_error *error)
{
    const n2v_status status = write_ids(blocks, blocks->ids, blocks->used, blocks->on_disk, error);
    blocks->on_disk += blocks->used;
    blocks->used = 0;
    return status;
}

/* Moves all ids to a file and keeps a window in memory. */
static n2v_status spill(Blocks *blocks, n2v_error *error)
{
    n2v_status status;
    Id *window = array_create(WINDOW_IDS, sizeof *window);

    if (!window)
        return fail_memory(error, WINDOW_IDS * sizeof *window, "the corpus");
    if ((status = open_file(blocks, error)) == N2V_OK)
        status = write_out(blocks, error);
    free(blocks->ids);
    blocks->ids = window;
    blocks->room = WINDOW_IDS;
    blocks->used = 0;
    return status;
}

/* Doubles the room, up to the limit. Pages that were not written to cost nothing,
 * and the C library moves large arrays by their page tables. */
static bool grow(Blocks *blocks, size_t need)
{
    size_t room = blocks->room < FIRST_IDS ? FIRST_IDS : blocks->room;
    Id *ids;

    while (room < need)
        room *= 2; /* need is at most limit, a quarter of SIZE_MAX */
    if (room > blocks->limit)
        room = blocks->limit;
    ids = realloc(blocks->ids, room * sizeof *ids);
    if (!ids)
        return false;
    blocks->ids = ids;
    blocks->room = room;
    return true;
}

n2v_status blocks_append(Blocks *blocks, const Id *ids, size_t count, n2v_error *error)
{
    n2v_status status;

    if (!count)
        return N2V_OK;
    if (blocks->fd < 0 && count > blocks->room - blocks->used &&
        (count > blocks->limit || blocks->used > blocks->limit - count || !grow(blocks, blocks->used + count)) &&
        (status = spill(blocks, error)) != N2V_OK)
        return status;
    while (count) {
        const size_t left = blocks->room - blocks->used, some = count < left ? count : left;
        memcpy(blocks->ids + blocks->used, ids, some * sizeof *ids);
        blocks->used += some;
        ids += some;
        count -= some;
        if (blocks->fd >= 0 && blocks->used == blocks->room && (status = write_out(blocks, error)) != N2V_OK)
            return status;
    }
    return N2V_OK;
}

void blocks_weigh(Blocks *blocks)
{
    blocks->weighted = true;
}

static n2v_status add_weight(float **weights, size_t *room, size_t *count, float weight, n2v_error *error)
{
    const n2v_status status =
        array_grow((void **)weights, room, *count + 1, sizeof **weights, "the weights of lines", error);

    if (status == N2V_OK)
        (*weights)[(*count)++] = weight;
    return status;
}

n2v_status blocks_append_weight(Blocks *blocks, float weight, n2v_error *error)
{
    return add_weight(&blocks->weights, &blocks->weight_room, &blocks->weight_count, weight, error);
}

/* Finishing ----------------------------------------------------------------------------- */

/* Ids that leave finish: those from base on lie in out. */
typedef struct packer {
    Blocks *blocks;
    const Id *map;
    const Stop *stop;
    Id *out;
    size_t used, sentence; /* ids in out; where the sentence under construction begins */
    uint64_t base;         /* words before out */
    uint64_t block;        /* the word with which the block under construction begins */
    bool cut;              /* the sentence under construction goes on from the last block */
    size_t read;           /* sentences that are read */
    float *weights;        /* of those that are made; NULL: there are none */
    size_t weight_count, weight_room;
} packer;

static n2v_status start_weights(Blocks *blocks, n2v_error *error)
{
    const n2v_status status = array_grow((void **)&blocks->first, &blocks->first_room, blocks->count,
                                         sizeof *blocks->first, "the index of the corpus", error);
    if (status == N2V_OK)
        blocks->first[blocks->count - 1] = blocks->sentences - 1;
    return status;
}

static n2v_status start_block(Blocks *blocks, uint64_t word, n2v_error *error)
{
    const n2v_status status = array_grow((void **)&blocks->starts, &blocks->start_room, blocks->count + 2,
                                         sizeof *blocks->starts, "the index of the corpus", error);
    if (status != N2V_OK)
        return status;
    blocks->starts[blocks->count++] = word;
    if (!blocks->weighted)
        return N2V_OK;
    return start_weights(blocks, error);
}

/* A sentence, or a piece of it, is made. */
static n2v_status keep_weight(packer *p, n2v_error *error)
{
    const Blocks *blocks = p->blocks;
    const size_t last = blocks->weight_count - 1;

    return add_weight(&p->weights, &p->weight_room, &p->weight_count, blocks->weights[p->read < last ? p->read : last],
                      error);
}

/* Ends the sentence under construction; a block that it does not fit in ends before it. */
static inline n2v_status end_sentence(packer *p, n2v_error *error)
{
    n2v_status status = N2V_OK;

    if (p->used == p->sentence) {
        if (p->cut) /* the rest of it was dropped */
            p->blocks->starts[p->blocks->count - 1] &= ~CUT;
        return N2V_OK;
    }
    p->out[p->used - 1] |= SENTENCE_END;
    p->blocks->sentences++;
    if (!p->blocks->count || p->base + p->used - p->block > BLOCK_IDS) {
        p->block = p->base + p->sentence;
        status = start_block(p->blocks, p->block, error);
    }
    p->sentence = p->used;
    if (p->blocks->weighted && status == N2V_OK)
        status = keep_weight(p, error);
    return status;
}

/* Ends the sentence under construction, or cuts it: a piece of BLOCK_IDS fills a block. */
static inline n2v_status end_piece(packer *p, bool cut, n2v_error *error)
{
    const n2v_status status = end_sentence(p, error);

    if (status == N2V_OK && cut)
        p->blocks->starts[p->blocks->count - 1] |= CUT;
    p->cut = cut;
    return status;
}

void blocks_mix_long(Blocks *blocks, uint64_t seed)
{
    blocks->mixes = true;
    blocks->seed = seed;
}

/* ids have so many before them. */
static void mix_long(const Blocks *blocks, Id *ids, size_t count, uint64_t before)
{
    Random random;

    if (!blocks->mixes)
        return;
    random_seed(&random, blocks->seed, 0, before, STREAM_LONG_LINES);
    shuffle_sentences(ids, count, BLOCK_IDS, &random);
}

/* out may be where the ids are: it never overtakes them. Billions of ids take a while: the
 * caller hands out WINDOW_IDS, and a stop is asked for before each. */
static n2v_status pack(packer *p, const Id *ids, size_t count, n2v_error *error)
{
    const Id *map = p->map;
    n2v_status status;

    if (stop_requested(p->stop))
        return error_set(error, N2V_ERROR_INTERRUPTED, "interrupted while numbering the words of the text");
    for (size_t i = 0; i < count; i++) {
        const Id raw = ids[i], id = raw & ~SENTENCE_END, final = map ? map[id] : id;
        p->out[p->used] = final;
        p->used += final != NO_ID;
        if (!(raw & SENTENCE_END) && p->used - p->sentence != BLOCK_IDS)
            continue;
        if ((status = end_piece(p, !(raw & SENTENCE_END), error)) != N2V_OK)
            return status;
        p->read += raw >> 31;
    }
    return N2V_OK;
}

static n2v_status pack_memory(packer *p, n2v_error *error)
{
    Blocks *blocks = p->blocks;
    Id *ids;
    n2v_status status;

    p->out = blocks->ids;
    mix_long(blocks, blocks->ids, blocks->used, 0);
    for (size_t at = 0; at < blocks->used; at += WINDOW_IDS) {
        const size_t left = blocks->used - at;
        if ((status = pack(p, blocks->ids + at, left < WINDOW_IDS ? left : WINDOW_IDS, error)) != N2V_OK)
            return status;
    }
    if ((status = end_sentence(p, error)) != N2V_OK)
        return status;
    blocks->used = p->used;
    ids = realloc(blocks->ids, (p->used ? p->used : 1) * sizeof *ids);
    if (ids) /* else it stays as large as it was */
        blocks->ids = ids;
    return N2V_OK;
}

/* In place too: what was packed is written over what was read. */
static n2v_status pack_disk(packer *p, n2v_error *error)
{
    Blocks *blocks = p->blocks;
    n2v_status status = write_out(blocks, error);

    if (status != N2V_OK)
        return status;
    p->out = array_create(WINDOW_IDS + BLOCK_IDS, sizeof *p->out);
    if (!p->out)
        return fail_memory(error, (WINDOW_IDS + BLOCK_IDS) * sizeof *p->out, "the corpus");
    for (uint64_t at = 0; at < blocks->on_disk;) {
        const uint64_t left = blocks->on_disk - at;
        const size_t count = left < WINDOW_IDS ? (size_t)left : WINDOW_IDS;
        if ((status = read_ids(blocks, blocks->ids, count, at, error)) != N2V_OK)
            goto out;
        mix_long(blocks, blocks->ids, count, at);
        if ((status = pack(p, blocks->ids, count, error)) != N2V_OK)
            goto out;
        at += count;
        if (at == blocks->on_disk && (status = end_sentence(p, error)) != N2V_OK)
            goto out;
        /* Whole sentences only: the last word of an open one may still be marked. */
        if ((status = write_ids(blocks, p->out, p->sentence, p->base, error)) != N2V_OK)
            goto out;
        p->base += p->sentence;
        p->used -= p->sentence;
        memmove(p->out, p->out + p->sentence, p->used * sizeof *p->out);
        p->sentence = 0;
    }
    if (TEMP_FAILURE_RETRY(ftruncate(blocks->fd, (off_t)(p->base * sizeof *p->out))) != 0)
        status = fail_disk(blocks, "shorten", error);
out:
    free(p->out);
    free(blocks->ids);
    blocks->ids = NULL;
    blocks->used = blocks->room = 0;
    return status;
}

n2v_status blocks_finish(Blocks *blocks, const Id *map, const Stop *stop, n2v_error *error)
{
    packer p = {.blocks = blocks, .map = map, .stop = stop};
    n2v_status status = blocks->fd < 0 ? pack_memory(&p, error) : pack_disk(&p, error);

    if (blocks->weighted) {
        free(blocks->weights);
        blocks->weights = p.weights;
        blocks->weight_count = p.weight_count;
        blocks->weight_room = p.weight_room;
    }
    if (status != N2V_OK)
        return status;
    blocks->words = p.base + p.used;
    if (blocks->count)
        blocks->starts[blocks->count] = blocks->words; /* start_block left room */
    return N2V_OK;
}

size_t blocks_stored(const Blocks *blocks)
{
    return blocks->count;
}

uint64_t blocks_stored_words(const Blocks *blocks)
{
    return blocks->words;
}

uint64_t blocks_sentences(const Blocks *blocks)
{
    return blocks->sentences;
}

static uint64_t start_of(const Blocks *blocks, size_t index)
{
    return index < blocks->count ? blocks->starts[index] & ~CUT : blocks->words;
}

n2v_status blocks_read_stored(const Blocks *blocks, size_t index, Id *buffer, Block *block, n2v_error *error)
{
    const uint64_t start = start_of(blocks, index);
    const size_t count = (size_t)(start_of(blocks, index + 1) - start);

    *block = (Block){.ids = buffer,
                     .count = count,
                     .words_before = start,
                     .words = count,
                     .cut = blocks->starts[index] & CUT,
                     .weights = blocks->weighted ? blocks->weights + blocks->first[index] : NULL};
    if (blocks->fd < 0) {
        block->ids = blocks->ids + start;
        return N2V_OK;
    }
    return read_ids(blocks, buffer, count, start, error);
}

/* The text that is trained on ----------------------------------------------------------- */

n2v_status blocks_take_turns(Blocks *blocks, bool scaled, const Stop *stop, n2v_error *error)
{
    if (!blocks->weighted)
        return N2V_OK;
    turns_destroy(blocks->turns);
    return turns_create(&blocks->turns, blocks, blocks->weights, blocks->weight_count, scaled, stop, error);
}

size_t blocks_count(const Blocks *blocks)
{
    return blocks->turns ? turns_count(blocks->turns) : blocks->count;
}

uint64_t blocks_words(const Blocks *blocks)
{
    return blocks->turns ? turns_words_before(blocks->turns, SIZE_MAX) : blocks->words;
}

uint64_t blocks_words_before(const Blocks *blocks, size_t index)
{
    return blocks->turns ? turns_words_before(blocks->turns, index) : start_of(blocks, index);
}

n2v_status blocks_read(const Blocks *blocks, size_t index, Id *buffer, Block *block, n2v_error *error)
{
    return blocks->turns ? turns_read(blocks->turns, index, buffer, block, error)
                         : blocks_read_stored(blocks, index, buffer, block, error);
}
