/* Training on a toy language whose P(w|c) is known: each objective must reach the optimum that its paper promises.
 *
 * N2V_TOY_LINES in the environment sets the number of two-word lines (otherwise 100,000 in make check-slow, 20,000 in
 * make check, fewer in sanitizer builds);
 * N2V_TEST_VERBOSE prints the distances. Reached, one thread or two, sampling noise of the corpus itself left out:
 *                 |s - optimum|   |log Z| of nce
 *     100,000     0.056-0.061     0.010
 *     300,000     0.044-0.046     0.011
 *   1,000,000     0.038-0.045     0.005-0.007
 * What remains is the noise of the last steps, near the fourth root of the lines. */
#include <math.h>
#include <stdio.h>

#include "test.h"
#include "toy.h"

#define FULL_LINES 300000 /* of the limits */
#define LINES      (SANITIZED ? 10000 : runs_all() ? 100000 : 20000)

static size_t wanted_lines(void)
{
    const char *text = getenv("N2V_TOY_LINES");
    const long lines = text ? strtol(text, NULL, 10) : LINES;

    require(lines >= 1000 && lines <= 100000000, "N2V_TOY_LINES=%s is not a number from 1000 to 100000000", text);
    return (size_t)lines;
}

/* Where the scores should be: log P(w|c) - noise_share log Q(w) + constant, or a function of P(w|c) / Q(w). A free
 * constant is one for each context that the optimum does not fix, taken at its best. */
typedef struct optimum {
    double noise_share, constant;
    double (*of_ratio)(double ratio); /* NULL: the logarithms above */
    double noise_power;               /* 0: 0.75 */
    bool free_constant;
    double max_distance, max_log_z; /* allowed, with 300,000 lines */
} optimum;

typedef struct distance {
    double scores; /* mean |s - optimum| over pairs, by frequency */
    double log_z;  /* mean |log sum_w exp s(w, c)| over contexts, by frequency */
} distance;

static double noise_power(const optimum *o)
{
    return o->noise_power > 0 ? o->noise_power : 0.75;
}

static void fill_log_q(const toy *t, double power, double *log_q)
{
    double total = 0;

    for (size_t w = 0; w < TOY_WORDS; w++)
        total += pow((double)t->text->counts[w], power);
    for (size_t w = 0; w < TOY_WORDS; w++)
        log_q[w] = power * log((double)t->text->counts[w]) - log(total);
}

static double wanted_score(const optimum *o, double log_p, double log_q)
{
    return o->of_ratio ? o->of_ratio(exp(log_p - log_q)) : log_p - o->noise_share * log_q + o->constant;
}

static distance distance_from(const toy *t, const Model *model, const optimum *o)
{
    double log_q[TOY_WORDS], all = 0;
    distance far = {0, 0};

    fill_log_q(t, noise_power(o), log_q);
    for (size_t c = 0; c < TOY_WORDS; c++) {
        double away[TOY_WORDS] = {0}, contexts = 0, mean = 0, z = 0;
        for (size_t w = 0; w < TOY_WORDS; w++)
            contexts += t->pairs[c][w];
        for (size_t w = 0; w < TOY_WORDS; w++) {
            const double s = dot_score(model, c, w);
            z += exp(s);
            if (t->pairs[c][w] > 0)
                away[w] = s - wanted_score(o, log(t->pairs[c][w] / contexts), log_q[w]);
            mean += t->pairs[c][w] / contexts * away[w];
        }
        for (size_t w = 0; w < TOY_WORDS; w++)
            far.scores += t->pairs[c][w] * fabs(away[w] - (o->free_constant ? mean : 0));
        far.log_z += contexts * fabs(log(z));
        all += contexts;
    }
    far.scores /= all;
    far.log_z /= all;
    return far;
}

static void report_distance(const char *what, size_t threads, distance far)
{
    if (getenv("N2V_TEST_VERBOSE"))
        (void)fprintf(stderr, "%s, %zu threads: |s - optimum| %.4f, |log Z| %.4f\n", what, threads, far.scores,
                      far.log_z);
}

/* Two threads lose updates where they meet, and on 40 words they always meet: on busy cores, where one is stopped
 * in the middle of a tile, they are that much farther away, and the best of three trainings counts. With nine tenths
 * of log Q in place of the whole, sgns is 0.34 away. */
