/* whole_model.h - small models with random vectors and the record of a training: 7 noise words, noise power 0.5,
 * window 3, tokenizer space. */
#ifndef N2V_TESTS_UNIT_WHOLE_MODEL_H
#define N2V_TESTS_UNIT_WHOLE_MODEL_H

#include "model/model.h"
#include "nce2vec.h"

#define WHOLE_DIM 6

/* The words w0, w1, ... with biases. objective: "NAME:parameter=value,..."; NULL: without a record. kind and
 * subsample: the settings `model` and `subsample`. */
Model whole_model(const char *objective, const char *kind, const char *subsample, size_t words);

/* The same from a file of this name: whole in .n2v, else word2vec text. */
n2v_vectors *load_whole_model(const char *objective, const char *kind, const char *subsample, size_t words,
                              const char *name);

#endif
