/* likelihood.c - the public function of the likelihood of a text. */
#include "api/likelihood_options.h"

#include <stddef.h>
#include <string.h>

#include "api/corpus_handle.h"
#include "api/observer.h"
#include "api/settings_handle.h"
#include "api/structure.h"
#include "api/vectors_handle.h"
#include "base/machine.h"

_Static_assert(LIKELIHOOD_QUANTILES == N2V_LIKELIHOOD_QUANTILES, "as many quantiles inside as outside");

/* The size in the first public header. */
#define FIRST_LIKELIHOOD (offsetof(n2v_likelihood, quantiles) + N2V_LIKELIHOOD_QUANTILES * sizeof(double))

static n2v_status fail_null(const char *name, n2v_error *error)
{
    return error_set(error, N2V_ERROR_ARGUMENT, "n2v_likelihood_measure: %s is NULL", name);
}

static n2v_status check_arguments(const n2v_likelihood *likelihood, const n2v_vectors *vectors, const n2v_corpus *text,
                                  n2v_error *error)
{
    n2v_status status;

    if (!likelihood)
        return fail_null("likelihood", error);
    if ((status = structure_check(likelihood->size, FIRST_LIKELIHOOD, "n2v_likelihood", error)) != N2V_OK)
        return status;
    if (!vectors || !text)
        return fail_null(vectors ? "text" : "vectors", error);
    return N2V_OK;
}

static n2v_status check_text(const n2v_vectors *vectors, const n2v_corpus *text, n2v_error *error)
{
    if (!text->blocks)
        return error_set(error, N2V_ERROR_ARGUMENT, "the text was not read, or only its words were counted");
    if (text->vocabulary != vectors->model->vocabulary)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "the text was not read with the vocabulary of these vectors, so its words have other ids");
    return N2V_OK;
}

n2v_status likelihood_options_take(LikelihoodOptions *options, RecordedTraining *recorded, const n2v_vectors *vectors,
                                   const n2v_settings *settings, const n2v_objectives *objectives, n2v_error *error)
{
    const Settings *values;
    n2v_status status;

    if ((status = recorded_training_take(recorded, vectors, objectives, "likelihood", error)) != N2V_OK ||
        (status = settings_of(settings, N2V_FOR_LIKELIHOOD, &values, error)) != N2V_OK)
        return status;
    *options = (LikelihoodOptions){.trained = recorded->trained,
                                   .cbow = recorded->cbow,
                                   .weights = settings_text(values, "window-weights")
                                                  ? (WindowWeights)settings_choice(values, "window-weights")
                                                  : recorded->weights,
                                   .window = (size_t)settings_integer(values, "window", recorded->window),
                                   .subsample = settings_real(values, "subsample", 0),
                                   .seed = settings_integer(values, "seed", 1),
                                   .threads = (size_t)settings_integer(values, "threads", machine_cores())};
    return kernels_choose(PRECISION_AUTO, settings_text(values, "kernels"), &options->kernels, error);
}

static void hand_out(n2v_likelihood *likelihood, const Likelihood *measured, const LikelihoodOptions *options)
{
    n2v_likelihood filled = {
        .size = likelihood->size,
        .objective = options->trained.objective->name,
        .window = options->window,
        .subsample = options->subsample,
        .pairs = measured->pairs,
        .weight = measured->weight,
        .exact = measured->exact,
        .self_normalized = measured->self_normalized,
        .normalized = measured->normalized,
        .contexts = measured->contexts,
        .mean = measured->mean,
        .sd = measured->sd,
        .mean_absolute = measured->mean_absolute,
    };

    memcpy(filled.levels, likelihood_levels, sizeof filled.levels);
    memcpy(filled.quantiles, measured->quantiles, sizeof filled.quantiles);
    structure_hand_out(likelihood, likelihood->size, &filled, sizeof filled);
}

n2v_status n2v_likelihood_measure(n2v_likelihood *likelihood, const n2v_vectors *vectors, const n2v_corpus *text,
                                  const n2v_settings *settings, const n2v_objectives *objectives,
                                  const n2v_observer *observer, n2v_error *error)
{
    LikelihoodOptions options;
    RecordedTraining recorded;
    n2v_observer copy;
    Likelihood measured;
    n2v_status status;

    if ((status = check_arguments(likelihood, vectors, text, error)) != N2V_OK ||
        (status = observer_take(&copy, observer, error)) != N2V_OK ||
        (status = likelihood_options_take(&options, &recorded, vectors, settings, objectives, error)) != N2V_OK ||
        (status = check_text(vectors, text, error)) != N2V_OK)
        return status;
    options.stop = observer_stop(&copy);
    if ((status = likelihood_measure(&measured, vectors->model, text->blocks, &options, error)) != N2V_OK)
        return status;
    hand_out(likelihood, &measured, &options);
    return N2V_OK;
}
