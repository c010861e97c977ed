/* trainer.c - sets a run up, starts its workers, watches them, and checks what they leave. */
#include "train/trainer.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "train/worker.h"

#define WATCH_SECONDS 0.1 /* between two looks at the workers: how soon a stop is noticed */

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Uniform elements, so wide that the rows' root mean square length is `length`; the padding stays zero. */
static void fill_uniform(float *rows, const Model *model, double length, uint64_t seed, Purpose stream)
{
    const float width = (float)(length * sqrt(12 / (double)model->dim));
    Random random;

    random_seed(&random, seed, UINT64_MAX, UINT64_MAX, stream);
    for (size_t i = 0; i < model->words; i++)
        for (size_t c = 0; c < model->dim; c++)
            rows[i * model->stride + c] = (random_float(&random) - 0.5f) * width;
}

static void normalize_rows(float *rows, const Model *model, const Kernels *kernels)
{
    for (size_t i = 0; i < model->words; i++) {
        float *row = rows + i * model->stride;
        kernels->normalize(&row, 1, model->stride);
    }
}

/* Dot products: zero output vectors, as word2vec has them, so that every score starts at its bias. Distances,
 * and rows of length 1: random on both sides, because equal points would never part. */
static void initialize(Model *model, const TrainOptions *options, unsigned needs, const Kernels *kernels)
{
    const double total = (double)vocabulary_total(model->vocabulary);
    const bool unit = needs & N2V_NEEDS_UNIT_ROWS;

    fill_uniform(model->input, model, options->init, options->seed, STREAM_INPUT);
    if (options->objective->geometry == N2V_DOT && !unit)
        memset(model->output, 0, model->words * model->stride * sizeof(float));
    else
        fill_uniform(model->output, model, options->init, options->seed, STREAM_OUTPUT);
    if (unit) {
        normalize_rows(model->input, model, kernels);
        normalize_rows(model->output, model, kernels);
    }
    for (size_t i = 0; i < model->words && needs & N2V_NEEDS_OUTPUT_BIAS; i++) {
        const double count = (double)vocabulary_count(model->vocabulary, (Id)i);
        model->input[i * model->stride + model->dim] = 1;
        model->output[i * model->stride + model->dim] = (float)log(count / total);
    }
}

/* A bias is one more element of its output row, the input rows' being 1: a part
 * of the products that there are anyway (nce 6 % faster than with scattered biases). */
size_t train_spare(const TrainOptions *options)
{
    return objective_needs(options->objective, options->parameters) & N2V_NEEDS_OUTPUT_BIAS ? 1 : 0;
}

static Shape shape_of(unsigned needs, size_t noise_sharing)
{
    if (needs & N2V_NEEDS_ALL_WORDS)
        return SHAPE_ALL_WORDS;
    if (needs & N2V_NEEDS_IN_BATCH)
        return SHAPE_BATCH;
    return noise_sharing > MOST_WINDOWS ? SHAPE_INPUTS : SHAPE_WINDOWS;
}

/* log(k Q(w)) of every word; in a batch the noise words are other pairs' positives,
 * and Q the text's own distribution after subsampling. */
static n2v_status log_noise_counts(const ExamplesOptions *examples, const uint64_t *counts, float **out,
                                   n2v_error *error)
{
    const size_t words = examples->words;
    float *values = array_create(words, sizeof *values);

    if (!values)
        return fail_memory(error, words * sizeof *values, "log noise probabilities");
    if (examples->shape == SHAPE_BATCH)
        subsample_log(examples->subsample, counts, words, values);
    else
        noise_log(examples->noise, counts, values);
    for (size_t i = 0; i < words; i++)
        values[i] += logf((float)examples->num_noise);
    *out = values;
    return N2V_OK;
}

/* All words as columns: each tile has a window's rows times the vocabulary. */
static n2v_status check_all_words(const Model *model, const TrainOptions *options, n2v_error *error)
{
    const size_t limit = (size_t)1 << 28; /* cells: 1 GiB for each of a worker's buffers */

    if (2 * options->window > limit / model->words)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "objective %s sums over all %zu words for every pair, which is too many: lower --max-vocab or "
                         "choose an objective with noise words",
                         options->objective->name, model->words);
    return N2V_OK;
}