static double allowed(double limit, size_t lines, size_t threads)
{
    return limit * pow(fmax(1, (double)FULL_LINES / (double)lines), 0.25) * (threads > 1 ? 2.2 : 1);
}

static distance distance_reached(const char *objective, const toy *t, size_t lines, size_t threads, const optimum *o)
{
    TrainOptions options = training_options(objective, threads);
    Trainer *trainer;
    distance far;

    options.noise_power = noise_power(o);
    trainer = trained(t->text, &options);
    far = distance_from(t, trainer_model(trainer), o);
    ck_assert_uint_eq(trainer_state(trainer)->words, 6 * 2 * lines);
    ck_assert_uint_eq(trainer_state(trainer)->pairs, 6 * 2 * lines);
    report_distance(objective, threads, far);
    trainer_destroy(trainer);
    return far;
}

static void check_optimum(const char *objective, size_t lines, optimum o)
{
    toy t = make_toy(lines);

    for (size_t threads = 1; threads <= 2; threads++) {
        const double scores = allowed(o.max_distance, lines, threads), log_z = allowed(o.max_log_z, lines, threads);
        size_t tries = threads > 1 ? 3 : 1;
        distance far;

        do
            far = distance_reached(objective, &t, lines, threads, &o);
        while ((far.scores >= scores || far.log_z >= log_z) && --tries);
        require(far.scores < scores, "%s, %zu threads: scores are %.4f from their optimum, not below %.4f", objective,
                threads, far.scores, scores);
        require(far.log_z < log_z, "%s, %zu threads: |log Z| is %.4f, not below %.4f", objective, threads, far.log_z,
                log_z);
    }
    free_text(t.text);
}

/* s = log P(w|c), normalized by itself. */
START_TEST(nce_is_log_probability)
{
    check_optimum("nce", wanted_lines(), (optimum){.max_distance = 0.055, .max_log_z = 0.02});
}
END_TEST

/* s = log(P(w|c) / Q(w)) - log k. */
START_TEST(sgns_is_log_ratio)
{
    check_optimum("sgns", wanted_lines(),
                  (optimum){.noise_share = 1, .constant = -log(10), .max_distance = 0.055, .max_log_z = INFINITY});
}
END_TEST

/* s = log(P(w|c) / Q(w)) - log k + log beta. */
START_TEST(gbce_is_log_ratio)
{
    check_optimum("gbce:t=0.75,alpha=0.2", wanted_lines(),
                  (optimum){
                      .noise_share = 1, .constant = log(0.4) - log(10), .max_distance = 0.05, .max_log_z = INFINITY});
}
END_TEST

/* s / t = log(P(w|c) / Q(w)) + f(c). */
START_TEST(infonce_is_log_ratio_and_any_constant)
{
    check_optimum("infonce:temperature=1,correct=0", wanted_lines(),
                  (optimum){.noise_share = 1, .free_constant = true, .max_distance = 0.055, .max_log_z = INFINITY});
}
END_TEST

/* s = log P(w|c) + f(c). */
START_TEST(corrected_infonce_is_log_probability_and_any_constant)
{
    check_optimum("infonce:temperature=1,correct=1", wanted_lines(),
                  (optimum){.free_constant = true, .max_distance = 0.055, .max_log_z = INFINITY});
}
END_TEST

/* The same, with a bias. */
START_TEST(ranking_is_log_probability_and_any_constant)
{
    check_optimum("ranking", wanted_lines(),
                  (optimum){.free_constant = true, .max_distance = 0.055, .max_log_z = INFINITY});
}
END_TEST

static double ratio_itself(double ratio)
{
    return ratio;
}

/* s = P(w|c) / Q(w). */
START_TEST(spectral_is_ratio)
{
    check_optimum("spectral:in_batch=0", wanted_lines(),
                  (optimum){.of_ratio = ratio_itself, .max_distance = 0.11, .max_log_z = INFINITY});
}
END_TEST

static double relative_difference(double ratio)
{
    return 2 * (ratio - 1) / (ratio + 1);
}

/* s = 2 (P - Q) / (P + Q); with noise from the unigram distribution the matrix of the paper. */
START_TEST(qwem_is_relative_difference)
{
    optimum o = {.of_ratio = relative_difference, .max_distance = 0.045, .max_log_z = INFINITY};

    check_optimum("qwem:in_batch=0", wanted_lines(), o);
    o.noise_power = 1;
    check_optimum("qwem:in_batch=0", wanted_lines(), o);
}
END_TEST

