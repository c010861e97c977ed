/* distributions.h - what follows from the counts of the words: the distributions that examples are drawn from, and a
 * tree. */
#ifndef N2V_TRAIN_DISTRIBUTIONS_H
#define N2V_TRAIN_DISTRIBUTIONS_H

#include "corpus/huffman.h"
#include "noise/noise.h"
#include "noise/subsample.h"
#include "train/train_options.h"

typedef struct Distributions {
    Noise *noise;
    Subsample *subsample;
    float *log_noise; /* log(k Q(w)) of every word; NULL unless needed */
    Huffman *tree;    /* NULL unless needed */
} Distributions;

/* text_is_noise: Q is the text after subsampling. N2V_ERROR_DATA: a count is missing, or the words are too few. Leaves
 * *distributions freeable when it fails. */
n2v_status distributions_create(Distributions *distributions, const Vocabulary *vocabulary, const TrainOptions *options,
                                bool text_is_noise, n2v_error *error);
void distributions_free(Distributions *distributions); /* accepts an all-zero struct */

#endif
