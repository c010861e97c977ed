/* train_checks.c - the settings of a training, and all checks that are done before its work. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/files.h"
#include "cli/plugin.h"
#include "cli/reading.h"
#include "cli/training.h"

/* The checkpoint, and the options and inputs that it has and that were not typed. */
static n2v_status resume_checkpoint(training *t, n2v_error *error)
{
    cli_options *typed = &t->session->options;
    n2v_status status;

    if ((status = resume_open(&t->resume, t->values->resume, &t->session->observer, typed, t->values, error)) != N2V_OK)
        return status;
    if (options_typed(typed, "metrics") &&
        !(t->resume.metrics && files_same_output(t->resume.metrics, t->values->metrics)))
        t->resume.metrics_lines = 0; /* another file */
    if (!t->count) {
        t->inputs = (const char *const *)t->resume.texts;
        t->count = t->resume.inputs;
    }
    return N2V_OK;
}

/* A plug-in's objective as a path is a name from now on; a resumed training loads the file again. */
static n2v_status resolve_objective(training *t, n2v_error *error)
{
    cli_options *typed = &t->session->options;
    n2v_status status;

    if ((status = plugin_resolve(&t->objectives, t->values->plugin, typed, &t->objective, &t->plugin, error)) !=
            N2V_OK ||
        !t->plugin)
        return status;
    return options_restore(typed, t->values, "--plugin", t->plugin, error);
}

/* The settings of the training: as typed, or the checkpoint's with what was typed. */
static n2v_status resolve_training(training *t, n2v_error *error)
{
    n2v_settings *typed;
    n2v_status status = options_settings(&t->session->options, N2V_FOR_TRAINING, t->objectives, &typed, error);

    if (status != N2V_OK || !t->resume.checkpoint) {
        t->settings = typed;
        return status;
    }
    status = n2v_checkpoint_settings(t->resume.checkpoint, typed, t->objectives, &t->settings, error);
    n2v_settings_destroy(typed);
    return status;
}

/* Ranks on one machine share its cores. */
static n2v_status resolve_threads(training *t, n2v_error *error)
{
    const n2v_ranks *ranks = t->session->ranks.ranks;
    char number[32];

    if (n2v_ranks_count(ranks) == 1 || options_typed(&t->session->options, "threads"))
        return N2V_OK;
    (void)snprintf(number, sizeof number, "%zu", n2v_ranks_threads(ranks));
    return n2v_settings_set(t->settings, "threads", number, error);
}

static n2v_status resolve_window(training *t, n2v_error *error)
{
    cli_options *typed = &t->session->options;

    if (options_typed(typed, "window-weights") && options_value(typed, "window") &&
        strcmp(options_value(typed, "window"), "all") == 0)
        return fail(error, N2V_ERROR_ARGUMENT, "--window all is --window-weights line: give one of them");
    if (!t->values->window_fixed)
        return N2V_OK;
    if (options_value(typed, "window") && strcmp(options_value(typed, "window"), "all") == 0)
        return fail(error, N2V_ERROR_ARGUMENT,
                    "--window all and --window-fixed contradict each other: give one of them");
    if (options_typed(typed, "window-weights"))
        return fail(error, N2V_ERROR_ARGUMENT, "--window-fixed is --window-weights flat: give one of them");
    options_add(typed, N2V_FOR_TRAINING, "window-weights", "--window-fixed", "flat");
    return N2V_OK;
}

static n2v_status check_freeze(const training *t, n2v_error *error)
{
    if (!n2v_settings_get(t->settings, "freeze") || n2v_settings_get(t->settings, "start"))
        return N2V_OK;
    return fail(error, N2V_ERROR_ARGUMENT, "--freeze would keep random vectors: give --start FILE, too");
}

