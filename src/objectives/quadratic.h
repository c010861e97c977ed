/* quadratic.h - losses that are quadratic in the scores: spectral and qwem. */
#ifndef N2V_OBJECTIVES_QUADRATIC_H
#define N2V_OBJECTIVES_QUADRATIC_H

#include "objectives/objective.h"

/* square s^2 + slope s */
typedef struct Parabola {
    float square, slope;
} Parabola;

/* Of objectives whose one parameter is in_batch. */
uint32_t quadratic_needs(const float *parameters, void *user);

size_t quadratic_scratch(size_t m, size_t n, size_t positives, void *user);

/* With N = sum_j c_j:
 *     loss = sum over positives of ( positive(s+) + 1 / N sum_j c_j negative(s_j) )
 * A row without negatives has only the first term. */
void quadratic_loss_grad(const n2v_tile *tile, Parabola positive, Parabola negative, const n2v_tile_gradient *gradient,
                         float *scratch, double *loss);

#endif
