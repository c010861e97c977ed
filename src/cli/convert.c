/* convert.c - nce2vec convert: from one format of vectors to another. */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/help.h"
#include "cli/print.h"
#include "cli/quality.h"
#include "cli/session.h"

typedef struct convert_values {
    const char *pairs;
    bool quiet;
} convert_values;

static const cli_option options[] = {
    {.name = "to",
     .aliases = "format",
     .kind = OPTION_SETTING,
     .purpose = N2V_FOR_OUTPUT,
     .setting = "format",
     .note = "by the ending of OUT",
     .help = "the format of OUT"},
    {.name = "*", .kind = OPTION_SETTINGS, .purpose = N2V_FOR_OUTPUT},
    {.name = "pairs",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .offset = offsetof(convert_values, pairs),
     .help = "score the vectors of IN and of OUT on word pairs with human scores, where they differ: two words and a "
             "score a line"},
    {.name = "*", .kind = OPTION_SETTINGS, .purpose = N2V_FOR_LOADING},
    {.name = "quiet",
     .aliases = "q",
     .kind = OPTION_FLAG,
     .offset = offsetof(convert_values, quiet),
     .help = "no report, only errors"},
    {.name = NULL},
};

static n2v_status list_formats(FILE *out, n2v_error *error)
{
    n2v_format_info format = {.size = sizeof format};
    n2v_status status = N2V_OK;

    fputs("Formats, with the endings of OUT (.gz after one of them compresses):\n", out);
    for (size_t i = 0; i < n2v_format_count() && status == N2V_OK; i++) {
        int column;
        if ((status = n2v_format_describe(i, &format, error)) != N2V_OK)
            break;
        column = fprintf(out, "  %-12s %s", format.name, format.endings);
        if (column >= HELP_INDENT - 1) {
            fputc('\n', out);
            column = 0;
        }
        print_wrapped(out, format.summary, HELP_INDENT, column);
    }
    return status;
}

static n2v_status check_output(const n2v_output *output, const char *const *paths, n2v_error *error)
{
    const char *words = n2v_output_words_file(output);
    const n2v_status status = files_check_output("the output", paths[1], paths, 1, error);

    return status == N2V_OK && words ? files_check_output("the words' file", words, paths, 1, error) : status;
}

/* The file of IN's words must stay; OUT may use it as its own, unless it has fewer words. */
static n2v_status check_words(const n2v_output *output, const n2v_vectors_info *read, const char *path,
                              n2v_settings *settings, n2v_error *error)
{
    const char *top = n2v_settings_get(settings, "top"), *words = n2v_output_words_file(output);
    n2v_status status;

    if (!read->words_file)
        return N2V_OK;
    status = files_check_output("the output", path, &read->words_file, 1, error);
    if (status != N2V_OK || !words || !top || strtoull(top, NULL, 10) >= read->words)
        return status;
    return files_check_output("the words' file", words, &read->words_file, 1, error);
}

/* Before any work: the pairs must be readable, and be needed. */
static n2v_status load_pairs(cli_session *session, const char *path, n2v_settings *settings, n2v_pairs **pairs,
                             n2v_error *error)
{
    if (!path)
        return N2V_OK;
    if (!quality_changes(settings))
        return fail(error, N2V_ERROR_ARGUMENT,
                    "--pairs shows what vectors lose: it goes with --reduce, --remove-top, --float16 or --int8");
    return n2v_pairs_load(pairs, path, &session->observer, error);
}

static n2v_status run(struct cli_session *session, const void *values, const char *const *paths, size_t count,
                      n2v_error *error)
{
    const convert_values *v = values;
    n2v_vectors_info read = {.size = sizeof read};
    n2v_settings *settings = NULL;
    n2v_vectors *vectors = NULL;
    n2v_output *output = NULL;
    n2v_pairs *pairs = NULL;
    const char *format;
    n2v_status status;

    (void)count;
    session_start(session, v->quiet);
    if ((status = options_settings(&session->options, N2V_FOR_OUTPUT, NULL, &settings, error)) != N2V_OK ||
        (status = interrupt_hold(&session->interrupt, error)) != N2V_OK ||
        (status = load_pairs(session, v->pairs, settings, &pairs, error)) != N2V_OK ||
        (status = n2v_output_open(&output, paths[1], settings, &session->observer, error)) != N2V_OK ||
        (status = check_output(output, paths, error)) != N2V_OK)
        goto out;
    session_warn_ending(session, paths[1], output);
    if ((status = session_load_vectors(session, paths[0], &session->observer, &vectors, error)) != N2V_OK ||
        (status = n2v_vectors_describe(vectors, &read, error)) != N2V_OK ||
        (status = check_words(output, &read, paths[1], settings, error)) != N2V_OK ||
        (status = n2v_output_vectors(output, vectors, error)) != N2V_OK)
        goto out;
    if (quality_changes(settings) && !v->quiet &&
        (status = quality_report(session, vectors, n2v_output_derived(output), settings, pairs, v->pairs, error)) !=
            N2V_OK)
        goto out;
    format = n2v_output_format(output);
    status = n2v_output_commit(output, error);
    output = NULL;
    if (status == N2V_OK)
        status = session_print_written(session, paths[1], vectors, settings, format, error);
out:
    n2v_pairs_destroy(pairs);
    n2v_output_discard(output);
    n2v_vectors_destroy(vectors);
    n2v_settings_destroy(settings);
    return status;
}

const cli_command convert_command = {
    .name = "convert",
    .summary = "write vectors in another format",
    .usage = "[options] IN OUT",
    .about = "IN is a file in any of the formats, recognized by content. What the format of OUT cannot hold is not "
             "written. Words and vectors are the same in OUT as in IN, to the bit, and in the same order. Where "
             "--reduce, --remove-top, --float16 or --int8 change the vectors, what they lose is reported.",
    .options = options,
    .list = list_formats,
    .values_bytes = sizeof(convert_values),
    .min_operands = 2,
    .max_operands = 2,
    .operand = "two files are needed: IN OUT",
    .run = run,
};
