/* check_objective.c - nce2vec check-objective: a table of what holds for an objective's gradient. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/gradient_check.h"
#include "cli/plugin.h"
#include "cli/plural.h"
#include "cli/print.h"

static void print_report(const char *name, const gradient_report *report)
{
    printf("%s\n  %-28s %6s  %s\n", name, "case", "tiles", "worst relative error");
    for (size_t c = 0; c < GRADIENT_CASES; c++) {
        const gradient_case *at = &report->cases[c];
        char worst[32] = "";
        if (at->worst > 0)
            snprintf(worst, sizeof worst, "%.1e", at->worst);
        printf("  %-28s %6zu  %-20s  %s\n", at->name, at->tiles, worst,
               at->problem[0] ? "FAILED" : at->tiles ? "ok" : "does not apply");
        if (at->problem[0])
            print_wrapped(stdout, at->problem, 6, printf("%5s", ""));
    }
}

static n2v_status check(const n2v_objectives *objectives, const char *name, size_t *failed, n2v_error *error)
{
    gradient_report report;
    n2v_status status;

    if (strchr(name, ':'))
        return fail(error, N2V_ERROR_ARGUMENT, "'%s': give the name alone; all parameters are checked", name);
    if ((status = gradient_check(objectives, name, &report, error)) != N2V_OK)
        return status;
    print_report(name, &report);
    *failed += report.failed > 0;
    return N2V_OK;
}

/* All objectives of a set from this index on. */
static n2v_status check_from(const n2v_objectives *objectives, size_t first, size_t *failed, n2v_error *error)
{
    n2v_status status = N2V_OK;
    const char *name;

    for (size_t i = first; status == N2V_OK && (name = n2v_objective_name(objectives, i)); i++)
        status = check(objectives, name, failed, error);
    return status;
}

/* A set of its own for each file: two files may have objectives of the same name. */
static n2v_status check_file(const char *path, size_t *failed, n2v_error *error)
{
    n2v_objectives *objectives = NULL;
    n2v_status status = plugin_load(&objectives, path, NULL, error);

    if (status == N2V_OK)
        status = check_from(objectives, n2v_objective_count(NULL), failed, error);
    n2v_objectives_destroy(objectives);
    return status;
}

static n2v_status run(struct cli_session *session, const void *values, const char *const *operands, size_t count,
                      n2v_error *error)
{
    size_t failed = 0;
    n2v_status status = count ? N2V_OK : check_from(NULL, 0, &failed, error);

    (void)session;
    (void)values;
    for (size_t i = 0; status == N2V_OK && i < count; i++)
        status = plugin_is_path(operands[i]) ? check_file(operands[i], &failed, error)
                                             : check(NULL, operands[i], &failed, error);
    if (status == N2V_OK && failed)
        return fail(error, N2V_ERROR_NUMERIC, "the check of %zu objective%s failed", failed, plural_s(failed));
    return status;
}

const cli_command check_objective_command = {
    .name = "check-objective",
    .summary = "check an objective's gradient against its loss",
    .usage = "[FILE|NAME]...",
    .about = "Checks each objective, or all objectives of a plug-in (a shared object, such as ./focal.so), on random "
             "tiles: the gradient against finite differences of the loss; masked cells; columns drawn several times; "
             "parameters at their bounds; scores up to 1e4. Without FILE and NAME it checks all objectives of "
             "nce2vec. Errors are relative to the largest number of their kind in the gradient of the tile. The exit "
             "status is 1 when a case has failed.",
    .max_operands = SIZE_MAX,
    .run = run,
};
