/* registry.h - every format's description; formats.c lists them, a row each. */
#ifndef N2V_MODEL_FORMATS_REGISTRY_H
#define N2V_MODEL_FORMATS_REGISTRY_H

#include "model/formats/format.h"

extern const n2v_format n2v_format_text;
extern const n2v_format n2v_format_binary;
extern const n2v_format n2v_format_n2v;
extern const n2v_format n2v_format_glove;
extern const n2v_format n2v_format_npy;
extern const n2v_format n2v_format_safetensors;
extern const n2v_format n2v_format_finalfusion;
extern const n2v_format n2v_format_projector;

#endif
