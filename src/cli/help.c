#include "cli/help.h"

#include <string.h>

#include "cli/commands.h"
#include "cli/print.h"

void help_overview(FILE *out)
{
    const cli_command *c;

    fprintf(out, "nce2vec %s: word vectors by contrastive estimation\n\nusage: nce2vec COMMAND [options] ...\n\n",
            n2v_version());
    for (size_t i = 0; (c = command_at(i)); i++)
        fprintf(out, "  %-*s %s\n", COMMAND_COLUMNS, c->name, c->summary);
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
    int column = print_spellings(out, o);

    at += snprintf(at, (size_t)(end - at), "%s%s", o->help, o->choices ? ". One of: " : "");
    for (size_t i = 0; o->choices && o->choices[i] && at < end; i++)
        at += snprintf(at, (size_t)(end - at), "%s%s", i ? ", " : "", o->choices[i]);
    if (at < end && (o->fallback || o->note))
        snprintf(at, (size_t)(end - at), " [%s]", o->fallback ? o->fallback : o->note);
    if (column >= HELP_INDENT - 1) {
        fputc('\n', out);
        column = 0;
    }
    print_wrapped(out, text, HELP_INDENT, column);
}

/* The options of one section under its heading; NULL: all of them. */
static void print_section(FILE *out, const cli_options *all, const char *section)
{
    fprintf(out, "%s:\n", section ? section : "Options");
    for (size_t i = 0; i < all->count; i++)
        if (all->rows[i].help && (!section || strcmp(all->rows[i].section, section) == 0))
            print_option(out, &all->rows[i]);
}

/* Sections are in the order of their first options. */
static void print_sections(FILE *out, const cli_options *all)
{
    for (size_t i = 0; i < all->count; i++) {
        const cli_option *o = &all->rows[i];
        bool is_first = o->help != NULL;
        for (size_t k = 0; k < i && is_first; k++)
            is_first = !all->rows[k].help || strcmp(all->rows[k].section, o->section) != 0;
        if (is_first) {
            fputs(i ? "\n" : "", out);
            print_section(out, all, o->section);
        }
    }
}

n2v_status help_command_page(FILE *out, const cli_command *command, n2v_error *error)
{
    cli_options all;
    n2v_status status = options_list(&all, command, error);

    if (status != N2V_OK)
        return status;
    fprintf(out, "nce2vec %s: %s\n\nusage: nce2vec %s %s\n\n", command->name, command->summary, command->name,
            command->usage);
    if (command->about) {
        print_wrapped(out, command->about, 0, 0);
        fputc('\n', out);
    }
    if (command->sections)
        print_sections(out, &all);
    else if (all.count)
        print_section(out, &all, NULL);
    if (command->list) {
        fputc('\n', out);
        status = command->list(out, error);
    }
    if (all.count)
        fputs("\nDefaults are in brackets. Values may follow as --name VALUE or --name=VALUE.\n", out);
    return status;
}

static n2v_status run(struct cli_session *session, const void *values, const char *const *operands, size_t count,
                      n2v_error *error)
{
    const cli_command *command;
    n2v_status status;

    (void)session;
    (void)values;
    if (!count) {
        help_overview(stdout);
        return N2V_OK;
    }
    if ((status = command_find(&command, operands[0], error)) != N2V_OK)
        return status;
    return help_command_page(stdout, command, error);
}

const cli_command help_command = {
    .name = "help",
    .summary = "explain a command, or list them",
    .usage = "[COMMAND]",
    .max_operands = 1,
    .run = run,
};
