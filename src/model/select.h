/* select.h - what of a model is written: which vectors, how long, of which words. The model does not change, and no
 * matrix is copied: rows are computed one by one. */
#ifndef N2V_MODEL_SELECT_H
#define N2V_MODEL_SELECT_H

#include "model/model.h"

typedef enum Vectors {
    VECTORS_INPUT,
    VECTORS_OUTPUT,
    VECTORS_SUM,    /* of a word's input and output vector */
    VECTORS_CONCAT, /* one after the other: twice as many dimensions */
    VECTORS_ALL     /* all that the format can hold */
} Vectors;

const char *vectors_name(size_t index); /* of those that are selected alone; NULL beyond the last */

/* How numbers are written. */
typedef enum Numbers {
    NUMBERS_FLOAT32,
    NUMBERS_FLOAT16, /* formats/half.h */
    NUMBERS_INT8,    /* formats/int8.h */
    NUMBERS_FLOAT64  /* in files that are read */
} Numbers;

typedef struct Select {
    Vectors vectors;
    bool normalize; /* vectors of length 1; VECTORS_ALL becomes VECTORS_INPUT */
    size_t top;     /* the first so many words; 0: all */
    Numbers numbers;
    size_t remove_top, reduce; /* principal components that are removed, and dimensions that are kept, 0: all
                                * (project.h); VECTORS_ALL becomes VECTORS_INPUT */
} Select;

/* The vectors are others than those of the model, beyond their length: they have to be derived (derive.h). */
static inline bool select_projects(const Select *select)
{
    return select->remove_top || select->reduce;
}

/* A part of a model, as the writers of formats see it. */
typedef struct Selection {
    const Model *model; /* borrowed */
    size_t words, dim;
    bool has_output, has_bias; /* there are output vectors, there are biases */
    bool has_subwords;         /* the parts of all words belong to it, where the format can hold them */
    Select select;
    float *room;   /* of the row that was computed last */
    Record record; /* the model's, and what was selected */
} Selection;

/* N2V_ERROR_ARGUMENT: output vectors of the words are wanted, and outputs are something else (model.h). */
n2v_status selection_check_outputs(Vectors vectors, bool other_outputs, n2v_error *error);

/* N2V_ERROR_ARGUMENT: vectors of so many dimensions do not have the components. */
n2v_status selection_check_components(const Select *select, size_t dim, n2v_error *error);

/* Dimensions of the vectors that are selected, of a model of so many, before components are removed. */
size_t selection_dim(Vectors vectors, size_t dim);

/* The vectors of a model as they are, or of length 1; those that have to be derived are not selected, but made before.
 * N2V_ERROR_DATA: the model has no output vectors and they are needed. */
n2v_status selection_create(Selection *selection, const Model *model, const Select *select, n2v_error *error);
void selection_free(Selection *selection); /* accepts an all-zero struct */

/* Nothing is left out or changed. */
bool selection_is_whole(const Selection *selection);

/* The vector of a word, dim floats; valid until the next call. */
const float *selection_row(const Selection *selection, size_t id);

/* Its output vector, where there are output vectors. */
const float *selection_output(const Selection *selection, size_t id);

#endif
