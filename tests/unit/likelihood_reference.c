#include "likelihood_reference.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "test.h"

/* Sentences of 1 to 12 words, the low ids more often: every id at least once. */
ReferenceText make_reference_text(size_t sentences, size_t words, uint64_t *counts)
{
    ReferenceText t = {.ids = malloc((sentences * 12 + words) * sizeof *t.ids)};
    Random random;

    ck_assert_ptr_nonnull(t.ids);
    ck_assert_int_eq(blocks_create(&t.blocks, (size_t)1 << 30, NULL, NULL), N2V_OK);
    random_seed(&random, 1, 0, 0, 0);
    for (size_t s = 0; s < sentences; s++) {
        const size_t length = 1 + random_below(&random, 12);
        for (size_t k = 0; k < length; k++) {
            const float u = random_float(&random);
            const Id id = (Id)((float)words * u * u * u);
            t.ids[t.count++] = k + 1 == length ? id | SENTENCE_END : id;
            counts[id]++;
        }
    }
    ck_assert_int_eq(blocks_append(t.blocks, t.ids, t.count, NULL), N2V_OK);
    ck_assert_int_eq(blocks_finish(t.blocks, NULL, NULL, NULL), N2V_OK);
    return t;
}

void destroy_reference_text(ReferenceText *t)
{
    blocks_destroy(t->blocks);
    free(t->ids);
}

Model make_reference_model(const uint64_t *counts, size_t words, size_t dim, float width)
{
    Vocabulary *vocabulary = vocabulary_create();
    Random random;
    Model model;

    ck_assert_ptr_nonnull(vocabulary);
    for (size_t w = 0; w < words; w++) {
        char word[16];
        const int length = snprintf(word, sizeof word, "w%zu", w);
        require(vocabulary_add(vocabulary, word, (size_t)length, counts[w], NULL, NULL) == N2V_OK, "add");
    }
    ck_assert_int_eq(model_create(&model, vocabulary, &(ModelShape){.dim = dim, .has_bias = true}, NULL), N2V_OK);
    random_seed(&random, 2, 0, 0, 0);
    for (size_t w = 0; w < words; w++) {
        model.input[w * model.stride + dim] = 1;
        model.output[w * model.stride + dim] = (random_float(&random) - 0.5f) * 3 - 6;
        for (size_t d = 0; d < dim; d++) {
            model.input[w * model.stride + d] = (random_float(&random) - 0.5f) * width;
            model.output[w * model.stride + d] = (random_float(&random) - 0.5f) * width;
        }
    }
    return model;
}

LikelihoodOptions likelihood_options_of(const char *objective, float *parameters)
{
    LikelihoodOptions options = {.trained = {.parameters = parameters,
                                             .noise = 7,
                                             .noise_power = 0.75,
                                             .subsample = 0.002},
                                 .window = 4,
                                 .threads = 1};
    n2v_error error = {.text = ""};
    require(objective_parse(NULL, objective, &options.trained.objective, parameters, &error) == N2V_OK, "%s",
            error.text);
    require(kernels_choose(PRECISION_AUTO, NULL, &options.kernels, &error) == N2V_OK, "%s", error.text);
    return options;
}

const Formula formulas[FORMULAS] = {
    {"nce", 1, 0, 0, false, true},
    {"sgns", 1, 1, 1, false, true},
    {"softmax", 1, 0, 0, false, false},
    {"infonce", 1, 1, 0, false, false},
    {"infonce:temperature=0.5", 0.5, 1, 0, false, false},
    {"infonce:temperature=0.5,correct=1", 0.5, -1, 0, false, false}, /* 2 (s - log kQ) + log Q */
    {"infonce:in_batch=1", 1, 1, 0, true, false},
};

static void log_q_of(double *log_q, size_t words, const uint64_t *counts, const LikelihoodOptions *options,
                     bool in_batch)
{
    double total = 0, sum = 0;

    for (size_t w = 0; w < words; w++)
        total += (double)counts[w];
    for (size_t w = 0; w < words; w++) {
        const double ratio = options->trained.subsample * total / (double)counts[w];
        log_q[w] = in_batch ? (double)counts[w] * fmin(1, sqrt(ratio) + ratio)
                            : pow((double)counts[w], options->trained.noise_power);
        sum += log_q[w];
    }
    for (size_t w = 0; w < words; w++)
        log_q[w] = log(log_q[w] / sum);
}

static double u_of(const Model *model, const Formula *f, const double *log_q, size_t noise, const float *x, size_t w)
{
    double s = (double)model_bias(model, (Id)w);
    for (size_t d = 0; d < model->dim; d++)
        s += (double)x[d] * (double)model->output[w * model->stride + d];
    return s / f->temperature + f->log_q * log_q[w] + f->log_k * log((double)noise);
}

typedef struct pair {
    double log_z, weight;
} pair;

static int by_log_z(const void *a, const void *b)
{
    const pair *left = a, *right = b;
    return (left->log_z > right->log_z) - (left->log_z < right->log_z);
}

static double log_z_of(const Model *model, const Formula *f, const double *log_q, size_t noise, const float *x)
{
    double sum = 0;

    for (size_t w = 0; w < model->words; w++)
        sum += exp(u_of(model, f, log_q, noise, x, w));
    return log(sum);
}

