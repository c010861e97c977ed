#include "query/predict.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/min.h"
#include "noise/subsample.h"
#include "query/nearest.h"

/* exp of this offset and any score is 0. */
#define OUT (-FLT_MAX / 4)

/* The predictor ------------------------------------------------------------------------- */

static n2v_status take_shares(Predictor *p, const TrainedWith *trained, n2v_error *error)
{
    const Model *model = p->scores.model;
    uint64_t *counts = array_create(model->words, sizeof *counts);
    Subsample *subsample = NULL;
    n2v_status status;

    if (!counts)
        return fail_memory(error, model->words * sizeof *counts, "counts");
    for (size_t w = 0; w < model->words; w++) {
        counts[w] = vocabulary_count(model->vocabulary, (Id)w);
        counts[w] += !counts[w]; /* a word of a given vocabulary that the text does not have */
    }
    if ((status = subsample_create(&subsample, counts, model->words, trained->subsample, error)) == N2V_OK) {
        for (size_t w = 0; w < model->words; w++)
            p->keep[w] = (float)subsample_probability(subsample, (Id)w);
        if (p->log_share)
            subsample_log(subsample, counts, model->words, p->log_share);
    }
    subsample_destroy(subsample);
    free(counts);
    return status;
}

n2v_status predictor_create(Predictor *predictor, const Model *model, const PredictOptions *options, n2v_error *error)
{
    n2v_status status;

    *predictor = (Predictor){.window = options->window,
                             .weights = options->weights,
                             .cbow = options->cbow,
                             .product = options->product,
                             .repeat = options->repeat};
    if ((status = log_probability_create(&predictor->scores, model, &options->trained, options->kernels, error)) !=
        N2V_OK)
        return status;
    predictor->exact = options->exact || options->cbow || !predictor->scores.normalized;
    predictor->keep = array_create(model->words, sizeof *predictor->keep);
    if (options->product && !options->cbow)
        predictor->log_share = array_create(model->words, sizeof *predictor->log_share);
    if (!predictor->keep || (options->product && !options->cbow && !predictor->log_share))
        status = fail_memory(error, model->words * sizeof *predictor->keep, "the shares of words");
    else
        status = take_shares(predictor, &options->trained, error);
    if (status != N2V_OK)
        predictor_free(predictor);
    return status;
}

void predictor_free(Predictor *predictor)
{
    log_probability_free(&predictor->scores);
    free(predictor->keep);
    free(predictor->log_share);
    *predictor = (Predictor){.window = 0};
}

/* One prediction ------------------------------------------------------------------------ */

/* P(w) = sum over rows of exp(u(w, x_i) - shift_i), or what a tree gives. */
typedef struct mixture {
    LogProbability scores; /* the predictor's; of a product another scale and offsets of its own */
    size_t rows;
    bool exact;
    double *weights;  /* count of the context */
    const float **x;  /* rows */
    float *shift;     /* rows */
    float *mean;      /* a row; NULL: none */
    float *offset;    /* words: instead of the predictor's; NULL: none */
    size_t others;    /* words that may be answers */
    double *all;      /* of a tree: P of all words; NULL: no tree */
    const float *y[PART_WORDS];
    float *cells; /* PART_ROWS x PART_WORDS */
    float offsets[PART_WORDS];
    double sums[PART_WORDS];
} mixture;

static bool is_in_window(const Predictor *p, uint32_t distance)
{
    return distance <= p->window || p->weights == WINDOW_LINE;
}

static n2v_status check_context(const Predictor *p, const PredictContext *context, n2v_error *error)
{
    const size_t words = p->scores.model->words;

    if (!context->count)
        return error_set(error, N2V_ERROR_ARGUMENT, "there is no word to predict from");
    for (size_t i = 0; i < context->count; i++)
        if (context->words[i].id >= words)
            return error_set(error, N2V_ERROR_ARGUMENT,
                             "context word %zu: word id %lu is out of range; the last id is %zu", i,
                             (unsigned long)context->words[i].id, words - 1);
    for (size_t i = 0; i < context->count; i++)
        if (is_in_window(p, context->words[i].distance))
            return N2V_OK;
    return error_set(error, N2V_ERROR_ARGUMENT, "all context words are farther away than the model's window, %zu",
                     p->window);
}

