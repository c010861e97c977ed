/* info.c - nce2vec info: what a file of vectors contains. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/plural.h"
#include "cli/print.h"
#include "cli/session.h"

#define NORM_DIGITS 6

typedef struct info_values {
    bool json;
} info_values;

static const cli_option options[] = {
    {.name = "*", .kind = OPTION_SETTINGS, .purpose = N2V_FOR_LOADING},
    {.name = "json", .kind = OPTION_FLAG, .offset = offsetof(info_values, json), .help = "print one JSON object"},
    {.name = NULL},
};

enum { MATRICES = 2 };
static const char *const matrix_names[MATRICES] = {[N2V_INPUT] = "input", [N2V_OUTPUT] = "output"};

typedef struct description {
    const char *path;
    n2v_vectors *vectors;
    n2v_vectors_info info;
    n2v_trainer_info training; /* of a checkpoint */
    n2v_norms norms[MATRICES];
    size_t matrices; /* that there are: input, and then perhaps output */
} description;

static n2v_status describe(description *d, n2v_error *error)
{
    n2v_status status;

    d->info.size = sizeof d->info;
    if ((status = n2v_vectors_describe(d->vectors, &d->info, error)) != N2V_OK)
        return status;
    d->training.size = sizeof d->training;
    if (d->info.has_state && (status = n2v_checkpoint_describe(d->vectors, &d->training, error)) != N2V_OK)
        return status;
    d->matrices = d->info.has_output ? 2 : 1;
    for (size_t i = 0; i < d->matrices && status == N2V_OK; i++) {
        d->norms[i].size = sizeof d->norms[i];
        status = n2v_vectors_norms(d->vectors, (n2v_matrix)i, &d->norms[i], error);
    }
    return status;
}

/* For people ---------------------------------------------------------------------------- */

static void print_norms(const description *d, size_t matrix)
{
    const n2v_norms *norms = &d->norms[matrix];

    printf("%s vectors\n", matrix_names[matrix]);
    printf("  norm     %.4g to %.4g, mean %.4g, median %.4g\n", norms->min, norms->max, norms->mean, norms->median);
    fputs("  shortest ", stdout);
    print_word(stdout, n2v_vectors_word(d->vectors, norms->shortest, NULL));
    fputs("\n  longest  ", stdout);
    print_word(stdout, n2v_vectors_word(d->vectors, norms->longest, NULL));
    putchar('\n');
    if (norms->zeros)
        printf("  zero     %zu\n", norms->zeros);
}

static void print_subwords(const n2v_vectors_info *info)
{
    char used[PRINT_TEXT], buckets[PRINT_TEXT];

    if (info->subwords)
        printf("subwords   %s: n-grams of %zu to %zu characters, in %s of %s buckets\n", info->subwords,
               info->shortest_ngram, info->longest_ngram, print_count(info->used_buckets, used),
               print_count(info->buckets, buckets));
}

static void print_text(const description *d)
{
    const char *name, *value;
    char count[PRINT_TEXT], tokens[PLURAL_TEXT];

    fputs("file       ", stdout);
    print_word(stdout, d->path);
    printf("\nformat     %s: %s\n", d->info.format, d->info.format_summary);
    printf("words      %s\n", print_count(d->info.words, count));
    printf("dimensions %zu\n", d->info.dim);
    if (d->info.tokens)
        printf("counted    %s of text\n", plural(d->info.tokens, "word", tokens));
    if (d->info.has_output_bias)
        puts("biases     one a word");
    print_subwords(&d->info);
    if (d->info.has_state)
        printf("checkpoint epoch %zu of %zu, %.0f %% of the training is done\n", d->training.epoch, d->training.epochs,
               100 * (double)d->training.words / (double)d->training.words_total);
    if (d->info.damaged)
        printf("damaged    %s: sections that are not needed to read the vectors\n", d->info.damaged);
    for (size_t i = 0; i < d->matrices; i++)
        print_norms(d, i);
    for (size_t i = 0; n2v_vectors_record(d->vectors, i, &name, &value); i++) {
        fputs(i ? "  " : "parameters\n  ", stdout);
        print_word(stdout, name);
        putchar('=');
        print_word(stdout, value);
        putchar('\n');
    }
}

/* JSON ---------------------------------------------------------------------------------- */

static void print_json_member(const char *name, const char *text)
{
    printf("\"%s\": ", name);
    print_json_string(stdout, text, strlen(text));
}

static void print_json_norm(const char *name, double value)
{
    printf(", \"%s\": ", name);
    print_json_number(stdout, value, NORM_DIGITS);
}

static void print_json_norms(const description *d, size_t matrix)
{
    const n2v_norms *norms = &d->norms[matrix];

    printf("\"%s\": {\"zeros\": %zu, ", matrix_names[matrix], norms->zeros);
    print_json_member("shortest", n2v_vectors_word(d->vectors, norms->shortest, NULL));
    fputs(", ", stdout);
    print_json_member("longest", n2v_vectors_word(d->vectors, norms->longest, NULL));
    print_json_norm("min", norms->min);
    print_json_norm("median", norms->median);
    print_json_norm("mean", norms->mean);
    print_json_norm("max", norms->max);
    putchar('}');
}

