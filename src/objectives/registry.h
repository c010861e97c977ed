/* registry.h - every objective's description; registry.c lists them, a row each. */
#ifndef N2V_OBJECTIVES_REGISTRY_H
#define N2V_OBJECTIVES_REGISTRY_H

#include "objectives/objective.h"

extern const n2v_objective n2v_objective_sgns;
extern const n2v_objective n2v_objective_nce;
extern const n2v_objective n2v_objective_infonce;
extern const n2v_objective n2v_objective_npair;
extern const n2v_objective n2v_objective_triplet;
extern const n2v_objective n2v_objective_contrastive;
extern const n2v_objective n2v_objective_lifted;
extern const n2v_objective n2v_objective_softmax;
extern const n2v_objective n2v_objective_softnn;
extern const n2v_objective n2v_objective_debiased;
extern const n2v_objective n2v_objective_hardneg;
extern const n2v_objective n2v_objective_siglip;
extern const n2v_objective n2v_objective_alignuniform;

#endif
