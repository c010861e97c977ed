#include "noise/noise.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"

/* A slot of the alias table: the slot's own word below the threshold, else the alias. */
typedef struct slot {
    uint32_t threshold, alias;
} slot;

struct Noise {
    size_t words;
    slot *slots;
    double power, total; /* of all words' weights */
};

static double weight_of(uint64_t count, double power)
{
    return count ? pow((double)count, power) : 0;
}

/* Vose: pairs each slot that is too light with one too heavy that fills it up. */
static void fill_slots(slot *slots, double *weight, uint32_t *order, size_t words)
{
    size_t light = 0, heavy = words;

    for (size_t i = 0; i < words; i++) {
        if (weight[i] < 1)
            order[light++] = (uint32_t)i;
        else
            order[--heavy] = (uint32_t)i;
    }
    while (light > 0 && heavy < words) {
        const uint32_t low = order[--light], high = order[heavy];
        slots[low].threshold = (uint32_t)(weight[low] * 0x1p32);
        slots[low].alias = high;
        weight[high] -= 1 - weight[low];
        if (weight[high] < 1) {
            heavy++;
            order[light++] = high;
        }
    }
    /* What is left weighs 1 but for rounding: it keeps its whole slot. */
    while (light > 0)
        slots[order[--light]].threshold = UINT32_MAX;
    while (heavy < words)
        slots[order[heavy++]].threshold = UINT32_MAX;
}

n2v_status noise_create(Noise **noise, const uint64_t *counts, size_t words, double power, n2v_error *error)
{
    Noise *created = array_create_zero(1, sizeof *created);
    double *weight = array_create(words, sizeof *weight);
    uint32_t *order = array_create(words, sizeof *order);
    n2v_status status = N2V_OK;
    double total = 0;

    *noise = NULL;
    if (!created || !weight || !order) {
        status = fail_memory(error, words * sizeof *weight, "the noise distribution");
        goto out;
    }
    created->words = words;
    created->power = power;
    created->slots = array_create(words, sizeof *created->slots);
    if (!created->slots) {
        status = fail_memory(error, words * sizeof *created->slots, "the noise distribution");
        goto out;
    }
    for (size_t i = 0; i < words; i++) {
        weight[i] = weight_of(counts[i], power);
        total += weight[i];
    }
    if (!(total > 0) || !isfinite(total)) {
        status = error_set(error, N2V_ERROR_ARGUMENT,
                           "the noise distribution has no finite total: counts to the power of %s",
                           NUMBER_SHOWN(power));
        goto out;
    }
    for (size_t i = 0; i < words; i++) {
        created->slots[i] = (slot){UINT32_MAX, (uint32_t)i};
        weight[i] *= (double)words / total;
    }
    created->total = total;
    fill_slots(created->slots, weight, order, words);
    *noise = created;
    created = NULL;
out:
    noise_destroy(created);
    free(weight);
    free(order);
    return status;
}

void noise_destroy(Noise *noise)
{
    if (!noise)
        return;
    free(noise->slots);
    free(noise);
}

void noise_draw(const Noise *noise, Random *random, uint32_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        /* The high half of the product is the slot, the low half a fraction within it. */
        const unsigned __int128 product = (unsigned __int128)random_next(random) * noise->words;
        const uint32_t index = (uint32_t)(product >> 64), fraction = (uint32_t)((uint64_t)product >> 32);
        const slot drawn = noise->slots[index];
        const uint32_t own = 0u - (uint32_t)(fraction < drawn.threshold || drawn.threshold == UINT32_MAX);
        ids[i] = (index & own) | (drawn.alias & ~own); /* no branch: it would be mispredicted */
    }
}

void noise_log(const Noise *noise, const uint64_t *counts, float *log_probability)
{
    for (size_t i = 0; i < noise->words; i++)
        log_probability[i] = (float)log(weight_of(counts[i], noise->power) / noise->total);
}
