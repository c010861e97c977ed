/* numbered.h - models of the words w0, w1, ... for tests. */
#ifndef N2V_TESTS_UNIT_NUMBERED_H
#define N2V_TESTS_UNIT_NUMBERED_H

#include "model/model.h"

/* Counts fall by 1 from first_count, so that ids are in the order of words. All vectors are zero. */
Model numbered_model(size_t words, uint64_t first_count, size_t dim, bool has_bias);

#endif
