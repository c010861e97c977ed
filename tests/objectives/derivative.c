#include "objectives/derivative.h"

#include <math.h>

/* Deeper extrapolation only multiplies the noise of floats. */
#define DEPTH 4

double numeric_derivative(stepped_function *function, void *context, double first, int count, double *error)
{
    double above[DEPTH] = {0}, row[DEPTH], best = NAN, step = first;

    *error = INFINITY;
    for (int r = 0; r < count; r++, step /= 2) {
        const int depth = r + 1 < DEPTH ? r + 1 : DEPTH;
        double up, down, power = 1;
        const double high = function(context, step, &up), low = function(context, -step, &down);

        row[0] = (high - low) / (up - down);
        for (int d = 1; d < depth; d++) {
            double disagreement;
            power *= 4;
            row[d] = (power * row[d - 1] - above[d - 1]) / (power - 1);
            disagreement = fmax(fabs(row[d] - row[d - 1]), fabs(row[d] - above[d - 1]));
            if (disagreement <= *error) {
                *error = disagreement;
                best = row[d];
            }
        }
        for (int d = 0; d < depth; d++)
            above[d] = row[d];
    }
    return best;
}