/* From the sums of scores and of weights, and from all log Z. */
static void conclude(Likelihood *l, pair *all)
{
    double before = 0;

    for (size_t i = 0; i < l->pairs; i++) {
        l->mean += all[i].weight * all[i].log_z / l->weight;
        l->mean_absolute += all[i].weight * fabs(all[i].log_z) / l->weight;
    }
    for (size_t i = 0; i < l->pairs; i++)
        l->sd += all[i].weight * (all[i].log_z - l->mean) * (all[i].log_z - l->mean) / l->weight;
    l->sd = sqrt(l->sd);
    l->self_normalized /= l->weight;
    l->exact = l->self_normalized - l->mean;
    qsort(all, l->pairs, sizeof *all, by_log_z);
    for (size_t i = 0, level = 0; i < l->pairs; i++) {
        before += all[i].weight;
        for (; level < LIKELIHOOD_QUANTILES && before >= likelihood_levels[level] * l->weight - 1e-6; level++)
            l->quantiles[level] = all[i].log_z;
    }
}

Likelihood reference_likelihood(const Model *model, const ReferenceText *t, const Formula *f,
                                const LikelihoodOptions *options, const uint64_t *counts)
{
    const size_t words = model->words, noise = options->trained.noise;
    double *log_z = malloc(words * sizeof *log_z), *log_q = malloc(words * sizeof *log_q);
    pair *all = malloc(t->count * 2 * options->window * sizeof *all);
    bool *seen = calloc(words, sizeof *seen);
    Likelihood l = {.normalized = f->normalized};

    ck_assert(log_z && log_q && all && seen);
    log_q_of(log_q, words, counts, options, f->in_batch);
    for (size_t c = 0; c < words; c++)
        log_z[c] = log_z_of(model, f, log_q, noise, model->input + c * model->stride);
    for (size_t i = 0; i < t->count; i++) {
        for (size_t k = i + 1; k < t->count && k - i <= options->window && !(t->ids[k - 1] & SENTENCE_END); k++) {
            const double weight = (double)(options->window - (k - i) + 1) / (double)options->window;
            const Id a = t->ids[i] & ~SENTENCE_END, b = t->ids[k] & ~SENTENCE_END;
            l.self_normalized += weight * (u_of(model, f, log_q, noise, model->input + a * model->stride, b) +
                                           u_of(model, f, log_q, noise, model->input + b * model->stride, a));
            all[l.pairs++] = (pair){log_z[a], weight};
            all[l.pairs++] = (pair){log_z[b], weight};
            l.weight += 2 * weight;
            l.contexts += (size_t)(!seen[a]) + (size_t)(!seen[b] && a != b);
            seen[a] = seen[b] = true;
        }
    }
    conclude(&l, all);
    free(log_z);
    free(log_q);
    free(all);
    free(seen);
    return l;
}

/* The mean of the rows of the words within a reach of word i; returns their number. */
static size_t mean_around(const Model *model, const ReferenceText *t, size_t i, size_t reach, float *mean)
{
    double sum[REFERENCE_DIM] = {0};
    size_t count = 0;

    for (size_t k = 1, end = i; k <= reach && end > 0 && !(t->ids[end - 1] & SENTENCE_END); k++, count++)
        for (size_t d = 0, c = t->ids[--end]; d < model->dim; d++)
            sum[d] += (double)model->input[(c & ~SENTENCE_END) * model->stride + d];
    for (size_t k = i; k < i + reach && !(t->ids[k] & SENTENCE_END); k++, count++)
        for (size_t d = 0; d < model->dim; d++)
            sum[d] += (double)model->input[(t->ids[k + 1] & ~SENTENCE_END) * model->stride + d];
    for (size_t d = 0; d < model->dim; d++)
        mean[d] = (float)(sum[d] / (double)count);
    return count;
}

Likelihood reference_likelihood_of_bags(const Model *model, const ReferenceText *t, const Formula *f,
                                        const LikelihoodOptions *options, const uint64_t *counts)
{
    double *log_q = malloc(model->words * sizeof *log_q);
    pair *all = malloc(t->count * options->window * sizeof *all);
    const size_t noise = options->trained.noise;
    Likelihood l = {.normalized = f->normalized};

    ck_assert(log_q && all);
    log_q_of(log_q, model->words, counts, options, f->in_batch);
    for (size_t i = 0; i < t->count; i++) {
        size_t before = 0;
        for (size_t reach = 1; reach <= options->window; reach++) {
            const double weight = 1 / (double)options->window;
            float mean[REFERENCE_DIM];
            const size_t count = mean_around(model, t, i, reach, mean);
            if (!count)
                break;
            l.self_normalized += weight * u_of(model, f, log_q, noise, mean, t->ids[i] & ~SENTENCE_END);
            l.weight += weight;
            if (count == before) /* the same words: one bag of more weight */
                all[l.pairs - 1].weight += weight;
            else
                all[l.pairs++] = (pair){log_z_of(model, f, log_q, noise, mean), weight};
            before = count;
        }
    }
    l.contexts = l.pairs;
    conclude(&l, all);
    free(log_q);
    free(all);
    return l;
}