static double weight_of(const Predictor *p, n2v_context word)
{
    if (!is_in_window(p, word.distance))
        return 0;
    return (double)p->keep[word.id] * (word.distance ? window_weight(p->weights, p->window, word.distance) : 1);
}

/* Weights of the sum 1. Returns the power of a product. */
static double take_weights(mixture *m, const Predictor *p, const PredictContext *context)
{
    double sum = 0, squares = 0;

    for (size_t i = 0; i < context->count; i++)
        sum += m->weights[i] = weight_of(p, context->words[i]);
    for (size_t i = 0; i < context->count; i++) {
        m->weights[i] /= sum;
        squares += m->weights[i] * m->weights[i];
    }
    return sqrt(1 / squares);
}

static const float *input_of(const mixture *m, n2v_context word)
{
    return m->scores.model->input + word.id * m->scores.model->stride;
}

static n2v_status take_mean_row(mixture *m, const PredictContext *context, n2v_error *error)
{
    const size_t stride = m->scores.model->stride;

    if (!(m->mean = floats_create(stride)))
        return fail_memory(error, stride * sizeof *m->mean, "the mean of the context");
    for (size_t d = 0; d < stride; d++) {
        double sum = 0;
        for (size_t i = 0; i < context->count; i++)
            sum += m->weights[i] * (double)input_of(m, context->words[i])[d];
        m->mean[d] = (float)sum;
    }
    m->x[0] = m->mean;
    m->shift[0] = 0;
    m->rows = 1;
    return N2V_OK;
}

/* The words of the context are no answers: their offset is OUT, so that they have no share in sums. */
static n2v_status take_out(mixture *m, const PredictContext *context, n2v_error *error)
{
    for (size_t i = 0; i < context->count; i++) {
        float *offset = &m->offset[context->words[i].id];
        m->others -= m->weights[i] > 0 && *offset != OUT;
        if (m->weights[i] > 0)
            *offset = OUT;
    }
    if (!m->others)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "all words of the vocabulary are in the context, and " SETTING("repeat")
                         " is off, so there is no other word");
    return N2V_OK;
}

/* Offsets of its own: of a product, whose score is the weighted mean of the contexts' scores, that of the mean row. */
static n2v_status take_offsets(mixture *m, const Predictor *p, const PredictContext *context, double power,
                               bool product, n2v_error *error)
{
    const size_t words = m->scores.model->words;

    m->others = words;
    if (!product && p->repeat)
        return N2V_OK;
    if (!(m->offset = array_create(words, sizeof *m->offset)))
        return fail_memory(error, words * sizeof *m->offset, "the offsets of scores");
    if (product) {
        for (size_t w = 0; w < words; w++)
            m->offset[w] = (float)(power * (double)p->scores.offset[w] + (1 - power) * (double)p->log_share[w]);
        m->scores.scale = (float)(power * (double)p->scores.scale);
        m->exact = true;
    } else {
        memcpy(m->offset, p->scores.offset, words * sizeof *m->offset);
    }
    m->scores.offset = m->offset;
    return p->repeat ? N2V_OK : take_out(m, context, error);
}

static void take_rows(mixture *m, const PredictContext *context)
{
    for (size_t i = 0; i < context->count; i++) {
        if (m->weights[i] == 0)
            continue;
        m->x[m->rows] = input_of(m, context->words[i]);
        m->shift[m->rows++] = (float)-log(m->weights[i]);
    }
}

/* Trees ----------------------------------------------------------------------------------- */

