/* safetensors.h - tensors for other programs; written only. */
#ifndef N2V_MODEL_FORMATS_SAFETENSORS_H
#define N2V_MODEL_FORMATS_SAFETENSORS_H

#include "model/formats/format.h"

n2v_status n2v_safetensors_write(const n2v_model *model, n2v_writer *writer, n2v_error *error);

/* The words, one a line, in the order of the rows. */
n2v_status n2v_safetensors_write_words(const n2v_model *model, n2v_writer *writer, n2v_error *error);

#endif
