/* growth.c - the arithmetic of estimates. */
#include <math.h>

#include "cli/estimate.h"

double estimate_growth(const cli_growth *g, double tokens)
{
    double b = 1;

    if (!(g->tokens > 0) || tokens <= g->tokens)
        return 1;
    if (g->half_types > 0 && g->half_tokens > 0 && g->tokens > g->half_tokens)
        b = log(g->types / g->half_types) / log(g->tokens / g->half_tokens);
    return pow(tokens / g->tokens, b < 0 ? 0 : b > 1 ? 1 : b);
}

double estimate_percent(double part, double whole)
{
    return fmin(100 * part / whole, 99);
}

double estimate_rounded(double value)
{
    const double unit = value >= 100 ? pow(10, floor(log10(value)) - 1) : 1;
    return round(value / unit) * unit;
}