/* exp of log P, divided by the sum of the words that may be answers where exact. */
static void exponentiate(const mixture *m, double *p, double weight, bool exact)
{
    const size_t words = m->scores.model->words;
    double top = -INFINITY, sum = 0;

    for (size_t w = 0; w < words; w++)
        if (m->scores.offset[w] == OUT)
            p[w] = -INFINITY;
        else if (exact && p[w] > top)
            top = p[w];
    for (size_t w = 0; w < words; w++)
        sum += p[w] = exp(exact ? p[w] - top : p[w]);
    for (size_t w = 0; w < words; w++)
        p[w] *= exact ? weight / sum : weight;
}

/* One row after the other: log P is no linear function of a row, so that no mean row is that of a product. */
static void sum_trees(mixture *m, double power, bool product, const float *log_share, double *one, float *scratch)
{
    const size_t words = m->scores.model->words;
    float *u = scratch, *branches = scratch + words;

    for (size_t w = 0; w < words; w++)
        m->all[w] = product ? (1 - power) * (double)log_share[w] : 0;
    for (size_t i = 0; i < m->rows; i++) {
        const double weight = exp(-(double)m->shift[i]);
        log_probability_tree(&m->scores, m->x[i], m->y, branches, u);
        for (size_t w = 0; w < words; w++)
            one[w] = product ? power * weight * (double)u[w] : (double)u[w];
        if (!product)
            exponentiate(m, one, weight, m->exact);
        for (size_t w = 0; w < words; w++)
            m->all[w] += one[w];
    }
    if (product)
        exponentiate(m, m->all, 1, true);
}

static n2v_status take_trees(mixture *m, double power, bool product, const float *log_share, n2v_error *error)
{
    const size_t words = m->scores.model->words;
    double *one = array_create(words, sizeof *one);
    float *scratch = floats_create(3 * words);
    n2v_status status = N2V_OK;

    m->exact = m->exact || product;
    m->all = array_create(words, sizeof *m->all);
    if (m->all && one && scratch)
        sum_trees(m, power, product, log_share, one, scratch);
    else
        status = fail_memory(error, words * (2 * sizeof *one + 3 * sizeof *scratch), "the probabilities of words");
    free(one);
    floats_destroy(scratch, 3 * words);
    return status;
}

/* Both ------------------------------------------------------------------------------------ */

static n2v_status normalize(mixture *m, n2v_error *error)
{
    double log_z[PART_ROWS];

    for (size_t from = 0; from < m->rows; from += PART_ROWS) {
        const size_t rows = min_size(PART_ROWS, m->rows - from);
        log_probability_partition(&m->scores, m->x + from, rows, m->y, m->cells, log_z);
        for (size_t i = 0; i < rows; i++) {
            m->shift[from + i] += (float)log_z[i];
            if (!isfinite(log_z[i]))
                return error_set(error, N2V_ERROR_NUMERIC,
                                 "log Z of the context is not finite: the scores are too large");
        }
    }
    return N2V_OK;
}

static n2v_status mixture_create(mixture *m, const Predictor *p, const PredictContext *context, n2v_error *error)
{
    const size_t count = context->count;
    double power;
    bool product;
    n2v_status status;

    m->scores = p->scores;
    m->exact = p->exact;
    m->weights = array_create(count, sizeof *m->weights);
    m->x = array_create(count, sizeof *m->x);
    m->shift = array_create(count, sizeof *m->shift);
    m->cells = floats_create(PART_ROWS * PART_WORDS);
    if (!m->weights || !m->x || !m->shift || !m->cells)
        return fail_memory(error, count * sizeof *m->weights + PART_ROWS * PART_WORDS * sizeof(float), "scores");
    power = take_weights(m, p, context);
    product = p->product && !p->cbow && power > 1;
    if ((status = take_offsets(m, p, context, power, product && !p->scores.tree, error)) != N2V_OK)
        return status;
    if (!p->cbow && (!product || p->scores.tree))
        take_rows(m, context);
    else if ((status = take_mean_row(m, context, error)) != N2V_OK)
        return status;
    if (p->scores.tree)
        return take_trees(m, power, product, p->log_share, error);
    return m->exact ? normalize(m, error) : N2V_OK;
}

