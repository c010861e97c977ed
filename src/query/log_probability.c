#include "query/log_probability.h"

#include <math.h>
#include <stdlib.h>

#include "base/min.h"
#include "base/names.h"
#include "noise/noise.h"
#include "noise/subsample.h"

/* The objectives of the set whose scores define P(w|c), by index. */
static const char *defining_name(const void *objectives, size_t index)
{
    const n2v_objective *at;

    for (size_t i = 0; (at = objective_at(objectives, i)); i++)
        if (at->log_probability && !index--)
            return at->name;
    return NULL;
}

static bool has_tree(const TrainedWith *trained)
{
    return objective_needs(trained->objective, trained->parameters) & N2V_NEEDS_TREE;
}

/* The output row of node 0: nodes are the first output rows, or those after the words. */
static size_t first_node(const Model *model)
{
    return model->other_outputs ? 0 : model->words;
}

static bool has_nodes(const Model *model)
{
    return model->output && model->words > 1 && model_output_vectors(model) == 1 &&
           model->output_rows >= first_node(model) + model->words - 1;
}

n2v_status log_probability_check(const Model *model, const TrainedWith *trained, n2v_error *error)
{
    char names[256];

    if (!(has_tree(trained) ? has_nodes(model) : model_has_outputs(model)))
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "there are no output vectors: the whole model is needed, a .n2v file");
    if (trained->objective->log_probability)
        return N2V_OK;
    return error_set(error, N2V_ERROR_ARGUMENT,
                     "the objective %s does not define P(w|c), so there is no likelihood and no prediction; these do: "
                     "%s",
                     trained->objective->name, names_join(defining_name, trained->objectives, names, sizeof names));
}

static n2v_status check_counts(const Model *model, const TrainedWith *trained, const uint64_t *counts, n2v_error *error)
{
    for (size_t w = 0; w < model->words; w++)
        if (!counts[w])
            return error_set(error, N2V_ERROR_DATA,
                             "there is no count of '%s'; with the objective %s all counts are needed, because P(w|c) "
                             "depends on the %s",
                             vocabulary_word(model->vocabulary, (Id)w, NULL), trained->objective->name,
                             has_tree(trained) ? "tree of the words" : "noise distribution");
    return N2V_OK;
}

/* log Q of every word. */
static n2v_status take_log_noise(float *log_noise, const Model *model, const TrainedWith *trained,
                                 const uint64_t *counts, n2v_error *error)
{
    const size_t words = model->words;
    Subsample *subsample = NULL;
    Noise *noise = NULL;
    n2v_status status;

    if (objective_needs(trained->objective, trained->parameters) & N2V_NEEDS_IN_BATCH) {
        status = subsample_create(&subsample, counts, words, trained->subsample, error);
        if (status == N2V_OK)
            subsample_log(subsample, counts, words, log_noise);
    } else {
        status = noise_create(&noise, counts, words, trained->noise_power, error);
        if (status == N2V_OK)
            noise_log(noise, counts, log_noise);
    }
    subsample_destroy(subsample);
    noise_destroy(noise);
    return status;
}

/* What follows from the counts: log Q of every word, or the tree. */
static n2v_status use_counts(LogProbability *l, const TrainedWith *trained, n2v_error *error)
{
    const Model *model = l->model;
    uint64_t *counts = array_create(model->words, sizeof *counts);
    n2v_status status;

    if (!counts)
        return fail_memory(error, model->words * sizeof *counts, "counts");
    for (size_t w = 0; w < model->words; w++)
        counts[w] = vocabulary_count(model->vocabulary, (Id)w);
    if ((status = check_counts(model, trained, counts, error)) == N2V_OK)
        status = has_tree(trained) ? huffman_create(&l->tree, counts, model->words, error)
                                   : take_log_noise(l->offset, model, trained, counts, error);
    free(counts);
    return status;
}

/* What is added to all scores of a word: the shared bias and the part of the noise. */
static n2v_status make_offsets(LogProbability *l, const TrainedWith *trained, n2v_log_probability meaning,
                               n2v_error *error)
{
    const double shared = (double)l->model->shared_bias; /* a word's own is in the product of the rows */
    const double constant = meaning.log_num_noise * log((double)trained->noise);
    n2v_status status;

    if ((meaning.log_noise != 0 || has_tree(trained)) && (status = use_counts(l, trained, error)) != N2V_OK)
        return status;
    for (size_t w = 0; w < l->model->words; w++) {
        const double noise = meaning.log_noise != 0 ? meaning.log_noise * (double)l->offset[w] : 0;
        l->offset[w] = (float)(noise + constant + meaning.score * shared);
    }
    return N2V_OK;
}

