/* registry.c - the list of objectives, and the parser of "NAME:param=value,...". */
#include "objectives/registry.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const n2v_objective *const objectives[] = {
    &objective_sgns,
    &objective_nce,
    &objective_infonce,
    &objective_contrastive,
    &objective_triplet,
    &objective_lifted,
    &objective_npair,
    &objective_softmax,
    &objective_softnn,
    &objective_debiased,
    &objective_hardneg,
    &objective_siglip,
    &objective_alignuniform,
};

size_t objective_count(void)
{
    return sizeof objectives / sizeof *objectives;
}

const n2v_objective *objective_at(size_t index)
{
    return index < objective_count() ? objectives[index] : NULL;
}

static const n2v_objective *find(const char *name, size_t length)
{
    for (size_t i = 0; i < objective_count(); i++)
        if (strlen(objectives[i]->name) == length && memcmp(objectives[i]->name, name, length) == 0)
            return objectives[i];
    return NULL;
}

const n2v_objective *objective_find(const char *name)
{
    return find(name, strlen(name));
}

size_t objective_parameters(const n2v_objective *objective)
{
    size_t count = 0;
    while (count < N2V_MAX_PARAMETERS && objective->parameters[count].name)
        count++;
    return count;
}

double objective_learning_rate(const n2v_objective *objective, const float *parameters)
{
    float defaults[N2V_MAX_PARAMETERS];
    double sharper;

    if (!objective->sharpness)
        return objective->learning_rate;
    for (size_t i = 0; i < N2V_MAX_PARAMETERS; i++)
        defaults[i] = objective->parameters[i].value;
    sharper = (double)(objective_sharpness(objective, parameters) / objective_sharpness(objective, defaults));
    return objective->learning_rate / (sharper > 1 ? sharper * sharper : 1);
}

/* Appends to a list of names, as far as there is room. */
static void list_name(char *list, size_t room, const char *name)
{
    const size_t length = strlen(list);
    if (length < room)
        (void)snprintf(list + length, room - length, "%s%s", length ? ", " : "", name);
}

static n2v_status fail_unknown(const char *name, size_t length, n2v_error *error)
{
    char list[512] = "";
    for (size_t i = 0; i < objective_count(); i++)
        list_name(list, sizeof list, objectives[i]->name);
    return error_set(error, N2V_ERROR_ARGUMENT, "unknown objective '%.*s'; there are: %s", (int)length, name, list);
}

/* One "name=value" of `length` bytes. */
static n2v_status parse_parameter(const char *text, size_t length, const n2v_objective *objective,
                                  float parameters[N2V_MAX_PARAMETERS], n2v_error *error)
{
    const char *equals = memchr(text, '=', length);
    const size_t name_length = equals ? (size_t)(equals - text) : length, count = objective_parameters(objective);
    const n2v_parameter *parameter = NULL;
    char value[64] = "", list[512] = "", *end;
    size_t index, value_length;
    float number;

    for (index = 0; index < count && !parameter; index++)
        if (strlen(objective->parameters[index].name) == name_length &&
            memcmp(objective->parameters[index].name, text, name_length) == 0)
            parameter = &objective->parameters[index];
    if (!parameter) {
        for (size_t i = 0; i < count; i++)
            list_name(list, sizeof list, objective->parameters[i].name);
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s has no parameter '%.*s'; %s%s", objective->name,
                         (int)name_length, text, count ? "there are: " : "it has none", list);
    }
    if (!equals)
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s: '%s' needs a value, as in %s=%g", objective->name,
                         parameter->name, parameter->name, (double)parameter->value);
    value_length = length - name_length - 1;
    if (value_length < sizeof value)
        memcpy(value, equals + 1, value_length);
    errno = 0;
    number = strtof(value, &end);
    if (!value[0] || *end || !isfinite(number) || value_length >= sizeof value || value[0] == ' ')
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s: %s=%.*s is not a number", objective->name,
                         parameter->name, (int)value_length, equals + 1);
    if (number < parameter->min || number > parameter->max || (parameter->integer && truncf(number) != number))
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s: %s=%s is not %s from %g to %g", objective->name,
                         parameter->name, value, parameter->integer ? "a whole number" : "a number",
                         (double)parameter->min, (double)parameter->max);
    parameters[index - 1] = number;
    return N2V_OK;
}

n2v_status objective_parse(const char *text, const n2v_objective **objective, float parameters[N2V_MAX_PARAMETERS],
                           n2v_error *error)
{
    const size_t name_length = strcspn(text, ":");
    const n2v_objective *found = find(text, name_length);
    const char *rest = text + name_length, *problem;

    if (!found)
        return fail_unknown(text, name_length, error);
    for (size_t i = 0; i < N2V_MAX_PARAMETERS; i++)
        parameters[i] = found->parameters[i].value;
    while (*rest) { /* at ':' or ',' */
        const size_t length = strcspn(++rest, ",");
        const n2v_status status = parse_parameter(rest, length, found, parameters, error);
        if (status != N2V_OK)
            return status;
        rest += length;
    }
    problem = objective_check(found, parameters);
    if (problem)
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s: %s", found->name, problem);
    *objective = found;
    return N2V_OK;
}
