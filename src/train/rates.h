/* rates.h - factors of the learning rates of words, as factors of the rows of a model (Model.rates). */
#ifndef N2V_TRAIN_RATES_H
#define N2V_TRAIN_RATES_H

#include <math.h>

#include "model/model.h"
#include "nce2vec/vectors.h"
#include "train/train_options.h"

static inline bool rate_is_valid(float factor)
{
    return isfinite(factor) && factor >= 0;
}

/* All are 1. */
n2v_status rates_create(Model *model, n2v_error *error);

/* Sets the factors of count words from id first on, which are valid. What several words share has one factor: a part of
 * words the smallest of theirs, so that a frozen word keeps its vector; the shared bias and the nodes of a tree 1, or 0
 * once all outputs are frozen. N2V_ERROR_ARGUMENT: the outputs are nodes alone, and these are not all words with one
 * factor. */
n2v_status rates_set(Model *model, const TrainOptions *options, n2v_matrix matrix, size_t first, size_t count,
                     const float *factors, n2v_error *error);

/* Rows that are trained, and those of them that are frozen; the vectors of words with parts are made of others. */
size_t rates_rows(const Model *model);
size_t rates_frozen(const Model *model);

/* Whether outputs are nodes of a tree alone, which all words share. */
bool rates_of_nodes(const TrainOptions *options);

#endif
