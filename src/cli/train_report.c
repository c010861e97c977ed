#include "cli/train_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/print.h"

#define SETTING_BYTES 64

static double number_of(n2v_settings *settings, const char *name)
{
    const char *text = n2v_settings_get(settings, name);
    return text ? strtod(text, NULL) : (double)NAN;
}

static const char *plural(const char *amount)
{
    return strcmp(amount, "1") == 0 ? "" : "s";
}

void train_report_plan(cli_progress *progress, n2v_settings *settings)
{
    enum { OBJECTIVE, DIM, WINDOW, NOISE, EPOCHS, THREADS, KERNELS, COUNT };
    static const char *const names[COUNT] = {"objective", "dim", "window", "noise", "epochs", "threads", "kernels"};
    char values[COUNT][SETTING_BYTES];

    if (progress->no_figures)
        return;
    for (size_t i = 0; i < COUNT; i++) {
        const char *text = n2v_settings_get(settings, names[i]);
        snprintf(values[i], SETTING_BYTES, "%s", text ? text : "?");
    }
    values[OBJECTIVE][strcspn(values[OBJECTIVE], ":")] = '\0';
    progress_print(
        progress, "training %s: %s dimensions, window %s, %s noise word%s, %s epoch%s, lr %g, %s thread%s, %s",
        values[OBJECTIVE], values[DIM], values[WINDOW], values[NOISE], plural(values[NOISE]), values[EPOCHS],
        plural(values[EPOCHS]), number_of(settings, "lr"), values[THREADS], plural(values[THREADS]), values[KERNELS]);
}

n2v_status train_report_result(cli_progress *progress, n2v_settings *settings, const n2v_objectives *objectives,
                               const n2v_trainer_info *end, n2v_error *error)
{
    n2v_objective_info objective = {.size = sizeof objective};
    char words[PRINT_TEXT], rate[PRINT_TEXT], loss[64] = "";
    const n2v_status status =
        n2v_objective_describe(objectives, n2v_settings_get(settings, "objective"), &objective, error);

    if (status != N2V_OK)
        return status;
    if (isfinite(end->loss))
        snprintf(loss, sizeof loss, "; mean loss of the last epoch %.4f", end->loss);
    if (!progress->no_figures)
        progress_print(progress, "trained on %s words in %.1f s, %s words/s (%s)%s", print_count(end->words, words),
                       end->seconds, print_rate(end->seconds > 0 ? (double)end->words / end->seconds : 0, rate),
                       end->kernels, loss);
    if (!end->pairs)
        progress_print(
            progress,
            "warning: no pair of words was left (one word a line, or all subsampled away): nothing was learnt");
    if (end->clipped > 0.01)
        progress_print(progress,
                       "warning: %.0f %% of the steps were shortened because scores ran away: try a lower --lr than "
                       "%g%s",
                       100 * end->clipped, number_of(settings, "lr"),
                       number_of(settings, "init") > objective.init ? ", or a smaller --init" : "");
    return N2V_OK;
}
