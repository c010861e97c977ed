/* convert.c - nce2vec convert: from one format of vectors to another. */
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/help.h"
#include "cli/text_input.h"
#include "io/reader.h"
#include "model/formats/format.h"

typedef struct convert_settings {
    size_t to, vectors;
    uint64_t top;
    bool normalize, float16, quiet;
} convert_settings;

static const cli_option options[] = {
    {.name = "to",
     .aliases = "format",
     .kind = OPTION_CHOICE,
     .value = "NAME",
     .note = "by the ending of OUT: " FORMAT_ENDINGS,
     .choice = format_name,
     .offset = offsetof(convert_settings, to),
     .section = "Options",
     .help = "the format of OUT. One of"},
    {.name = "vectors",
     .kind = OPTION_CHOICE,
     .value = "WHICH",
     .note = "all that OUT's format holds",
     .choice = vectors_name,
     .offset = offsetof(convert_settings, vectors),
     .help = "which vectors of a whole model stand in OUT, alone: those of the words as input, as output, the sum of "
             "the two, or one after the other. One of"},
    {.name = "normalize",
     .kind = OPTION_FLAG,
     .offset = offsetof(convert_settings, normalize),
     .help = "vectors of length 1; without --vectors those of the words as input, alone"},
    {.name = "float16",
     .kind = OPTION_FLAG,
     .offset = offsetof(convert_settings, float16),
     .help = "numbers of 16 bits instead of 32, in npy and safetensors"},
    {.name = "top",
     .kind = OPTION_INTEGER,
     .value = "N",
     .note = "all",
     .least = 1,
     .most = MAX_WORDS,
     .offset = offsetof(convert_settings, top),
     .help = "only the first N words of IN: the most frequent ones, as files of vectors go"},
    {.name = "quiet",
     .aliases = "q",
     .kind = OPTION_FLAG,
     .offset = offsetof(convert_settings, quiet),
     .help = "no report, only errors"},
    {.name = NULL},
};

static void list_formats(FILE *out)
{
    const Format *format;

    fputs("Formats, with the endings of OUT:\n", out);
    for (size_t i = 0; (format = format_at(i)); i++) {
        int column = fprintf(out, "  %-12s %s", format->name, format->endings);
        if (column >= HELP_INDENT - 1) {
            fputc('\n', out);
            column = 0;
        }
        help_wrap(out, format->summary, HELP_INDENT, column);
    }
}

static n2v_status check_paths(const Format *format, const char *const *operands, n2v_error *error)
{
    char *beside = NULL;
    n2v_status status = reader_check(operands[0], error);

    if (!status)
        status = format_beside(format, operands[1], &beside, error);
    if (!status)
        status = text_check_output("the output", operands[1], operands, 1, error);
    if (!status && beside)
        status = text_check_output("the words' file", beside, operands, 1, error);
    free(beside);
    return status;
}

/* The file of IN's words must stay; OUT may have it for its own, unless words are left out. */
static n2v_status check_words(const Format *from, const Format *to, const char *const *operands, bool all,
                              n2v_error *error)
{
    char *paths[2] = {NULL, NULL};
    const char *const *read = (const char *const *)paths;
    n2v_status status;

    if ((status = format_beside(from, operands[0], &paths[0], error)) || !paths[0] ||
        (status = text_check_output("the output", operands[1], read, 1, error)) || all)
        goto out;
    if (!(status = format_beside(to, operands[1], &paths[1], error)) && paths[1])
        status = text_check_output("the words' file", paths[1], read, 1, error);
out:
    free(paths[0]);
    free(paths[1]);
    return status;
}

static n2v_status run(struct cli_session *session, const void *settings, const char *const *operands, size_t count,
                      n2v_error *error)
{
    const convert_settings *s = settings;
    const Format *from, *to = s->to == UNSET_CHOICE ? format_of_path(operands[1]) : format_at(s->to);
    const Stop stop = interrupt_stop(&session->interrupt);
    cli_progress progress = progress_start(stderr, s->quiet);
    char words[PROGRESS_TEXT];
    Saving saving = {0};
    Model model = {0};
    n2v_status status;

    (void)count;
    if ((s->float16 && (status = saving_check_float16(to, error))) || (status = check_paths(to, operands, error)) ||
        (status = interrupt_hold(&session->interrupt, error)) ||
        (status = saving_open(&saving, to, operands[1], &stop, error)) ||
        (status = format_load(&model, &from, operands[0], &stop, error)) ||
        (status = check_words(from, to, operands, s->top >= model.words, error)))
        goto out;
    saving.float16 = s->float16;
    saving.select = (Select){.vectors = s->vectors == UNSET_CHOICE ? VECTORS_ALL : (Vectors)s->vectors,
                             .normalize = s->normalize,
                             .top = s->top == UNSET_INTEGER ? 0 : (size_t)s->top};
    if ((status = saving_write(&saving, &model, error)))
        goto out;
    if (!(status = saving_commit(&saving, error)))
        progress_say(&progress, "wrote %s: %s words x %zu dimensions, %s", operands[1],
                     progress_count(s->top < model.words ? (size_t)s->top : model.words, words),
                     s->vectors == VECTORS_CONCAT ? 2 * model.dim : model.dim, to->name);
out:
    saving_discard(&saving);
    model_free(&model);
    return status;
}

const cli_command convert_command = {
    .name = "convert",
    .summary = "write vectors in another format",
    .usage = "[options] IN OUT",
    .about = "IN is a file in any of the formats, told by content. What OUT's format has no place for is left out. "
             "Words and vectors stand in OUT as in IN, to the bit, and in the same order.",
    .options = options,
    .list = list_formats,
    .settings_bytes = sizeof(convert_settings),
    .least_operands = 2,
    .most_operands = 2,
    .operand = "two files are needed: IN OUT",
    .run = run,
};
