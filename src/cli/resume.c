#include "cli/resume.h"

#include <stdlib.h>
#include <string.h>

#define OPTION_NOTE  "option." /* before an option as it is typed: option.--output */
#define METRICS_NOTE "metrics.lines"
#define METRICS_OPTION "--metrics"

/* Keeps a copy of a text as long as the resume lives. */
static n2v_status keep(cli_resume *r, const char *text, const char **kept, n2v_error *error)
{
    char **texts = realloc(r->texts, (r->count + 1) * sizeof *texts);

    if (!texts)
        return fail_memory(error, (r->count + 1) * sizeof *texts, "the checkpoint's options");
    r->texts = texts;
    texts[r->count] = strdup(text);
    if (!texts[r->count])
        return fail_memory(error, strlen(text) + 1, "the checkpoint's options");
    *kept = texts[r->count++];
    return N2V_OK;
}

static n2v_status take_inputs(cli_resume *r, n2v_error *error)
{
    const char *name, *value, *kept;
    n2v_status status = N2V_OK;

    for (size_t i = 0; status == N2V_OK && n2v_vectors_record(r->checkpoint, i, &name, &value); i++)
        if (strcmp(name, "input") == 0)
            status = keep(r, value, &kept, error);
    r->inputs = r->count;
    return status;
}

static n2v_status take_options(cli_resume *r, cli_options *options, void *values, n2v_error *error)
{
    const size_t prefix = strlen(OPTION_NOTE);
    const char *name, *value, *given, *kept;
    n2v_status status = N2V_OK;

    for (size_t i = 0; status == N2V_OK && n2v_vectors_note(r->checkpoint, i, &name, &value); i++) {
        if (strcmp(name, METRICS_NOTE) == 0)
            r->metrics_lines = strtoull(value, NULL, 10);
        if (strncmp(name, OPTION_NOTE, prefix) != 0)
            continue;
        if ((status = keep(r, name + prefix, &given, error)) != N2V_OK ||
            (status = keep(r, value, &kept, error)) != N2V_OK)
            return status;
        if (strcmp(given, METRICS_OPTION) == 0)
            r->metrics = kept;
        status = options_restore(options, values, given, kept, error);
    }
    return status;
}

n2v_status resume_open(cli_resume *r, const char *path, const n2v_observer *observer, cli_options *options,
                       void *values, n2v_error *error)
{
    n2v_trainer_info info = {.size = sizeof info};
    n2v_error cause = {.text = ""};
    n2v_status status;

    if ((status = n2v_vectors_load(&r->checkpoint, path, observer, error)) != N2V_OK)
        return status;
    if ((status = n2v_checkpoint_describe(r->checkpoint, &info, &cause)) != N2V_OK)
        return fail(error, status, "--resume %s: %s", path, cause.text);
    r->words = info.words;
    if ((status = take_inputs(r, error)) != N2V_OK)
        return status;
    return take_options(r, options, values, error);
}

void resume_free(cli_resume *r)
{
    n2v_vectors_destroy(r->checkpoint);
    for (size_t i = 0; i < r->count; i++)
        free(r->texts[i]);
    free(r->texts);
    *r = (cli_resume){.checkpoint = NULL};
}
