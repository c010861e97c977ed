/* settings.c - the public functions of settings. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/settings_handle.h"
#include "api/structure.h"
#include "base/machine.h"
#include "kernels/kernels.h"
#include "nce2vec.h"
#include "objectives/objective.h"
#include "objectives/registry.h"
#include "phrases/options.h"
#include "train/train_settings.h"

/* The size of n2v_setting_info in the first public header. */
#define FIRST_INFO (offsetof(n2v_setting_info, recorded) + sizeof(int))

static n2v_status fail_null(const char *function, const char *argument, n2v_error *error)
{
    return error_set(error, N2V_ERROR_ARGUMENT, "%s: %s is NULL", function, argument);
}

/* The table ------------------------------------------------------------------------------ */

size_t n2v_setting_count(n2v_purpose purpose)
{
    return setting_count(purpose);
}

static bool is_objective(const Setting *setting)
{
    return strcmp(setting->name, "objective") == 0;
}

n2v_status n2v_setting_describe(n2v_purpose purpose, size_t index, n2v_setting_info *info, n2v_error *error)
{
    const Setting *s = setting_at(purpose, index);
    n2v_status status;

    if (!info)
        return fail_null("n2v_setting_describe", "info", error);
    if ((status = structure_check(info->size, FIRST_INFO, "n2v_setting_info", error)) != N2V_OK)
        return status;
    if (!s)
        return error_set(error, N2V_ERROR_ARGUMENT, "purpose %d has no setting %zu: it has %zu, counted from 0",
                         (int)purpose, index, setting_count(purpose));
    const n2v_setting_info filled = {
        .size = info->size,
        .name = s->name,
        .aliases = s->aliases,
        .type = s->type,
        .stage = s->stage,
        .group = s->group,
        .value = s->value,
        .default_text = s->fixed,
        .default_note = s->note,
        .help = s->help,
        .range = s->range,
        .min = s->type == N2V_INTEGER ? (double)s->min : s->real_min,
        .max = s->type == N2V_INTEGER ? (double)s->max : s->real_max,
        .choices = is_objective(s) ? objective_names : s->choices,
        .changeable = s->changeable,
        .recorded = s->recorded,
    };
    structure_hand_out(info, info->size, &filled, sizeof filled);
    return N2V_OK;
}

/* Handles -------------------------------------------------------------------------------- */

n2v_status n2v_settings_create(n2v_settings **settings, n2v_purpose purpose, const n2v_objectives *objectives,
                               n2v_error *error)
{
    n2v_settings *s;
    n2v_status status;

    if (!settings)
        return fail_null("n2v_settings_create", "settings", error);
    *settings = NULL;
    if (!setting_count(purpose))
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_settings_create: there is no purpose %d", (int)purpose);
    if (!(s = calloc(1, sizeof *s)))
        return fail_memory(error, sizeof *s, "the settings");
    s->objectives = objectives;
    if ((status = settings_create(&s->values, purpose, error)) != N2V_OK) {
        free(s);
        return status;
    }
    *settings = s;
    return N2V_OK;
}

n2v_status n2v_settings_copy(n2v_settings **copy, const n2v_settings *settings, n2v_error *error)
{
    n2v_settings *s;
    n2v_status status;

    if (!copy)
        return fail_null("n2v_settings_copy", "copy", error);
    *copy = NULL;
    if (!settings)
        return fail_null("n2v_settings_copy", "settings", error);
    if (!(s = calloc(1, sizeof *s)))
        return fail_memory(error, sizeof *s, "the settings");
    s->objectives = settings->objectives;
    if ((status = settings_copy(&s->values, settings->values, error)) != N2V_OK) {
        free(s);
        return status;
    }
    *copy = s;
    return N2V_OK;
}

void n2v_settings_destroy(n2v_settings *settings)
{
    if (!settings)
        return;
    settings_destroy(settings->values);
    free(settings);
}

