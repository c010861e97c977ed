/* predict.c - the public functions of predictions. */
#include "query/predict.h"

#include <stddef.h>
#include <stdlib.h>

#include "api/settings_handle.h"
#include "api/structure.h"
#include "api/trained_with.h"
#include "api/vectors_handle.h"

/* The sizes in the first public header. */
#define FIRST_INFO       (offsetof(n2v_predictor_info, product) + sizeof(int))
#define FIRST_PREDICTION (offsetof(n2v_prediction, total) + sizeof(double))

/* COMBINE_PRODUCT is the first of CHOICES_CONTEXTS. */
enum { COMBINE_PRODUCT };

struct n2v_predictor {
    Predictor predictor;
    const char *objective;
};

static n2v_status fail_null(const char *function, const char *name, n2v_error *error)
{
    return error_set(error, N2V_ERROR_ARGUMENT, "%s: %s is NULL", function, name);
}

/* The product needs how frequent words are. */
static n2v_status check_counts(const n2v_vectors *vectors, const PredictOptions *options, n2v_error *error)
{
    if (!options->product || options->cbow || vocabulary_total(vectors->model->vocabulary))
        return N2V_OK;
    return error_set(error, N2V_ERROR_DATA,
                     "the words have no counts, which a product of contexts needs; set " SETTING("combine") " to mean");
}

n2v_status n2v_predictor_create(n2v_predictor **predictor, const n2v_vectors *vectors, const n2v_settings *settings,
                                const n2v_objectives *objectives, n2v_error *error)
{
    RecordedTraining recorded;
    PredictOptions options = {.window = 0};
    const Settings *values;
    n2v_predictor *created;
    n2v_status status;

    if (!predictor)
        return fail_null("n2v_predictor_create", "predictor", error);
    *predictor = NULL;
    if (!vectors)
        return fail_null("n2v_predictor_create", "vectors", error);
    if ((status = settings_of(settings, N2V_FOR_PREDICTION, &values, error)) != N2V_OK ||
        (status = kernels_choose(PRECISION_AUTO, settings_text(values, "kernels"), &options.kernels, error)) !=
            N2V_OK ||
        (status = recorded_training_take(&recorded, vectors, objectives, "prediction", error)) != N2V_OK)
        return status;
    options.trained = recorded.trained;
    options.window = recorded.window;
    options.cbow = recorded.cbow;
    options.weights = recorded.weights;
    options.exact = settings_flag(values, "exact");
    options.repeat = settings_flag(values, "repeat");
    options.product = !values || settings_choice(values, "combine") == COMBINE_PRODUCT;
    if ((status = check_counts(vectors, &options, error)) != N2V_OK)
        return status;
    if (!(created = array_create_zero(1, sizeof *created)))
        return fail_memory(error, sizeof *created, "a predictor");
    if ((status = predictor_create(&created->predictor, vectors->model, &options, error)) != N2V_OK) {
        free(created);
        return status;
    }
    created->objective = options.trained.objective->name;
    *predictor = created;
    return N2V_OK;
}

void n2v_predictor_destroy(n2v_predictor *predictor)
{
    if (!predictor)
        return;
    predictor_free(&predictor->predictor);
    free(predictor);
}

n2v_status n2v_predictor_describe(const n2v_predictor *predictor, n2v_predictor_info *info, n2v_error *error)
{
    n2v_status status;

    if (!predictor || !info)
        return fail_null("n2v_predictor_describe", predictor ? "info" : "predictor", error);
    if ((status = structure_check(info->size, FIRST_INFO, "n2v_predictor_info", error)) != N2V_OK)
        return status;
    const Predictor *p = &predictor->predictor;
    const n2v_predictor_info filled = {
        .size = info->size,
        .objective = predictor->objective,
        .window = p->window,
        .normalized = p->scores.normalized,
        .cbow = p->cbow,
        .exact = p->exact,
        .product = p->product && !p->cbow,
    };
    structure_hand_out(info, info->size, &filled, sizeof filled);
    return N2V_OK;
}

n2v_status n2v_predict_words(const n2v_predictor *predictor, const n2v_context *context, size_t count, size_t k,
                             n2v_neighbor *words, n2v_prediction *prediction, n2v_error *error)
{
    const PredictContext taken = {.words = context, .count = count};
    n2v_prediction filled = {.size = 0};
    n2v_status status;

    if (!predictor || !prediction)
        return fail_null("n2v_predict_words", predictor ? "prediction" : "predictor", error);
    if ((count && !context) || (k && !words))
        return fail_null("n2v_predict_words", count && !context ? "context" : "words", error);
    if ((status = structure_check(prediction->size, FIRST_PREDICTION, "n2v_prediction", error)) != N2V_OK ||
        (status = predictor_rank(&predictor->predictor, &taken, k, words, &filled, error)) != N2V_OK)
        return status;
    filled.size = prediction->size;
    structure_hand_out(prediction, prediction->size, &filled, sizeof filled);
    return N2V_OK;
}

n2v_status n2v_predict_probabilities(const n2v_predictor *predictor, const n2v_context *context, size_t count,
                                     const uint32_t *words, size_t word_count, double *probabilities,
                                     n2v_error *error)
{
    const PredictContext taken = {.words = context, .count = count};

    if (!predictor)
        return fail_null("n2v_predict_probabilities", "predictor", error);
    if (count && !context)
        return fail_null("n2v_predict_probabilities", "context", error);
    if (word_count && (!words || !probabilities))
        return fail_null("n2v_predict_probabilities", words ? "probabilities" : "words", error);
    return predictor_measure(&predictor->predictor, &taken, words, word_count, probabilities, error);
}
