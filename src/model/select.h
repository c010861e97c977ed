/* select.h - a part of a model in place of the whole: which vectors, how long, of which words. Each
 * leaves a line in the model's parameters. */
#ifndef N2V_MODEL_SELECT_H
#define N2V_MODEL_SELECT_H

#include "model/model.h"

typedef enum Vectors {
    VECTORS_INPUT,
    VECTORS_OUTPUT,
    VECTORS_SUM,   /* of a word's input and output vector */
    VECTORS_CONCAT /* one after the other: twice as many dimensions */
} Vectors;

const char *vectors_name(size_t index); /* NULL beyond the last */

/* Makes these vectors the input vectors, and drops output vectors and biases.
 * N2V_ERROR_DATA when the model has no output vectors and they are needed. */
n2v_status model_select(Model *model, Vectors vectors, n2v_error *error);

/* Input vectors of length 1; those of zeros alone stay. For a model without output vectors. */
n2v_status model_normalize(Model *model, n2v_error *error);

/* Drops all words but the first so many, if there are more. */
n2v_status model_keep_first(Model *model, size_t words, n2v_error *error);

#endif
