/* likelihood.c - log Z once for each context word, then the scores of all pairs.
 *
 * One pass over the ids finds the context words and their weights. log Z(c), the costly part, is a product of
 * matrices, CONTEXTS x WORDS scores at a time. A second pass over the ids sums the pairs' scores. Threads take tasks
 * in turn; each task has its own place for its result. */
#include "query/likelihood.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/min.h"
#include "base/names.h"
#include "base/threads.h"
#include "noise/noise.h"
#include "noise/subsample.h"

/* The rows of a product stay in the first-level cache, its columns and scores in the second. */
#define CONTEXTS ((size_t)64)
#define WORDS    ((size_t)256)

const double likelihood_levels[LIKELIHOOD_QUANTILES] = {0, 0.05, 0.25, 0.5, 0.75, 0.95, 1};

/* The sums of a block of ids. */
typedef struct block_sum {
    uint64_t pairs;
    double weight, score;
} block_sum;

/* A context word, the sum of the weights of its pairs, and its log Z. */
typedef struct context {
    Id id;
    double weight, log_z;
} context;

typedef struct scratch scratch;

typedef struct measuring {
    const Model *model;
    const Blocks *blocks;
    const LikelihoodOptions *options;
    Subsample *subsample;
    n2v_log_probability meaning;
    float *offset; /* words: u = meaning.score * <x, y> + offset */
    context *contexts;
    size_t context_count;
    block_sum *sums; /* one a block */

    /* One round of tasks. */
    n2v_status (*task)(struct measuring *m, scratch *s, size_t index, n2v_error *error);
    size_t tasks;
    atomic_size_t next;
    pthread_t caller;      /* the thread that checks for a stop request */
    pthread_mutex_t mutex; /* guards error */
    n2v_error error;
} measuring;

/* A thread's own. */
struct scratch {
    Id *buffer, *kept; /* a block */
    const float **x, **y;
    float *scores;
};

/* Threads ------------------------------------------------------------------------------- */

static size_t row_room(const measuring *m)
{
    const size_t window = 2 * m->options->window;
    return window > CONTEXTS ? window : CONTEXTS;
}

static n2v_status create_scratch(scratch *s, const measuring *m, n2v_error *error)
{
    const size_t rows = row_room(m);

    s->buffer = array_create(BLOCK_IDS, sizeof *s->buffer);
    s->kept = array_create(BLOCK_IDS, sizeof *s->kept);
    s->x = array_create(rows, sizeof *s->x);
    s->y = array_create(WORDS, sizeof *s->y);
    s->scores = floats_create(rows * WORDS);
    if (!s->buffer || !s->kept || !s->x || !s->y || !s->scores)
        return fail_memory(error, rows * WORDS * sizeof(float), "scores");
    return N2V_OK;
}

static void free_scratch(scratch *s, const measuring *m)
{
    free(s->buffer);
    free(s->kept);
    free(s->x);
    free(s->y);
    floats_destroy(s->scores, row_room(m) * WORDS);
}

static void *work(void *shared)
{
    measuring *m = shared;
    scratch s = {0};
    n2v_error error = {0};
    n2v_status status = create_scratch(&s, m, &error);
    size_t index;

    while (status == N2V_OK && (index = atomic_fetch_add(&m->next, 1)) < m->tasks) {
        status = m->task(m, &s, index, &error);
        if (status == N2V_OK && pthread_equal(pthread_self(), m->caller) && stop_requested(&m->options->stop))
            status = error_set(&error, N2V_ERROR_INTERRUPTED, "interrupted while measuring the likelihood");
    }
    if (status != N2V_OK) {
        atomic_store(&m->next, m->tasks); /* the others end, too */
        pthread_mutex_lock(&m->mutex);
        if (m->error.status == N2V_OK)
            m->error = error;
        pthread_mutex_unlock(&m->mutex);
    }
    free_scratch(&s, m);
    return NULL;
}