static n2v_status check_finite(const Model *model, const TrainOptions *options, n2v_error *error)
{
    for (size_t i = 0; i < model->words; i++) {
        float sum = model_bias(model, (Id)i) * 0;
        for (size_t c = i * model->stride; c < i * model->stride + model->dim; c++)
            sum += model->input[c] * 0 + model->output[c] * 0; /* 0, or NaN where one is not finite */
        if (sum != 0)
            return error_set(error, N2V_ERROR_NUMERIC,
                             "the vector of '%s' is not finite: the training diverged; try a lower --lr than %g",
                             vocabulary_word(model->vocabulary, (Id)i, NULL), options->learning_rate);
    }
    return N2V_OK;
}

/* The condition that wait_a_little waits for, on a clock that nobody sets. */
static n2v_status create_condition(pthread_cond_t *condition, n2v_error *error)
{
    pthread_condattr_t monotonic;
    int failed = pthread_condattr_init(&monotonic);

    if (!failed) {
        failed = pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
        if (!failed)
            failed = pthread_cond_init(condition, &monotonic);
        (void)pthread_condattr_destroy(&monotonic);
    }
    return failed ? error_set(error, N2V_ERROR_MEMORY, "the training cannot be watched: %s", strerror(failed)) : N2V_OK;
}

static void wait_a_little(Run *run)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)(WATCH_SECONDS * 1e9);
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_cond_timedwait(&run->changed, &run->mutex, &until); /* a time-out is as good as a signal */
}

static Progress take_progress(Run *run, double started)
{
    const uint64_t total = blocks_words(run->blocks) * run->options->epochs;
    const Progress progress = {
        .words = run->words,
        .words_total = total,
        .epoch = run->epoch + 1,
        .loss = run->recent.pairs ? run->recent.loss / (double)run->recent.pairs : (double)NAN,
        .pairs = run->recent.pairs,
        .learning_rate = learning_rate_at(run->options, run->words, total),
        .seconds = now() - started,
    };
    run->recent = (LossSum){0};
    return progress;
}

static Heldout heldout_of(const Run *run, size_t epoch, double started)
{
    const LossSum *sum = &run->heldout[epoch];
    return (Heldout){.epoch = epoch + 1,
                     .words = blocks_words(run->blocks) * (epoch + 1),
                     .pairs = sum->pairs,
                     .loss = sum->pairs ? sum->loss / (double)sum->pairs : (double)NAN,
                     .seconds = now() - started};
}

/* Tells of the epochs that were measured since *told; what is there does not change any more. */
static void tell_heldout(Run *run, const TrainObserver *observer, size_t measured, size_t *told, double started)
{
    for (; *told < measured; ++*told) {
        const Heldout heldout = heldout_of(run, *told, started);
        if (observer && observer->heldout)
            observer->heldout(observer->context, &heldout);
    }
}

/* Runs the workers to their end, or to the observer's wish. */
static n2v_status run_workers(Run *run, const TrainObserver *observer, double started, n2v_error *error)
{
    const size_t wanted = run->options->threads;
    pthread_t *threads = array_create(wanted, sizeof *threads);
    n2v_status status = N2V_OK;
    size_t created = 0, measured, told = 0;
    bool stopped = false;

    if (!threads)
        return fail_memory(error, wanted * sizeof *threads, "threads");
    if ((status = create_condition(&run->changed, error)) != N2V_OK) {
        free(threads);
        return status;
    }
    pthread_mutex_lock(&run->mutex);
    for (; created < wanted; created++) {
        const int problem = pthread_create(&threads[created], NULL, worker_run, run);
        if (problem) {
            status = error_set(error, N2V_ERROR_MEMORY, "thread %zu of %zu cannot be started: %s; try fewer --threads",
                               created + 1, wanted, strerror(problem));
            run_stop(run);
            break;
        }
        run->running++;
    }
    while (run->running) {
        Progress progress;
        wait_a_little(run);
        progress = take_progress(run, started);
        measured = run->heldout_epochs;
        pthread_mutex_unlock(&run->mutex);
        tell_heldout(run, observer, measured, &told, started);
        if (observer && observer->progress)
            observer->progress(observer->context, &progress);
        if (observer && !stopped && stop_requested(&observer->stop))
            stopped = true;
        pthread_mutex_lock(&run->mutex);
        if (stopped)
            run_stop(run);
    }
    pthread_mutex_unlock(&run->mutex);
    for (size_t i = 0; i < created; i++)
        (void)pthread_join(threads[i], NULL); /* cannot fail on a thread of ours */
    (void)pthread_cond_destroy(&run->changed);
    free(threads);
    tell_heldout(run, observer, run->heldout_epochs, &told, started);
    if (observer && observer->progress) {
        const Progress end = take_progress(run, started);
        observer->progress(observer->context, &end);
    }
    if (status == N2V_OK && run->error.status != N2V_OK) {
        if (error)
            *error = run->error;
        status = run->error.status;
    }
    if (status == N2V_OK && stopped)
        status = error_set(error, N2V_ERROR_INTERRUPTED, "interrupted in epoch %zu of %zu", run->epoch + 1,
                           run->options->epochs);
    return status;
}

