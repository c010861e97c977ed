/* phrases.c - nce2vec phrases: finds phrases in a text, and joins them. */
#include <string.h>

#include "cli/commands.h"
#include "cli/compat.h"
#include "cli/files.h"
#include "cli/plural.h"
#include "cli/print.h"
#include "cli/reading.h"
#include "cli/session.h"

typedef struct phrases_values {
    const char *output, *save, *read;
    bool quiet;
    uint64_t debug; /* of word2phrase */
} phrases_values;

static const cli_option options[] = {
    {.name = "output",
     .aliases = "o",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .offset = offsetof(phrases_values, output),
     .help = "the text with its phrases joined, compressed when the name ends in .gz; - is standard output"},
    {.name = "save",
     .aliases = "",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .offset = offsetof(phrases_values, save),
     .help = "the phrases that were found, phrase<TAB>count<TAB>score lines"},
    {.name = "read",
     .aliases = "",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .offset = offsetof(phrases_values, read),
     .help = "join the phrases of such a file instead of finding those of the text"},
    {.name = "tokenizer case normal-form", .kind = OPTION_SETTINGS, .purpose = N2V_FOR_TRAINING},
    {.name = "*", .kind = OPTION_SETTINGS, .purpose = N2V_FOR_PHRASES},
    {.name = "quiet",
     .aliases = "q",
     .kind = OPTION_FLAG,
     .offset = offsetof(phrases_values, quiet),
     .help = "print errors only"},
    /* word2phrase's spellings */
    {.name = "train", .kind = OPTION_OPERAND, .value = "FILE"},
    {.name = "debug", .kind = OPTION_INTEGER, .value = "0 to 2", .max = 2, .offset = offsetof(phrases_values, debug)},
    {.name = NULL},
};

typedef struct work {
    cli_session *session;
    const phrases_values *values;
    n2v_settings *text, *settings;
    n2v_corpus *corpus;
    n2v_phrases *phrases;
    n2v_output *output, *saved;
    cli_compat compat;
} work;

/* Before work ----------------------------------------------------------------------------- */

/* Options that only finding has. */
static n2v_status check_finding(const cli_options *all, n2v_error *error)
{
    n2v_setting_info info = {.size = sizeof info};

    for (size_t i = 0; n2v_setting_describe(N2V_FOR_PHRASES, i, &info, NULL) == N2V_OK; i++)
        if (options_value(all, info.name))
            return fail(error, N2V_ERROR_ARGUMENT,
                        "--%s has no effect with --read: the phrases are those of the file, found already", info.name);
    return N2V_OK;
}

static n2v_status check_values(const work *w, n2v_error *error)
{
    const phrases_values *v = w->values;

    if (!v->output && !v->save)
        return fail(error, N2V_ERROR_ARGUMENT,
                    "no output is given: add -o FILE for the joined text, such as -o joined.txt.gz, or --save FILE for "
                    "the phrases");
    if (!v->read)
        return N2V_OK;
    if (v->save)
        return fail(error, N2V_ERROR_ARGUMENT, "--save has no effect with --read: %s has the phrases already", v->read);
    return check_finding(&w->session->options, error);
}

/* The phrases of a file belong to a text with this setting. */
static n2v_status take_recorded(work *w, const char *name, const char *recorded, n2v_error *error)
{
    const char *typed = options_value(&w->session->options, name);

    if (typed && strcmp(typed, recorded) != 0)
        return fail(error, N2V_ERROR_ARGUMENT, "--%s %s: the phrases of %s were found with --%s %s", name, typed,
                    w->values->read, name, recorded);
    return n2v_settings_set(w->text, name, recorded, error);
}

/* A table has not recorded the program. */
static n2v_status take_tokenizer(work *w, const char *recorded, n2v_error *error)
{
    const char *typed = options_value(&w->session->options, "tokenizer");

    if (strcmp(recorded, "command") != 0)
        return take_recorded(w, "tokenizer", recorded, error);
    if (typed && strncmp(typed, "command:", strlen("command:")) == 0)
        return N2V_OK;
    return fail(error, N2V_ERROR_ARGUMENT,
                "the phrases of %s were found with --tokenizer command:PROGRAM: give it, too", w->values->read);
}

static n2v_status read_table(work *w, n2v_error *error)
{
    n2v_phrases_info info = {.size = sizeof info};
    n2v_status status;

    if ((status = n2v_phrases_load(&w->phrases, w->values->read, &w->session->observer, error)) != N2V_OK ||
        (status = n2v_phrases_describe(w->phrases, &info, error)) != N2V_OK ||
        (status = take_tokenizer(w, info.tokenizer, error)) != N2V_OK ||
        (status = take_recorded(w, "case", info.letter_case, error)) != N2V_OK)
        return status;
    return take_recorded(w, "normal-form", info.normal_form, error);
}

static n2v_status take_settings(work *w, n2v_error *error)
{
    const cli_options *all = &w->session->options;
    n2v_status status;

    if ((status = options_settings(all, N2V_FOR_TRAINING, NULL, &w->text, error)) != N2V_OK ||
        (status = n2v_settings_set(w->text, "min-count", "1", error)) != N2V_OK ||
        (status = options_settings(all, N2V_FOR_PHRASES, NULL, &w->settings, error)) != N2V_OK ||
        (status = n2v_settings_check(w->settings, error)) != N2V_OK)
        return status;
    return w->values->read ? read_table(w, error) : N2V_OK;
}