static n2v_status run_tasks(measuring *m, size_t tasks,
                            n2v_status (*task)(measuring *m, scratch *s, size_t index, n2v_error *error),
                            n2v_error *error)
{
    m->task = task;
    m->tasks = tasks;
    atomic_store(&m->next, 0);
    in_threads(min_size(m->options->threads, tasks), work, m);
    if (m->error.status != N2V_OK && error)
        *error = m->error;
    return m->error.status;
}

/* The text ------------------------------------------------------------------------------ */

/* A block after subsampling. */
static n2v_status read_block(const measuring *m, scratch *s, size_t index, const Id **ids, size_t *count,
                             n2v_error *error)
{
    Block block;
    Random random;
    const n2v_status status = blocks_read(m->blocks, index, s->buffer, &block, error);

    if (status != N2V_OK)
        return status;
    *ids = block.ids;
    *count = block.count;
    if (m->subsample) {
        random_seed(&random, m->options->seed, 0, index, STREAM_LIKELIHOOD);
        *count = subsample_filter(m->subsample, &random, block.ids, block.count, SENTENCE_END, s->kept);
        *ids = s->kept;
    }
    return N2V_OK;
}

/* The end of the sentence that starts at from. */
static size_t sentence_end(const Id *ids, size_t from)
{
    while (!(ids[from++] & SENTENCE_END))
        ;
    return from;
}

/* The weights of the nearest words on both sides. */
static double contexts_weight(const LikelihoodOptions *options, size_t left, size_t right)
{
    const size_t window = options->window;
    return window_side(options->weights, window, min_size(left, window)) +
           window_side(options->weights, window, min_size(right, window));
}

/* Finds the context words of the text and their weights. */
static n2v_status find_contexts(measuring *m, n2v_error *error)
{
    const size_t words = m->model->words;
    double *weights = array_create_zero(words, sizeof *weights);
    scratch s = {0};
    n2v_status status = create_scratch(&s, m, error);

    if (status == N2V_OK && !weights)
        status = fail_memory(error, words * sizeof *weights, "the weights of words");
    for (size_t b = 0; b < blocks_count(m->blocks) && status == N2V_OK; b++) {
        const Id *ids = NULL;
        size_t count = 0;
        status = read_block(m, &s, b, &ids, &count, error);
        for (size_t from = 0, to; status == N2V_OK && from < count; from = to) {
            to = sentence_end(ids, from);
            for (size_t i = from; i < to; i++)
                weights[ids[i] & ~SENTENCE_END] += contexts_weight(m->options, i - from, to - 1 - i);
        }
    }
    for (size_t w = 0; w < words && status == N2V_OK; w++)
        if (weights[w] > 0)
            m->contexts[m->context_count++] = (context){.id = (Id)w, .weight = weights[w]};
    free_scratch(&s, m);
    free(weights);
    return status;
}

/* The model ----------------------------------------------------------------------------- */

/* log Z of up to CONTEXTS context words: a running maximum, and a sum relative to it. */
static n2v_status sum_words(measuring *m, scratch *s, size_t index, n2v_error *error)
{
    const Model *model = m->model;
    const VectorMath *math = &m->options->kernels->math;
    const float scale = (float)m->meaning.score;
    context *contexts = m->contexts + index * CONTEXTS;
    const size_t rows = min_size(CONTEXTS, m->context_count - index * CONTEXTS);
    float top[CONTEXTS];
    double sum[CONTEXTS];

    for (size_t i = 0; i < rows; i++) {
        s->x[i] = model->input + contexts[i].id * model->stride;
        top[i] = -INFINITY;
        sum[i] = 0;
    }
    for (size_t from = 0; from < model->words; from += WORDS) {
        const size_t columns = min_size(WORDS, model->words - from);
        const float *offset = m->offset + from;
        for (size_t j = 0; j < columns; j++)
            s->y[j] = model->output + (from + j) * model->stride;
        m->options->kernels->dot(s->x, rows, s->y, columns, model->stride, s->scores);
        for (size_t i = 0; i < rows; i++) {
            float *row = s->scores + i * columns, high;
            for (size_t j = 0; j < columns; j++)
                row[j] = scale * row[j] + offset[j];
            high = math->max(row, columns);
            if (high > top[i]) {
                sum[i] *= exp((double)top[i] - (double)high);
                top[i] = high;
            }
            sum[i] += (double)math->exp_sum(row, top[i], row, columns);
        }
    }
    for (size_t i = 0; i < rows; i++) {
        contexts[i].log_z = (double)top[i] + log(sum[i]);
        if (!isfinite(contexts[i].log_z))
            return error_set(error, N2V_ERROR_NUMERIC,
                             "log Z of the context '%s' is not finite: the scores are too large",
                             vocabulary_word(model->vocabulary, contexts[i].id, NULL));
    }
    return N2V_OK;
}

