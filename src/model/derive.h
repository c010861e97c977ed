/* derive.h - a model of vectors that are computed from those of another. */
#ifndef N2V_MODEL_DERIVE_H
#define N2V_MODEL_DERIVE_H

#include "model/select.h"

/* Makes a model of the selected vectors of the selected words: projected, then scaled to length 1, then rounded as the
 * numbers of a file are. It has input vectors alone: no outputs, no biases, no subwords. VECTORS_ALL is VECTORS_INPUT.
 * Its record is the model's, with what was done. The model does not change. The failures of selection_create and
 * selection_check_components; N2V_ERROR_NUMERIC: a number is not finite. stop may be NULL. */
n2v_status model_derive(Model *derived, const Model *model, const Select *select, const Stop *stop, n2v_error *error);

#endif