n2v_status settings_of(const n2v_settings *settings, n2v_purpose purpose, const Settings **values, n2v_error *error)
{
    static const char *const purposes[] = {"training", "likelihood", "search",
                                           "output",   "phrases",    "prediction", "loading"}; /* n2v_purpose */

    *values = NULL;
    if (!settings)
        return N2V_OK;
    if (settings_purpose(settings->values) != purpose)
        return error_set(error, N2V_ERROR_ARGUMENT, "the settings are for %s; settings for %s are needed here",
                         purposes[settings_purpose(settings->values)], purposes[purpose]);
    *values = settings->values;
    return N2V_OK;
}

/* Values --------------------------------------------------------------------------------- */

n2v_status n2v_settings_set(n2v_settings *settings, const char *name, const char *text, n2v_error *error)
{
    float parameters[N2V_MAX_PARAMETERS];
    const n2v_objective *objective;
    const Setting *setting;
    n2v_status status;

    if (!settings || !name)
        return fail_null("n2v_settings_set", settings ? "name" : "settings", error);
    setting = setting_find(settings_purpose(settings->values), name);
    if (setting && is_objective(setting) && text && *text &&
        (status = objective_parse(settings->objectives, text, &objective, parameters, error)) != N2V_OK)
        return status;
    return settings_set(settings->values, name, text, error);
}

/* The kernel set that would be chosen, or its precision; NULL: none can be. */
static const char *kernels_text(const Settings *values, const char *name)
{
    const size_t precision = settings_choice(values, "precision");
    const Kernels *kernels;

    if (kernels_choose(precision == NO_CHOICE ? PRECISION_AUTO : (Precision)precision,
                       settings_text(values, "kernels"), &kernels, NULL) != N2V_OK)
        return NULL;
    if (strcmp(name, "kernels") == 0)
        return kernels->name;
    return kernels->bf16 ? "bf16" : "fp32";
}

const char *n2v_settings_get(n2v_settings *settings, const char *name)
{
    const Setting *setting;
    n2v_purpose purpose;

    if (!settings || !name)
        return NULL;
    purpose = settings_purpose(settings->values);
    if (!(setting = setting_find(purpose, name)))
        return NULL;
    if ((strcmp(setting->name, "kernels") == 0 || strcmp(setting->name, "precision") == 0) &&
        strcmp(settings_text(settings->values, name), "auto") == 0)
        return kernels_text(settings->values, setting->name);
    if (settings_given(settings->values, name))
        return settings_text(settings->values, name);
    if (purpose == N2V_FOR_PHRASES || strcmp(setting->name, "phrase-threshold") == 0)
        return phrase_settings_text(settings->values, setting->name);
    if (purpose == N2V_FOR_TRAINING)
        return train_settings_text(settings->values, settings->objectives, name, settings->text);
    if (strcmp(setting->name, "threads") == 0) {
        (void)snprintf(settings->text, sizeof settings->text, "%" PRIu64, machine_cores());
        return settings->text;
    }
    return settings_text(settings->values, name);
}

int n2v_settings_is_set(const n2v_settings *settings, const char *name)
{
    return settings && name && settings_given(settings->values, name);
}

n2v_status n2v_settings_check(const n2v_settings *settings, n2v_error *error)
{
    const Kernels *kernels;
    PhraseOptions phrases;
    TrainOptions options;
    n2v_status status;

    if (!settings)
        return fail_null("n2v_settings_check", "settings", error);
    if (settings_purpose(settings->values) == N2V_FOR_TRAINING) {
        status = train_settings_resolve(settings->values, settings->objectives, &options, error);
        return status == N2V_OK ? phrase_settings_check(settings->values, error) : status;
    }
    if (settings_purpose(settings->values) == N2V_FOR_PHRASES) {
        if ((status = phrase_options_take(&phrases, settings->values, NULL, error)) == N2V_OK)
            phrase_options_free(&phrases);
        return status;
    }
    if (settings_flag(settings->values, "float16") && settings_flag(settings->values, "int8"))
        return error_set(error, N2V_ERROR_ARGUMENT, SETTING("float16") " and " SETTING("int8") ": choose one of them");
    if (!setting_find(settings_purpose(settings->values), "kernels"))
        return N2V_OK;
    return kernels_choose(PRECISION_AUTO, settings_text(settings->values, "kernels"), &kernels, error);
}
