#include "api/trained_with.h"

#include "api/settings_handle.h"
#include "api/vectors_handle.h"
#include "train/train_options.h"

n2v_status recorded_training_take(RecordedTraining *recorded, const n2v_vectors *vectors,
                                  const n2v_objectives *objectives, const char *use, n2v_error *error)
{
    TrainedWith *trained = &recorded->trained;
    n2v_settings *settings = NULL;
    const Settings *values;
    InputModel model;
    n2v_status status;

    if (!vectors->model->output || !record_find(&vectors->model->record, "objective"))
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "the vectors are not a whole model: %s needs output vectors and the record of the "
                         "training, as a .n2v file has them",
                         use);
    *recorded = (RecordedTraining){.trained = {.objectives = objectives, .parameters = recorded->parameters}};
    if ((status = n2v_vectors_settings(vectors, objectives, &settings, error)) != N2V_OK)
        return status;
    values = settings->values;
    model = (InputModel)settings_choice(values, "model");
    status = objective_parse(objectives, settings_text(values, "objective"), &trained->objective, recorded->parameters,
                             error);
    if (status == N2V_OK && model != MODEL_SKIPGRAM && model != MODEL_CBOW)
        status = error_set(error, N2V_ERROR_ARGUMENT,
                           "the vectors were trained with " SETTING("model") " %s, whose outputs are not those of "
                           "words alone: %s needs a model of skipgram or cbow",
                           settings_text(values, "model"), use);
    if (status == N2V_OK) {
        trained->noise = (size_t)settings_integer(values, "noise", trained->objective->noise);
        trained->noise_power = settings_real(values, "noise-power", 0.75);
        trained->subsample = settings_real(values, "subsample", 0);
        recorded->window = (size_t)settings_integer(values, "window", 5);
        recorded->weights = (WindowWeights)settings_choice(values, "window-weights");
        recorded->cbow = model == MODEL_CBOW;
    }
    n2v_settings_destroy(settings);
    return status;
}
