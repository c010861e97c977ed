/* binary.h - word2vec's binary format. */
#ifndef N2V_MODEL_FORMATS_BINARY_H
#define N2V_MODEL_FORMATS_BINARY_H

#include "model/formats/format.h"

bool n2v_binary_matches(const unsigned char *head, size_t count);
n2v_status n2v_binary_write(const n2v_model *model, n2v_writer *writer, n2v_error *error);
n2v_status n2v_binary_read(n2v_model *model, n2v_source *source, n2v_error *error);

#endif
