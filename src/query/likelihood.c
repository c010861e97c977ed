/* likelihood.c - from the sums of the text and the log Z of its contexts to the likelihood. */
#include "query/likelihood.h"

#include <math.h>
#include <stdlib.h>

#include "query/likelihood_work.h"

const double likelihood_levels[LIKELIHOOD_QUANTILES] = {0, 0.05, 0.25, 0.5, 0.75, 0.95, 1};

static int by_log_z(const void *a, const void *b)
{
    const LikelihoodContext *left = a, *right = b;
    if (left->log_z != right->log_z)
        return left->log_z < right->log_z ? -1 : 1;
    return left->id < right->id ? -1 : left->id > right->id;
}

/* Sorts the contexts. */
static void describe_log_z(LikelihoodWork *m, Likelihood *l)
{
    double total = 0, sum = 0, absolute = 0, squares = 0, before = 0;
    size_t level = 0;

    qsort(m->contexts, m->context_count, sizeof *m->contexts, by_log_z);
    for (size_t i = 0; i < m->context_count; i++) {
        total += m->contexts[i].weight;
        sum += m->contexts[i].weight * m->contexts[i].log_z;
        absolute += m->contexts[i].weight * fabs(m->contexts[i].log_z);
    }
    l->mean = sum / total;
    l->mean_absolute = absolute / total;
    for (size_t i = 0; i < m->context_count; i++) {
        const double away = m->contexts[i].log_z - l->mean;
        squares += m->contexts[i].weight * away * away;
        before += m->contexts[i].weight;
        while (level < LIKELIHOOD_QUANTILES && before >= likelihood_levels[level] * total)
            l->quantiles[level++] = m->contexts[i].log_z;
    }
    while (level < LIKELIHOOD_QUANTILES) /* the last one, but for rounding */
        l->quantiles[level++] = m->contexts[m->context_count - 1].log_z;
    l->sd = sqrt(squares / total);
}

n2v_status likelihood_fail_empty(n2v_error *error)
{
    return error_set(error, N2V_ERROR_DATA, "the text has no pair of words of the vocabulary in one sentence");
}

n2v_status likelihood_fail_infinite(n2v_error *error)
{
    return error_set(error, N2V_ERROR_NUMERIC, "the log-likelihood is not finite: the scores are too large");
}

static n2v_status conclude(LikelihoodWork *m, Likelihood *l, n2v_error *error)
{
    double score = 0;

    *l = (Likelihood){.normalized = m->log_probability.normalized, .contexts = m->context_count};
    for (size_t b = 0; b < m->sum_count; b++) {
        l->pairs += m->sums[b].pairs;
        l->weight += m->sums[b].weight;
        score += m->sums[b].score;
    }
    describe_log_z(m, l);
    l->self_normalized = score / l->weight;
    l->exact = l->self_normalized - l->mean; /* log Z has the same weights */
    return isfinite(l->exact) ? N2V_OK : likelihood_fail_infinite(error);
}

/* The words that subsampling skips in this text. */
static n2v_status create_subsample(LikelihoodWork *m, n2v_error *error)
{
    const size_t words = m->model->words;
    uint64_t *counts;
    n2v_status status;

    if (!(m->options->subsample > 0))
        return N2V_OK;
    if (!(counts = array_create(words, sizeof *counts)))
        return fail_memory(error, words * sizeof *counts, "counts");
    for (size_t w = 0; w < words; w++)
        counts[w] = vocabulary_count(m->model->vocabulary, (Id)w);
    status = subsample_create(&m->subsample, counts, words, m->options->subsample, error);
    free(counts);
    return status;
}

n2v_status likelihood_work_create(LikelihoodWork *m, n2v_error *error)
{
    const LikelihoodOptions *options = m->options;
    n2v_status status;

    m->mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    if ((status = log_probability_create(&m->log_probability, m->model, &options->trained, options->kernels, error)) !=
        N2V_OK)
        return status;
    return create_subsample(m, error);
}

void likelihood_work_free(LikelihoodWork *m)
{
    subsample_destroy(m->subsample);
    log_probability_free(&m->log_probability);
    free(m->contexts);
    free(m->sums);
}

n2v_status likelihood_measure(Likelihood *likelihood, const Model *model, const Blocks *blocks,
                              const LikelihoodOptions *options, n2v_error *error)
{
    LikelihoodWork m = {.model = model, .blocks = blocks, .options = options};
    n2v_status status;

    if ((status = likelihood_work_create(&m, error)) == N2V_OK &&
        (status = (options->cbow ? likelihood_bags : likelihood_pairs)(&m, error)) == N2V_OK)
        status = m.context_count ? conclude(&m, likelihood, error) : likelihood_fail_empty(error);
    likelihood_work_free(&m);
    return status;
}
