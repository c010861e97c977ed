#include "cli/difference.h"

#include <math.h>

#define DEPTH     4  /* deeper extrapolation only multiplies the rounding of floats */
#define HALVINGS  10 /* of check-objective's steps */
#define TOLERANCE 1e-3
#define TRUST     3e-4
#define SAMPLES   9

double slope_estimate(stepped_loss *loss, void *context, double first, int halvings, double *error)
{
    double above[DEPTH] = {0}, row[DEPTH] = {0}, best = NAN, step = first;

    *error = INFINITY;
    for (int r = 0; r < halvings; r++, step /= 2) {
        const int depth = r + 1 < DEPTH ? r + 1 : DEPTH;
        double up, down, power = 1;
        const double high = loss(context, step, &up), low = loss(context, -step, &down);

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

/* How far the loss is rounded near x (Hamming; More & Wild 2011): third differences over steps so small that the loss
 * is a line over them are rounding alone. Several steps, because a loss may be rounded in step with one. Twice as much,
 * because approximations of exp are off by more than their neighbors show. */
static double rounding_near(stepped_loss *loss, void *context, double step)
{
    double values[SAMPLES], largest = 0, taken;

    for (int r = 0; r < 3; r++, step *= 2.3) {
        for (int i = 0; i < SAMPLES; i++)
            values[i] = loss(context, (i - SAMPLES / 2) * step, &taken);
        for (int i = 0; i + 3 < SAMPLES; i++)
            largest = fmax(largest, fabs(values[i + 3] - 3 * values[i + 2] + 3 * values[i + 1] - values[i]));
    }
    return 2 * largest;
}

/* The slopes to the left and to the right, ordered. */
static void one_sided(stepped_loss *loss, void *context, double step, double *low, double *high)
{
    double up, down, still;
    const double at = loss(context, 0, &still), after = loss(context, step, &up), before = loss(context, -step, &down);
    const double right = (after - at) / up, left = (before - at) / down;

    *low = fmin(left, right);
    *high = fmax(left, right);
}

bool slope_agrees(stepped_loss *loss, void *context, double first, double noise, double largest, double slope,
                  double *error, double *expected)
{
    double trust, low, high, room, step;

    *expected = slope_estimate(loss, context, first, HALVINGS, &trust);
    if (trust <= TRUST * largest && fabs(*expected - slope) <= TOLERANCE * largest) {
        *error = fabs(*expected - slope);
        return true;
    }
    /* A kink (a hinge, a maximum), a sharp bend or noise: between the slopes of the two sides, any is right. */
    noise = fmax(noise, rounding_near(loss, context, first * 0x1p-10));
    step = fmax(first / 256, noise / (3 * TOLERANCE * largest)); /* small, but larger than the noise */
    *error = NAN;
    if (step > first)
        return true;
    one_sided(loss, context, step, &low, &high);
    room = TOLERANCE * largest + noise / step;
    *error = fmax(0, fmax(low - slope, slope - high));
    if (*error > room)
        *expected = slope < low ? low : high;
    return *error <= room;
}
