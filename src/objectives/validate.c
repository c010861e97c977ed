#include "objectives/validate.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "settings/table.h"

#define FIRST_SIZE     (offsetof(n2v_objective, loss_grad) + sizeof(void (*)(void))) /* of the first public header */
#define MAX_NAME_BYTES ((size_t)48) /* names appear in records and messages */

/* Needs ---------------------------------------------------------------------------------- */

typedef struct need {
    uint32_t flag;
    const char *name;
    uint32_t requires, excludes;
    bool dot_alone; /* not with distances */
} need;

#define NEED(name_) .flag = N2V_NEEDS_##name_, .name = #name_

static const need needs[] = {
    {NEED(OUTPUT_BIAS), .excludes = N2V_NEEDS_NORMS | N2V_NEEDS_UNIT_ROWS | N2V_NEEDS_SIDES, .dot_alone = true},
    {NEED(IN_BATCH)},
    {NEED(UNIT_ROWS)},
    {NEED(ALL_WORDS), .excludes = N2V_NEEDS_IN_BATCH | N2V_NEEDS_SIDES},
    {NEED(LOG_NOISE)},
    {NEED(NORMS)},
    {NEED(SHARED_BIAS), .dot_alone = true},
    {NEED(SIDES)},
    {NEED(CLASSES)},
    {NEED(POSITIVES_ONLY), .requires = N2V_NEEDS_IN_BATCH, .excludes = N2V_NEEDS_SHARED_BIAS},
    {NEED(SLOPE_CLIPPING), .dot_alone = true},
    {NEED(TREE),
     .excludes = N2V_NEEDS_OUTPUT_BIAS | N2V_NEEDS_IN_BATCH | N2V_NEEDS_UNIT_ROWS | N2V_NEEDS_ALL_WORDS |
                 N2V_NEEDS_LOG_NOISE | N2V_NEEDS_NORMS | N2V_NEEDS_SHARED_BIAS | N2V_NEEDS_SIDES | N2V_NEEDS_CLASSES |
                 N2V_NEEDS_POSITIVES_ONLY,
     .dot_alone = true},
    {NEED(TREE_AND_NOISE), .requires = N2V_NEEDS_TREE},
};

#define NEEDS_COUNT (sizeof needs / sizeof *needs)

/* The name of the lowest of some flags. */
static const char *name_of(uint32_t flags)
{
    for (size_t i = 0; i < NEEDS_COUNT; i++)
        if (flags & needs[i].flag)
            return needs[i].name;
    return "";
}

n2v_status objective_check_needs(const n2v_objective *objective, uint32_t flags, n2v_error *error)
{
    uint32_t known = 0;

    for (size_t i = 0; i < NEEDS_COUNT; i++) {
        const need *n = &needs[i];
        known |= n->flag;
        if (!(flags & n->flag))
            continue;
        if (flags & n->excludes)
            return error_set(error, N2V_ERROR_ARGUMENT,
                             "objective %s: N2V_NEEDS_%s and N2V_NEEDS_%s contradict each other", objective->name,
                             n->name, name_of(flags & n->excludes));
        if (n->requires & ~flags)
            return error_set(error, N2V_ERROR_ARGUMENT, "objective %s: N2V_NEEDS_%s is only for N2V_NEEDS_%s",
                             objective->name, n->name, name_of(n->requires & ~flags));
        if (n->dot_alone && objective->geometry != N2V_DOT)
            return error_set(error, N2V_ERROR_ARGUMENT,
                             "objective %s: N2V_NEEDS_%s is only for inner products (N2V_DOT)", objective->name,
                             n->name);
    }
    if (flags & ~known)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "objective %s: needs 0x%x, which version %s of the library does not know", objective->name,
                         (unsigned)(flags & ~known), N2V_VERSION);
    return N2V_OK;
}

/* Descriptions --------------------------------------------------------------------------- */

static bool is_name(const char *name)
{
    const size_t bytes = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return bytes && !name[bytes] && bytes <= MAX_NAME_BYTES;
}

