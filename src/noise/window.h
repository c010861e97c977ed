/* window.h - how far a window reaches, which gives contexts their weights by distance.
 *
 * A context at distance d is in the window with probability w(d), so that tiles need no weights: the reach R of a
 * window is drawn with P(R >= d) = w(d). */
#ifndef N2V_NOISE_WINDOW_H
#define N2V_NOISE_WINDOW_H

#include "base/random.h"

/* w(d) for d in 1..window, in the order of CHOICES_WEIGHTS. */
typedef enum WindowWeights {
    WINDOW_SHRINK,   /* (window + 1 - d) / window: the reach is uniform in 1..window, as in word2vec */
    WINDOW_FLAT,     /* 1: the reach is the window */
    WINDOW_HARMONIC, /* 1 / d, as in GloVe */
    WINDOW_LINE      /* the same for all words of a line: it is shuffled, and then as WINDOW_FLAT */
} WindowWeights;

double window_weight(WindowWeights weights, size_t window, size_t distance);

/* The sum of the weights of the nearest `count` words on one side, at most window. That of `window` words is the mean
 * reach. */
double window_side(WindowWeights weights, size_t window, size_t count);

static inline size_t window_reach(WindowWeights weights, size_t window, Random *random)
{
    size_t reach;

    if (weights == WINDOW_SHRINK)
        return 1 + random_below(random, (uint32_t)window);
    if (weights == WINDOW_FLAT || weights == WINDOW_LINE)
        return window;
    reach = ((size_t)1 << 24) / (1 + (size_t)(random_next(random) >> 40)); /* 1 / u, u uniform in (0, 1] */
    return reach < window ? reach : window;
}

#endif
