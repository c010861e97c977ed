/* pass.h - some queries against all rows of a model. */
#ifndef N2V_QUERY_PASS_H
#define N2V_QUERY_PASS_H

#include "query/nearest.h"
#include "query/search.h"

typedef struct Pass {
    const Search *search;
    const n2v_query *queries; /* valid ones */
    size_t count;
    const float *const *x; /* the query vectors of all queries, in order */
    size_t vectors;
    Nearest *results; /* count, each with room for k */
    size_t k;
} Pass;

/* N2V_ERROR_MEMORY. */
n2v_status pass_run(const Pass *pass, n2v_error *error);

#endif
