/* subsample.h - random discarding of frequent words before windowing.
 *
 * Mikolov et al. 2013, in the form that word2vec computes: a word of relative
 * frequency f is kept with probability min(1, sqrt(t / f) + t / f). */
#ifndef N2V_NOISE_SUBSAMPLE_H
#define N2V_NOISE_SUBSAMPLE_H

#include "base/random.h"
#include "base/status.h"

typedef struct Subsample Subsample;

/* threshold t; 0 keeps every word. */
n2v_status subsample_create(Subsample **subsample, const uint64_t *counts, size_t words, double threshold,
                            n2v_error *error);
void subsample_destroy(Subsample *subsample); /* accepts NULL */

/* The probability that a word is kept. */
double subsample_probability(const Subsample *subsample, uint32_t id);

/* The log of each word's share of the text once it is subsampled. */
void subsample_log(const Subsample *subsample, const uint64_t *counts, size_t words, float *log_share);

/* Copies the ids that are kept to `kept` (room for count) and returns their number.
 * Ids with the bit `end` set end a sentence; the mark passes to the last word of
 * the sentence that is kept. */
size_t subsample_filter(const Subsample *subsample, Random *random, const uint32_t *ids, size_t count, uint32_t end,
                        uint32_t *kept);

#endif
