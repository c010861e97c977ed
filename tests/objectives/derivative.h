/* derivative.h - a central finite difference that tells how far it can be trusted. */
#ifndef N2V_TESTS_OBJECTIVES_DERIVATIVE_H
#define N2V_TESTS_OBJECTIVES_DERIVATIVE_H

/* The function at x + step. *taken is the step that was really made, which
 * differs where x + step is rounded to float. */
typedef double stepped_function(void *context, double step, double *taken);

/* Ridders 1982: central differences with steps halved count times from first,
 * Richardson-extrapolated; the entry whose neighbours agree best wins, and by
 * how much they disagree is *error. Large steps serve functions that are known
 * to float precision only, small ones those that bend sharply; nobody has to
 * know which. Near a kink nothing agrees, and *error says so. */
double numeric_derivative(stepped_function *function, void *context, double first, int count, double *error);

#endif
