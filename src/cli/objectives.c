/* objectives.c - nce2vec objectives: the registry, for people. */
#include <string.h>

#include "cli/commands.h"
#include "cli/help.h"
#include "objectives/objective.h"

#define FACT_INDENT 13

static void print_fact(const char *name, const char *text)
{
    const int at = printf("  %-9s", name);
    help_wrap(stdout, text, FACT_INDENT, at);
}

static void print_parameter(const char *fact, const n2v_parameter *p)
{
    char text[512];
    snprintf(text, sizeof text, "%s=%g: %s (%s%g to %g)", p->name, (double)p->value, p->help,
             p->integer ? "an integer, " : "", (double)p->min, (double)p->max);
    print_fact(fact, text);
}

static void print_objective(const n2v_objective *o)
{
    const size_t count = objective_parameters(o);
    char defaults[128];

    printf("%s: %s\n", o->name, o->summary);
    print_fact("formula", o->formula);
    print_fact("scores", o->geometry == N2V_DOT ? "inner products" : "squared Euclidean distances");
    print_fact("paper", o->paper);
    snprintf(defaults, sizeof defaults, "--lr %g --init %g --noise %zu --noise-sharing %zu", o->learning_rate, o->init,
             o->noise, o->noise_sharing);
    print_fact("defaults", defaults);
    for (size_t i = 0; i < count; i++)
        print_parameter(i ? "" : "options", &o->parameters[i]);
}

static n2v_status run(struct cli_session *session, const void *settings, const char *const *operands, size_t count,
                      n2v_error *error)
{
    const n2v_objective *o;

    (void)session;
    (void)settings;
    for (size_t i = 0; i < count; i++) {
        if (!(o = objective_find(NULL, operands[i])))
            return error_set(error, N2V_ERROR_ARGUMENT, "'%s' is not an objective; 'nce2vec objectives' lists them",
                             operands[i]);
        print_objective(o);
    }
    for (size_t i = 0; !count && (o = objective_at(NULL, i)); i++) {
        if (i)
            putchar('\n');
        print_objective(o);
    }
    return N2V_OK;
}

const cli_command objectives_command = {
    .name = "objectives",
    .summary = "list the objectives: formulas, parameters, defaults",
    .usage = "[NAME...]",
    .about = "An objective is chosen with 'nce2vec train --objective NAME', its parameters with "
             "'--objective NAME:param=value,...'.",
    .most_operands = SIZE_MAX,
    .run = run,
};