static n2v_status resolve_settings(training *t, n2v_error *error)
{
    cli_options *typed = &t->session->options;
    train_values *v = t->values;
    compat_type trained;
    n2v_status status;

    if ((status = compat_model(typed, v->cbow, v->type, &t->inputs, &t->count, &trained, error)) != N2V_OK ||
        (status = resolve_window(t, error)) != N2V_OK)
        return status;
    if ((status = compat_apply(&t->compat, typed, &(compat_values){v->output, v->binary, v->hs, v->loss}, trained,
                               error)) != N2V_OK ||
        (status = compat_output(&t->compat, typed, v, v->output, error)) != N2V_OK)
        return status;
    if ((status = resolve_objective(t, error)) != N2V_OK || (status = resolve_training(t, error)) != N2V_OK)
        return status;
    if ((status = resolve_threads(t, error)) != N2V_OK)
        return status;
    if (v->binary != UNSET_INTEGER && !options_typed(typed, "format"))
        options_add(typed, N2V_FOR_OUTPUT, "format", "--binary", v->binary ? "binary" : "text");
    if ((status = options_settings(typed, N2V_FOR_OUTPUT, NULL, &t->output_settings, error)) != N2V_OK ||
        (status = checkpoint_every(&t->session->checkpoint, v->checkpoint_every, error)) != N2V_OK ||
        (status = checkpoint_beside(&t->session->checkpoint, v->output, error)) != N2V_OK)
        return status;
    t->session->checkpoint.path = v->checkpoint;
    if ((status = n2v_settings_check(t->settings, error)) != N2V_OK || (status = check_freeze(t, error)) != N2V_OK ||
        (status = n2v_output_check(t->output_settings, t->settings, error)) != N2V_OK)
        return status;
    if (t->resume.checkpoint) /* other ranks may have begun it */
        return N2V_OK;
    return n2v_settings_check_ranks(t->settings, t->session->ranks.ranks, v->shard, error);
}

/* The path of a setting that is a file to be read; NULL: it is not. */
static const char *file_of_setting(const training *t, const char *name)
{
    const char *value = n2v_settings_get(t->settings, name);
    return value && !reading_is_share(value) ? value : NULL;
}

/* The same for the setting freeze, which may be a side. */
static const char *file_of_freeze(const training *t)
{
    const char *freeze = n2v_settings_get(t->settings, "freeze");
    return freeze && strcmp(freeze, "input") != 0 && strcmp(freeze, "output") != 0 ? freeze : NULL;
}

/* No output may be an input, and no two outputs may be the same file. Only the next checkpoint may replace the resumed
 * one. */
static n2v_status check_written(const training *t, n2v_error *error)
{
    const train_values *v = t->values;
    const char *beside = v->checkpoint ? NULL : t->session->checkpoint.beside;
    cli_files files = {.inputs = t->inputs, .count = t->count};
    n2v_status status;

    files_add_other(&files, file_of_setting(t, "read-vocab"));
    files_add_other(&files, file_of_setting(t, "heldout"));
    if (!t->resume.checkpoint) { /* which has what they gave */
        files_add_other(&files, n2v_settings_get(t->settings, "start"));
        files_add_other(&files, file_of_freeze(t));
        files_add_other(&files, n2v_settings_get(t->settings, "lr-of"));
    }
    files_add_phrases(&files, t->settings);
    files_add_other(&files, v->watch.validate);
    if ((status = files_add_output(&files, "--output", v->output, error)) != N2V_OK ||
        (status = files_add_output(&files, "--output", n2v_output_words_file(t->vectors), error)) != N2V_OK ||
        (status = files_add_output(&files, "--save-vocab", v->save_vocab, error)) != N2V_OK ||
        (status = files_add_output(&files, "--save-text", v->save_text, error)) != N2V_OK ||
        (status = files_add_output(&files, "--metrics", v->metrics, error)) != N2V_OK ||
        (status = files_check_input(&files, v->resume, error)) != N2V_OK ||
        (status = files_add_output(&files, "--checkpoint", v->checkpoint, error)) != N2V_OK ||
        (status = files_add_output(&files, "the checkpoint", beside, error)) != N2V_OK)
        return status;
    return watch_check_files(&t->watch, strtoull(n2v_settings_get(t->settings, "epochs"), NULL, 10), &files, error);
}

/* Whether the inputs are those of the checkpoint. */
static bool resumes_inputs(const training *t)
{
    return t->resume.checkpoint && t->inputs == (const char *const *)t->resume.texts;
}

/* The text of a checkpoint may be in another folder now. */
static n2v_status open_text(training *t, n2v_error *error)
{
    cli_ranks *ranks = &t->session->ranks;
    const n2v_vectors *given = n2v_settings_get(t->settings, "start") ? t->resume.checkpoint : NULL;
    n2v_status status;

    if (t->values->shard && (status = ranks_deal(ranks, t->inputs, t->count, error)) != N2V_OK)
        return status;
    status = t->values->shard ? reading_open(&t->corpus, t->settings, given, ranks->dealt, ranks->count, error)
                              : reading_open(&t->corpus, t->settings, given, t->inputs, t->count, error);
    if (status == N2V_OK)
        status = n2v_corpus_share(t->corpus, ranks->ranks, t->values->shard, error);
    if (status != N2V_OK && resumes_inputs(t))
        (void)strncat(error->text, "; the checkpoint names it: resume in the same folder, or give the text anew",
                      sizeof error->text - strlen(error->text) - 1);
    return status;
}