n2v_status log_probability_create(LogProbability *l, const Model *model, const TrainedWith *trained,
                                  const Kernels *kernels, n2v_error *error)
{
    n2v_log_probability meaning;
    n2v_status status;

    *l = (LogProbability){.model = model, .kernels = kernels};
    if ((status = log_probability_check(model, trained, error)) != N2V_OK)
        return status;
    meaning = trained->objective->log_probability(trained->parameters, trained->objective->user);
    l->scale = (float)meaning.score;
    l->normalized = meaning.normalized;
    if (!(l->offset = array_create(model->words, sizeof *l->offset)))
        return fail_memory(error, model->words * sizeof *l->offset, "the offsets of scores");
    if ((status = make_offsets(l, trained, meaning, error)) != N2V_OK)
        log_probability_free(l);
    return status;
}

void log_probability_free(LogProbability *l)
{
    free(l->offset);
    huffman_destroy(l->tree);
    *l = (LogProbability){0};
}

const float *log_probability_output(const LogProbability *l, Id id)
{
    return l->model->output + id * l->model->output_stride;
}

/* The sum over the path of -softplus(-s), or of -softplus(s) where the code is 1. */
static void score_paths(const LogProbability *l, Id id, const float *const *x, size_t rows, const float **y,
                        float *scores)
{
    const Model *model = l->model;
    HuffmanBranch room[HUFFMAN_DEPTH];
    size_t length;
    const HuffmanBranch *path = huffman_path(l->tree, id, room, &length);

    for (size_t j = 0; j < length; j++)
        y[j] = model->output + (first_node(model) + huffman_node(path[j])) * model->output_stride;
    l->kernels->dot(x, rows, y, length, model->stride, scores);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < length; j++)
            scores[i * length + j] *= huffman_code(path[j]) ? 1 : -1;
    l->kernels->math.softplus(scores, scores, rows * length);
    for (size_t i = 0; i < rows; i++) {
        float sum = 0;
        for (size_t j = 0; j < length; j++)
            sum -= scores[i * length + j];
        scores[i] = sum;
    }
}

void log_probability_scores(const LogProbability *l, Id id, const float *const *x, size_t rows, const float **y,
                            float *scores)
{
    if (l->tree) {
        score_paths(l, id, x, rows, y, scores);
        return;
    }
    y[0] = log_probability_output(l, id);
    l->kernels->dot(x, rows, y, 1, l->model->stride, scores);
    for (size_t i = 0; i < rows; i++)
        scores[i] = l->scale * scores[i] + l->offset[id];
}

void log_probability_tree(const LogProbability *l, const float *x, const float **y, float *branches, float *u)
{
    const size_t words = l->model->words, nodes = words - 1;
    const VectorMath *math = &l->kernels->math;

    for (size_t from = 0; from < nodes; from += PART_WORDS) {
        const size_t count = min_size(PART_WORDS, nodes - from);
        float *yes = branches + from, *no = branches + nodes + from;
        for (size_t j = 0; j < count; j++)
            y[j] = l->model->output + (first_node(l->model) + from + j) * l->model->output_stride;
        l->kernels->dot(&x, 1, y, count, l->model->stride, no);
        for (size_t j = 0; j < count; j++)
            yes[j] = -no[j];
        math->softplus(yes, yes, count);
        math->softplus(no, no, count);
    }
    for (size_t w = 0; w < words; w++) {
        HuffmanBranch room[HUFFMAN_DEPTH];
        size_t length;
        const HuffmanBranch *path = huffman_path(l->tree, (Id)w, room, &length);
        u[w] = 0;
        for (size_t j = 0; j < length; j++)
            u[w] -= branches[huffman_code(path[j]) * nodes + huffman_node(path[j])];
    }
}

/* A running maximum, and a sum relative to it. */
void log_probability_partition(const LogProbability *l, const float *const *x, size_t rows, const float **y,
                               float *scores, double *log_z)
{
    const VectorMath *math = &l->kernels->math;
    const size_t words = l->model->words;
    float top[PART_ROWS];
    double sum[PART_ROWS];

    for (size_t i = 0; i < rows; i++) {
        top[i] = -INFINITY;
        sum[i] = 0;
        log_z[i] = 0;
    }
    if (l->tree)
        return;
    for (size_t from = 0; from < words; from += PART_WORDS) {
        const size_t columns = min_size(PART_WORDS, words - from);
        const float *offset = l->offset + from;
        for (size_t j = 0; j < columns; j++)
            y[j] = log_probability_output(l, (Id)(from + j));
        l->kernels->dot(x, rows, y, columns, l->model->stride, scores);
        for (size_t i = 0; i < rows; i++) {
            float *row = scores + i * columns, high;
            for (size_t j = 0; j < columns; j++)
                row[j] = l->scale * row[j] + offset[j];
            high = math->max(row, columns);
            if (high > top[i]) {
                sum[i] *= exp((double)top[i] - (double)high);
                top[i] = high;
            }
            sum[i] += (double)math->exp_sum(row, top[i], row, columns);
        }
    }
    for (size_t i = 0; i < rows; i++)
        log_z[i] = (double)top[i] + log(sum[i]);
}
