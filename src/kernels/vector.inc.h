/* vector.inc.h - the kernels over vectors, and the table that makes a set of them. vector_ops.inc.h explains the
 * template.
 *
 * One template, because the shapes differ between instruction sets and the code does not. */
#ifndef N2V_KERNELS_VECTOR_INC_H
#define N2V_KERNELS_VECTOR_INC_H

#include "kernels/sets.h"
#include "kernels/vector_cells.inc.h"
#include "kernels/vector_matched.inc.h"
#include "kernels/vector_math.inc.h"
#include "kernels/vector_rows.inc.h"
#include "kernels/vector_scores.inc.h"
#include "kernels/vector_update.inc.h"

/* The set, with an update function of its own. */
#define KERNELS(set_name, in_bf16, update_function)                                                                    \
    {                                                                                                                  \
        .name = set_name,                                                                                              \
        .bf16 = in_bf16,                                                                                               \
        .math = {exp_array, sigmoid, softplus, exp_sum, max_array, magnitude_array, log_array, softmax,                \
                 softmax_columns, logistic, logistic_positives, weigh, roots, root_slopes, hinges},                    \
        .dot = dot,                                                                                                    \
        .sqdist = sqdist,                                                                                              \
        .unit_sqdist = unit_sqdist,                                                                                    \
        .dot_matched = dot_matched,                                                                                    \
        .update = update_function,                                                                                     \
        .update_matched = update_matched,                                                                              \
        .split = split,                                                                                                \
        .join = join,                                                                                                  \
        .bound_steps = bound_steps,                                                                                    \
        .norms = norms,                                                                                                \
        .scale = scale,                                                                                                \
        .gather = gather,                                                                                              \
        .scatter = scatter,                                                                                            \
        .normalize = normalize,                                                                                        \
    }

#endif