/* Refuses a format that needs other subwords than those of the training. */
static n2v_status check_format(const training *t, n2v_error *error)
{
    const char *name = n2v_output_format(t->vectors), *subwords = n2v_settings_get(t->settings, "subwords");
    n2v_format_info format = {.size = sizeof format};

    for (size_t i = 0; n2v_format_describe(i, &format, NULL) == N2V_OK && strcmp(format.name, name) != 0; i++)
        ;
    if (!format.subwords || strcmp(format.subwords, subwords) == 0)
        return N2V_OK;
    return fail(error, N2V_ERROR_ARGUMENT, "the format %s holds models with the subwords %s: train with --subwords %s, "
                "or choose another format", name, format.subwords, format.subwords);
}

/* The file of --save-text: the words and their input vectors. */
static n2v_status open_text_vectors(training *t, n2v_error *error)
{
    n2v_settings *settings = NULL;
    n2v_status status = n2v_settings_create(&settings, N2V_FOR_OUTPUT, NULL, error);

    if (status == N2V_OK && (status = n2v_settings_set(settings, "format", "text", error)) == N2V_OK)
        status = n2v_output_open(&t->text, t->values->save_text, settings, &t->session->observer, error);
    n2v_settings_destroy(settings);
    return status;
}

static n2v_status open_files(training *t, n2v_error *error)
{
    const train_values *v = t->values;
    n2v_observer *observer = &t->session->observer;
    n2v_status status;

    if ((status = open_text(t, error)) != N2V_OK || !ranks_first(&t->session->ranks))
        return status;
    if ((status = watch_open(&t->watch, t->session, &v->watch, v->output, t->output_settings,
                             n2v_settings_get(t->settings, "heldout") != NULL, error)) != N2V_OK ||
        (status = n2v_output_open(&t->vectors, v->output, t->output_settings, observer, error)) != N2V_OK ||
        (status = check_format(t, error)) != N2V_OK ||
        (status = check_written(t, error)) != N2V_OK)
        return status;
    session_warn_ending(t->session, v->output, t->vectors);
    if (t->resume.checkpoint)
        watch_restore(&t->watch, t->resume.checkpoint);
    if (v->checkpoint && (status = checkpoint_check(v->checkpoint, error)) != N2V_OK)
        return status;
    if (v->save_vocab && (status = n2v_output_open_bytes(&t->words, v->save_vocab, observer, error)) != N2V_OK)
        return status;
    if (v->save_text && (status = open_text_vectors(t, error)) != N2V_OK)
        return status;
    if (v->metrics && !v->dry_run)
        status = n2v_output_open_bytes(&t->session->metrics.file, v->metrics, observer, error);
    return status;
}

static n2v_status check_operands(const training *t, n2v_error *error)
{
    if (!t->count)
        return fail(error, N2V_ERROR_ARGUMENT, READING_NO_INPUT);
    if (options_typed(&t->session->options, "checkpoint-every") && !t->values->checkpoint)
        return fail(error, N2V_ERROR_ARGUMENT, "--checkpoint-every has no effect without --checkpoint FILE: give both");
    if (t->values->save_text && options_typed(&t->session->options, "patience"))
        return fail(error, N2V_ERROR_ARGUMENT, "--save-text would have the last vectors, and --patience keeps the best "
                    "ones: leave one of them out, and use 'nce2vec convert'");
    if (!t->values->output)
        return fail(error, N2V_ERROR_ARGUMENT, "no output is given: add -o FILE, such as -o vectors.txt");
    return N2V_OK;
}

n2v_status training_prepare(training *t, n2v_error *error)
{
    n2v_status status;

    if ((t->values->resume && (status = resume_checkpoint(t, error)) != N2V_OK) ||
        (status = check_operands(t, error)) != N2V_OK || (status = resolve_settings(t, error)) != N2V_OK ||
        (!resumes_inputs(t) && (status = session_expand(t->session, &t->inputs, &t->count, error)) != N2V_OK))
        return status;
    return open_files(t, error);
}