/* An entry of the record. */
typedef struct entry {
    const char *name, *value;
    size_t index, times; /* times: so many entries of this name, up to this one */
} entry;

static int by_name(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    const int names = strcmp(x->name, y->name);

    return names ? names : (x->index > y->index) - (x->index < y->index);
}

static int by_index(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    return (x->index > y->index) - (x->index < y->index);
}

/* The entries of a record, malloc'ed. Sorted by name, entries of the same name are neighbors: a file may have hundreds
 * of thousands. */
static n2v_status collect_record(const n2v_vectors *vectors, entry **entries, size_t *count, n2v_error *error)
{
    entry *all, next = {.name = NULL};
    size_t total = 0;

    while (n2v_vectors_record(vectors, total, NULL, NULL))
        total++;
    *count = total;
    *entries = all = calloc(total + 1, sizeof *all);
    if (!all)
        return fail_memory(error, (total + 1) * sizeof *all, "the record");
    for (size_t i = 0; i < total && n2v_vectors_record(vectors, i, &next.name, &next.value); i++)
        all[i] = (entry){.name = next.name, .value = next.value, .index = i};
    qsort(all, total, sizeof *all, by_name);
    for (size_t i = 0; i < total; i++)
        all[i].times = i && strcmp(all[i].name, all[i - 1].name) == 0 ? all[i - 1].times + 1 : 1;
    qsort(all, total, sizeof *all, by_index);
    return N2V_OK;
}

/* A name that comes again (input) has a number: JSON has each once. */
static void print_json_record(const entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fputs(i ? ", \"" : "\"", stdout);
        print_json_escaped(stdout, entries[i].name, strlen(entries[i].name));
        if (entries[i].times > 1)
            printf(".%zu", entries[i].times);
        fputs("\": ", stdout);
        print_json_string(stdout, entries[i].value, strlen(entries[i].value));
    }
}

/* null: it is none. */
static void print_json_checkpoint(const description *d)
{
    const n2v_trainer_info *t = &d->training;

    if (d->info.has_state)
        printf(", \"checkpoint\": {\"epoch\": %zu, \"epochs\": %zu, \"words\": %" PRIu64 ", \"words_total\": %" PRIu64
               "}",
               t->epoch, t->epochs, t->words, t->words_total);
    else
        fputs(", \"checkpoint\": null", stdout);
}

/* null: there are none. */
static void print_json_subwords(const n2v_vectors_info *info)
{
    if (info->subwords)
        printf(", \"subwords\": {\"kind\": \"%s\", \"minn\": %zu, \"maxn\": %zu, \"buckets\": %zu, \"used\": %zu}",
               info->subwords, info->shortest_ngram, info->longest_ngram, info->buckets, info->used_buckets);
    else
        fputs(", \"subwords\": null", stdout);
}

static n2v_status print_json(const description *d, n2v_error *error)
{
    entry *record;
    size_t entries;
    const n2v_status status = collect_record(d->vectors, &record, &entries, error);

    if (status != N2V_OK)
        return status;
    putchar('{');
    print_json_member("file", d->path);
    printf(", \"format\": \"%s\", \"words\": %zu, \"dimensions\": %zu, \"counted\": %" PRIu64
           ", \"biases\": %s",
           d->info.format, d->info.words, d->info.dim, d->info.tokens, d->info.has_output_bias ? "true" : "false");
    print_json_checkpoint(d);
    print_json_subwords(&d->info);
    fputs(", \"norms\": {", stdout);
    for (size_t i = 0; i < d->matrices; i++) {
        fputs(i ? ", " : "", stdout);
        print_json_norms(d, i);
    }
    fputs("}, \"parameters\": {", stdout);
    print_json_record(record, entries);
    puts("}}");
    free(record);
    return N2V_OK;
}

static n2v_status run(struct cli_session *session, const void *values, const char *const *operands, size_t count,
                      n2v_error *error)
{
    const info_values *v = values;
    description d = {.path = operands[0]};
    n2v_status status;

    (void)count;
    if ((status = session_load_vectors(session, d.path, NULL, &d.vectors, error)) == N2V_OK &&
        (status = describe(&d, error)) == N2V_OK) {
        if (v->json)
            status = print_json(&d, error);
        else
            print_text(&d);
    }
    n2v_vectors_destroy(d.vectors);
    return status;
}

const cli_command info_command = {
    .name = "info",
    .summary = "describe a file of vectors",
    .usage = "[options] VECTORS",
    .about =
        "VECTORS is a file in any format that nce2vec reads, recognized by content. Prints the format, the numbers "
        "of words and dimensions, the lengths of the vectors, and the training parameters of a model file.",
    .options = options,
    .values_bytes = sizeof(info_values),
    .min_operands = 1,
    .max_operands = 1,
    .operand = "no file is given: name a file of vectors, such as vectors.txt",
    .run = run,
};
