#include "cli/checkpoint.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define LONG_SECONDS  120.0 /* a training that takes longer is worth saving */
#define KNOWN_SECONDS 2.0   /* of training, before its length can be estimated */

static double now_in_seconds(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail with this clock */
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

n2v_status checkpoint_every(cli_checkpoint *c, const char *text, n2v_error *error)
{
    char *end;
    const bool is_number = strspn(text, "0123456789.") > 0;
    const double number = is_number ? strtod(text, &end) : 0;

    if (is_number && !*end && number > 0 && number <= 1e6) {
        c->interval = 60 * number;
        return N2V_OK;
    }
    if (is_number && (strcmp(end, "epochs") == 0 || strcmp(end, "epoch") == 0) && number >= 1 && number <= 1e6 &&
        (double)(size_t)number == number) {
        c->every = (size_t)number;
        return N2V_OK;
    }
    return fail(error, N2V_ERROR_ARGUMENT,
                "--checkpoint-every: '%s' is neither a number of minutes, such as 10, nor of epochs, such as 2epochs",
                text);
}

/* Neither standard output nor, say, a pipe. */
static bool can_be_regular(const char *path)
{
    struct stat info;
    return strcmp(path, "-") != 0 && (stat(path, &info) != 0 || S_ISREG(info.st_mode));
}

n2v_status checkpoint_check(const char *path, n2v_error *error)
{
    n2v_output *output;
    n2v_status status;

    if (!can_be_regular(path))
        return fail(error, N2V_ERROR_ARGUMENT,
                    "--checkpoint %s: it is not a regular file, and each checkpoint replaces the one before", path);
    status = n2v_output_open_bytes(&output, path, NULL, error);
    n2v_output_discard(output);
    return status;
}

n2v_status checkpoint_beside(cli_checkpoint *c, const char *output, n2v_error *error)
{
    static const char ending[] = ".checkpoint.n2v";

    if (!can_be_regular(output))
        return N2V_OK;
    c->beside = malloc(strlen(output) + sizeof ending);
    if (!c->beside)
        return fail_memory(error, strlen(output) + sizeof ending, "a path");
    (void)stpcpy(stpcpy(c->beside, output), ending);
    return N2V_OK;
}

void checkpoint_free(cli_checkpoint *c)
{
    free(c->beside);
    c->beside = NULL;
}

void checkpoint_begin(cli_checkpoint *c)
{
    c->last = now_in_seconds();
}

void checkpoint_progress(cli_checkpoint *c, cli_progress *progress, const n2v_progress *now)
{
    c->words = now->words;
    if (c->is_worth || c->path || !c->beside || now->seconds < KNOWN_SECONDS || !now->words ||
        now->seconds * (double)now->words_total / (double)now->words < LONG_SECONDS)
        return;
    c->is_worth = true;
    progress_print(progress,
                   "an interrupt (Ctrl-C) saves the training in %s; --checkpoint FILE also saves it meanwhile",
                   c->beside);
}

bool checkpoint_is_due(const cli_checkpoint *c, const cli_interrupt *interrupt)
{
    if (interrupt->save && (c->path || c->beside))
        return true;
    /* Held-out sentences are measured anew after a pause: without progress between two, it would never end. */
    return c->path && c->interval > 0 && c->words > c->saved_words && now_in_seconds() - c->last >= c->interval;
}

bool checkpoint_is_due_at(const cli_checkpoint *c, size_t epoch)
{
    return c->path && c->every && epoch % c->every == 0;
}

static bool has_control(const char *text)
{
    while ((unsigned char)*text >= 0x20)
        text++;
    return *text;
}

/* The options, by their names, except for paths that a note cannot hold, which must be given again; and how much of the
 * metrics belongs to this state. */
static n2v_status put_notes(n2v_trainer *trainer, const cli_options *options, const cli_metrics *metrics,
                            n2v_error *error)
{
    const char *name, *value;
    char text[64];
    n2v_status status = N2V_OK;

    for (size_t at = 0; status == N2V_OK && options_kept(options, &at, &name, &value);) {
        (void)snprintf(text, sizeof text, "option.--%s", name);
        status = n2v_trainer_note(trainer, text, has_control(value) ? NULL : value, error);
    }
    (void)snprintf(text, sizeof text, "%" PRIu64, metrics->lines);
    return status == N2V_OK ? n2v_trainer_note(trainer, "metrics.lines", text, error) : status;
}

static n2v_status save(cli_checkpoint *c, const char *path, n2v_trainer *trainer, const cli_options *options,
                       cli_metrics *metrics, n2v_error *error)
{
    n2v_status status;

    metrics_pause(metrics);
    if ((status = put_notes(trainer, options, metrics, error)) == N2V_OK)
        status = n2v_trainer_save(trainer, path, error);
    c->saved = status == N2V_OK;
    c->is_worth = c->is_worth || c->saved;
    c->last = now_in_seconds();
    c->saved_words = c->words;
    return status;
}

void checkpoint_save(cli_checkpoint *c, n2v_trainer *trainer, const cli_options *options, cli_metrics *metrics,
                     cli_progress *progress, bool requested)
{
    const char *path = c->path ? c->path : c->beside;
    n2v_error error = {.text = ""};

    if (!path)
        return;
    if (save(c, path, trainer, options, metrics, &error) != N2V_OK)
        progress_print(progress, "warning: the checkpoint was not saved: %s", error.text);
    else if (requested)
        progress_print(progress, "saved the training in %s", path);
}

n2v_status checkpoint_save_last(cli_checkpoint *c, n2v_trainer *trainer, const cli_options *options,
                                cli_metrics *metrics, cli_progress *progress, const char **path, n2v_error *error)
{
    *path = c->path ? c->path : c->is_worth ? c->beside : NULL;
    if (!*path)
        return N2V_OK;
    progress_print(progress, "saving the training in %s; a second interrupt stops at once", *path);
    return save(c, *path, trainer, options, metrics, error);
}
