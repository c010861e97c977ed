/* registry.h - every objective's description; registry.c lists them, a row each. */
#ifndef N2V_OBJECTIVES_REGISTRY_H
#define N2V_OBJECTIVES_REGISTRY_H

#include "objectives/objective.h"

extern const n2v_objective objective_sgns;
extern const n2v_objective objective_nce;
extern const n2v_objective objective_infonce;
extern const n2v_objective objective_npair;
extern const n2v_objective objective_triplet;
extern const n2v_objective objective_contrastive;
extern const n2v_objective objective_lifted;
extern const n2v_objective objective_softmax;
extern const n2v_objective objective_softnn;
extern const n2v_objective objective_debiased;
extern const n2v_objective objective_hardneg;
extern const n2v_objective objective_siglip;
extern const n2v_objective objective_alignuniform;

#endif
