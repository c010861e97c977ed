/* registry.h - every format's description; formats.c lists them, a row each: those that are written, and those that are
 * only read. */
#ifndef N2V_MODEL_FORMATS_REGISTRY_H
#define N2V_MODEL_FORMATS_REGISTRY_H

#include "model/formats/format.h"

extern const Format format_text;
extern const Format format_binary;
extern const Format format_n2v;
extern const Format format_gensim;
extern const Format format_glove;
extern const Format format_npy;
extern const Format format_npz;
extern const Format format_safetensors;
extern const Format format_model2vec;
extern const Format format_finalfusion;
extern const Format format_projector;
extern const Format format_fasttext;
extern const Format format_floret;

#endif
