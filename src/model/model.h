/* model.h - the parameters of a run: input vectors, output vectors, output biases. */
#ifndef N2V_MODEL_MODEL_H
#define N2V_MODEL_MODEL_H

#include "base/memory.h"
#include "corpus/vocabulary.h"

typedef struct Model {
    size_t words, dim;
    size_t stride;          /* floats from row to row, whole vectors; padding is zero */
    float *input, *output;  /* words x stride */
    float *output_bias;     /* words */
    Vocabulary *vocabulary; /* words words, finished; owned */
    char *parameters;       /* of the run: "key=value\n" lines, owned; "" when none */
} Model;

/* All parameters zero. spare: floats of padding that a row has at least. Takes over vocabulary
 * when it succeeds. */
n2v_status model_create(Model *model, Vocabulary *vocabulary, size_t dim, size_t spare, n2v_error *error);

/* The value of a parameter, *bytes long and not terminated; NULL when there is none of the name. */
const char *model_parameter(const Model *model, const char *name, size_t *bytes);

void model_free(Model *model); /* frees the contents; accepts an all-zero struct */

#endif
