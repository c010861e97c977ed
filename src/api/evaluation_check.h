/* evaluation_check.h - whether the arrays of an n2v_evaluation are what an objective needs. */
#ifndef N2V_API_EVALUATION_CHECK_H
#define N2V_API_EVALUATION_CHECK_H

#include "nce2vec/objective.h"
#include "objectives/objective.h"

/* Checks sizes, labels, and each number that is read; also counts the positives. */
n2v_status evaluation_check(const n2v_objective *objective, uint32_t needs, const n2v_evaluation *e, size_t *positives,
                            n2v_error *error);

#endif