static n2v_status open_output(work *w, n2v_output **output, const char *path, n2v_error *error)
{
    return path ? n2v_output_open_bytes(output, path, &w->session->observer, error) : N2V_OK;
}

static n2v_status open_files(work *w, const char *const *inputs, size_t count, n2v_error *error)
{
    cli_files files = {.inputs = inputs, .count = count};
    n2v_status status;

    files_add_other(&files, w->values->read);
    files_add_phrases(&files, w->settings);
    if ((status = reading_open(&w->corpus, w->text, NULL, inputs, count, error)) != N2V_OK ||
        (status = files_add_output(&files, "--output", w->values->output, error)) != N2V_OK ||
        (status = files_add_output(&files, "--save", w->values->save, error)) != N2V_OK ||
        (status = interrupt_hold(&w->session->interrupt, error)) != N2V_OK ||
        (status = open_output(w, &w->output, w->values->output, error)) != N2V_OK)
        return status;
    return open_output(w, &w->saved, w->values->save, error);
}

/* Work ------------------------------------------------------------------------------------ */

static n2v_status find(work *w, n2v_error *error)
{
    const n2v_status status = n2v_phrases_find(&w->phrases, w->corpus, w->settings, &w->session->observer, error);

    progress_end(&w->session->progress);
    return status == N2V_OK ? reading_report_phrases(w->phrases, "--max-pairs", &w->session->progress, error) : status;
}

static n2v_status commit(n2v_output **output, n2v_error *error)
{
    n2v_output *const complete = *output;

    *output = NULL;
    return n2v_output_commit(complete, error);
}

static n2v_status save_table(work *w, n2v_error *error)
{
    n2v_status status;

    if ((status = n2v_output_phrases(w->saved, w->phrases, error)) != N2V_OK ||
        (status = commit(&w->saved, error)) != N2V_OK)
        return status;
    progress_print(&w->session->progress, "wrote %s", files_name(w->values->save));
    return N2V_OK;
}

static n2v_status write_text(work *w, n2v_error *error)
{
    cli_progress *progress = &w->session->progress;
    char words[PLURAL_TEXT], pairs[PLURAL_TEXT];
    uint64_t tokens, joined;
    n2v_status status;

    status = n2v_output_joined(w->output, w->corpus, w->phrases, &tokens, &joined, error);
    progress_end(progress);
    if (status != N2V_OK || (status = commit(&w->output, error)) != N2V_OK)
        return status;
    progress_print(progress, "wrote %s: %s; %s joined", files_name(w->values->output), plural(tokens, "token", words),
                   plural(joined, "pair", pairs));
    if (w->values->read && !joined)
        progress_print(progress, "warning: no phrase of %s occurs in the text", w->values->read);
    return N2V_OK;
}

static n2v_status work_on(work *w, const char *const *inputs, size_t count, n2v_error *error)
{
    n2v_status status;

    if ((status = take_settings(w, error)) != N2V_OK || (status = open_files(w, inputs, count, error)) != N2V_OK)
        return status;
    status = n2v_corpus_read(w->corpus, &w->session->observer, error);
    progress_end(&w->session->progress);
    if (status != N2V_OK || (status = reading_report(w->corpus, NULL, &w->session->progress, error)) != N2V_OK ||
        (!w->phrases && (status = find(w, error)) != N2V_OK) || (w->saved && (status = save_table(w, error)) != N2V_OK))
        return status;
    return w->output ? write_text(w, error) : N2V_OK;
}

static n2v_status run(struct cli_session *session, const void *values, const char *const *inputs, size_t count,
                      n2v_error *error)
{
    work w = {.session = session, .values = values};
    n2v_status status = check_values(&w, error);

    session_start(session, w.values->quiet || w.values->debug == 0);
    if (status == N2V_OK)
        status = compat_phrases(&w.compat, &session->options, error);
    if (status == N2V_OK)
        compat_report(&w.compat, &session->options, &session->progress);
    if (status == N2V_OK && (status = session_expand(session, &inputs, &count, error)) == N2V_OK)
        status = work_on(&w, inputs, count, error);
    compat_free(&w.compat);
    n2v_output_discard(w.output);
    n2v_output_discard(w.saved);
    n2v_phrases_destroy(w.phrases);
    n2v_corpus_destroy(w.corpus);
    n2v_settings_destroy(w.settings);
    n2v_settings_destroy(w.text);
    return status;
}

const cli_command phrases_command = {
    .name = "phrases",
    .summary = "find phrases in a text and join their words",
    .usage = "[options] INPUT... -o JOINED.txt.gz",
    .about = "Finds pairs of words that occur together more often than by chance, such as 'new york', and writes the "
             "text with new_york in their place: a line for each sentence. INPUT is text, plain or compressed, "
             "recognized by content, or a folder, a pattern or @LIST, as for 'nce2vec train'; - is standard input. "
             "Train on the result with --tokenizer space. The options of word2phrase (-train F -output F -threshold "
             "200 ...) are accepted, and keep words as they are.",
    .options = options,
    .values_bytes = sizeof(phrases_values),
    .min_operands = 1,
    .max_operands = SIZE_MAX,
    .operand = READING_NO_INPUT,
    .run = run,
};
