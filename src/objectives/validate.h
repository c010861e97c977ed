/* validate.h - whether a description of an objective is one that the trainer can train. */
#ifndef N2V_OBJECTIVES_VALIDATE_H
#define N2V_OBJECTIVES_VALIDATE_H

#include "objectives/objective.h"

/* Refuses, with a sentence, a size that is not known, names that are none, a missing function, defaults out of their
 * bounds, and what the functions say about the default parameters. */
n2v_status objective_validate(const n2v_objective *objective, n2v_error *error);

/* Refuses needs that contradict each other or the geometry. */
n2v_status objective_check_needs(const n2v_objective *objective, uint32_t needs, n2v_error *error);

#endif
