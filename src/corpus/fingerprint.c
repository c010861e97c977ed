#include "corpus/fingerprint.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"

static uint64_t add_weights(uint64_t hash, const Block *block)
{
    const float *weight = block->weights;

    for (size_t i = 0; i < block->count; i++)
        if (block->ids[i] & SENTENCE_END)
            hash = hash_mix(hash ^ (uint64_t)((double)*weight++ * 0x1p20), UINT64_C(0x8ebc6af09c88c6e3));
    return hash;
}

/* Two ids at a time; the constants are arbitrary odd numbers. */
static uint64_t add_block(uint64_t hash, const Block *block)
{
    const size_t even = block->count & ~(size_t)1;

    hash = hash_mix(hash ^ block->count, UINT64_C(0x9e3779b97f4a7c15));
    if (block->weights)
        hash = add_weights(hash, block);
    for (size_t i = 0; i < even; i += 2)
        hash = hash_mix(hash ^ load64(block->ids + i), UINT64_C(0xd6e8feb86659fd93));
    return even == block->count ? hash : hash_mix(hash ^ block->ids[even], UINT64_C(0xa0761d6478bd642f));
}

n2v_status fingerprint_of(Fingerprint *fingerprint, const Blocks *blocks, n2v_error *error)
{
    const size_t count = blocks ? blocks_stored(blocks) : 0;
    Fingerprint made = {.words = 0};
    Id *buffer = NULL;
    n2v_status status = N2V_OK;

    if (count && !(buffer = array_create(BLOCK_IDS, sizeof *buffer)))
        return fail_memory(error, BLOCK_IDS * sizeof *buffer, "a block of ids");
    if (count)
        made = (Fingerprint){.words = blocks_stored_words(blocks), .sentences = blocks_sentences(blocks), .hash = 1};
    for (size_t i = 0; i < count && status == N2V_OK; i++) {
        Block block;
        if ((status = blocks_read_stored(blocks, i, buffer, &block, error)) == N2V_OK)
            made.hash = add_block(made.hash, &block);
    }
    free(buffer);
    if (status == N2V_OK)
        *fingerprint = made;
    return status;
}