/* s = log P(w|c) + f(c), without a sample in it. */
START_TEST(softmax_is_log_probability_and_any_constant)
{
    const size_t lines = wanted_lines(); /* every pair touches every word: a third does, and takes as long */

    check_optimum("softmax", lines > 10000 ? lines / 3 : lines,
                  (optimum){.free_constant = true, .max_distance = 0.055, .max_log_z = INFINITY});
}
END_TEST

/* Mean cosine of different rows. */
static double mean_cosine(const float *rows, const Model *model)
{
    double sum = 0;

    for (size_t a = 0; a < TOY_WORDS; a++)
        for (size_t b = 0; b < a; b++) {
            double product = 0, norm_a = 0, norm_b = 0;
            for (size_t d = 0; d < model->dim; d++) {
                const double x = (double)rows[a * model->stride + d], y = (double)rows[b * model->stride + d];
                product += x * y;
                norm_a += x * x;
                norm_b += y * y;
            }
            sum += product / sqrt(norm_a * norm_b);
        }
    return sum / (TOY_WORDS * (TOY_WORDS - 1) / 2);
}

/* Mean cosines of pairs, and of independent words. */
static void pair_cosines(const toy *t, const Model *model, double *of_pairs, double *of_any)
{
    double beside = 0, apart = 0, pairs = 0, all = 0;

    for (size_t c = 0; c < TOY_WORDS; c++)
        for (size_t w = 0; w < TOY_WORDS; w++) {
            const double cosine = dot_score(model, c, w); /* rows of length 1, no bias */
            const double weight = (double)t->text->counts[c] * (double)t->text->counts[w];
            beside += t->pairs[c][w] * cosine;
            pairs += t->pairs[c][w];
            apart += weight * cosine;
            all += weight;
        }
    *of_pairs = beside / pairs;
    *of_any = apart / all;
}

/* Alignment alone has its optimum where all rows are one point; that uniformity was taken between the sides, and not
 * within them, once had it where all inputs are one and all outputs its antipode. */
START_TEST(alignuniform_does_not_collapse)
{
    toy t = make_toy(SANITIZED ? 5000 : 20000);

    for (size_t threads = 1; threads <= 2; threads++) {
        TrainOptions options = training_options("alignuniform", threads);
        Trainer *trainer;
        double inputs, outputs, of_pairs, of_any;

        options.noise = 15;
        options.learning_rate = options.objective->learning_rate;
        trainer = trained(t.text, &options);
        inputs = mean_cosine(trainer_model(trainer)->input, trainer_model(trainer));
        outputs = mean_cosine(trainer_model(trainer)->output, trainer_model(trainer));
        pair_cosines(&t, trainer_model(trainer), &of_pairs, &of_any);
        if (getenv("N2V_TEST_VERBOSE"))
            (void)fprintf(stderr, "alignuniform: cosines of inputs %.3f, outputs %.3f, pairs %.3f, any %.3f\n", inputs,
                          outputs, of_pairs, of_any);
        require(inputs < 0.3 && outputs < 0.3, "mean cosine of inputs %g, of outputs %g", inputs, outputs);
        require(of_pairs > of_any + 0.1, "mean cosine of pairs %g, of independent words %g", of_pairs, of_any);
        trainer_destroy(trainer);
    }
    free_text(t.text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("optimum");
    add_test(suite, "nce is log P(w|c)", nce_is_log_probability);
    add_test(suite, "sgns is log P/Q - log k", sgns_is_log_ratio);
    add_test(suite, "gbce is log P/Q - log k + log beta", gbce_is_log_ratio);
    add_test(suite, "infonce is log P/Q + f(c)", infonce_is_log_ratio_and_any_constant);
    add_test(suite, "corrected infonce is log P + f(c)", corrected_infonce_is_log_probability_and_any_constant);
    add_test(suite, "ranking is log P + f(c)", ranking_is_log_probability_and_any_constant);
    add_test(suite, "spectral is P/Q", spectral_is_ratio);
    add_test(suite, "qwem is 2 (P - Q) / (P + Q)", qwem_is_relative_difference);
    add_test(suite, "softmax is log P + f(c)", softmax_is_log_probability_and_any_constant);
    add_test(suite, "alignuniform does not collapse", alignuniform_does_not_collapse);
    return run_suite(suite);
}