/* The scores of a block's pairs. */
static n2v_status sum_pairs(measuring *m, scratch *s, size_t index, n2v_error *error)
{
    const Model *model = m->model;
    const size_t window = m->options->window;
    const Id *ids = NULL;
    block_sum sum = {0};
    size_t count = 0;
    const n2v_status status = read_block(m, s, index, &ids, &count, error);

    if (status != N2V_OK)
        return status;
    for (size_t from = 0, to; from < count; from = to) {
        to = sentence_end(ids, from);
        for (size_t i = from; i < to; i++) {
            const Id word = ids[i] & ~SENTENCE_END;
            const float *y = model->output + word * model->stride;
            const size_t left = min_size(i - from, window), right = min_size(to - 1 - i, window);
            for (size_t k = 0; k < left + right; k++) {
                const size_t at = k < left ? i - left + k : i + 1 + (k - left);
                s->x[k] = model->input + (ids[at] & ~SENTENCE_END) * model->stride;
            }
            m->options->kernels->dot(s->x, left + right, &y, 1, model->stride, s->scores);
            for (size_t k = 0; k < left + right; k++) {
                const size_t distance = k < left ? left - k : k - left + 1;
                const double weight = window_weight(m->options->weights, window, distance);
                sum.weight += weight;
                sum.score += weight * (m->meaning.score * (double)s->scores[k] + (double)m->offset[word]);
            }
            sum.pairs += left + right;
        }
    }
    m->sums[index] = sum;
    return N2V_OK;
}

/* log Q of every word into m->offset. */
static n2v_status take_log_noise(measuring *m, const uint64_t *counts, n2v_error *error)
{
    const LikelihoodOptions *options = m->options;
    const size_t words = m->model->words;
    Subsample *subsample = NULL;
    Noise *noise = NULL;
    n2v_status status;

    for (size_t w = 0; w < words; w++)
        if (!counts[w])
            return error_set(error, N2V_ERROR_DATA,
                             "there is no count of '%s'; with the objective %s all counts are needed, because P(w|c) "
                             "depends on the noise distribution",
                             vocabulary_word(m->model->vocabulary, (Id)w, NULL), options->objective->name);
    if (objective_needs(options->objective, options->parameters) & N2V_NEEDS_IN_BATCH) {
        status = subsample_create(&subsample, counts, words, options->trained_subsample, error);
        if (status == N2V_OK)
            subsample_log(subsample, counts, words, m->offset);
    } else {
        status = noise_create(&noise, counts, words, options->noise_power, error);
        if (status == N2V_OK)
            noise_log(noise, counts, m->offset);
    }
    subsample_destroy(subsample);
    noise_destroy(noise);
    return status;
}

/* What is added to all scores of a word: the shared bias and the part of the noise. */
static n2v_status make_offsets(measuring *m, const uint64_t *counts, n2v_error *error)
{
    const n2v_log_probability meaning = m->meaning;
    const double shared = (double)m->model->shared_bias; /* a word's own is in the product of the rows */
    const double constant = meaning.log_num_noise * log((double)m->options->noise);
    n2v_status status;

    if (meaning.log_noise != 0 && (status = take_log_noise(m, counts, error)) != N2V_OK)
        return status;
    for (size_t w = 0; w < m->model->words; w++) {
        const double noise = meaning.log_noise != 0 ? meaning.log_noise * (double)m->offset[w] : 0;
        m->offset[w] = (float)(noise + constant + meaning.score * shared);
    }
    return N2V_OK;
}

