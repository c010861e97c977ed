/* model.h - the parameters of a training: input vectors, output vectors, biases; with their words. */
#ifndef N2V_MODEL_MODEL_H
#define N2V_MODEL_MODEL_H

#include <stdatomic.h>

#include "base/memory.h"
#include "corpus/vocabulary.h"
#include "model/extra.h"
#include "model/record.h"
#include "model/subwords.h"

/* Floats of a row beyond dim, or beyond the bias element, are 0. */
typedef struct Model {
    size_t words, dim;
    size_t input_rows, output_rows; /* the words' first; the rest belong to the encoder or the layout */
    size_t stride;             /* floats from row to row: whole vectors, at least dim + 1 with biases */
    size_t output_stride;      /* the same of outputs; more than stride where a row is several vectors side by side */
    float *input, *output;     /* input_rows x stride, output_rows x output_stride; output NULL: none */
    bool has_bias;             /* element dim of an output row's last vector is its bias, of an input row it is 1 */
    bool other_outputs; /* output rows are not vectors of the words: wider rows; nodes of a tree; or a matrix for each
                         * position, one after the other */
    bool saves_bias;           /* files get a bias for each word, model_bias; only with output vectors */
    _Atomic float shared_bias; /* of all scores; 0 unless the objective needs it */
    Subwords *subwords;        /* owned; the rows of words are then made of others (compose.h). NULL: there are none */
    _Atomic float *accumulators; /* of the optimizer: one for each row, by number, and for the shared bias; NULL: */
                                 /* none */
    float *rates; /* factors of the learning rate: one for each row, by number, and for the shared bias; NULL: all */
                  /* are 1 */
    Vocabulary *vocabulary;    /* words words, finished; the model has a reference */
    Record record;             /* what the model was made with */
    Extra extras[EXTRA_KINDS]; /* written with the whole model, by the format that can hold them */
    char damaged[40];          /* names of ancillary parts of its file that were damaged and skipped; "": none */
} Model;

/* Beyond a row for each word on both sides. */
typedef struct ModelShape {
    size_t dim;
    size_t more_inputs, more_outputs; /* rows after those of the words */
    size_t output_vectors;            /* side by side in an output row; 0: 1 */
    bool has_bias;
    bool other_outputs; /* as in Model */
} ModelShape;

/* Makes a model for training: all parameters are zero, and it saves biases, whether it has any or not. When it
 * succeeds, the caller's reference of the vocabulary becomes the model's. */
n2v_status model_create(Model *model, Vocabulary *vocabulary, const ModelShape *shape, n2v_error *error);

/* Adds accumulators, all 0. */
n2v_status model_accumulate(Model *model, n2v_error *error);

/* A row for each word on both sides: for models that are read. */
void model_set_words(Model *model, size_t words);
void model_set_stride(Model *model, size_t stride);

/* Rows of other numbers, before there are any; vectors: side by side in an output row. N2V_ERROR_MEMORY: there are more
 * than 2^32 - 1, which are their numbers in rounds, or than there are addresses for. */
n2v_status model_set_rows(Model *model, size_t inputs, size_t outputs, size_t vectors, n2v_error *error);

/* Its memory, about. */
uint64_t model_bytes(const Model *model);

void model_free(Model *model); /* frees the contents; accepts an all-zero struct */

/* Rows by number: the inputs, then the outputs. */
static inline size_t model_rows(const Model *model)
{
    return model->input_rows + model->output_rows;
}

static inline float *model_row(const Model *model, size_t row)
{
    return row < model->input_rows ? model->input + row * model->stride
                                   : model->output + (row - model->input_rows) * model->output_stride;
}

/* Whether it is the row of a part of words, which has any length even where words have length 1. */
static inline bool model_is_part(const Model *model, size_t row)
{
    return model->subwords && row < model->input_rows;
}

static inline size_t model_row_floats(const Model *model, size_t row)
{
    return row < model->input_rows ? model->stride : model->output_stride;
}

/* Vectors side by side in an output row. */
static inline size_t model_output_vectors(const Model *model)
{
    return model->output_stride / model->stride;
}

/* The element of an output row that is its bias. */
static inline size_t model_bias_at(const Model *model)
{
    return model->output_stride - model->stride + model->dim;
}

/* Whether there is an output vector of each word. */
static inline bool model_has_outputs(const Model *model)
{
    return model->output && !model->other_outputs;
}

/* Whose row it is, for messages. */
const char *model_row_name(const Model *model, size_t row);

/* Floats of the accumulators. */
static inline size_t model_accumulators(const Model *model)
{
    return model->accumulators ? model_rows(model) + 1 : 0;
}

static inline float model_accumulator(const Model *model, size_t index)
{
    return model->accumulators ? atomic_load_explicit(&model->accumulators[index], memory_order_relaxed) : 0;
}

/* The shared bias is not to change, not even by what a rule has kept of earlier changes. */
static inline bool model_bias_is_frozen(const Model *model)
{
    return model->rates && model->rates[model_rows(model)] == 0;
}

/* Those of the widest row; an output is not narrower than an input. */
static inline size_t model_widest(const Model *model)
{
    return model->output_stride;
}

/* What all scores of an output word have added, the shared bias included; 0 without biases. */
float model_bias(const Model *model, Id id);

/* The same without the shared bias. */
float model_own_bias(const Model *model, Id id);

void model_free_extras(Model *model); /* those of the state of a training */

#endif
