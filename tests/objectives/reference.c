#include "objectives/reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

static double parameter(const reference_values *values, const char *name)
{
    const size_t count = objective_parameters(values->objective);
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

/* log(sum of c_j exp(x_j)), added to one by one; starts at -INFINITY. */
static double log_add(double sum, double x)
{
    const double large = fmax(sum, x), small = fmin(sum, x);
    return small == -INFINITY ? large : large + log1p(exp(small - large));
}

/* The multiplicity of the cell. */
static double draws(const reference_tile *t, size_t cell)
{
    return t->negative[cell] ? t->multiplicity[cell % t->n] : 0;
}

/* Below a thousandth of the margin the distance, whose slope is infinite at 0, is taken to rise evenly. */
static double distance_slope(double distance, double margin)
{
    return 1 / (2 * fmax(distance, 1e-3 * margin));
}

/* Logistic regression of the positives against the noise. A positive has its own k
 * noise words; where the positives of a row share them, each counts once for each. */
static double weighted_logistic(reference_tile *t, double scale, double weight, bool subtract_noise)
{
    double loss = 0;

    for (size_t i = 0; i < t->m; i++) {
        for (size_t p = t->first[i]; p < t->first[i + 1]; p++) {
            const double logit = scale * t->in.positives[p] - (subtract_noise ? t->positive_log_noise[p] : 0);
            loss += weight * softplus(-logit);
            t->gradient.positives[p] = -weight * scale * sigmoid(-logit);
            for (size_t j = 0; j < t->n; j++) {
                const size_t cell = i * t->n + j;
                const double noise = scale * t->in.scores[cell] - (subtract_noise ? t->log_noise[j] : 0);
                loss += draws(t, cell) * softplus(noise);
                t->gradient.scores[cell] += draws(t, cell) * scale * sigmoid(noise);
            }
        }
    }
    return loss;
}

static double logistic(reference_tile *t, double scale, bool subtract_noise)
{
    return weighted_logistic(t, scale, 1, subtract_noise);
}

/* Mikolov et al. 2013, equation 4: log s(x.y+) + sum_k log s(-x.y-), negated. */
static double sgns(reference_tile *t, const reference_values *values)
{
    (void)values;
    return logistic(t, 1, false);
}

/* Gutmann & Hyvarinen 2012, equation 8, with the logit log p(w) - log k q(w). */
static double nce(reference_tile *t, const reference_values *values)
{
    (void)values;
    return logistic(t, 1, true);
}

/* Zhai et al. 2023: every pair of the batch, z = 1 for the true ones, -1 for the others:
 * log(1 + exp(-z t x.y)), with the bias already in the score. */
static double siglip(reference_tile *t, const reference_values *values)
{
    return logistic(t, parameter(values, "scale"), false);
}

/* Which of the words is the positive: a softmax of the scores times scale, over the positive and its negatives. */
static double categorical(reference_tile *t, double scale, double correct)
{
    double loss = 0;

    for (size_t i = 0; i < t->m; i++) {
        for (size_t p = t->first[i]; p < t->first[i + 1]; p++) {
            const double positive = (t->in.positives[p] - correct * t->positive_log_noise[p]) * scale;
            double log_sum = positive;

            for (size_t j = 0; j < t->n; j++)
                if (draws(t, i * t->n + j) > 0)
                    log_sum = log_add(log_sum, log(draws(t, i * t->n + j)) +
                                                   (t->in.scores[i * t->n + j] - correct * t->log_noise[j]) * scale);
            loss += log_sum - positive;
            t->gradient.positives[p] = scale * (exp(positive - log_sum) - 1);
            for (size_t j = 0; j < t->n; j++)
                t->gradient.scores[i * t->n + j] +=
                    draws(t, i * t->n + j) * scale *
                    exp((t->in.scores[i * t->n + j] - correct * t->log_noise[j]) * scale - log_sum);
        }
    }
    return loss;
}

/* van den Oord et al. 2018, equation 4; with `correct` the scores less log(kQ): sampled
 * softmax, Jean et al. 2015. */
static double infonce(reference_tile *t, const reference_values *values)
{
    return categorical(t, 1 / parameter(values, "temperature"), parameter(values, "correct"));
}

/* Sohn 2016, equation 6 and section 3.2.2: log(1 + sum exp(x.y- - x.y+)) and the squared lengths of both. */
static double npair(reference_tile *t, const reference_values *values)
{
    const double l2 = parameter(values, "l2");
    double loss = categorical(t, 1, 0);

    for (size_t i = 0; i < t->m; i++) {
        for (size_t p = t->first[i]; p < t->first[i + 1]; p++) {
            loss += l2 * (t->in.input_norms[i] + t->in.positive_norms[p]);
            t->gradient.input_norms[i] += l2;
            t->gradient.positive_norms[p] += l2;
        }
    }
    return loss;
}

/* Bengio et al. 2003: -log softmax over all words; the positive's own column is masked, and is the positive. */
static double exact_softmax(reference_tile *t, const reference_values *values)
{
    (void)values;
    return categorical(t, 1, 0);
}

/* Chuang et al. 2020, equation 8 (beta 0), and Robinson et al. 2021, equation 4: the mean
 * of exp(u-), weighted by exp(beta u-), less the share tau that is positive in truth;
 * N of these are added to exp(u+). In logarithms, since exp(1e4) has no double. */
static double reweighted(reference_tile *t, const reference_values *values, double beta)
{
    const double temperature = parameter(values, "temperature"), tau = parameter(values, "tau");
    double loss = 0;

    for (size_t i = 0; i < t->m; i++) {
        const size_t row = i * t->n;
        double count = 0, log_weights = -INFINITY, log_weighted = -INFINITY, log_mean;

        for (size_t j = 0; j < t->n; j++) {
            const double u = t->in.scores[row + j] / temperature;
            if (draws(t, row + j) > 0) {
                count += draws(t, row + j);
                log_weights = log_add(log_weights, log(draws(t, row + j)) + beta * u);
                log_weighted = log_add(log_weighted, log(draws(t, row + j)) + (1 + beta) * u);
            }
        }
        if (count == 0) /* nothing to contrast with */
            continue;
        log_mean = log_weighted - log_weights;
        for (size_t p = t->first[i]; p < t->first[i + 1]; p++) {
            const double u = t->in.positives[p] / temperature;
            const double share = exp(log(tau) + u - log_mean); /* of the mean that is taken off */
            const double estimate = share < 1 ? log_mean + log1p(-share) - log(1 - tau) : -INFINITY;
            const bool floored = estimate <= -1 / temperature;
            const double odds = log(count) + (floored ? -1 / temperature : estimate) - u, noise = sigmoid(odds);

            loss += softplus(odds);
            t->gradient.positives[p] = -noise * (floored ? 1 : 1 + share / (1 - share)) / temperature;
            for (size_t j = 0; j < t->n && !floored; j++) {
                const double v = t->in.scores[row + j] / temperature;
                t->gradient.scores[row + j] +=
                    draws(t, row + j) * noise / (1 - share) / temperature *
                    ((1 + beta) * exp((1 + beta) * v - log_weighted) - beta * exp(beta * v - log_weights));
            }
        }
    }
    return loss;
}

static double debiased(reference_tile *t, const reference_values *values)
{
    return reweighted(t, values, 0);
}

static double hardneg(reference_tile *t, const reference_values *values)
{
    return reweighted(t, values, parameter(values, "beta"));
}

/* Hadsell et al. 2006, equation 4 without the halves: D^2 for pairs, max(0, margin - D)^2 for the others. */
static double contrastive(reference_tile *t, const reference_values *values)
{
    const double margin = parameter(values, "margin");
    double loss = 0;

    for (size_t i = 0; i < t->m; i++) {
        for (size_t p = t->first[i]; p < t->first[i + 1]; p++) {
            loss += t->in.positives[p];
            t->gradient.positives[p] = 1;
            for (size_t j = 0; j < t->n; j++) {
                const size_t cell = i * t->n + j;
                const double distance = sqrt(t->in.scores[cell]), short_of = fmax(0, margin - distance);
                loss += draws(t, cell) * short_of * short_of;
                t->gradient.scores[cell] -= draws(t, cell) * 2 * short_of * distance_slope(distance, margin);
            }
        }
    }
    return loss;
}

/* The nearest negative of a row that is farther than `beyond`; n when there is none. */
static size_t nearest(const reference_tile *t, size_t i, double beyond)
{
    size_t best = t->n;
    for (size_t j = 0; j < t->n; j++) {
        const double score = t->in.scores[i * t->n + j];
        if (t->negative[i * t->n + j] && score > beyond && (best == t->n || score < t->in.scores[i * t->n + best]))
            best = j;
    }
    return best;
}

/* Schroff et al. 2015, equation 3; section 3.2: all, hardest, semi-hard (equation 4) negatives. */
static double triplet(reference_tile *t, const reference_values *values)
{
    const double margin = parameter(values, "margin"), negatives = parameter(values, "negatives");
    double loss = 0;

    for (size_t i = 0; i < t->m; i++) {
        for (size_t p = t->first[i]; p < t->first[i + 1]; p++) {
            const double positive = t->in.positives[p];
            const size_t chosen = negatives > 0 ? nearest(t, i, negatives > 1 ? positive : -1) : t->n;

            for (size_t j = 0; j < t->n; j++) {
                const size_t cell = i * t->n + j;
                const double weight = negatives > 0 ? (double)(j == chosen) : draws(t, cell);
                const double short_of = positive - t->in.scores[cell] + margin;
                if (short_of > 0) {
                    loss += weight * short_of;
                    t->gradient.positives[p] += weight;
                    t->gradient.scores[cell] -= weight;
                }
            }
        }
    }
    return loss;
}

/* Song et al. 2015, equation 4 (smooth) and 3 (hard): the edges from both ends of a pair. */
static double lifted(reference_tile *t, const reference_values *values)
{
    const double margin = parameter(values, "margin");
    const bool hard = parameter(values, "hard") > 0;
    double *edge_weight = malloc(t->m * t->n * sizeof *edge_weight), loss = 0;

    ck_assert_ptr_nonnull(edge_weight);
    for (size_t i = 0; i < t->m; i++) {
        for (size_t p = t->first[i]; p < t->first[i + 1]; p++) {
            const double distance = sqrt(t->in.positives[p]);
            double log_sum = -INFINITY, largest = -INFINITY, j_value;
            size_t hardest = 0;

            for (size_t l = 0; l < t->m; l++) { /* the pair's own row first, and its column last */
                const size_t row = l == 0 ? i : l <= i ? l - 1 : l;
                for (size_t k = 0; k < t->n; k++) {
                    const size_t cell = row * t->n + k;
                    const bool edge = row == i || (t->column && t->column[p] == k);
                    const double exponent = margin - sqrt(t->in.scores[cell]);

                    /* The edges of the pair's own output lead to inputs, which count once each. */
                    edge_weight[cell] = !edge ? 0 : row == i ? draws(t, cell) : (double)t->negative[cell];
                    if (edge_weight[cell] > 0) {
                        log_sum = log_add(log_sum, log(edge_weight[cell]) + exponent);
                        if (exponent > largest) {
                            largest = exponent;
                            hardest = cell;
                        }
                    }
                }
            }
            j_value = distance + (hard ? largest : log_sum);
            if (!(j_value > 0))
                continue;
            loss += j_value * j_value / 2;
            t->gradient.positives[p] = j_value * distance_slope(distance, margin);
            for (size_t cell = 0; cell < t->m * t->n; cell++) {
                const double edge = sqrt(t->in.scores[cell]);
                const double share =
                    hard ? (double)(cell == hardest) : edge_weight[cell] * exp(margin - edge - log_sum);
                t->gradient.scores[cell] -= j_value * share * distance_slope(edge, margin);
            }
        }
    }
    free(edge_weight);
    return loss;
}

/* The logits of a row's positives, and of positives and negatives, as logs of sums. */
static void log_sums(const reference_tile *t, size_t i, double scale, double *near, double *all)
{
    *near = -INFINITY;
    for (size_t p = t->first[i]; p < t->first[i + 1]; p++)
        *near = log_add(*near, t->in.positives[p] * scale);
    *all = *near;
    for (size_t j = 0; j < t->n; j++)
        if (draws(t, i * t->n + j) > 0)
            *all = log_add(*all, log(draws(t, i * t->n + j)) + t->in.scores[i * t->n + j] * scale);
}

/* Adds the gradient of the log of a row's whole sum. */
static void add_share(reference_tile *t, size_t i, double scale, double all)
{
    for (size_t p = t->first[i]; p < t->first[i + 1]; p++)
        t->gradient.positives[p] += scale * exp(t->in.positives[p] * scale - all);
    for (size_t j = 0; j < t->n; j++)
        t->gradient.scores[i * t->n + j] +=
            draws(t, i * t->n + j) * scale * exp(t->in.scores[i * t->n + j] * scale - all);
}

/* The share of a row's positives together in all of the row. */
static double together(reference_tile *t, double scale)
{
    double loss = 0;

    for (size_t i = 0; i < t->m; i++) {
        double near, all;

        if (t->first[i] == t->first[i + 1])
            continue;
        log_sums(t, i, scale, &near, &all);
        loss += all - near;
        add_share(t, i, scale, all);
        for (size_t p = t->first[i]; p < t->first[i + 1]; p++)
            t->gradient.positives[p] -= scale * exp(t->in.positives[p] * scale - near);
    }
    return loss;
}

/* Frosst et al. 2019, equation 1, for a row: the share of the positives in all that is near. */
static double softnn(reference_tile *t, const reference_values *values)
{
    return together(t, -1 / parameter(values, "temperature"));
}

/* Miech et al. 2020: the same of inner products. */
static double milnce(reference_tile *t, const reference_values *values)
{
    return together(t, 1 / parameter(values, "temperature"));
}

/* Mikolov et al. 2013, equation 3: -log of the product over the path of sigmoid(s), or of sigmoid(-s). Each cell is one
 * decision, however many others its row has. */
static double hs(reference_tile *t, const reference_values *values)
{
    double loss = 0;

    (void)values;
    for (size_t i = 0; i < t->m; i++) {
        for (size_t p = t->first[i]; p < t->first[i + 1]; p++) {
            loss += softplus(-t->in.positives[p]);
            t->gradient.positives[p] = -sigmoid(-t->in.positives[p]);
        }
        for (size_t cell = i * t->n; cell < (i + 1) * t->n; cell++) {
            loss += draws(t, cell) * softplus(t->in.scores[cell]);
            t->gradient.scores[cell] = draws(t, cell) * sigmoid(t->in.scores[cell]);
        }
    }
    return loss;
}

/* Khosla et al. 2020, equation 2: the mean over the positives outside of the log. */
static double supcon(reference_tile *t, const reference_values *values)
{
    const double scale = 1 / parameter(values, "temperature");
    double loss = 0;

    for (size_t i = 0; i < t->m; i++) {
        const double count = (double)(t->first[i + 1] - t->first[i]);
        double near, all;

        if (count == 0)
            continue;
        log_sums(t, i, scale, &near, &all);
        add_share(t, i, scale, all);
        for (size_t p = t->first[i]; p < t->first[i + 1]; p++) {
            loss += (all - t->in.positives[p] * scale) / count;
            t->gradient.positives[p] -= scale / count;
        }
    }
    return loss;
}

/* Wang & Isola 2020, equation 2, of a batch of `count` points, the j-th of which appears times[j]
 * times: the log of the mean of exp(-t |u - v|^2) over all pairs of different places in the batch. */
static double uniformity(const double *pairs, double *gradient, size_t count, const double *times, double sharpness,
                         double weight)
{
    double log_sum = -INFINITY, all = 0;

    for (size_t j = 0; j < count; j++) {
        for (size_t l = 0; l < count; l++) {
            const double number = times[j] * (j == l ? times[j] - 1 : times[l]);
            all += number;
            if (number > 0)
                log_sum = log_add(log_sum, log(number) - (j == l ? 0 : sharpness * pairs[j * count + l]));
        }
    }
    if (all == 0)
        return 0;
    for (size_t j = 0; j < count; j++)
        for (size_t l = 0; l < count; l++)
            if (j != l)
                gradient[j * count + l] -=
                    weight * sharpness * times[j] * times[l] * exp(-sharpness * pairs[j * count + l] - log_sum);
    return weight * (log_sum - log(all));
}

/* Wang & Isola 2020, section 4.1.1 and the code in figure 3: |x - y|^2 of pairs, and half of what each of two
 * encoders has of uniformity; the paper's mean over the batch is a sum here, and so uniformity counts for each pair. */
static double alignuniform(reference_tile *t, const reference_values *values)
{
    const double weight = parameter(values, "weight") * (double)t->positives / 2, sharpness = parameter(values, "t");
    double *once = malloc(t->m * sizeof *once), loss;

    ck_assert_ptr_nonnull(once);
    for (size_t i = 0; i < t->m; i++)
        once[i] = 1;
    loss = uniformity(t->in.input_pairs, t->gradient.input_pairs, t->m, once, sharpness, weight) +
           uniformity(t->in.output_pairs, t->gradient.output_pairs, t->n, t->multiplicity, sharpness, weight);
    for (size_t p = 0; p < t->positives; p++) {
        loss += t->in.positives[p];
        t->gradient.positives[p] = 1;
    }
    free(once);
    return loss;
}

/* Yeh et al. 2022: -u+ + log of the sum of exp(u-), without the positive. */
static double dcl(reference_tile *t, const reference_values *values)
{
    const double temperature = parameter(values, "temperature");
    double loss = 0;

    for (size_t i = 0; i < t->m; i++) {
        double log_sum = -INFINITY;

        for (size_t j = 0; j < t->n; j++)
            if (draws(t, i * t->n + j) > 0)
                log_sum = log_add(log_sum, log(draws(t, i * t->n + j)) + t->in.scores[i * t->n + j] / temperature);
        if (log_sum == -INFINITY) /* nothing to contrast with */
            continue;
        for (size_t p = t->first[i]; p < t->first[i + 1]; p++) {
            loss += log_sum - t->in.positives[p] / temperature;
            t->gradient.positives[p] = -1 / temperature;
            for (size_t j = 0; j < t->n; j++)
                t->gradient.scores[i * t->n + j] += draws(t, i * t->n + j) / temperature *
                                                    exp(t->in.scores[i * t->n + j] / temperature - log_sum);
        }
    }
    return loss;
}

/* Ma & Collins 2018: the softmax of s - log q(y). */
static double ranking(reference_tile *t, const reference_values *values)
{
    (void)values;
    return categorical(t, 1, 1);
}

/* Adds the mean over a row's draws of square s^2 + slope s, for each of its positives; returns the loss. */
static double quadratic_noise(reference_tile *t, size_t i, double square, double slope)
{
    const double positives = (double)(t->first[i + 1] - t->first[i]);
    double loss = 0, count = 0;

    for (size_t j = 0; j < t->n; j++)
        count += draws(t, i * t->n + j);
    for (size_t j = 0; j < t->n; j++) {
        const size_t cell = i * t->n + j;
        const double weight = count > 0 ? positives * draws(t, cell) / count : 0;
        loss += weight * (square * t->in.scores[cell] * t->in.scores[cell] + slope * t->in.scores[cell]);
        t->gradient.scores[cell] += weight * (2 * square * t->in.scores[cell] + slope);
    }
    return loss;
}

/* HaoChen et al. 2021: -2 E[f(x) f(x+)] + E[(f(x) f(x-))^2]. */
static double spectral(reference_tile *t, const reference_values *values)
{
    double loss = 0;

    (void)values;
    for (size_t i = 0; i < t->m; i++) {
        loss += quadratic_noise(t, i, 1, 0);
        for (size_t p = t->first[i]; p < t->first[i + 1]; p++) {
            loss -= 2 * t->in.positives[p];
            t->gradient.positives[p] = -2;
        }
    }
    return loss;
}

/* Karkada et al. 2025: s^2 / 4 -+ s for pairs and for independent words, both weighed alike. */
static double qwem(reference_tile *t, const reference_values *values)
{
    double loss = 0;

    (void)values;
    for (size_t i = 0; i < t->m; i++) {
        loss += quadratic_noise(t, i, 0.25, 1);
        for (size_t p = t->first[i]; p < t->first[i + 1]; p++) {
            loss += t->in.positives[p] * (t->in.positives[p] / 4 - 1);
            t->gradient.positives[p] = t->in.positives[p] / 2 - 1;
        }
    }
    return loss;
}

/* Petrov & Macdonald 2023, without the mean over the words: beta = alpha (t (1 - 1 / alpha) +
 * 1 / alpha), and the positive's probability to this power. */
static double gbce(reference_tile *t, const reference_values *values)
{
    const double alpha = parameter(values, "alpha"), calibration = parameter(values, "t");

    return weighted_logistic(t, 1, alpha * (calibration * (1 - 1 / alpha) + 1 / alpha), false);
}

static const struct {
    const char *name;
    reference_function *function;
} references[] = {
    {"sgns", sgns},
    {"nce", nce},
    {"infonce", infonce},
    {"contrastive", contrastive},
    {"triplet", triplet},
    {"lifted", lifted},
    {"npair", npair},
    {"softmax", exact_softmax},
    {"softnn", softnn},
    {"debiased", debiased},
    {"hardneg", hardneg},
    {"siglip", siglip},
    {"alignuniform", alignuniform},
    {"dcl", dcl},
    {"ranking", ranking},
    {"spectral", spectral},
    {"qwem", qwem},
    {"gbce", gbce},
    {"supcon", supcon},
    {"milnce", milnce},
    {"hs", hs},
};

bool reference_exists(const char *name)
{
    for (size_t i = 0; i < sizeof references / sizeof *references; i++)
        if (strcmp(references[i].name, name) == 0)
            return true;
    return false;
}

double reference_evaluate(reference_tile *tile, const reference_values *values)
{
    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        if (strcmp(references[i].name, values->objective->name) == 0) {
            memset(tile->gradient.scores, 0, tile->numbers * sizeof *tile->gradient.scores);
            return references[i].function(tile, values);
        }
    }
    ck_abort_msg("objective %s has no reference: write one into tests/objectives/reference.c", values->objective->name);
    return NAN;
}
