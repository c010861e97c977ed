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
    if (!isfinite(l->exact))
        return error_set(error, N2V_ERROR_NUMERIC, "the log-likelihood is not finite: the scores are too large");
    return N2V_OK;
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

n2v_status likelihood_measure(Likelihood *likelihood, const Model *model, const Blocks *blocks,
                              const LikelihoodOptions *options, n2v_error *error)
{
    LikelihoodWork m = {.model = model,
                        .blocks = blocks,
                        .options = options,
                        .caller = pthread_self(),
                        .mutex = PTHREAD_MUTEX_INITIALIZER};
    n2v_status status;

    if ((status = log_probability_create(&m.log_probability, model, &options->trained, options->kernels, error)) !=
        N2V_OK)
        return status;
    if ((status = create_subsample(&m, error)) != N2V_OK ||
        (status = (options->cbow ? likelihood_bags : likelihood_pairs)(&m, error)) != N2V_OK)
        goto out;
    if (!m.context_count) {
        status = error_set(error, N2V_ERROR_DATA, "the text has no pair of words of the vocabulary in one sentence");
        goto out;
    }
    status = conclude(&m, likelihood, error);
out:
    subsample_destroy(m.subsample);
    log_probability_free(&m.log_probability);
    free(m.contexts);
    free(m.sums);
    return status;
}
