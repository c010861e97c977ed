#include "noise/subsample.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

struct n2v_subsample {
    uint32_t *threshold; /* kept where a random 32-bit number is not above it */
};

n2v_status n2v_subsample_create(n2v_subsample **subsample, const uint64_t *counts, size_t words, double threshold,
                                n2v_error *error)
{
    n2v_subsample *created = n2v_array_zero(1, sizeof *created);
    uint32_t *thresholds = n2v_array(words, sizeof *thresholds);
    double total = 0;

    *subsample = NULL;
    if (!created || !thresholds) {
        free(created);
        free(thresholds);
        return n2v_fail_memory(error, words * sizeof *thresholds, "subsampling");
    }
    for (size_t i = 0; i < words; i++)
        total += (double)counts[i];
    for (size_t i = 0; i < words; i++) {
        const double ratio = counts[i] ? threshold * total / (double)counts[i] : 1;
        const double keep = threshold > 0 ? sqrt(ratio) + ratio : 1;
        thresholds[i] = keep >= 1 ? UINT32_MAX : (uint32_t)(keep * 0x1p32);
    }
    created->threshold = thresholds;
    *subsample = created;
    return N2V_OK;
}

void n2v_subsample_destroy(n2v_subsample *subsample)
{
    if (!subsample)
        return;
    free(subsample->threshold);
    free(subsample);
}

double n2v_subsample_probability(const n2v_subsample *subsample, uint32_t id)
{
    return ((double)subsample->threshold[id] + 1) / 0x1p32;
}

void n2v_subsample_log(const n2v_subsample *subsample, const uint64_t *counts, size_t words, float *log_share)
{
    double total = 0;

    for (size_t i = 0; i < words; i++)
        total += (double)counts[i] * n2v_subsample_probability(subsample, (uint32_t)i);
    for (size_t i = 0; i < words; i++)
        log_share[i] =
            (float)(log((double)counts[i] * n2v_subsample_probability(subsample, (uint32_t)i)) - log(total));
}

size_t n2v_subsample_filter(const n2v_subsample *subsample, n2v_random *random, const uint32_t *ids, size_t count,
                            uint32_t end, uint32_t *kept)
{
    size_t size = 0, sentence = 0;

    for (size_t i = 0; i < count; i++) {
        const uint32_t id = ids[i] & ~end;
        kept[size] = id; /* overwritten by the next one unless kept: no branch to mispredict */
        size += (uint32_t)(n2v_random_next(random) >> 32) <= subsample->threshold[id];
        if (ids[i] & end) {
            if (size > sentence)
                kept[size - 1] |= end;
            sentence = size;
        }
    }
    return size;
}
