/* noise.h - the noise distribution Q(w) ~ count(w)^power, drawn in O(1).
 *
 * Alias method: Walker 1977, with Vose's 1991 construction. */
#ifndef N2V_NOISE_NOISE_H
#define N2V_NOISE_NOISE_H

#include "base/random.h"
#include "base/status.h"

typedef struct n2v_noise n2v_noise;

/* counts: one for each of words (at least 1) words, not all 0. power >= 0. */
n2v_status n2v_noise_create(n2v_noise **noise, const uint64_t *counts, size_t words, double power, n2v_error *error);
void n2v_noise_destroy(n2v_noise *noise); /* accepts NULL */

/* count independent draws from Q. */
void n2v_noise_draw(const n2v_noise *noise, n2v_random *random, uint32_t *ids, size_t count);

/* log Q(w) for every word, from the counts that the distribution was created of; -INFINITY only where the count is 0. */
void n2v_noise_log(const n2v_noise *noise, const uint64_t *counts, float *log_probability);

#endif
