#include "caller.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "test.h"

n2v_objective_info caller_describe(const char *objective)
{
    n2v_objective_info info = {.size = sizeof info};
    n2v_error error = {.text = ""};
    require(n2v_objective_describe(NULL, objective, &info, &error) == N2V_OK, "%s: %s", objective, error.text);
    return info;
}

static float uniform(Random *random, float from, float to)
{
    return from + (to - from) * random_float(random);
}

/* Symmetric, with a diagonal that nobody reads. */
static void fill_pairs(float *pairs, size_t count, bool distances, Random *random)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t l = 0; l < i; l++)
            pairs[i * count + l] = pairs[l * count + i] = distances ? uniform(random, 0.1f, 4) : uniform(random, -3, 3);
        pairs[i * count + i] = NAN;
    }
}

void caller_fill(caller *c, const n2v_objective_info *info, size_t m, size_t n, Random *random)
{
    const bool distances = info->geometry == N2V_SQEUCLID;

    memset(c, 0, sizeof *c);
    for (size_t k = 0; k < m * n; k++)
        c->scores[k] = distances ? uniform(random, 0.1f, 4) : uniform(random, -3, 3);
    for (size_t j = 0; j < n; j++) {
        c->log_noise[j] = uniform(random, -9, 0);
        c->multiplicity[j] = (float)(1 + random_below(random, 3));
        c->output_norms[j] = uniform(random, 0, 4);
    }
    for (size_t i = 0; i < m; i++)
        c->input_norms[i] = uniform(random, 0, 4);
    fill_pairs(c->input_pairs, m, distances, random);
    fill_pairs(c->output_pairs, n, distances, random);
    c->e = (n2v_evaluation){
        .size = sizeof c->e,
        .m = m,
        .n = n,
        .scores = c->scores,
        .labels = c->labels,
        .log_noise = info->needs & N2V_NEEDS_LOG_NOISE ? c->log_noise : NULL,
        .input_norms = info->needs & N2V_NEEDS_NORMS ? c->input_norms : NULL,
        .output_norms = info->needs & N2V_NEEDS_NORMS ? c->output_norms : NULL,
        .gradient = c->gradient,
        .input_norm_gradient = c->input_norm_gradient,
        .output_norm_gradient = c->output_norm_gradient,
        .input_pairs = info->needs & N2V_NEEDS_SIDES ? c->input_pairs : NULL,
        .output_pairs = info->needs & N2V_NEEDS_SIDES ? c->output_pairs : NULL,
        .input_pair_gradient = c->input_pair_gradient,
        .output_pair_gradient = c->output_pair_gradient,
    };
}

double caller_evaluate(const char *objective, caller *c)
{
    n2v_error error = {.text = ""};
    require(n2v_objective_evaluate(NULL, objective, &c->e, &error) == N2V_OK, "%s: %s", objective, error.text);
    return c->e.loss;
}

void caller_near(double got, double wanted, double tolerance, const char *objective, const char *what, size_t at)
{
    require(fabs(got - wanted) <= tolerance * fmax(1, fabs(wanted)), "%s: %s %zu is %.9g, not %.9g", objective, what,
            at, got, wanted);
}

void caller_sound(caller *c, const char *objective)
{
    const n2v_objective_info info = caller_describe(objective);
    Random random;

    random_seed(&random, 2, 0, 0, 0);
    caller_fill(c, &info, 2, 3, &random);
    c->labels[0] = c->labels[4] = N2V_POSITIVE;
}
