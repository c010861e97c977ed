/* objective.c - the public functions of objectives but for n2v_objective_evaluate. */
#include <stddef.h>

#include "api/objective_text.h"
#include "api/structure.h"
#include "nce2vec.h"
#include "objectives/set.h"

/* The sizes in the first public header. */
#define FIRST_OBJECTIVE_INFO offsetof(n2v_objective_info, init)
#define FIRST_PARAMETER_INFO (offsetof(n2v_parameter_info, is_integer) + sizeof(uint32_t))

static n2v_status fail_null(const char *function, const char *argument, n2v_error *error)
{
    return error_set(error, N2V_ERROR_ARGUMENT, "%s: %s is NULL", function, argument);
}

/* Sets ----------------------------------------------------------------------------------- */

n2v_status n2v_objectives_create(n2v_objectives **objectives, n2v_error *error)
{
    return objectives ? objectives_create(objectives, error)
                      : fail_null("n2v_objectives_create", "objectives", error);
}

void n2v_objectives_destroy(n2v_objectives *objectives)
{
    objectives_destroy(objectives);
}

n2v_status n2v_objectives_register(n2v_objectives *objectives, const n2v_objective *objective, n2v_error *error)
{
    if (!objectives || !objective)
        return fail_null("n2v_objectives_register", objectives ? "objective" : "objectives", error);
    return objectives_register(objectives, objective, error);
}

n2v_status n2v_objectives_load(n2v_objectives *objectives, const char *path, const char **name, n2v_error *error)
{
    if (name)
        *name = NULL;
    if (!objectives || !path)
        return fail_null("n2v_objectives_load", objectives ? "path" : "objectives", error);
    return objectives_load(objectives, path, name, error);
}

size_t n2v_objective_count(const n2v_objectives *objectives)
{
    return objective_count(objectives);
}

const char *n2v_objective_name(const n2v_objectives *objectives, size_t index)
{
    const n2v_objective *objective = objective_at(objectives, index);
    return objective ? objective->name : NULL;
}

/* Descriptions --------------------------------------------------------------------------- */

n2v_status objective_of_text(const n2v_objectives *set, const char *text, const n2v_objective **objective,
                             float parameters[N2V_MAX_PARAMETERS], n2v_error *error)
{
    if (!text)
        return error_set(error, N2V_ERROR_ARGUMENT, "the objective's text is NULL; give a name such as \"nce\"");
    return objective_parse(set, text, objective, parameters, error);
}

n2v_status n2v_objective_describe(const n2v_objectives *objectives, const char *objective, n2v_objective_info *info,
                                  n2v_error *error)
{
    const n2v_objective *found;
    float parameters[N2V_MAX_PARAMETERS];
    n2v_status status;

    if (!info)
        return fail_null("n2v_objective_describe", "info", error);
    if ((status = structure_check(info->size, FIRST_OBJECTIVE_INFO, "n2v_objective_info", error)) != N2V_OK ||
        (status = objective_of_text(objectives, objective, &found, parameters, error)) != N2V_OK)
        return status;
    const n2v_objective_info filled = {
        .size = info->size,
        .name = found->name,
        .summary = found->summary,
        .formula = found->formula,
        .paper = found->paper,
        .geometry = found->geometry,
        .needs = objective_needs(found, parameters),
        .learning_rate = objective_learning_rate(found, parameters),
        .noise = found->noise,
        .parameters = objective_parameters(found),
        .init = found->init,
        .noise_sharing = found->noise_sharing,
        .has_log_probability = found->log_probability != NULL,
    };
    structure_hand_out(info, info->size, &filled, sizeof filled);
    return N2V_OK;
}

n2v_status n2v_objective_describe_parameter(const n2v_objectives *objectives, const char *objective, size_t index,
                                            n2v_parameter_info *info, n2v_error *error)
{
    const n2v_objective *found;
    float parameters[N2V_MAX_PARAMETERS];
    size_t count;
    n2v_status status;

    if (!info)
        return fail_null("n2v_objective_describe_parameter", "info", error);
    if ((status = structure_check(info->size, FIRST_PARAMETER_INFO, "n2v_parameter_info", error)) != N2V_OK ||
        (status = objective_of_text(objectives, objective, &found, parameters, error)) != N2V_OK)
        return status;
    count = objective_parameters(found);
    if (index >= count)
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s has no parameter %zu: it has %zu, counted from 0",
                         found->name, index, count);
    const n2v_parameter *parameter = &found->parameters[index];
    const n2v_parameter_info filled = {
        .size = info->size,
        .name = parameter->name,
        .help = parameter->help,
        .value = parameters[index],
        .default_value = parameter->value,
        .min = parameter->min,
        .max = parameter->max,
        .is_integer = parameter->integer != 0,
    };
    structure_hand_out(info, info->size, &filled, sizeof filled);
    return N2V_OK;
}
