/* memory.c - the public estimate of the memory of a training. */
#include <stddef.h>

#include "api/settings_handle.h"
#include "api/structure.h"
#include "api/vectors_handle.h"
#include "corpus/blocks.h"
#include "nce2vec.h"
#include "phrases/find.h"
#include "settings/files.h"
#include "train/memory.h"
#include "train/train_settings.h"

/* The size in the first public header. */
#define FIRST_MEMORY (offsetof(n2v_memory, temporary) + sizeof(uint64_t))

#define SORTED 64 /* bytes of a word that stays, while the words are sorted: its key, twice */

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* What finding phrases, and then reading the joined text, needs beside the text. once: what reading a text needs. */
static uint64_t phrases_memory(const Settings *values, uint64_t tokens, uint64_t once)
{
    const char *phrases = settings_text(values, "phrases");
    const bool finds = phrases && phrases_is_scorer(phrases, NULL);
    const uint64_t pairs =
        finds ? phrases_find_bytes(tokens, (size_t)settings_integer(values, "phrase-max-pairs", 0)) : 0;

    return phrases ? larger(pairs, once) : 0;
}

/* Reading the text: until its words are sorted, while they are, or while phrases are found and joined. held: its ids,
 * once it is read. */
static uint64_t text_memory(const Settings *values, size_t vocabulary, uint64_t types, uint64_t tokens, uint64_t held,
                            uint64_t weights)
{
    const uint64_t ids = held ? held : tokens ? MEMORY_FOR_IDS : 0, words = vocabulary_bytes(types), once = words + ids;
    const uint64_t sorting = words + held + types * sizeof(Id) + vocabulary * SORTED + vocabulary_bytes(vocabulary);

    return weights + larger(larger(once, words + held + phrases_memory(values, tokens, once)), sorting + weights);
}

n2v_status n2v_memory_estimate(n2v_memory *memory, const n2v_settings *settings, size_t vocabulary, uint64_t types,
                               uint64_t tokens, n2v_error *error)
{
    const uint64_t ids = tokens * sizeof(Id), held = ids <= MEMORY_FOR_IDS ? ids : 0; /* else they go to a file */
    const Settings *values;
    TrainOptions options;
    n2v_memory given;
    uint64_t weights, start;
    bool rates;
    n2v_status status;

    if (!memory || !settings)
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_memory_estimate: %s is NULL", memory ? "settings" : "memory");
    if ((status = structure_check(memory->size, FIRST_MEMORY, "n2v_memory", error)) != N2V_OK ||
        (status = structure_take(&given, sizeof given, memory, memory->size, "n2v_memory", error)) != N2V_OK ||
        (status = settings_of(settings, N2V_FOR_TRAINING, &values, error)) != N2V_OK ||
        (status = train_settings_resolve(values, settings->objectives, &options, error)) != N2V_OK)
        return status;
    weights = settings_flag(values, "weighted") ? given.sentences * sizeof(float) : 0;
    start = given.start ? model_bytes(given.start->model) : 0;
    rates = settings_text(values, "freeze") || settings_text(values, "lr-of");
    const n2v_memory filled = {
        .size = memory->size,
        .text = text_memory(values, vocabulary, types, tokens, held, weights) + start,
        .training = vocabulary_bytes(vocabulary) + held + weights + start + train_memory(&options, vocabulary, rates),
        .temporary = (ids > MEMORY_FOR_IDS ? ids : 0) * (settings_text(values, "phrases") ? 2 : 1),
        .sentences = given.sentences,
        .start = given.start,
    };
    structure_hand_out(memory, memory->size, &filled, sizeof filled);
    return N2V_OK;
}
