#include "cli/train_report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plural.h"
#include "cli/print.h"

#define LARGE_VOCABULARY 1000 /* words; with more of them a sum over all is slow */

static uint64_t integer_of(n2v_settings *settings, const char *name)
{
    const char *text = n2v_settings_get(settings, name);
    return text ? strtoull(text, NULL, 10) : 0;
}

static double number_of(n2v_settings *settings, const char *name)
{
    const char *text = n2v_settings_get(settings, name);
    return text ? strtod(text, NULL) : (double)NAN;
}

static const char *text_of(n2v_settings *settings, const char *name)
{
    const char *text = n2v_settings_get(settings, name);
    return text ? text : "?";
}

/* "0.04", or with what was chosen "0.04 to 0.001, cosine, warm-up 10 %". */
static void describe_rate(n2v_settings *settings, char *text, size_t room)
{
    const char *schedule = text_of(settings, "schedule");
    const double warmup = number_of(settings, "warmup"), end = number_of(settings, "end-lr");
    const bool linear = strcmp(schedule, "linear") == 0;
    char to[64] = "", rise[64] = "";

    if (isfinite(end) && (!linear || n2v_settings_is_set(settings, "end-lr")))
        (void)snprintf(to, sizeof to, " to %g", end);
    if (warmup > 0)
        (void)snprintf(rise, sizeof rise, ", warm-up %g %%", 100 * warmup);
    (void)snprintf(text, room, "%g%s%s%s%s", number_of(settings, "lr"), to, linear ? "" : ", ", linear ? "" : schedule,
                   rise);
}

static void print_plan(cli_progress *progress, n2v_settings *settings, const char *objective, bool no_noise)
{
    char dim[PLURAL_TEXT], noise[PLURAL_TEXT], epochs[PLURAL_TEXT], threads[PLURAL_TEXT];
    char rate[256];

    describe_rate(settings, rate, sizeof rate);
    plural(integer_of(settings, "dim"), "dimension", dim);
    if (no_noise)
        (void)snprintf(noise, sizeof noise, "no noise words");
    else
        plural(integer_of(settings, "noise"), "noise word", noise);
    plural(integer_of(settings, "epochs"), "epoch", epochs);
    plural(integer_of(settings, "threads"), "thread", threads);
    progress_print(progress, "training %s: %s, window %" PRIu64 ", %s, %s, lr %s, %s, %s", objective, dim,
                   integer_of(settings, "window"), noise, epochs, rate, threads,
                   text_of(settings, "kernels"));
}

/* A default learning rate that the objective's parameters lower: by the square of what they multiply the scores by. */
static void print_derived_rate(cli_progress *progress, n2v_settings *settings, const char *objective, double square)
{
    const double rate = number_of(settings, "lr");

    if (!n2v_settings_is_set(settings, "lr") && square > 1)
        progress_print(progress,
                       "lr %g is the default %g of %s divided by %g squared: the parameters multiply the scores by %g",
                       rate, rate * square, objective, sqrt(square), sqrt(square));
}

static void warn_of_sums(cli_progress *progress, const char *objective, size_t words)
{
    char count[PRINT_TEXT];

    if (words > LARGE_VOCABULARY)
        progress_print(progress,
                       "warning: %s is slow here: each pair of words needs the scores of all %s words of the "
                       "vocabulary; lower --max-vocab, or take --objective nce, which needs a few noise words",
                       objective, print_count(words, count));
}

n2v_status train_report_plan(cli_progress *progress, n2v_settings *settings, const n2v_objectives *objectives,
                             size_t words, n2v_error *error)
{
    n2v_objective_info chosen = {.size = sizeof chosen}, plain = {.size = sizeof plain};
    n2v_status status;

    if (progress->no_figures)
        return N2V_OK;
    if ((status = n2v_objective_describe(objectives, text_of(settings, "objective"), &chosen, error)) != N2V_OK ||
        (status = n2v_objective_describe(objectives, chosen.name, &plain, error)) != N2V_OK)
        return status;
    print_plan(progress, settings, chosen.name,
               chosen.needs & N2V_NEEDS_ALL_WORDS ||
                   (chosen.needs & N2V_NEEDS_TREE && !(chosen.needs & N2V_NEEDS_TREE_AND_NOISE)));
    print_derived_rate(progress, settings, chosen.name, plain.learning_rate / chosen.learning_rate);
    if (chosen.needs & N2V_NEEDS_ALL_WORDS)
        warn_of_sums(progress, chosen.name, words);
    return N2V_OK;
}

n2v_status train_report_result(cli_progress *progress, n2v_settings *settings, const n2v_objectives *objectives,
                               const n2v_trainer_info *end, n2v_error *error)
{
    n2v_objective_info objective = {.size = sizeof objective};
    char words[PLURAL_TEXT], rate[PRINT_TEXT], loss[64] = "";
    const n2v_status status = n2v_objective_describe(objectives, text_of(settings, "objective"), &objective, error);

    if (status != N2V_OK)
        return status;
    if (isfinite(end->loss))
        snprintf(loss, sizeof loss, "; mean loss of the last epoch %.4f", end->loss);
    if (!progress->no_figures)
        progress_print(progress, "trained on %s in %.1f s, %s words/s (%s)%s", plural(end->words, "word", words),
                       end->seconds, print_rate(end->seconds > 0 ? (double)end->words / end->seconds : 0, rate),
                       end->kernels, loss);
    if (end->clipped > 0.01)
        progress_print(progress,
                       "warning: %.0f %% of the steps were clipped because scores became too large: try a lower --lr "
                       "than %g%s",
                       100 * end->clipped, number_of(settings, "lr"),
                       number_of(settings, "init") > objective.init ? ", or a smaller --init" : "");
    return N2V_OK;
}

void train_report_sent(cli_progress *progress, size_t ranks, uint64_t bytes, uint64_t words)
{
    const double own_words = (double)words / (double)ranks;

    if (ranks > 1 && !progress->no_figures)
        progress_print(progress, "sent %.1f MB to other ranks, %.0f bytes for each word that this rank trained on",
                       (double)bytes / 1e6, own_words > 0 ? (double)bytes / own_words : 0);
}
