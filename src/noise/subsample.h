/* subsample.h - random discarding of frequent words before windowing.
 *
 * Mikolov et al. 2013, in the form that word2vec computes: a word of relative
 * frequency f is kept with probability min(1, sqrt(t / f) + t / f). */
#ifndef N2V_NOISE_SUBSAMPLE_H
#define N2V_NOISE_SUBSAMPLE_H

#include "base/random.h"
#include "base/status.h"

typedef struct n2v_subsample n2v_subsample;

/* threshold t; 0 keeps every word. */
n2v_status n2v_subsample_create(n2v_subsample **subsample, const uint64_t *counts, size_t words, double threshold,
                                n2v_error *error);
void n2v_subsample_destroy(n2v_subsample *subsample); /* accepts NULL */

double n2v_subsample_probability(const n2v_subsample *subsample, uint32_t id); /* of being kept */

/* Copies the ids that are kept; n2v_subsample knows of no sentence marks: the
 * top bit of an id is carried to the next kept position by the caller. */
bool n2v_subsample_keep(const n2v_subsample *subsample, n2v_random *random, uint32_t id);

#endif
