/* text.h - word2vec's text format. */
#ifndef N2V_MODEL_FORMATS_TEXT_H
#define N2V_MODEL_FORMATS_TEXT_H

#include "model/formats/format.h"

bool n2v_text_matches(const unsigned char *head, size_t count);
n2v_status n2v_text_write(const n2v_model *model, n2v_writer *writer, n2v_error *error);
n2v_status n2v_text_read(n2v_model *model, n2v_source *source, n2v_error *error);

#endif
