/* convert.c - nce2vec convert: from one format of vectors to another. */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/text_input.h"
#include "io/reader.h"
#include "model/formats/format.h"

typedef struct convert_settings {
    size_t to;
    bool quiet;
} convert_settings;

static const char *format_name(size_t index)
{
    const n2v_format *format = n2v_format_at(index);
    return format ? format->name : NULL;
}

static const cli_option options[] = {
    {.name = "to",
     .aliases = "format",
     .kind = OPTION_CHOICE,
     .value = "NAME",
     .note = "by the ending of OUT: .txt .vec, .bin, .n2v, .safetensors",
     .choice = format_name,
     .offset = offsetof(convert_settings, to),
     .section = "Options",
     .help = "the format of OUT. One of"},
    {.name = "quiet",
     .aliases = "q",
     .kind = OPTION_FLAG,
     .offset = offsetof(convert_settings, quiet),
     .help = "no report, only errors"},
    {.name = NULL},
};

static n2v_status check_paths(const n2v_format *format, const char *const *operands, n2v_error *error)
{
    char *beside = NULL;
    n2v_status status = n2v_reader_check(operands[0], error);

    if (!status)
        status = n2v_saving_beside(format, operands[1], &beside, error);
    if (!status)
        status = text_check_output("the output", operands[1], operands, 1, error);
    if (!status && beside)
        status = text_check_output("the words' file", beside, operands, 1, error);
    free(beside);
    return status;
}

static n2v_status run(struct cli_session *session, const void *settings, const char *const *operands, size_t count,
                      n2v_error *error)
{
    const convert_settings *s = settings;
    const n2v_format *format = s->to == UNSET_CHOICE ? n2v_format_of_path(operands[1]) : n2v_format_at(s->to);
    const n2v_stop stop = interrupt_stop(&session->interrupt);
    cli_progress progress = progress_start(stderr, s->quiet);
    char words[PROGRESS_TEXT];
    n2v_saving saving = {0};
    n2v_model model = {0};
    n2v_status status;

    (void)count;
    if ((status = check_paths(format, operands, error)) || (status = interrupt_hold(&session->interrupt, error)) ||
        (status = n2v_saving_open(&saving, format, operands[1], &stop, error)) ||
        (status = n2v_format_read(&model, operands[0], &stop, error)) ||
        (status = n2v_saving_write(&saving, &model, error)))
        goto out;
    if (!(status = n2v_saving_commit(&saving, error)))
        progress_say(&progress, "wrote %s: %s words x %zu dimensions, %s", operands[1],
                     progress_count(model.words, words), model.dim, format->name);
out:
    n2v_saving_discard(&saving);
    n2v_model_free(&model);
    return status;
}

const cli_command convert_command = {
    .name = "convert",
    .summary = "write vectors in another format",
    .usage = "[options] IN OUT",
    .about = "IN is a file in any format that train writes, safetensors left out, told by content. What OUT's format "
             "has no place for is left out. OUT.safetensors holds the float32 tensors input, output (words x "
             "dimensions) and output_bias (words), as far as IN has them, and the run's parameters; the words stand "
             "beside it in OUT.vocab.txt, one a line, in the order of the rows.",
    .options = options,
    .settings_bytes = sizeof(convert_settings),
    .least_operands = 2,
    .most_operands = 2,
    .operand = "two files are needed: IN OUT",
    .run = run,
};