static n2v_status check_parameter(const n2v_objective *o, size_t index, n2v_error *error)
{
    const n2v_parameter *p = &o->parameters[index];

    if (!is_name(p->name))
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "objective %s: '%.64s' is not a name for a parameter: lower-case letters, digits and _, at "
                         "most %zu",
                         o->name, p->name, MAX_NAME_BYTES);
    for (size_t i = 0; i < index; i++)
        if (strcmp(o->parameters[i].name, p->name) == 0)
            return error_set(error, N2V_ERROR_ARGUMENT, "objective %s has two parameters %s", o->name, p->name);
    if (!p->help)
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s: %s has no help", o->name, p->name);
    if (!isfinite(p->min) || !isfinite(p->max) || !(p->value >= p->min && p->value <= p->max))
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s: the default of %s is %s, not from %s to %s", o->name,
                         p->name, NUMBER_SHOWN((double)p->value), NUMBER_SHOWN((double)p->min),
                         NUMBER_SHOWN((double)p->max));
    if (p->integer && truncf(p->value) != p->value)
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s: the default of %s is %s, not a whole number",
                         o->name, p->name, NUMBER_SHOWN((double)p->value));
    return N2V_OK;
}

/* A default for a setting of the trainer, which must accept it. */
static n2v_status check_default(const n2v_objective *o, const char *member, const char *name, double value,
                                n2v_error *error)
{
    const Setting *setting = setting_find(N2V_FOR_TRAINING, name);
    const bool integer = setting->type == N2V_INTEGER;
    const double low = integer ? (double)setting->min : setting->real_min;
    const double high = integer ? (double)setting->max : setting->real_max;

    if (value >= low && value <= high && !(setting->above && value <= low))
        return N2V_OK;
    return error_set(error, N2V_ERROR_ARGUMENT, "objective %s: %s is %s, not %s", o->name, member,
                     NUMBER_SHOWN(value), setting->range);
}

static n2v_status check_defaults(const n2v_objective *o, n2v_error *error)
{
    const struct {
        const char *member, *setting;
        double value;
    } defaults[] = {{"init", "init", o->init},
                    {"learning_rate", "lr", o->learning_rate},
                    {"noise", "noise", (double)o->noise},
                    {"noise_sharing", "noise-sharing", (double)o->noise_sharing}};
    n2v_status status = N2V_OK;

    for (size_t i = 0; status == N2V_OK && i < objective_parameters(o); i++)
        status = check_parameter(o, i, error);
    for (size_t i = 0; status == N2V_OK && i < sizeof defaults / sizeof *defaults; i++)
        status = check_default(o, defaults[i].member, defaults[i].setting, defaults[i].value, error);
    return status;
}

/* What the functions say about the default parameters. */
static n2v_status check_functions(const n2v_objective *o, n2v_error *error)
{
    float parameters[N2V_MAX_PARAMETERS];
    const char *problem;
    float sharpness;

    if (!o->loss_grad)
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s has no function loss_grad", o->name);
    for (size_t i = 0; i < N2V_MAX_PARAMETERS; i++)
        parameters[i] = o->parameters[i].value;
    if ((problem = objective_check(o, parameters)))
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s refuses its own defaults: %s", o->name, problem);
    sharpness = objective_sharpness(o, parameters);
    if (!(sharpness > 0) || !isfinite(sharpness))
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s: sharpness is %s, not a number above 0", o->name,
                         NUMBER_SHOWN((double)sharpness));
    return objective_check_needs(o, objective_needs(o, parameters), error);
}

n2v_status objective_validate(const n2v_objective *o, n2v_error *error)
{
    n2v_status status;

    if (o->size < FIRST_SIZE || o->size > sizeof *o)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "the size of an n2v_objective is %zu here, not %zu: set it to sizeof(n2v_objective), and "
                         "build with the headers of version %s",
                         sizeof *o, o->size, N2V_VERSION);
    if (!o->name || !is_name(o->name))
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "'%.64s' is not a name for an objective: lower-case letters, digits and _, at most %zu",
                         o->name ? o->name : "NULL", MAX_NAME_BYTES);
    if (!o->summary || !o->formula || !o->paper)
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s: %s is NULL", o->name,
                         !o->summary ? "summary" : !o->formula ? "formula" : "paper");
    if (o->geometry != N2V_DOT && o->geometry != N2V_SQEUCLID)
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s: there is no geometry %d", o->name, (int)o->geometry);
    if ((status = check_defaults(o, error)) != N2V_OK)
        return status;
    return check_functions(o, error);
}
