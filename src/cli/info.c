/* info.c - nce2vec info: what a file of vectors holds. */
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/progress.h"
#include "io/reader.h"
#include "model/formats/format.h"
#include "query/norms.h"

#define NORM_DIGITS 6

typedef struct info_settings {
    bool json;
} info_settings;

static const cli_option options[] = {
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = offsetof(info_settings, json),
     .section = "Options",
     .help = "print one JSON object"},
    {.name = NULL},
};

/* The matrices that a model may hold, and the norms of each; without rows: not there. */
typedef struct matrix {
    const char *name;
    const float *rows;
    Norms norms;
} matrix;

enum { MATRICES = 2 };

typedef struct description {
    const char *path;
    const Format *format;
    Model model;
    matrix matrices[MATRICES];
} description;

static void print_norms(const description *d, const matrix *m)
{
    const Vocabulary *words = d->model.vocabulary;

    printf("%s vectors\n", m->name);
    printf("  norm     %.4g to %.4g, mean %.4g, median %.4g\n", m->norms.least, m->norms.most, m->norms.mean,
           m->norms.median);
    printf("  shortest %s\n  longest  %s\n", vocabulary_word(words, m->norms.shortest, NULL),
           vocabulary_word(words, m->norms.longest, NULL));
    if (m->norms.zeros)
        printf("  zero     %zu\n", m->norms.zeros);
}

static void print_text(const description *d)
{
    const Model *model = &d->model;
    const uint64_t total = vocabulary_total(model->vocabulary);
    const char *name, *value;
    char count[PROGRESS_TEXT];

    fputs("file       ", stdout);
    help_plain(stdout, d->path, strlen(d->path));
    printf("\nformat     %s: %s\n", d->format->name, d->format->summary);
    printf("words      %s\n", progress_count(model->words, count));
    printf("dimensions %zu\n", model->dim);
    if (total)
        printf("counted    %s words of text\n", progress_count(total, count));
    if (model->saves_bias)
        puts("biases     one a word");
    for (size_t i = 0; i < MATRICES; i++)
        if (d->matrices[i].rows)
            print_norms(d, &d->matrices[i]);
    if (model->record.count)
        puts("parameters");
    for (size_t i = 0; record_at(&model->record, i, &name, &value); i++) {
        fputs("  ", stdout);
        help_plain(stdout, name, strlen(name));
        putchar('=');
        help_plain(stdout, value, strlen(value));
        putchar('\n');
    }
}

static void print_json_norm(const char *name, double value)
{
    printf(", \"%s\": ", name);
    json_number(stdout, value, NORM_DIGITS);
}

static void print_json_norms(const description *d, const matrix *m)
{
    const Vocabulary *words = d->model.vocabulary;

    printf("\"%s\": {\"zeros\": %zu, \"shortest\": ", m->name, m->norms.zeros);
    json_string(stdout, vocabulary_word(words, m->norms.shortest, NULL));
    fputs(", \"longest\": ", stdout);
    json_string(stdout, vocabulary_word(words, m->norms.longest, NULL));
    print_json_norm("least", m->norms.least);
    print_json_norm("median", m->norms.median);
    print_json_norm("mean", m->norms.mean);
    print_json_norm("most", m->norms.most);
    putchar('}');
}

static n2v_status print_json(const description *d, n2v_error *error)
{
    const Model *model = &d->model;
    n2v_status status;

    fputs("{\"file\": ", stdout);
    json_string(stdout, d->path);
    printf(", \"format\": \"%s\", \"words\": %zu, \"dimensions\": %zu, \"counted\": %" PRIu64
           ", \"biases\": %s, \"norms\": {",
           d->format->name, model->words, model->dim, vocabulary_total(model->vocabulary),
           model->saves_bias ? "true" : "false");
    for (size_t i = 0; i < MATRICES; i++) {
        if (!d->matrices[i].rows)
            continue;
        fputs(i ? ", " : "", stdout);
        print_json_norms(d, &d->matrices[i]);
    }
    fputs("}, \"parameters\": ", stdout);
    status = record_json(&model->record, stdout, error);
    puts("}");
    return status;
}

static n2v_status run(struct cli_session *session, const void *settings, const char *const *operands, size_t count,
                      n2v_error *error)
{
    const info_settings *s = settings;
    description d = {.path = operands[0]};
    n2v_status status;

    (void)session;
    (void)count;
    if ((status = reader_check(d.path, error)) != N2V_OK ||
        (status = format_load(&d.model, &d.format, d.path, NULL, error)) != N2V_OK)
        goto out;
    d.matrices[0] = (matrix){.name = "input", .rows = d.model.input};
    d.matrices[1] = (matrix){.name = "output", .rows = d.model.output};
    for (size_t i = 0; i < MATRICES && status == N2V_OK; i++)
        if (d.matrices[i].rows)
            status = norms_measure(&d.matrices[i].norms, &d.model, d.matrices[i].rows, error);
    if (status == N2V_OK && s->json)
        status = print_json(&d, error);
    else if (status == N2V_OK)
        print_text(&d);
out:
    model_free(&d.model);
    return status;
}

const cli_command info_command = {
    .name = "info",
    .summary = "say what a file of vectors holds",
    .usage = "[options] VECTORS",
    .about = "VECTORS is a file in any format that nce2vec reads, told by content. Says the format, how many words of "
             "how many dimensions, how long the vectors are, and, of a model file, what it was trained with.",
    .options = options,
    .settings_bytes = sizeof(info_settings),
    .least_operands = 1,
    .most_operands = 1,
    .operand = "no file is given: name one that 'nce2vec train' wrote",
    .run = run,
};
