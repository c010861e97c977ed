/* n2v.h - the whole model in one file. */
#ifndef N2V_MODEL_FORMATS_N2V_H
#define N2V_MODEL_FORMATS_N2V_H

#include "model/formats/format.h"

bool n2v_file_matches(const unsigned char *head, size_t count);
n2v_status n2v_file_write(const n2v_model *model, n2v_writer *writer, n2v_error *error);
n2v_status n2v_file_read(n2v_model *model, n2v_source *source, n2v_error *error);

#endif
