/* safetensors.h - tensors of vectors, for the formats that write them. */
#ifndef N2V_MODEL_FORMATS_SAFETENSORS_H
#define N2V_MODEL_FORMATS_SAFETENSORS_H

#include "model/formats/format.h"

#define SAFETENSORS_NAMES 5

typedef struct TensorNames {
    const char *of[SAFETENSORS_NAMES]; /* of inputs, outputs, biases, the scales of inputs and outputs */
    const char *other;                 /* another name of inputs, which is read; NULL: none */
    bool inputs_alone; /* there are no others; the record comes after them, so that a reader sees their name soon */
    size_t zero_rows;  /* after those of the words: written as zeros, and skipped */
} TensorNames;

bool safetensors_matches(const unsigned char *head, size_t count);

n2v_status safetensors_write(const Selection *selection, const TensorNames *names, Writer *writer, n2v_error *error);
n2v_status safetensors_read(Model *model, const TensorNames *names, Source *source, n2v_error *error);

#endif
