/* objectives.c - nce2vec objectives: formulas, parameters and defaults, also of plug-ins. */
#include <string.h>

#include "cli/commands.h"
#include "cli/plugin.h"
#include "cli/print.h"

#define FACT_INDENT 13
#define MAX_NAMES   64 /* that a wrong one is compared with */

#define UNSURE "Unsure which one to take? Keep nce, the default."

static void print_fact(const char *name, const char *text)
{
    const int at = printf("  %-9s", name);
    print_wrapped(stdout, text, FACT_INDENT, at);
}

static n2v_status print_parameter(const n2v_objectives *objectives, const char *name, size_t index, n2v_error *error)
{
    n2v_parameter_info p = {.size = sizeof p};
    const n2v_status status = n2v_objective_describe_parameter(objectives, name, index, &p, error);
    char text[512];

    if (status != N2V_OK)
        return status;
    snprintf(text, sizeof text, "%s=%g: %s (%s%g to %g)", p.name, (double)p.default_value, p.help,
             p.is_integer ? "an integer, " : "", (double)p.min, (double)p.max);
    print_fact(index ? "" : "options", text);
    return N2V_OK;
}

static n2v_status print_objective(const n2v_objectives *objectives, const char *name, n2v_error *error)
{
    n2v_objective_info o = {.size = sizeof o};
    n2v_status status = n2v_objective_describe(objectives, name, &o, error);
    char defaults[128];

    if (status != N2V_OK)
        return status;
    printf("%s: %s\n", o.name, o.summary);
    print_fact("formula", o.formula);
    print_fact("scores", o.geometry == N2V_DOT ? "inner products" : "squared Euclidean distances");
    print_fact("paper", o.paper);
    snprintf(defaults, sizeof defaults, "--lr %g --init %g --noise %zu --noise-sharing %zu", o.learning_rate, o.init,
             o.noise, o.noise_sharing);
    print_fact("defaults", defaults);
    for (size_t i = 0; i < o.parameters && status == N2V_OK; i++)
        status = print_parameter(objectives, name, i, error);
    return status;
}

/* NULL: no name is near. */
static const char *nearest_name(const char *name)
{
    const char *names[MAX_NAMES + 1] = {NULL};

    for (size_t i = 0; i < MAX_NAMES && i < n2v_objective_count(NULL); i++)
        names[i] = n2v_objective_name(NULL, i);
    return n2v_nearest_name(name, names);
}

static n2v_status print_named(const char *name, n2v_error *error)
{
    const char *nearest;

    for (size_t i = 0; i < n2v_objective_count(NULL); i++)
        if (strcmp(n2v_objective_name(NULL, i), name) == 0)
            return print_objective(NULL, name, error);
    if ((nearest = nearest_name(name)))
        return fail(error, N2V_ERROR_ARGUMENT, "'%s' is not an objective; did you mean %s?", name, nearest);
    return fail(error, N2V_ERROR_ARGUMENT, "'%s' is not an objective; 'nce2vec objectives' lists them", name);
}

/* Prints the objectives from `first` on, with an empty line between two. */
static n2v_status print_from(const n2v_objectives *objectives, size_t first, n2v_error *error)
{
    const char *name;
    n2v_status status = N2V_OK;

    for (size_t i = first; status == N2V_OK && (name = n2v_objective_name(objectives, i)); i++) {
        if (i > first)
            putchar('\n');
        status = print_objective(objectives, name, error);
    }
    return status;
}

static n2v_status print_plugin(const char *path, n2v_error *error)
{
    n2v_objectives *objectives = NULL;
    n2v_status status = plugin_load(&objectives, path, NULL, error);

    if (status == N2V_OK)
        status = print_from(objectives, n2v_objective_count(NULL), error);
    n2v_objectives_destroy(objectives);
    return status;
}

static n2v_status run(struct cli_session *session, const void *values, const char *const *operands, size_t count,
                      n2v_error *error)
{
    n2v_status status = N2V_OK;

    (void)session;
    (void)values;
    for (size_t i = 0; i < count && status == N2V_OK; i++)
        status = plugin_is_path(operands[i]) ? print_plugin(operands[i], error) : print_named(operands[i], error);
    if (count)
        return status;
    if ((status = print_from(NULL, 0, error)) == N2V_OK)
        puts("\n" UNSURE);
    return status;
}

const cli_command objectives_command = {
    .name = "objectives",
    .summary = "list the objectives: formulas, parameters, defaults",
    .usage = "[NAME|FILE...]",
    .about = "An objective is chosen with 'nce2vec train --objective NAME', its parameters with "
             "'--objective NAME:param=value,...'. " UNSURE " FILE is a shared object with objectives, such as "
             "./focal.so: a path with a '/'.",
    .max_operands = SIZE_MAX,
    .run = run,
};