static void mixture_free(mixture *m)
{
    free(m->weights);
    free(m->x);
    free(m->shift);
    free(m->offset);
    free(m->all);
    floats_destroy(m->cells, PART_ROWS * PART_WORDS);
    if (m->mean)
        floats_destroy(m->mean, m->scores.model->stride);
}

/* The probabilities of up to PART_WORDS words into m->sums: of these, or with words NULL of those from `from` on. */
static void sum_rows(mixture *m, const Id *words, size_t from, size_t count)
{
    const LogProbability *scores = &m->scores;

    for (size_t j = 0; j < count && m->all; j++)
        m->sums[j] = m->all[words ? words[j] : from + j];
    if (m->all)
        return;
    for (size_t j = 0; j < count; j++) {
        const Id id = words ? words[j] : (Id)(from + j);
        m->y[j] = log_probability_output(scores, id);
        m->offsets[j] = scores->offset[id];
        m->sums[j] = 0;
    }
    for (size_t first = 0; first < m->rows; first += PART_ROWS) {
        const size_t rows = min_size(PART_ROWS, m->rows - first);
        scores->kernels->dot(m->x + first, rows, m->y, count, scores->model->stride, m->cells);
        for (size_t i = 0; i < rows; i++) {
            float *row = m->cells + i * count;
            for (size_t j = 0; j < count; j++)
                row[j] = scores->scale * row[j] + m->offsets[j] - m->shift[first + i];
            scores->kernels->math.exp(row, row, count);
            for (size_t j = 0; j < count; j++)
                m->sums[j] += (double)row[j];
        }
    }
}

n2v_status predictor_rank(const Predictor *predictor, const PredictContext *context, size_t k, n2v_neighbor *words,
                          n2v_prediction *prediction, n2v_error *error)
{
    const size_t all = predictor->scores.model->words;
    Nearest nearest = {.items = words, .room = min_size(k, all)};
    mixture m = {.rows = 0};
    double total = 0;
    n2v_status status = check_context(predictor, context, error);

    if (status != N2V_OK)
        return status;
    if ((status = mixture_create(&m, predictor, context, error)) != N2V_OK)
        goto out;
    for (size_t from = 0; from < all; from += PART_WORDS) {
        const size_t count = min_size(PART_WORDS, all - from);
        sum_rows(&m, NULL, from, count);
        for (size_t j = 0; j < count; j++) {
            total += m.sums[j];
            if (m.scores.offset[from + j] != OUT)
                nearest_offer(&nearest, (n2v_neighbor){.id = (Id)(from + j), .score = (float)m.sums[j]});
        }
    }
    nearest_sort(&nearest);
    prediction->found = nearest.count;
    prediction->exact = m.exact;
    prediction->total = total;
    if (!isfinite(total))
        status = error_set(error, N2V_ERROR_NUMERIC, "the probabilities are not finite: the scores are too large");
out:
    mixture_free(&m);
    return status;
}

n2v_status predictor_measure(const Predictor *predictor, const PredictContext *context, const Id *words, size_t count,
                             double *probabilities, n2v_error *error)
{
    const size_t all = predictor->scores.model->words;
    mixture m = {.rows = 0};
    n2v_status status = check_context(predictor, context, error);

    for (size_t i = 0; i < count && status == N2V_OK; i++)
        if (words[i] >= all)
            status = error_set(error, N2V_ERROR_ARGUMENT, "word id %lu is out of range; the last id is %zu",
                               (unsigned long)words[i], all - 1);
    if (status != N2V_OK)
        return status;
    if ((status = mixture_create(&m, predictor, context, error)) == N2V_OK) {
        for (size_t from = 0; from < count; from += PART_WORDS) {
            const size_t part = min_size(PART_WORDS, count - from);
            sum_rows(&m, words + from, 0, part);
            for (size_t j = 0; j < part; j++)
                probabilities[from + j] = m.sums[j];
        }
    }
    mixture_free(&m);
    return status;
}
