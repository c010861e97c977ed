/* registry.h - every objective's description; registry.c lists them, a row each. */
#ifndef N2V_OBJECTIVES_REGISTRY_H
#define N2V_OBJECTIVES_REGISTRY_H

#include "objectives/objective.h"

extern const n2v_objective n2v_objective_sgns;
extern const n2v_objective n2v_objective_nce;
extern const n2v_objective n2v_objective_infonce;

#endif
