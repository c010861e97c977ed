/* memory.c - the public estimate of the memory of a training. */
#include <stddef.h>

#include "api/settings_handle.h"
#include "api/structure.h"
#include "corpus/blocks.h"
#include "nce2vec.h"
#include "train/memory.h"
#include "train/train_settings.h"

/* The size in the first public header. */
#define FIRST_MEMORY (offsetof(n2v_memory, temporary) + sizeof(uint64_t))

n2v_status n2v_memory_estimate(n2v_memory *memory, const n2v_settings *settings, size_t vocabulary, uint64_t types,
                               uint64_t tokens, n2v_error *error)
{
    const uint64_t ids = tokens * sizeof(Id), held = ids <= MEMORY_FOR_IDS ? ids : 0; /* else they go to a file */
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
        .text = vocabulary_bytes(types) + (held ? held : ids ? MEMORY_FOR_IDS : 0),
        .training = vocabulary_bytes(vocabulary) + held + train_memory(&options, vocabulary),
        .temporary = ids > MEMORY_FOR_IDS ? ids : 0,
    };
    structure_hand_out(memory, memory->size, &filled, sizeof filled);
    return N2V_OK;
}
