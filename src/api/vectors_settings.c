/* vectors_settings.c - from the record of a model back to the settings of a training like it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/settings_handle.h"
#include "api/vectors_handle.h"
#include "base/memory.h"
#include "settings/table.h"
#include "train/train_settings.h"

static n2v_status fail_entry(const char *name, const n2v_error *cause, n2v_error *error)
{
    if (cause->status == N2V_ERROR_MEMORY)
        return error_set(error, N2V_ERROR_MEMORY, "%s", cause->text);
    return error_set(error, N2V_ERROR_FORMAT, "the vectors' record has no valid '%s': %s", name, cause->text);
}

/* The entries of the objective's parameters; others are skipped. */
static n2v_status add_parameters(FILE *out, const Record *record, const n2v_objectives *objectives,
                                 const char *objective, n2v_error *error)
{
    n2v_objective_info info = {.size = sizeof info};
    size_t given = 0;
    n2v_status status;

    if ((status = n2v_objective_describe(objectives, objective, &info, error)) != N2V_OK)
        return status;
    for (size_t i = 0; i < info.parameters; i++) {
        n2v_parameter_info parameter = {.size = sizeof parameter};
        char name[128];
        const char *value;
        if ((status = n2v_objective_describe_parameter(objectives, objective, i, &parameter, error)) != N2V_OK)
            return status;
        (void)snprintf(name, sizeof name, "objective.%s", parameter.name);
        value = record_find(record, name);
        if (value)
            fprintf(out, "%c%s=%s", given++ ? ',' : ':', parameter.name, value);
    }
    return N2V_OK;
}

/* NAME:parameter=value,... out of the entries objective and objective.PARAMETER. */
static n2v_status set_objective(n2v_settings *settings, const Record *record, const n2v_objectives *objectives,
                                n2v_error *error)
{
    const char *objective = record_find(record, "objective");
    char *text = NULL;
    size_t bytes = 0;
    FILE *out;
    n2v_status status;

    out = open_memstream(&text, &bytes);
    if (!out)
        return fail_memory(error, 1, "the objective");
    fputs(objective, out);
    status = add_parameters(out, record, objectives, objective, error);
    if (!memory_stream_close(out, &text) && status == N2V_OK)
        status = fail_memory(error, bytes, "the objective");
    if (status == N2V_OK)
        status = n2v_settings_set(settings, "objective", text, error);
    free(text);
    return status;
}

/* All entries that are recorded settings, but for those that change nothing with the objective: a training would refuse
 * them. */
static n2v_status set_entries(n2v_settings *settings, const Record *record, n2v_error *error)
{
    const n2v_objective *objective;
    float parameters[N2V_MAX_PARAMETERS];
    const char *name, *value;
    n2v_status status = objective_parse(settings->objectives, settings_text(settings->values, "objective"), &objective,
                                        parameters, error);

    if (status != N2V_OK)
        return status;

    for (size_t i = 0; record_at(record, i, &name, &value); i++) {
        const Setting *setting = setting_find(N2V_FOR_TRAINING, name);
        n2v_error cause = {.text = ""};
        if (!setting || !setting->recorded || strcmp(setting->name, "objective") == 0 ||
            !train_settings_have_effect(objective, parameters, setting->name))
            continue;
        if (n2v_settings_set(settings, name, value, &cause) != N2V_OK)
            return fail_entry(name, &cause, error);
    }
    return N2V_OK;
}

n2v_status n2v_vectors_settings(const n2v_vectors *vectors, const n2v_objectives *objectives, n2v_settings **settings,
                                n2v_error *error)
{
    const Record *record;
    n2v_error cause = {.text = ""};
    n2v_status status;

    if (!vectors || !settings)
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_vectors_settings: %s is NULL",
                         vectors ? "settings" : "vectors");
    *settings = NULL;
    record = &vectors->model->record;
    if (!record_find(record, "objective"))
        return error_set(error, N2V_ERROR_FORMAT,
                         "the vectors have no record of a training: whole models have one, in .n2v and .safetensors "
                         "files");
    if ((status = n2v_settings_create(settings, N2V_FOR_TRAINING, objectives, error)) != N2V_OK)
        return status;
    if (set_objective(*settings, record, objectives, &cause) != N2V_OK)
        status = fail_entry("objective", &cause, error);
    else
        status = set_entries(*settings, record, error);
    if (status != N2V_OK) {
        n2v_settings_destroy(*settings);
        *settings = NULL;
    }
    return status;
}
