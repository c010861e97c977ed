/* word2vec.h - what word2vec's two formats share: a header line, "WORDS DIM", and which of them it is. */
#ifndef N2V_MODEL_FORMATS_WORD2VEC_H
#define N2V_MODEL_FORMATS_WORD2VEC_H

#include "model/formats/format.h"
#include "model/formats/loader.h"

/* Whether the first line is such a header; *rest is where the rows begin. */
bool n2v_word2vec_header(const unsigned char *head, size_t count, size_t *rest);

/* Takes the header line and checks its numbers. */
n2v_status n2v_word2vec_read_header(n2v_source *source, size_t *words, size_t *dim, n2v_error *error);

/* The model that these rows and words make; takes both over when it succeeds. */
n2v_status n2v_word2vec_model(n2v_model *model, n2v_rows *rows, n2v_vocabulary **vocabulary, size_t words, size_t dim,
                              n2v_error *error);

#endif
