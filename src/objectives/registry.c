/* registry.c - sets of objectives: the library's own, and those that a program adds. */
#include "objectives/registry.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "objectives/set.h"
#include "objectives/validate.h"

#define OBJECTIVE_ADDRESS(name) &objective_##name,
static const n2v_objective *const own[] = {OBJECTIVES(OBJECTIVE_ADDRESS)};

#define OBJECTIVE_NAME(name) #name,
const char *const objective_names[] = {OBJECTIVES(OBJECTIVE_NAME) NULL};

#define OWN_COUNT (sizeof own / sizeof *own)

size_t objective_count(const n2v_objectives *set)
{
    return OWN_COUNT + (set ? set->count : 0);
}

const n2v_objective *objective_at(const n2v_objectives *set, size_t index)
{
    if (index < OWN_COUNT)
        return own[index];
    return index < objective_count(set) ? set->added[index - OWN_COUNT] : NULL;
}

const n2v_objective *objective_find(const n2v_objectives *set, const char *name)
{
    const n2v_objective *at;
    const char *loaded = objectives_loaded(set, name);

    for (size_t i = 0; (at = objective_at(set, i)); i++)
        if (strcmp(at->name, loaded ? loaded : name) == 0)
            return at;
    return NULL;
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

/* Sets ----------------------------------------------------------------------------------- */

n2v_status objectives_create(n2v_objectives **set, n2v_error *error)
{
    *set = calloc(1, sizeof **set);
    if (!*set)
        return fail_memory(error, sizeof **set, "a set of objectives");
    (void)kernels_choose(PRECISION_AUTO, NULL, &(*set)->kernels, &(*set)->no_kernels); /* evaluations report it */
    return N2V_OK;
}

n2v_status objectives_register(n2v_objectives *set, const n2v_objective *objective, n2v_error *error)
{
    n2v_objective *copy;
    void *added = set->added;
    n2v_status status;

    if ((status = objective_validate(objective, error)) != N2V_OK)
        return status;
    if (objective_find(set, objective->name))
        return error_set(error, N2V_ERROR_ARGUMENT, "there is an objective %s already: choose another name",
                         objective->name);
    if ((status = array_grow(&added, &set->capacity, set->count + 1, sizeof *set->added, "the objectives", error)) !=
        N2V_OK)
        return status;
    set->added = added;
    copy = array_create_zero(1, sizeof *copy);
    if (!copy)
        return fail_memory(error, sizeof *copy, "an objective");
    memcpy(copy, objective, objective->size); /* what an earlier header does not have is 0 */
    set->added[set->count++] = copy;
    return N2V_OK;
}

void objectives_forget(n2v_objectives *set, size_t count)
{
    while (set->count > count)
        free(set->added[--set->count]);
}
