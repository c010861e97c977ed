/* likelihood_pairs.c - the likelihood of skip-gram: log Z once for each context word, then the scores of all pairs.
 *
 * One pass over the ids finds the context words and their weights. log Z(c), the costly part, is a product of
 * matrices. A second pass over the ids sums the pairs' scores. */
#include <stdlib.h>

#include "base/min.h"
#include "query/likelihood_work.h"

/* The weights of the nearest words on both sides. */
static double contexts_weight(const LikelihoodOptions *options, size_t left, size_t right)
{
    const size_t window = options->window;
    return window_side(options->weights, window, min_size(left, window)) +
           window_side(options->weights, window, min_size(right, window));
}

/* Finds the context words of the text and their weights. */
static n2v_status find_contexts(LikelihoodWork *m, n2v_error *error)
{
    const size_t words = m->model->words;
    double *weights = array_create_zero(words, sizeof *weights);
    LikelihoodScratch s = {0};
    n2v_status status = likelihood_scratch_create(&s, m, error);

    if (status == N2V_OK && !weights)
        status = fail_memory(error, words * sizeof *weights, "the weights of words");
    for (size_t b = 0; b < blocks_count(m->blocks) && status == N2V_OK; b++) {
        const Id *ids = NULL;
        size_t count = 0;
        status = likelihood_read_block(m, &s, b, &ids, &count, error);
        for (size_t from = 0, to; status == N2V_OK && from < count; from = to) {
            to = likelihood_sentence_end(ids, from);
            for (size_t i = from; i < to; i++)
                weights[ids[i] & ~SENTENCE_END] += contexts_weight(m->options, i - from, to - 1 - i);
        }
    }
    for (size_t w = 0; w < words && status == N2V_OK; w++)
        if (weights[w] > 0)
            m->contexts[m->context_count++] = (LikelihoodContext){.id = (Id)w, .weight = weights[w]};
    likelihood_scratch_free(&s, m);
    free(weights);
    return status;
}

n2v_status likelihood_context_task(LikelihoodWork *m, LikelihoodScratch *s, size_t index, n2v_error *error)
{
    LikelihoodContext *contexts = m->contexts + index * PART_ROWS;
    const size_t rows = min_size(PART_ROWS, m->context_count - index * PART_ROWS);

    for (size_t i = 0; i < rows; i++)
        s->x[i] = m->model->input + contexts[i].id * m->model->stride;
    return likelihood_log_z(m, s, contexts, rows, error);
}

void likelihood_add_pairs(const LikelihoodWork *m, LikelihoodScratch *s, const Id *ids, size_t from, size_t to,
                          const double *log_z, LikelihoodSum *sum)
{
    const size_t window = m->options->window;

    for (size_t i = from; i < to; i++) {
        const size_t left = min_size(i - from, window), right = min_size(to - 1 - i, window);
        for (size_t k = 0; k < left + right; k++) {
            const size_t at = k < left ? i - left + k : i + 1 + (k - left);
            s->x[k] = m->model->input + (ids[at] & ~SENTENCE_END) * m->model->stride;
        }
        log_probability_scores(&m->log_probability, ids[i] & ~SENTENCE_END, s->x, left + right, s->y, s->scores);
        for (size_t k = 0; k < left + right; k++) {
            const size_t distance = k < left ? left - k : k - left + 1;
            const double weight = window_weight(m->options->weights, window, distance);
            sum->weight += weight;
            sum->score += weight * (double)s->scores[k];
        }
        sum->pairs += left + right;
        if (log_z)
            sum->log_z += contexts_weight(m->options, i - from, to - 1 - i) * log_z[ids[i] & ~SENTENCE_END];
    }
}

/* The scores of a block's pairs. */
static n2v_status sum_pairs(LikelihoodWork *m, LikelihoodScratch *s, size_t index, n2v_error *error)
{
    const Id *ids = NULL;
    LikelihoodSum sum = {0};
    size_t count = 0;
    const n2v_status status = likelihood_read_block(m, s, index, &ids, &count, error);

    if (status != N2V_OK)
        return status;
    for (size_t from = 0, to; from < count; from = to) {
        to = likelihood_sentence_end(ids, from);
        likelihood_add_pairs(m, s, ids, from, to, NULL, &sum);
    }
    m->sums[index] = sum;
    return N2V_OK;
}

n2v_status likelihood_pairs(LikelihoodWork *m, n2v_error *error)
{
    const size_t words = m->model->words;
    n2v_status status;

    m->sum_count = blocks_count(m->blocks);
    m->contexts = array_create(words, sizeof *m->contexts);
    m->sums = array_create_zero(m->sum_count, sizeof *m->sums);
    if (!m->contexts || !m->sums)
        return fail_memory(error, words * sizeof *m->contexts, "the context words");
    if ((status = find_contexts(m, error)) != N2V_OK ||
        (status = likelihood_run_tasks(m, (m->context_count + PART_ROWS - 1) / PART_ROWS, likelihood_context_task,
                                       error)) != N2V_OK)
        return status;
    return likelihood_run_tasks(m, m->sum_count, sum_pairs, error);
}
