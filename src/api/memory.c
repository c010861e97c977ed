/* memory.c - the public estimate of the memory of a training. */
#include <stddef.h>

#include "api/settings_handle.h"
#include "api/structure.h"
#include "corpus/blocks.h"
#include "nce2vec.h"
#include "settings/files.h"
#include "train/memory.h"
#include "train/train_settings.h"

/* The size in the first public header. */
#define FIRST_MEMORY (offsetof(n2v_memory, temporary) + sizeof(uint64_t))

#define PAIR_BYTES 60 /* of a pair in its table, at most */

/* What joining phrases needs beside their text: that without them, and counts of pairs. once: what a text needs. */
static uint64_t phrases_memory(const Settings *values, uint64_t tokens, uint64_t once)
{
    const char *phrases = settings_text(values, "phrases");
    const uint64_t max = settings_integer(values, "phrase-max-pairs", 0), pairs = tokens / 2 < max ? tokens / 2 : max;

    return phrases ? once + (phrases_is_scorer(phrases, NULL) ? PAIR_BYTES * pairs : 0) : 0;
}

n2v_status n2v_memory_estimate(n2v_memory *memory, const n2v_settings *settings, size_t vocabulary, uint64_t types,
                               uint64_t tokens, n2v_error *error)
{
    const uint64_t ids = tokens * sizeof(Id), held = ids <= MEMORY_FOR_IDS ? ids : 0; /* else they go to a file */
    const uint64_t once = vocabulary_bytes(types) + (held ? held : ids ? MEMORY_FOR_IDS : 0);
    const Settings *values;
    TrainOptions options;
    n2v_status status;

    if (!memory || !settings)
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_memory_estimate: %s is NULL", memory ? "settings" : "memory");
    if ((status = structure_check(memory->size, FIRST_MEMORY, "n2v_memory", error)) != N2V_OK ||
        (status = settings_of(settings, N2V_FOR_TRAINING, &values, error)) != N2V_OK ||
        (status = train_settings_resolve(values, settings->objectives, &options, error)) != N2V_OK)
        return status;
    const n2v_memory filled = {
        .size = memory->size,
        .text = once + phrases_memory(values, tokens, once),
        .training = vocabulary_bytes(vocabulary) + held + train_memory(&options, vocabulary),
        .temporary = (ids > MEMORY_FOR_IDS ? ids : 0) * (settings_text(values, "phrases") ? 2 : 1),
    };
    structure_hand_out(memory, memory->size, &filled, sizeof filled);
    return N2V_OK;
}
