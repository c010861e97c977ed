#include "noise/window.h"

double window_weight(WindowWeights weights, size_t window, size_t distance)
{
    switch (weights) {
    case WINDOW_FLAT:
    case WINDOW_LINE:
        return 1;
    case WINDOW_HARMONIC:
        return 1 / (double)distance;
    case WINDOW_SHRINK:
    default:
        return (double)(window + 1 - distance) / (double)window;
    }
}

double window_side(WindowWeights weights, size_t window, size_t count)
{
    double sum = 0;

    if (weights == WINDOW_SHRINK)
        return (double)count * ((double)window + 1 - (double)(count + 1) / 2) / (double)window;
    for (size_t distance = 1; distance <= count; distance++)
        sum += window_weight(weights, window, distance);
    return sum;
}
