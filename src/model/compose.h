/* compose.h - vectors of words from their parts, in a model with subwords.
 *
 * The input row of each word of the vocabulary has the composed vector whenever a model is read, queried or written, so
 * that only training and unknown words need the parts. */
#ifndef N2V_MODEL_COMPOSE_H
#define N2V_MODEL_COMPOSE_H

#include "kernels/kernels.h"
#include "model/model.h"

/* Makes the input rows of all words; unit: of length 1. Without subwords nothing changes. */
n2v_status compose_words(Model *model, const Kernels *kernels, bool unit, n2v_error *error);

/* The input vector of any word, dim floats: that of the vocabulary, else the mean of its n-grams, where those that no
 * word of the vocabulary has count as zeros. *known is false, and the vector is 0, when the model has none: the word is
 * not in the vocabulary, and there are no subwords, or its n-grams are not among them, or are all zero. */
n2v_status compose_any(const Model *model, const char *word, size_t bytes, float *vector, bool *known,
                       n2v_error *error);

#endif
