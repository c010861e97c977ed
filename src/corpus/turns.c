#include "corpus/turns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Each pass reads all of the text and skips most of it: the passes may have so many times the mean number of copies. */
#define PASSES_OF_MEAN 4

/* Where a block begins. */
typedef struct place {
    uint64_t pass, sentence;
    size_t block, at; /* among the stored blocks, in the stored block */
    uint64_t copies;  /* of the sentence, in this pass, that are in earlier blocks */
    double words;     /* before it */
} place;

struct Turns {
    const Blocks *blocks;
    const float *weights; /* of the sentences */
    double scale;         /* of the weights */
    uint64_t passes;
    place *places; /* of each block, and the end */
    size_t count, room;
};

/* The copies of a sentence. */
typedef struct copies {
    uint64_t count;
    float last; /* how probable the last one is */
} copies;

static copies copies_of(const Turns *t, uint64_t sentence)
{
    const double weight = (double)t->weights[sentence] * t->scale, count = ceil(weight);

    if (!(weight > 0))
        return (copies){0};
    return (copies){(uint64_t)count, (float)(weight - (count - 1))};
}

/* How many of the copies are in the passes before this one. */
static uint64_t copies_before(const Turns *t, uint64_t sentence, uint64_t count, uint64_t pass)
{
    uint64_t state = sentence;

    if (t->passes == 1)
        return pass * count;
    return (pass * count + splitmix(&state) % t->passes) / t->passes; /* few copies are not all in the last pass */
}

/* A block under construction. */
typedef struct filling {
    Id *ids;
    float *keep;
    size_t count, sentences;
} filling;

/* Adds the copies of a sentence that fit. False: the block is full. */
static bool add_copies(const Turns *t, place *p, filling *f, const Id *ids, size_t count)
{
    const copies all = copies_of(t, p->sentence);
    const uint64_t from = copies_before(t, p->sentence, all.count, p->pass);
    const uint64_t to = copies_before(t, p->sentence, all.count, p->pass + 1);

    for (; from + p->copies < to; p->copies++) {
        const float keep = from + p->copies + 1 == all.count ? all.last : 1;
        if (f->count + count > BLOCK_IDS)
            return false;
        memcpy(f->ids + f->count, ids, count * sizeof *ids);
        f->count += count;
        f->keep[f->sentences++] = keep;
        p->words += (double)keep * (double)count;
    }
    p->copies = 0;
    return true;
}

/* Fills a block from the place on, which becomes that of the next block. Nothing is left: the text has ended. */
static n2v_status fill(const Turns *t, place *p, Id *buffer, filling *f, n2v_error *error)
{
    const size_t stored = blocks_stored(t->blocks);
    Block block;
    n2v_status status;

    *f = (filling){.ids = buffer, .keep = (float *)(buffer + BLOCK_IDS)};
    while (p->pass < t->passes) {
        if ((status = blocks_read_stored(t->blocks, p->block, buffer + 2 * BLOCK_IDS, &block, error)) != N2V_OK)
            return status;
        while (p->at < block.count) {
            size_t to = p->at;
            while (!(block.ids[to++] & SENTENCE_END))
                ;
            if (!add_copies(t, p, f, block.ids + p->at, to - p->at))
                return N2V_OK;
            p->at = to;
            p->sentence++;
        }
        p->at = 0;
        if (++p->block == stored) {
            p->block = 0;
            p->sentence = 0;
            p->pass++;
        }
    }
    return N2V_OK;
}

static n2v_status add_place(Turns *t, const place *p, n2v_error *error)
{
    const n2v_status status =
        array_grow((void **)&t->places, &t->room, t->count + 1, sizeof *t->places, "the index of the corpus", error);

    if (status == N2V_OK)
        t->places[t->count] = *p;
    return status;
}

static n2v_status find_places(Turns *t, const Stop *stop, n2v_error *error)
{
    Id *buffer = array_create(BLOCK_BUFFER, sizeof *buffer);
    place p = {0};
    filling f = {.count = 1};
    n2v_status status;

    if (!buffer)
        return fail_memory(error, BLOCK_BUFFER * sizeof *buffer, "a block of ids");
    for (;;) {
        if ((status = add_place(t, &p, error)) != N2V_OK || (status = fill(t, &p, buffer, &f, error)) != N2V_OK ||
            !f.count)
            break;
        t->count++;
        if (stop_requested(stop)) {
            status = error_set(error, N2V_ERROR_INTERRUPTED, "interrupted while counting the words of the text");
            break;
        }
    }
    free(buffer);
    return status;
}

/* The weights' scale, and in how many passes the copies are. */
static void measure(Turns *t, size_t sentences, bool scaled)
{
    double sum = 0, all = 0, most = 1, passes;

    for (size_t i = 0; i < sentences; i++)
        sum += (double)t->weights[i];
    t->scale = scaled ? (double)sentences / sum : 1;
    for (size_t i = 0; i < sentences; i++) {
        const double count = (double)copies_of(t, i).count;
        all += count;
        most = count > most ? count : most;
    }
    passes = floor(PASSES_OF_MEAN * all / (double)sentences);
    t->passes = (uint64_t)(passes < most ? passes : most);
}

n2v_status turns_create(Turns **turns, const Blocks *blocks, const float *weights, size_t sentences, bool scaled,
                        const Stop *stop, n2v_error *error)
{
    Turns *t = array_create_zero(1, sizeof *t);
    n2v_status status = N2V_OK;

    *turns = NULL;
    if (!t)
        return fail_memory(error, sizeof *t, "the index of the corpus");
    t->blocks = blocks;
    t->weights = weights;
    if (sentences)
        measure(t, sentences, scaled);
    if ((status = find_places(t, stop, error)) == N2V_OK && sentences && !turns_words_before(t, t->count))
        status = error_set(error, N2V_ERROR_DATA,
                           "the weights of all lines add up to less than one word: multiply them by the same number");
    if (status == N2V_OK)
        *turns = t;
    else
        turns_destroy(t);
    return status;
}

void turns_destroy(Turns *turns)
{
    if (!turns)
        return;
    free(turns->places);
    free(turns);
}

size_t turns_count(const Turns *turns)
{
    return turns->count;
}

uint64_t turns_words_before(const Turns *turns, size_t index)
{
    return (uint64_t)(turns->places[index < turns->count ? index : turns->count].words + 0.5);
}

n2v_status turns_read(const Turns *turns, size_t index, Id *buffer, Block *block, n2v_error *error)
{
    place p = turns->places[index];
    filling f;
    const n2v_status status = fill(turns, &p, buffer, &f, error);

    if (status != N2V_OK)
        return status;
    *block = (Block){.ids = f.ids,
                     .count = f.count,
                     .words_before = turns_words_before(turns, index),
                     .words = turns_words_before(turns, index + 1) - turns_words_before(turns, index),
                     .keep = f.keep};
    return N2V_OK;
}

void turns_draw(Block *block, Id *buffer, Random *random)
{
    size_t used = 0, sentence = 0;

    for (size_t from = 0, to = 0; from < block->count; from = to) {
        const float keep = block->keep[sentence++];
        while (!(buffer[to++] & SENTENCE_END))
            ;
        if (keep < 1 && (double)(random_next(random) >> 11) * 0x1p-53 >= (double)keep)
            continue;
        memmove(buffer + used, buffer + from, (to - from) * sizeof *buffer);
        used += to - from;
    }
    block->count = used;
}