n2v_status train_model(Model *model, const Blocks *blocks, const TrainOptions *options, const TrainObserver *observer,
                       TrainReport *report, n2v_error *error)
{
    const unsigned needs = objective_needs(options->objective, options->parameters);
    const double started = now();
    Run run = {.blocks = blocks, .options = options, .mutex = PTHREAD_MUTEX_INITIALIZER,
               .turned = PTHREAD_COND_INITIALIZER};
    uint64_t *counts = array_create(model->words, sizeof *counts);
    Noise *noise = NULL;
    Subsample *subsample = NULL;
    float *log_noise = NULL;
    const Kernels *kernels;
    n2v_status status;

    if (train_spare(options) && !model->has_bias) {
        status = error_set(error, N2V_ERROR_ARGUMENT, "the model has no room for biases beside its rows");
        goto out;
    }
    run.epochs = array_create_zero(options->epochs, sizeof *run.epochs);
    if (options->heldout) {
        run.heldout_blocks = array_create_zero(blocks_count(options->heldout), sizeof *run.heldout_blocks);
        run.heldout = array_create_zero(options->epochs, sizeof *run.heldout);
    }
    if (!counts || !run.epochs || (options->heldout && (!run.heldout_blocks || !run.heldout))) {
        status = fail_memory(error, model->words * sizeof *counts, "word counts");
        goto out;
    }
    for (size_t i = 0; i < model->words; i++)
        counts[i] = vocabulary_count(model->vocabulary, (Id)i);
    if ((status = kernels_choose(options->precision, options->kernels, &kernels, error)) != N2V_OK ||
        (status = noise_create(&noise, counts, model->words, options->noise_power, error)) != N2V_OK ||
        (status = subsample_create(&subsample, counts, model->words, options->subsample, error)) != N2V_OK)
        goto out;
    run.examples = (ExamplesOptions){.noise = noise,
                                     .subsample = subsample,
                                     .shape = shape_of(needs, options->noise_sharing),
                                     .words = model->words,
                                     .window = options->window,
                                     .num_noise = options->noise,
                                     .sharing = options->noise_sharing,
                                     .other_classes = needs & N2V_NEEDS_CLASSES,
                                     .seed = options->seed};
    if (needs & N2V_NEEDS_ALL_WORDS && (status = check_all_words(model, options, error)) != N2V_OK)
        goto out;
    if (needs & N2V_NEEDS_LOG_NOISE && (status = log_noise_counts(&run.examples, counts, &log_noise, error)) != N2V_OK)
        goto out;
    free(counts); /* 8 bytes a word, before the vectors take their memory */
    counts = NULL;
    initialize(model, options, needs, kernels);
    run.tile = (TileOptions){.kernels = kernels,
                             .objective = options->objective,
                             .parameters = options->parameters,
                             .model = model,
                             .log_noise = log_noise,
                             .shared_bias = needs & N2V_NEEDS_SHARED_BIAS ? &run.shared_bias : NULL,
                             .sizes = examples_sizes(&run.examples),
                             .new_rows = options->noise_sharing};
    if ((status = run_workers(&run, observer, started, error)) != N2V_OK)
        goto out;
    model->shared_bias = run.shared_bias;
    status = check_finite(model, options, error);
    if (report) {
        const LossSum *last = &run.epochs[options->epochs - 1];
        *report = (TrainReport){.words = run.words,
                                .pairs = run.pairs,
                                .loss = last->pairs ? last->loss / (double)last->pairs : (double)NAN,
                                .shortened = run.steps ? (double)run.shortened / (double)run.steps : 0,
                                .seconds = now() - started,
                                .kernels = kernels->name};
        if (run.heldout_epochs)
            report->heldout = heldout_of(&run, run.heldout_epochs - 1, started);
    }
out:
    noise_destroy(noise);
    subsample_destroy(subsample);
    free(log_noise);
    free(run.epochs);
    free(run.heldout);
    free(run.heldout_blocks);
    free(counts);
    return status;
}
