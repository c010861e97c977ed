#include "cli/session.h"

#include <stdlib.h>
#include <string.h>

#include "cli/files.h"
#include "cli/plural.h"

static int stop(void *context)
{
    cli_session *session = context;
    return interrupt_requested(&session->interrupt);
}

/* Of the training alone: whoever writes at such a moment goes on. */
static int stop_or_save(void *context)
{
    cli_session *session = context;
    if (stop(context))
        return true;
    return ranks_first(&session->ranks) ? checkpoint_is_due(&session->checkpoint, &session->interrupt)
                                        : session->interrupt.save; /* rank 0 saves */
}

static void observe_reading(void *context, const n2v_reading *reading)
{
    cli_session *session = context;
    progress_reading(&session->progress, reading);
}

static void observe_joining(void *context, const n2v_joining *joining)
{
    cli_session *session = context;
    progress_joining(&session->progress, joining);
}

/* Losing the metrics is no reason to lose the training. */
static void report_metrics(cli_session *session, n2v_status before)
{
    if (session->metrics.status != N2V_OK && before == N2V_OK)
        progress_print(&session->progress, "warning: %s; the training continues", session->metrics.error.text);
}

static void observe_progress(void *context, const n2v_progress *now)
{
    cli_session *session = context;
    const n2v_status before = session->metrics.status;

    progress_training(&session->progress, now);
    checkpoint_progress(&session->checkpoint, &session->progress, now);
    metrics_progress(&session->metrics, now);
    report_metrics(session, before);
}

static void observe_epoch(void *context, const n2v_epoch *epoch)
{
    cli_session *session = context;
    session->ended = *epoch;
}

void session_report_epoch(cli_session *session, const n2v_pairs_score *validation)
{
    const n2v_status before = session->metrics.status;

    progress_epoch(&session->progress, &session->ended, validation);
    metrics_epoch(&session->metrics, &session->ended, validation);
    report_metrics(session, before);
}

n2v_status session_expand(cli_session *session, const char *const **inputs, size_t *count, n2v_error *error)
{
    const n2v_status status = n2v_inputs_create(&session->inputs, *inputs, *count, error);

    if (status == N2V_OK)
        *inputs = n2v_inputs_files(session->inputs, count);
    return status;
}

void session_start(cli_session *session, bool quiet)
{
    session->progress = progress_start(stderr, quiet);
    session->observer =
        (n2v_observer){.size = sizeof session->observer, .context = session, .stop = stop, .reading = observe_reading,
                       .joining = observe_joining};
}

void session_observe_training(cli_session *session, bool epochs)
{
    session->training = session->observer;
    session->training.stop = stop_or_save;
    session->training.progress = observe_progress;
    session->training.epoch = epochs ? observe_epoch : NULL;
}

static n2v_status warn_skipped(cli_session *session, const n2v_vectors *vectors, n2v_error *error)
{
    n2v_vectors_info info = {.size = sizeof info};
    const n2v_status status = n2v_vectors_describe(vectors, &info, error);
    char rows[PLURAL_TEXT];

    if (status != N2V_OK || !info.skipped)
        return status;
    if (!session->progress.out) /* of a command that reports nothing else */
        session->progress = progress_start(stderr, false);
    progress_print(&session->progress, "warning: skipped %s; the first: %s",
                   plural(info.skipped, "malformed row", rows), info.first_skipped);
    return N2V_OK;
}

n2v_status session_load_vectors(cli_session *session, const char *path, const n2v_observer *observer,
                                n2v_vectors **vectors, n2v_error *error)
{
    n2v_settings *settings = NULL;
    n2v_status status;

    if ((status = options_settings(&session->options, N2V_FOR_LOADING, NULL, &settings, error)) == N2V_OK &&
        (status = n2v_vectors_load_with(vectors, path, settings, observer, error)) == N2V_OK)
        status = warn_skipped(session, *vectors, error);
    n2v_settings_destroy(settings);
    return status;
}

void session_warn_ending(cli_session *session, const char *path, const n2v_output *output)
{
    const char *ending = n2v_output_unknown_ending(output);

    if (ending)
        progress_print(&session->progress,
                       "warning: %s is written as word2vec %s, because the ending %s is not known; 'nce2vec help "
                       "convert' lists endings and formats",
                       path, n2v_output_format(output), ending);
}

n2v_status session_print_written(cli_session *session, const char *path, const n2v_vectors *vectors,
                                 n2v_settings *settings, const char *format, n2v_error *error)
{
    n2v_vectors_info info = {.size = sizeof info};
    const n2v_status status = n2v_vectors_describe(vectors, &info, error);
    const char *which = n2v_settings_get(settings, "vectors"), *top, *reduce;
    char words[PLURAL_TEXT], dimensions[PLURAL_TEXT];

    if (status != N2V_OK)
        return status;
    if (which && strcmp(which, "concat") == 0)
        info.dim *= 2;
    if ((reduce = n2v_settings_get(settings, "reduce")))
        info.dim = (size_t)strtoull(reduce, NULL, 10);
    top = n2v_settings_get(settings, "top");
    if (top && strtoull(top, NULL, 10) < info.words)
        info.words = (size_t)strtoull(top, NULL, 10);
    progress_print(&session->progress, "wrote %s: %s x %s, %s", files_name(path), plural(info.words, "word", words),
                   plural(info.dim, "dimension", dimensions), format);
    return N2V_OK;
}
