/* word2vec.h - what word2vec's two formats share: a header line, "WORDS DIM", and which of them it is. */
#ifndef N2V_MODEL_FORMATS_WORD2VEC_H
#define N2V_MODEL_FORMATS_WORD2VEC_H

#include "model/formats/format.h"
#include "model/formats/loader.h"

/* Whether the first line is such a header; *rest is where the rows begin. */
bool word2vec_header(const unsigned char *head, size_t count, size_t *rest);

/* Takes the header line, and begins the model with what it declares. */
n2v_status word2vec_begin(Model *model, Source *source, n2v_error *error);

#endif
