/* difference.h - the slope of a loss from its values, with an estimate of its error. */
#ifndef N2V_CLI_DIFFERENCE_H
#define N2V_CLI_DIFFERENCE_H

#include <stdbool.h>

/* The loss at x + step. *taken: the step as it is after x + step was rounded to float. NaN: it is not finite. */
typedef double stepped_loss(void *context, double step, double *taken);

/* Ridders 1982: central differences with steps halved so many times from first, Richardson-extrapolated; the entry
 * whose neighbors agree best wins, and by how much they disagree is *error. Large steps suit functions that are known
 * to float precision only, small ones those that bend sharply; nobody has to know which. At a kink nothing agrees, and
 * *error shows it. */
double slope_estimate(stepped_loss *loss, void *context, double first, int halvings, double *error);

/* Whether `slope` is the derivative of a loss whose values are known up to `noise` or worse. largest: the size of
 * gradients here, of which 1/1000 is tolerated. first: the largest step that makes sense. *error: by how much the
 * derivative differs; NaN where no step is large enough against the noise, so that nothing can be said. *expected: what
 * the differences say. */
bool slope_agrees(stepped_loss *loss, void *context, double first, double noise, double largest, double slope,
                  double *error, double *expected);

#endif
