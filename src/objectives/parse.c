/* parse.c - "NAME:param=value,..." as an objective with its parameters. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/float_text.h"
#include "base/names.h"
#include "base/number.h"
#include "objectives/set.h"
#include "objectives/validate.h"

#define NAME_BYTES 4096 /* of an objective in a text: a path may be long */
#define LIST_BYTES 512

static const char *objective_name_at(const void *set, size_t index)
{
    const n2v_objective *objective = objective_at(set, index);
    return objective ? objective->name : NULL;
}

static const char *parameter_name_at(const void *objective, size_t index)
{
    const n2v_objective *o = objective;
    return index < objective_parameters(o) ? o->parameters[index].name : NULL;
}

/* Writes "; did you mean NAME?", or nothing when no name is near. Returns room. */
static const char *guess(const char *text, size_t bytes, NameAt name, const void *list, char *room, size_t size)
{
    const char *nearest = names_nearest(text, bytes, name, list);

    room[0] = '\0';
    if (nearest)
        (void)snprintf(room, size, "; did you mean %s?", nearest);
    return room;
}

static n2v_status fail_unknown(const n2v_objectives *set, const char *name, n2v_error *error)
{
    char list[LIST_BYTES], nearest[128];

    if (strchr(name, '/'))
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "the plug-in %s is not loaded: load it into the set of objectives first "
                         "(n2v_objectives_load)",
                         name);
    return error_set(error, N2V_ERROR_ARGUMENT, "unknown objective '%s'; there are: %s%s", name,
                     names_join(objective_name_at, set, list, sizeof list),
                     guess(name, strlen(name), objective_name_at, set, nearest, sizeof nearest));
}

/* The parameter of so many bytes; its index, or SIZE_MAX. */
static size_t find_parameter(const n2v_objective *objective, const char *name, size_t bytes)
{
    const char *at;

    for (size_t i = 0; (at = parameter_name_at(objective, i)); i++)
        if (strlen(at) == bytes && memcmp(at, name, bytes) == 0)
            return i;
    return SIZE_MAX;
}

static n2v_status fail_parameter(const n2v_objective *objective, const char *name, size_t bytes, n2v_error *error)
{
    char list[LIST_BYTES], nearest[128];

    if (!objective_parameters(objective))
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s has no parameter '%.*s'; it has none",
                         objective->name, (int)bytes, name);
    return error_set(error, N2V_ERROR_ARGUMENT, "objective %s has no parameter '%.*s'; there are: %s%s",
                     objective->name, (int)bytes, name, names_join(parameter_name_at, objective, list, sizeof list),
                     guess(name, bytes, parameter_name_at, objective, nearest, sizeof nearest));
}

/* One "name=value" of so many bytes. */
static n2v_status parse_parameter(const char *text, size_t bytes, const n2v_objective *objective, float *parameters,
                                  n2v_error *error)
{
    const char *equals = memchr(text, '=', bytes), *value, *end;
    const size_t name_bytes = equals ? (size_t)(equals - text) : bytes;
    const size_t index = find_parameter(objective, text, name_bytes);
    char min[NUMBER_BYTES], max[NUMBER_BYTES];
    const n2v_parameter *parameter;
    int value_bytes;
    float number;

    if (index == SIZE_MAX)
        return fail_parameter(objective, text, name_bytes, error);
    parameter = &objective->parameters[index];
    if (!equals)
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s: '%s' needs a value, as in %s=%s", objective->name,
                         parameter->name, parameter->name, number_format((double)parameter->value, 6, min));
    value = equals + 1;
    value_bytes = (int)(bytes - name_bytes - 1);
    number = float_parse(value, &end);
    if (end == value || end != text + bytes || !isfinite(number))
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s: %s=%.*s is not a number", objective->name,
                         parameter->name, value_bytes, value);
    if (number < parameter->min || number > parameter->max || (parameter->integer && truncf(number) != number))
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s: %s=%.*s is not %s from %s to %s", objective->name,
                         parameter->name, value_bytes, value, parameter->integer ? "a whole number" : "a number",
                         number_format((double)parameter->min, 6, min), number_format((double)parameter->max, 6, max));
    parameters[index] = number;
    return N2V_OK;
}

/* The name that a text begins with. A path may have a ':' in the names of its folders. */
static n2v_status take_name(const char *text, char name[NAME_BYTES], n2v_error *error)
{
    const char *slash = strrchr(text, '/'), *from = slash ? slash : text;
    const size_t bytes = (size_t)(from - text) + strcspn(from, ":");

    for (const char *at = text; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return error_set(error, N2V_ERROR_ARGUMENT, "the objective's text has a control character at byte %zu",
                             (size_t)(at - text));
    if (bytes >= NAME_BYTES)
        return error_set(error, N2V_ERROR_ARGUMENT, "the objective's name has %zu bytes, more than any has", bytes);
    memcpy(name, text, bytes);
    name[bytes] = '\0';
    return N2V_OK;
}

n2v_status objective_parse(const n2v_objectives *set, const char *text, const n2v_objective **objective,
                           float parameters[N2V_MAX_PARAMETERS], n2v_error *error)
{
    char name[NAME_BYTES];
    const n2v_objective *found;
    const char *rest, *problem;
    n2v_status status = take_name(text, name, error);

    if (status != N2V_OK)
        return status;
    if (!(found = objective_find(set, name)))
        return fail_unknown(set, name, error);
    for (size_t i = 0; i < N2V_MAX_PARAMETERS; i++)
        parameters[i] = found->parameters[i].value;
    for (rest = text + strlen(name); *rest; rest += strcspn(rest, ",")) { /* at ':' or ',' */
        rest++;
        if ((status = parse_parameter(rest, strcspn(rest, ","), found, parameters, error)) != N2V_OK)
            return status;
    }
    problem = objective_check(found, parameters);
    if (problem)
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s: %s", found->name, problem);
    if ((status = objective_check_needs(found, objective_needs(found, parameters), error)) != N2V_OK)
        return status;
    *objective = found;
    return N2V_OK;
}