/* The result ---------------------------------------------------------------------------- */

static int by_log_z(const void *a, const void *b)
{
    const context *left = a, *right = b;
    if (left->log_z != right->log_z)
        return left->log_z < right->log_z ? -1 : 1;
    return left->id < right->id ? -1 : left->id > right->id;
}

/* Sorts the contexts. */
static void describe_log_z(measuring *m, Likelihood *l)
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

static n2v_status conclude(measuring *m, Likelihood *l, n2v_error *error)
{
    double score = 0;

    *l = (Likelihood){.normalized = m->meaning.normalized, .contexts = m->context_count};
    for (size_t b = 0; b < blocks_count(m->blocks); b++) {
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

/* The objectives of the set whose scores define P(w|c), by index. */
static const char *defining_name(const void *objectives, size_t index)
{
    const n2v_objective *at;

    for (size_t i = 0; (at = objective_at(objectives, i)); i++)
        if (at->log_probability && !index--)
            return at->name;
    return NULL;
}

n2v_status likelihood_check(const Model *model, const LikelihoodOptions *options, n2v_error *error)
{
    char names[256];

    if (!model_has_outputs(model))
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "there are no output vectors: the whole model is needed, a .n2v file");
    if (options->objective->log_probability)
        return N2V_OK;
    return error_set(error, N2V_ERROR_ARGUMENT,
                     "the objective %s does not define P(w|c), so there is no likelihood; these do: %s",
                     options->objective->name, names_join(defining_name, options->objectives, names, sizeof names));
}

n2v_status likelihood_measure(Likelihood *likelihood, const Model *model, const Blocks *blocks,
                              const LikelihoodOptions *options, n2v_error *error)
{
    measuring m = {.model = model,
                   .blocks = blocks,
                   .options = options,
                   .caller = pthread_self(),
                   .mutex = PTHREAD_MUTEX_INITIALIZER};
    const size_t words = model->words, block_count = blocks_count(blocks);
    uint64_t *counts = NULL;
    n2v_status status;

    if ((status = likelihood_check(model, options, error)) != N2V_OK)
        return status;
    m.meaning = options->objective->log_probability(options->parameters, options->objective->user);
    counts = array_create(words, sizeof *counts);
    m.offset = array_create_zero(words, sizeof *m.offset);
    m.contexts = array_create(words, sizeof *m.contexts);
    m.sums = array_create_zero(block_count, sizeof *m.sums);
    if (!counts || !m.offset || !m.contexts || !m.sums) {
        status = fail_memory(error, words * sizeof *m.contexts, "the context words");
        goto out;
    }
    for (size_t w = 0; w < words; w++)
        counts[w] = vocabulary_count(model->vocabulary, (Id)w);
    if ((options->subsample > 0 &&
         (status = subsample_create(&m.subsample, counts, words, options->subsample, error)) != N2V_OK) ||
        (status = make_offsets(&m, counts, error)) != N2V_OK || (status = find_contexts(&m, error)) != N2V_OK)
        goto out;
    if (!m.context_count) {
        status = error_set(error, N2V_ERROR_DATA, "the text has no pair of words of the vocabulary in one sentence");
        goto out;
    }
    if ((status = run_tasks(&m, (m.context_count + CONTEXTS - 1) / CONTEXTS, sum_words, error)) != N2V_OK ||
        (status = run_tasks(&m, block_count, sum_pairs, error)) != N2V_OK)
        goto out;
    status = conclude(&m, likelihood, error);
out:
    subsample_destroy(m.subsample);
    free(counts);
    free(m.offset);
    free(m.contexts);
    free(m.sums);
    return status;
}
