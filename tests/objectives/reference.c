#include "objectives/reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

static double parameter(const reference_values *values, const char *name)
{
    const size_t count = n2v_objective_parameters(values->objective);
    for (size_t i = 0; i < count; i++)
        if (strcmp(values->objective->parameters[i].name, name) == 0)
            return (double)values->parameters[i];
    ck_abort_msg("objective %s has no parameter '%s', which its reference needs", values->objective->name, name);
    return NAN;
}

static double softplus(double x)
{
    return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

static double sigmoid(double x)
{
    return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x));
}

/* Logistic regression of the positives against the noise. A positive has its own k
 * noise words; where the positives of a row share them, each counts once for each. */
static double logistic(reference_tile *t, bool subtract_noise)
{
    double loss = 0;

    for (size_t i = 0; i < t->m; i++) {
        const double sharing = (double)(t->first[i + 1] - t->first[i]);
        for (size_t p = t->first[i]; p < t->first[i + 1]; p++) {
            const double logit = t->positive_scores[p] - (subtract_noise ? t->positive_log_noise[p] : 0);
            loss += softplus(-logit);
            t->positive_gradient[p] = -sigmoid(-logit);
        }
        for (size_t j = 0; j < t->n; j++) {
            const size_t cell = i * t->n + j;
            const double logit = t->scores[cell] - (subtract_noise ? t->log_noise[j] : 0);
            if (t->negative[cell]) {
                loss += sharing * t->multiplicity[j] * softplus(logit);
                t->gradient[cell] = sharing * t->multiplicity[j] * sigmoid(logit);
            }
        }
    }
    return loss;
}

/* Mikolov et al. 2013, equation 4: log s(x.y+) + sum_k log s(-x.y-), negated. */
static double sgns(reference_tile *t, const reference_values *values)
{
    (void)values;
    return logistic(t, false);
}

/* Gutmann & Hyvarinen 2012, equation 8, with the logit log p(w) - log k q(w). */
static double nce(reference_tile *t, const reference_values *values)
{
    (void)values;
    return logistic(t, true);
}

/* van den Oord et al. 2018, equation 4: which of the words is the positive; with
 * `correct` the scores less log(kQ) (sampled softmax, Jean et al. 2015). */
static double infonce(reference_tile *t, const reference_values *values)
{
    const double temperature = parameter(values, "temperature");
    const double correct = parameter(values, "correct");
    double loss = 0;

    for (size_t i = 0; i < t->m; i++) {
        for (size_t p = t->first[i]; p < t->first[i + 1]; p++) {
            const double positive = (t->positive_scores[p] - correct * t->positive_log_noise[p]) / temperature;
            double largest = positive, sum;

            for (size_t j = 0; j < t->n; j++)
                if (t->negative[i * t->n + j])
                    largest = fmax(largest, (t->scores[i * t->n + j] - correct * t->log_noise[j]) / temperature);
            sum = exp(positive - largest);
            for (size_t j = 0; j < t->n; j++)
                if (t->negative[i * t->n + j])
                    sum += t->multiplicity[j] *
                           exp((t->scores[i * t->n + j] - correct * t->log_noise[j]) / temperature - largest);
            loss += largest + log(sum) - positive;
            t->positive_gradient[p] = (exp(positive - largest) / sum - 1) / temperature;
            for (size_t j = 0; j < t->n; j++)
                if (t->negative[i * t->n + j])
                    t->gradient[i * t->n + j] +=
                        t->multiplicity[j] *
                        exp((t->scores[i * t->n + j] - correct * t->log_noise[j]) / temperature - largest) / sum /
                        temperature;
        }
    }
    return loss;
}

static const struct {
    const char *name;
    reference_function *function;
} references[] = {
    {"sgns", sgns},
    {"nce", nce},
    {"infonce", infonce},
};

/* Gradients start at 0, so that a reference only adds what it has. */
static double from_zero(reference_function *function, reference_tile *tile, const reference_values *values)
{
    memset(tile->gradient, 0, tile->m * tile->n * sizeof *tile->gradient);
    memset(tile->positive_gradient, 0, tile->positives * sizeof *tile->positive_gradient);
    return function(tile, values);
}

bool reference_exists(const char *name)
{
    for (size_t i = 0; i < sizeof references / sizeof *references; i++)
        if (strcmp(references[i].name, name) == 0)
            return true;
    return false;
}

double reference_evaluate(reference_tile *tile, const reference_values *values)
{
    for (size_t i = 0; i < sizeof references / sizeof *references; i++)
        if (strcmp(references[i].name, values->objective->name) == 0)
            return from_zero(references[i].function, tile, values);
    ck_abort_msg("objective %s has no reference: write one into tests/objectives/reference.c", values->objective->name);
    return NAN;
}

static double *doubles(size_t count, const float *from)
{
    double *array = malloc((count ? count : 1) * sizeof *array);
    ck_assert_ptr_nonnull(array);
    for (size_t i = 0; i < count; i++)
        array[i] = from ? (double)from[i] : 1;
    return array;
}

static uint32_t *ids(size_t count, const uint32_t *from)
{
    uint32_t *array = malloc((count ? count : 1) * sizeof *array);
    ck_assert_ptr_nonnull(array);
    memcpy(array, from, count * sizeof *array);
    return array;
}

reference_tile reference_make(const n2v_tile *tile)
{
    const size_t cells = tile->m * tile->n, positives = tile->first[tile->m];
    reference_tile t = {.m = tile->m, .n = tile->n, .positives = positives};

    t.scores = doubles(cells, tile->scores);
    t.positive_scores = doubles(positives, tile->positive_scores);
    t.log_noise = doubles(tile->n, tile->log_noise);
    t.positive_log_noise = doubles(positives, tile->positive_log_noise);
    t.multiplicity = doubles(tile->n, tile->multiplicity);
    t.gradient = doubles(cells, NULL);
    t.positive_gradient = doubles(positives, NULL);
    t.first = ids(tile->m + 1, tile->first);
    if (tile->column)
        t.column = ids(positives, tile->column);
    t.negative = malloc((cells ? cells : 1) * sizeof *t.negative);
    ck_assert_ptr_nonnull(t.negative);
    for (size_t k = 0; k < cells; k++)
        t.negative[k] = !tile->mask || !tile->mask[k];
    return t;
}

void reference_free(reference_tile *t)
{
    free(t->scores);
    free(t->positive_scores);
    free(t->log_noise);
    free(t->positive_log_noise);
    free(t->multiplicity);
    free(t->gradient);
    free(t->positive_gradient);
    free(t->first);
    free(t->column);
    free(t->negative);
    *t = (reference_tile){0};
}
