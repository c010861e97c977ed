/* likelihood_bags.c - the likelihood of CBOW: log P of each word, given the mean of the rows of its window.
 *
 * A word has a bag for each reach that training draws, with its probability as the weight. At the ends of a sentence
 * several reaches have the same words: one bag with the sum of their weights. Each bag has a log Z of its own. A task
 * is up to PART_ROWS bags of one block. */
#include <stdlib.h>

#include "base/min.h"
#include "query/likelihood_work.h"

/* Bags of a block. */
typedef struct bag_part {
    size_t block, skipped; /* the bags before it in the block */
    size_t first, count;   /* among all bags */
} bag_part;

/* The largest reach that adds a word. */
static size_t max_reach(const LikelihoodBags *w)
{
    const size_t left = w->center - w->from, right = w->to - 1 - w->center;
    return min_size(w->window, left > right ? left : right);
}

static double weight_of(const LikelihoodBags *w)
{
    const double farther = w->reach == max_reach(w) ? 0 : window_weight(w->weights, w->window, w->reach + 1);
    const double line = w->line_weights ? (double)w->line_weights[w->sentences - 1] : 1;
    /* of the largest one: with those beyond */
    return line * (window_weight(w->weights, w->window, w->reach) - farther);
}

bool likelihood_next_bag(LikelihoodBags *w)
{
    for (w->reach++;; w->reach = 1, w->center++) {
        if (w->center == w->to) {
            if (w->to == w->count)
                return false;
            w->from = w->to;
            w->sentences++;
            w->to = likelihood_sentence_end(w->ids, w->from);
            w->reach = 1;
        }
        for (; w->reach <= max_reach(w); w->reach++)
            if (weight_of(w) > 0) /* training draws this reach */
                return true;
    }
}

/* The mean row of the bag's words. */
static void take_mean(const LikelihoodWork *m, const LikelihoodBags *w, const float **rows, float *mean)
{
    const Kernels *kernels = m->options->kernels;
    const size_t stride = m->model->stride, from = w->center - min_size(w->center - w->from, w->reach);
    const size_t to = w->center + min_size(w->to - 1 - w->center, w->reach);
    size_t count = 0;

    for (size_t i = from; i <= to; i++)
        if (i != w->center)
            rows[count++] = m->model->input + (w->ids[i] & ~SENTENCE_END) * stride;
    kernels->gather(rows, count, 1 / (float)count, stride, mean);
    if (objective_needs(m->options->trained.objective, m->options->trained.parameters) & N2V_NEEDS_UNIT_ROWS)
        kernels->normalize(&mean, 1, stride);
}

static n2v_status start_walk(const LikelihoodWork *m, LikelihoodScratch *s, size_t block, LikelihoodBags *walk,
                             n2v_error *error)
{
    n2v_status status;

    *walk = (LikelihoodBags){.window = m->options->window, .weights = m->options->weights};
    status = likelihood_read_block(m, s, block, &walk->ids, &walk->count, error);
    walk->line_weights = s->weights;
    return status;
}

static n2v_status count_bags(LikelihoodWork *m, LikelihoodScratch *s, size_t index, n2v_error *error)
{
    size_t *counts = m->state;
    LikelihoodBags walk;
    const n2v_status status = start_walk(m, s, index, &walk, error);

    if (status != N2V_OK)
        return status;
    while (likelihood_next_bag(&walk))
        counts[index]++;
    return N2V_OK;
}

n2v_status likelihood_take_bags(const LikelihoodWork *m, LikelihoodScratch *s, LikelihoodBags *bags, size_t most,
                                LikelihoodContext *contexts, size_t *centers, size_t *count, n2v_error *error)
{
    size_t taken = 0;

    for (; taken < most && likelihood_next_bag(bags); taken++) {
        take_mean(m, bags, s->x, s->means + taken * m->model->stride);
        contexts[taken] =
            (LikelihoodContext){.id = bags->ids[bags->center] & ~SENTENCE_END, .weight = weight_of(bags)};
        if (centers)
            centers[taken] = bags->center;
    }
    for (size_t i = 0; i < taken; i++) {
        s->x[i] = s->means + i * m->model->stride;
        log_probability_scores(&m->log_probability, contexts[i].id, s->x + i, 1, s->y, s->scores);
        contexts[i].score = s->scores[0];
    }
    *count = taken;
    return likelihood_log_z(m, s, contexts, taken, error);
}

static n2v_status sum_bags(LikelihoodWork *m, LikelihoodScratch *s, size_t index, n2v_error *error)
{
    const bag_part part = ((const bag_part *)m->state)[index];
    LikelihoodContext *contexts = m->contexts + part.first;
    LikelihoodSum *sum = &m->sums[index];
    LikelihoodBags walk;
    size_t count;
    n2v_status status = start_walk(m, s, part.block, &walk, error);

    if (status != N2V_OK)
        return status;
    for (size_t i = 0; i < part.skipped; i++)
        (void)likelihood_next_bag(&walk);
    status = likelihood_take_bags(m, s, &walk, part.count, contexts, NULL, &count, error);
    for (size_t i = 0; i < part.count && status == N2V_OK; i++) {
        sum->weight += contexts[i].weight;
        sum->score += contexts[i].weight * (double)contexts[i].score;
    }
    sum->pairs = part.count;
    return status;
}

/* Cuts the bags of all blocks into parts. */
static void cut(bag_part *parts, const size_t *counts, size_t blocks)
{
    size_t first = 0;

    for (size_t b = 0; b < blocks; b++)
        for (size_t at = 0; at < counts[b]; at += PART_ROWS) {
            const size_t count = min_size(PART_ROWS, counts[b] - at);
            *parts++ = (bag_part){.block = b, .skipped = at, .first = first, .count = count};
            first += count;
        }
}

static n2v_status sum_parts(LikelihoodWork *m, const size_t *counts, n2v_error *error)
{
    const size_t blocks = blocks_stored(m->blocks);
    bag_part *parts;
    n2v_status status;

    for (size_t b = 0; b < blocks; b++) {
        m->context_count += counts[b];
        m->sum_count += (counts[b] + PART_ROWS - 1) / PART_ROWS;
    }
    parts = array_create(m->sum_count, sizeof *parts);
    m->contexts = array_create(m->context_count, sizeof *m->contexts);
    m->sums = array_create_zero(m->sum_count, sizeof *m->sums);
    if (!parts || !m->contexts || !m->sums) {
        free(parts);
        return fail_memory(error, m->context_count * sizeof *m->contexts, "the windows of the text");
    }
    cut(parts, counts, blocks);
    m->state = parts;
    status = likelihood_run_tasks(m, m->sum_count, sum_bags, error);
    free(parts);
    return status;
}

n2v_status likelihood_bags(LikelihoodWork *m, n2v_error *error)
{
    const size_t blocks = blocks_stored(m->blocks);
    size_t *counts = array_create_zero(blocks, sizeof *counts);
    n2v_status status;

    if (!counts)
        return fail_memory(error, blocks * sizeof *counts, "the windows of the text");
    m->state = counts;
    status = likelihood_run_tasks(m, blocks, count_bags, error);
    if (status == N2V_OK)
        status = sum_parts(m, counts, error);
    free(counts);
    return status;
}
