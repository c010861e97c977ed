/* model.h - the parameters of a run: input vectors, output vectors, output biases. */
#ifndef N2V_MODEL_MODEL_H
#define N2V_MODEL_MODEL_H

#include "base/memory.h"
#include "corpus/vocabulary.h"

typedef struct n2v_model {
    size_t words, dim;
    size_t stride;              /* floats from row to row, whole vectors; padding is zero */
    float *input, *output;      /* words x stride */
    float *output_bias;         /* words */
    n2v_vocabulary *vocabulary; /* words words, finished; owned */
    char *parameters;           /* of the run: "key=value\n" lines, owned; "" when none */
} n2v_model;

/* All parameters zero. spare: floats of padding that a row has at least. Takes over vocabulary
 * when it succeeds. */
n2v_status n2v_model_create(n2v_model *model, n2v_vocabulary *vocabulary, size_t dim, size_t spare, n2v_error *error);

/* The value of a parameter, *bytes long and not terminated; NULL when there is none of the name. */
const char *n2v_model_parameter(const n2v_model *model, const char *name, size_t *bytes);

void n2v_model_free(n2v_model *model); /* frees the contents; accepts an all-zero struct */

#endif
