/* noise.h - the noise distribution Q(w) ~ count(w)^power, drawn in O(1).
 *
 * Alias method: Walker 1977, with Vose's 1991 construction. */
#ifndef N2V_NOISE_NOISE_H
#define N2V_NOISE_NOISE_H

#include "base/random.h"
#include "base/status.h"

typedef struct Noise Noise;

/* counts: one for each of words (at least 1) words, not all 0. A word of count 0 is never drawn, whatever the power. */
n2v_status noise_create(Noise **noise, const uint64_t *counts, size_t words, double power, n2v_error *error);
void noise_destroy(Noise *noise); /* accepts NULL */

/* count independent draws from Q. */
void noise_draw(const Noise *noise, Random *random, uint32_t *ids, size_t count);

/* log Q(w) for every word, from the counts that the distribution was created of; -INFINITY only where the count is
 * 0. */
void noise_log(const Noise *noise, const uint64_t *counts, float *log_probability);

#endif
