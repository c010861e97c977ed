/* statistics.h - how likely it is that chance alone does worse than what was drawn. */
#ifndef N2V_TESTS_STATISTICS_H
#define N2V_TESTS_STATISTICS_H

#include <math.h>
#include <stddef.h>

/* Fixed seeds make a test pass for ever or fail for ever; below this it is no chance. */
#define P_VALUE 1e-6

/* Q(a, x), the regularised upper incomplete gamma function: the series of P for
 * x < a + 1, else Legendre's continued fraction by Lentz's method. */
static inline double upper_gamma(double a, double x)
{
    const double front = exp(a * log(x) - x - lgamma(a));

    if (x <= 0)
        return 1;
    if (x < a + 1) {
        double term = 1 / a, sum = term;
        for (double n = 1; n < 100000 && term > sum * 1e-16; n++)
            sum += term *= x / (a + n);
        return 1 - front * sum;
    } else {
        const double tiny = 1e-300;
        double b = x + 1 - a, c = 1 / tiny, d = 1 / b, h = d, step = 0;
        for (double n = 1; n < 100000 && fabs(step - 1) > 1e-15; n++) {
            const double an = -n * (n - a);
            b += 2;
            d = an * d + b;
            d = 1 / (fabs(d) < tiny ? tiny : d);
            c = b + an / c;
            c = fabs(c) < tiny ? tiny : c;
            step = c * d;
            h *= step;
        }
        return front * h;
    }
}

/* The chance of a chi-square of this size or more with so many degrees of freedom. */
static inline double chi_square_p(double chi_square, double degrees)
{
    return degrees < 1 ? 1 : upper_gamma(degrees / 2, chi_square / 2);
}

/* Pearson's test of counts against probabilities. Cells are pooled, in order, until each expects at
 * least ten; a cell of probability 0 that was hit gives 0. */
static inline double goodness_of_fit_p(const double *observed, const double *probability, size_t cells, double total)
{
    double chi_square = 0, seen = 0, expected = 0, last_seen = 0, last_expected = 0;
    size_t pools = 0;

    for (size_t i = 0; i < cells; i++) {
        if (probability[i] <= 0 && observed[i] > 0)
            return 0;
        seen += observed[i];
        expected += probability[i] * total;
        if (expected >= 10) {
            if (pools++)
                chi_square += (last_seen - last_expected) * (last_seen - last_expected) / last_expected;
            last_seen = seen;
            last_expected = expected;
            seen = expected = 0;
        }
    }
    last_seen += seen; /* the rest joins the last pool */
    last_expected += expected;
    if (pools)
        chi_square += (last_seen - last_expected) * (last_seen - last_expected) / last_expected;
    return chi_square_p(chi_square, (double)pools - 1);
}

/* Hits of a known probability: two cells. */
static inline double binomial_p(double hits, double probability, double total)
{
    const double expected = probability * total;
    if (probability <= 0 || probability >= 1)
        return hits == expected ? 1 : 0;
    return chi_square_p((hits - expected) * (hits - expected) / (expected * (1 - probability)), 1);
}

#endif
