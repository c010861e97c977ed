#include "cli/help.h"

#include <math.h>
#include <string.h>

#include "cli/commands.h"

void help_wrap(FILE *out, const char *text, int indent, int at)
{
    while (*text) {
        const int bytes = (int)strcspn(text, " \n");
        if (at > indent && at + 1 + bytes > HELP_COLUMNS) {
            fputc('\n', out);
            at = 0;
        }
        if (at < indent)
            at += fprintf(out, "%*s", indent - at, "");
        else if (at > indent)
            at += fprintf(out, " ");
        at += fprintf(out, "%.*s", bytes, text);
        text += bytes;
        if (*text == '\n') {
            fputc('\n', out);
            at = 0;
        }
        text += *text != '\0';
    }
    fputc('\n', out);
}

void help_plain(FILE *out, const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        fputc((unsigned char)text[i] < 0x20 || text[i] == 0x7f ? '?' : text[i], out);
}

void help_overview(FILE *out)
{
    const cli_command *c;

    fputs("nce2vec " N2V_VERSION ": word vectors by contrastive estimation\n\nusage: nce2vec COMMAND [options] ...\n\n",
          out);
    for (size_t i = 0; (c = command_at(i)); i++)
        fprintf(out, "  %-12s%s\n", c->name, c->summary);
    fputs("\n'nce2vec help COMMAND' explains a command and its options.\n"
          "A first try:\n\n"
          "  nce2vec train text.gz -o vectors.txt\n"
          "  nce2vec neighbors vectors.txt france\n",
          out);
}

/* "-o, --output FILE"; returns the columns. */
static int print_spellings(FILE *out, const cli_option *o)
{
    int at = fprintf(out, "  ");
    size_t bytes;

    for (const char *alias = o->aliases; alias && *alias; alias += bytes + strspn(alias + bytes, " ")) {
        bytes = strcspn(alias, " ");
        if (bytes == 1)
            at += fprintf(out, "-%c, ", *alias);
    }
    at += fprintf(out, "--%s", o->name);
    if (o->value)
        at += fprintf(out, " %s", o->value);
    return at;
}

static void print_option(FILE *out, const cli_option *o)
{
    char text[1024], *end = text + sizeof text, *at = text;
    const char *name;
    int column = print_spellings(out, o);

    at += snprintf(at, (size_t)(end - at), "%s", o->help);
    for (size_t i = 0; o->choice && (name = o->choice(i)) && at < end; i++)
        at += snprintf(at, (size_t)(end - at), "%s %s", i ? "," : ":", name);
    if (at < end && (o->fallback || o->note))
        snprintf(at, (size_t)(end - at), " [%s]", o->fallback ? o->fallback : o->note);
    if (column >= HELP_INDENT - 1) {
        fputc('\n', out);
        column = 0;
    }
    help_wrap(out, text, HELP_INDENT, column);
}

void help_command_page(FILE *out, const cli_command *command)
{
    fprintf(out, "nce2vec %s: %s\n\nusage: nce2vec %s %s\n\n", command->name, command->summary, command->name,
            command->usage);
    if (command->about) {
        help_wrap(out, command->about, 0, 0);
        fputc('\n', out);
    }
    for (const cli_option *o = command->options; o && o->name; o++) {
        if (o->section)
            fprintf(out, "%s%s:\n", o == command->options ? "" : "\n", o->section);
        if (o->help)
            print_option(out, o);
    }
    if (command->list) {
        fputc('\n', out);
        command->list(out);
    }
    if (command->options && command->options->name)
        fputs("\nDefaults stand in brackets. Values may follow as --name VALUE or --name=VALUE.\n", out);
}

static n2v_status run(struct cli_session *session, const void *settings, const char *const *operands, size_t count,
                      n2v_error *error)
{
    const cli_command *asked;
    n2v_status status;

    (void)session;
    (void)settings;
    if (!count) {
        help_overview(stdout);
        return N2V_OK;
    }
    if ((status = command_find(&asked, operands[0], error)))
        return status;
    help_command_page(stdout, asked);
    return N2V_OK;
}

const cli_command help_command = {
    .name = "help",
    .summary = "explain a command, or list them",
    .usage = "[COMMAND]",
    .most_operands = 1,
    .run = run,
};
