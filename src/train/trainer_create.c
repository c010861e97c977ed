/* trainer_create.c - sets a training up: checks, the model, and what the workers share. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "train/initialize.h"
#include "train/ranks/steps.h"
#include "train/rounds/rounds.h"
#include "train/trainer_parts.h"

/* Only a tile against all words can be too large for a worker's buffers. */
static n2v_status check_tile(const TrainOptions *options, const ExampleSizes *sizes, n2v_error *error)
{
    const size_t limit = (size_t)1 << 28; /* cells: 1 GiB for each buffer */

    if (sizes->rows > limit / sizes->negatives)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "objective %s sums over all %zu words for every pair, which is too many: lower " SETTING(
                             "max-vocab") " or choose an objective with noise words",
                         options->objective->name, sizes->negatives);
    return N2V_OK;
}

/* Takes its own reference of the vocabulary. */
static n2v_status create_model(Trainer *t, Vocabulary *vocabulary, n2v_error *error)
{
    Vocabulary *held = vocabulary_hold(vocabulary);
    ModelShape shape = trainer_shape(&t->options, vocabulary_size(vocabulary));
    Subwords *subwords = NULL;
    n2v_status status = N2V_OK;

    if (with_subwords(&t->options) &&
        (status = subwords_create(&subwords, vocabulary, &t->options.subwords, error)) == N2V_OK)
        shape.more_inputs = subwords_parts(subwords);
    if (status == N2V_OK)
        status = model_create(&t->model, held, &shape, error);
    if (status == N2V_OK)
        t->model.subwords = subwords;
    else
        subwords_destroy(subwords);
    if (status != N2V_OK)
        vocabulary_destroy(held);
    else if (t->options.optimizer->accumulates)
        return model_accumulate(&t->model, error);
    return status;
}

static n2v_status create_sums(Trainer *t, n2v_error *error)
{
    const size_t epochs = t->options.epochs, threads = t->options.threads;
    const size_t heldout = t->text.heldout ? blocks_count(t->text.heldout) : 0;

    t->state.epochs = array_create_zero(epochs, sizeof *t->state.epochs);
    t->heldout_sums = array_create_zero(heldout, sizeof *t->heldout_sums);
    t->workers = array_create_zero(threads, sizeof *t->workers);
    t->threads = array_create(threads, sizeof *t->threads);
    if (!t->state.epochs || !t->heldout_sums || !t->workers || !t->threads)
        return fail_memory(error, epochs * sizeof *t->state.epochs, "the sums of epochs");
    return N2V_OK;
}

/* What the workers share. The model and the distributions exist. */
static n2v_status create_shared_work(Trainer *t, n2v_error *error)
{
    SharedWork *shared = &t->shared;
    int problem;

    shared->options = &t->options;
    shared->text = &t->text;
    shared->state = &t->state;
    shared->stop = &t->stop;
    shared->examples.noise = t->distributions.noise;
    shared->examples.tree = t->distributions.tree;
    shared->examples.subsample = t->distributions.subsample;
    shared->tile = (TileOptions){.kernels = t->options.kernels,
                                .objective = t->options.objective,
                                .parameters = t->options.parameters,
                                .layout = shared->examples.layout,
                                .encoder = trainer_encoder(&t->options),
                                .optimizer = t->options.optimizer,
                                .weight_decay = t->options.weight_decay,
                                .model = &t->model,
                                .stride = t->model.output_stride,
                                .log_noise = t->distributions.log_noise,
                                .sizes = shared->examples.layout->sizes(&shared->examples),
                                .new_rows = t->options.noise_sharing};
    if ((problem = pthread_mutex_init(&shared->mutex, NULL)) == 0 &&
        (problem = condition_create(&shared->changed)) != 0)
        (void)pthread_mutex_destroy(&shared->mutex);
    if (problem)
        return error_set(error, N2V_ERROR_MEMORY, "the training cannot be watched: %s", strerror(problem));
    t->locks = true;
    for (size_t i = 0; i < t->options.threads; i++) {
        const n2v_status status = worker_create(&t->workers[i], shared, error);
        if (status != N2V_OK)
            return status;
    }
    if (ranks_count(t->text.ranks) > 1 && !t->options.deterministic)
        return steps_create(&shared->steps, shared, error);
    if (t->options.deterministic) {
        const RoundsOptions rounds = {t->options.virtual_workers, t->options.round_words, t->options.rule};
        return rounds_create(&shared->rounds, &rounds, shared, error);
    }
    return N2V_OK;
}

n2v_status trainer_create(Trainer **trainer, Vocabulary *vocabulary, const TrainText *text, const TrainOptions *options,
                          n2v_error *error)
{
    Trainer *t = array_create_zero(1, sizeof *t);
    ExampleSizes sizes;
    n2v_status status;

    *trainer = NULL;
    if (!t)
        return fail_memory(error, sizeof *t, "the trainer");
    t->options = *options;
    t->text = *text;
    /* Before anything fails on one rank alone. */
    if ((status = train_text_measure(&t->text, options->threads, error)) != N2V_OK)
        goto out;
    t->shared.examples = trainer_examples(options, vocabulary_size(vocabulary));
    sizes = t->shared.examples.layout->sizes(&t->shared.examples);
    if ((status = check_tile(options, &sizes, error)) != N2V_OK ||
        (status = train_text_check_pairs(&t->text, error)) != N2V_OK ||
        (status = distributions_create(&t->distributions, vocabulary, options, t->shared.examples.layout->text_is_noise,
                                       error)) != N2V_OK ||
        (status = create_model(t, vocabulary, error)) != N2V_OK)
        goto out;
    initialize_model(&t->model, &t->options);
    if ((status = compose_model(&t->model, &t->options, error)) != N2V_OK ||
        (status = create_sums(t, error)) != N2V_OK || (status = create_shared_work(t, error)) != N2V_OK)
        goto out;
    *trainer = t;
out:
    if (status != N2V_OK)
        trainer_destroy(t);
    return status;
}

void trainer_destroy(Trainer *t)
{
    if (!t)
        return;
    for (size_t i = 0; t->workers && i < t->options.threads; i++)
        worker_destroy(t->workers[i]);
    rounds_destroy(t->shared.rounds);
    steps_destroy(t->shared.steps);
    if (t->locks) {
        (void)pthread_cond_destroy(&t->shared.changed);
        (void)pthread_mutex_destroy(&t->shared.mutex);
    }
    distributions_free(&t->distributions);
    model_free(&t->model);
    free(t->state.epochs);
    free(t->heldout_sums);
    free(t->workers);
    free(t->threads);
    free(t);
}
