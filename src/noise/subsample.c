#include "noise/subsample.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

struct Subsample {
    uint32_t *threshold; /* kept where a random 32-bit number is not above it */
    uint32_t frequent;   /* the last of the thresholds is that of all words from here on, which are always kept: */
                         /* of millions of words some hundreds are frequent, and stay in the nearest cache */
};

static uint32_t threshold_of(uint64_t count, double total, double threshold)
{
    const double ratio = count ? threshold * total / (double)count : 1;
    const double keep = threshold > 0 ? sqrt(ratio) + ratio : 1;
    return keep >= 1 ? UINT32_MAX : (uint32_t)(keep * 0x1p32);
}

static inline uint32_t threshold_at(const Subsample *subsample, uint32_t id)
{
    return subsample->threshold[id < subsample->frequent ? id : subsample->frequent];
}

n2v_status subsample_create(Subsample **subsample, const uint64_t *counts, size_t words, double threshold,
                            n2v_error *error)
{
    Subsample *created = array_create_zero(1, sizeof *created);
    size_t frequent = words;
    double total = 0;

    *subsample = NULL;
    for (size_t i = 0; i < words; i++)
        total += (double)counts[i];
    while (frequent && threshold_of(counts[frequent - 1], total, threshold) == UINT32_MAX)
        frequent--;
    if (created)
        created->threshold = array_create(frequent + 1, sizeof *created->threshold);
    if (!created || !created->threshold) {
        free(created);
        return fail_memory(error, (frequent + 1) * sizeof *created->threshold, "subsampling");
    }
    created->frequent = (uint32_t)frequent;
    for (size_t i = 0; i < frequent; i++)
        created->threshold[i] = threshold_of(counts[i], total, threshold);
    created->threshold[frequent] = UINT32_MAX;
    *subsample = created;
    return N2V_OK;
}

void subsample_destroy(Subsample *subsample)
{
    if (!subsample)
        return;
    free(subsample->threshold);
    free(subsample);
}

double subsample_probability(const Subsample *subsample, uint32_t id)
{
    return ((double)threshold_at(subsample, id) + 1) / 0x1p32;
}

void subsample_log(const Subsample *subsample, const uint64_t *counts, size_t words, float *log_share)
{
    double total = 0;

    for (size_t i = 0; i < words; i++)
        total += (double)counts[i] * subsample_probability(subsample, (uint32_t)i);
    for (size_t i = 0; i < words; i++)
        log_share[i] =
            (float)(log((double)counts[i] * subsample_probability(subsample, (uint32_t)i)) - log(total));
}

size_t subsample_filter(const Subsample *subsample, Random *random, const uint32_t *ids, size_t count, uint32_t end,
                        uint32_t *kept)
{
    size_t size = 0, sentence = 0;

    for (size_t i = 0; i < count; i++) {
        const uint32_t id = ids[i] & ~end;
        kept[size] = id; /* overwritten by the next one unless kept: no branch to mispredict */
        size += (uint32_t)(random_next(random) >> 32) <= threshold_at(subsample, id);
        if (ids[i] & end) {
            if (size > sentence)
                kept[size - 1] |= end;
            sentence = size;
        }
    }
    return size;
}
