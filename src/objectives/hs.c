/* hs.c - hierarchical softmax, the other objective of word2vec.
 *
 *     loss = sum over the nodes on the path of the word w of softplus(-s) where its code is 0, of softplus(s) where it
 * is 1
 *
 * P(w|c) is the product of the decisions on the path from the root of a Huffman tree to the word: the branch 0 has the
 * probability sigmoid(s). The loss is -log P(w|c), and the probabilities of all words sum to one. With sgns=1 the tile
 * has the word itself and noise words, too, and the loss of negative sampling is added. */
#include "objectives/registry.h"

enum { SGNS };

static uint32_t needs(const float *parameters, void *user)
{
    (void)user;
    return N2V_NEEDS_TREE | (parameters[SGNS] > 0 ? N2V_NEEDS_TREE_AND_NOISE : 0u);
}

static size_t scratch_floats(size_t m, size_t n, size_t positives, void *user)
{
    (void)user;
    return m * n > positives ? m * n : positives;
}

static double sum_loss(const n2v_tile *tile, const n2v_tile_gradient *gradient, float *softplus)
{
    const size_t m = tile->m, n = tile->n, positives = tile->first[m];
    double sum = 0;

    for (size_t p = 0; p < positives; p++)
        gradient->positives[p] = -tile->positive_scores[p];
    tile->math->softplus(gradient->positives, softplus, positives);
    for (size_t p = 0; p < positives; p++)
        sum += (double)softplus[p];
    tile->math->softplus(tile->scores, softplus, m * n);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            if (!tile_masked(tile, i, j))
                sum += (double)(tile_draws(tile, i, j) * softplus[i * n + j]);
    return sum;
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    const VectorMath *const math = tile->math;
    const size_t m = tile->m, n = tile->n;

    (void)user;
    (void)parameters;
    if (loss)
        *loss += sum_loss(tile, gradient, scratch);
    math->logistic_positives(tile->positive_scores, tile->first[m], 1, NULL, gradient->positives);
    math->sigmoid(tile->scores, gradient->scores, m * n);
    for (size_t i = 0; tile->multiplicity && i < m; i++)
        for (size_t j = 0; j < n; j++)
            gradient->scores[i * n + j] *= tile->multiplicity[j];
    for (size_t c = 0; tile->mask && c < m * n; c++)
        gradient->scores[c] = tile->mask[c] ? 0 : gradient->scores[c];
}

static n2v_log_probability log_probability(const float *parameters, void *user)
{
    (void)user;
    (void)parameters;
    return (n2v_log_probability){.score = 1, .normalized = true};
}

const n2v_objective objective_hs = {
    .size = sizeof(n2v_objective),
    .name = "hs",
    .summary = "hierarchical softmax: exact P(word | context) along the path of a Huffman tree",
    .formula = "over the nodes of the word's path: -sum+ log sigmoid(s+) - sum- log sigmoid(-s-); + code 0, - code 1",
    .paper = "Morin & Bengio 2005, Hierarchical Probabilistic Neural Network Language Model; Mikolov et al. 2013",
    .geometry = N2V_DOT,
    .parameters = {{"sgns", 0, 0, 1, true, "1: with the loss of negative sampling, as word2vec adds the two"}},
    .init = 1,
    .learning_rate = 0.05,
    .noise = 5,
    .noise_sharing = 1,
    .needs = needs,
    .log_probability = log_probability,
    .scratch = scratch_floats,
    .loss_grad = loss_grad,
};
