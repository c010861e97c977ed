/* likelihood.c - nce2vec likelihood: how probable a model finds a text. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/plugin.h"
#include "cli/plural.h"
#include "cli/print.h"
#include "cli/reading.h"
#include "cli/session.h"

typedef struct likelihood_values {
    const char *plugin;
    bool weighted, per_line, json, quiet;
} likelihood_values;

static const cli_option options[] = {
    {.name = "weighted",
     .kind = OPTION_FLAG,
     .offset = offsetof(likelihood_values, weighted),
     .help = "the first field of each line of TEXT is its weight in the means, 0 or more; --per-line skips it"},
    {.name = "*", .kind = OPTION_SETTINGS, .purpose = N2V_FOR_LIKELIHOOD},
    {.name = "plugin",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .offset = offsetof(likelihood_values, plugin),
     .help = "load the model's objective from this shared object"},
    {.name = "per-line",
     .kind = OPTION_FLAG,
     .offset = offsetof(likelihood_values, per_line),
     .help = "print a line for each line of TEXT, in their order and while they are read: the mean log-likelihood of "
             "its pairs (nan: it has none), their weight, their number, its words in the model, its other words, its "
             "number, and of several TEXT their name, with tabs between them"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = offsetof(likelihood_values, json),
     .help = "print one JSON object; with --per-line one a line"},
    {.name = "quiet",
     .aliases = "q",
     .kind = OPTION_FLAG,
     .offset = offsetof(likelihood_values, quiet),
     .help = "print the result and errors only"},
    {.name = NULL},
};

typedef struct measurement {
    cli_session *session;
    const char *path; /* of the model */
    n2v_objectives *objectives;
    n2v_vectors *vectors;
    n2v_settings *text, *settings; /* of the reading, of the measurement */
    n2v_corpus *corpus;
    bool weighted;
    bool whole_lines; /* the model's windows are lines, whose words are shuffled */
    n2v_likelihood result;

    /* Of lines. */
    bool json, several; /* texts */
    uint64_t lines, measured;
} measurement;

/* The model ------------------------------------------------------------------------------- */

/* Of the training; NULL: the vectors have no record of it. */
static const char *recorded_model(const measurement *m)
{
    const char *name, *value;

    for (size_t i = 0; n2v_vectors_record(m->vectors, i, &name, &value); i++)
        if (strcmp(name, "model") == 0)
            return value;
    return NULL;
}

static n2v_status fail_part(const measurement *m, n2v_error *error)
{
    const char *model = recorded_model(m);

    if (model && strcmp(model, "skipgram") != 0 && strcmp(model, "cbow") != 0)
        return fail(error, N2V_ERROR_ARGUMENT,
                    "%s was trained with --model %s, whose outputs are not those of words alone: likelihood needs a "
                    "model of skipgram or cbow",
                    m->path, model);
    return fail(error, N2V_ERROR_ARGUMENT,
                "%s is not a whole model: likelihood needs output vectors and the parameters of the training, as in a "
                ".n2v file of 'nce2vec train'",
                m->path);
}

/* Nodes of a tree are in .n2v files alone. */
static n2v_status check_whole(const measurement *m, bool tree, n2v_error *error)
{
    n2v_vectors_info info = {.size = sizeof info};
    const n2v_status status = n2v_vectors_describe(m->vectors, &info, error);

    if (status != N2V_OK || (tree ? strcmp(info.format, "n2v") == 0 : info.has_output))
        return status;
    return fail_part(m, error);
}

/* Refuses an objective without likelihood before the text is read. */
static n2v_status check_objective(const measurement *m, const char *text, n2v_error *error)
{
    n2v_objective_info info = {.size = sizeof info};
    const char *name, *refused;
    char names[512] = "";
    size_t used = 0;
    n2v_status status = n2v_objective_describe(m->objectives, text, &info, error);

    if (status != N2V_OK)
        return status;
    if (info.has_log_probability)
        return check_whole(m, info.needs & N2V_NEEDS_TREE, error);
    refused = info.name;
    for (size_t i = 0; (name = n2v_objective_name(m->objectives, i)) && used < sizeof names; i++) {
        if ((status = n2v_objective_describe(m->objectives, name, &info, error)) != N2V_OK)
            return status;
        if (info.has_log_probability)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", name);
    }
    return fail(error, N2V_ERROR_ARGUMENT,
                "objective %s does not define P(w|c), so there is no likelihood; these do: %s", refused, names);
}

/* The program that a model's file names is not run: the text is what it prints. */
static n2v_status take_tokenizer(measurement *m, n2v_settings *recorded, n2v_error *error)
{
    static const char *const names[] = {"tokenizer", "case", "normal-form"};
    n2v_status status = N2V_OK;

    for (size_t i = 0; i < sizeof names / sizeof *names && status == N2V_OK; i++) {
        const char *text = n2v_settings_get(recorded, names[i]);
        const bool runs = i == 0 && text && strncmp(text, "command:", strlen("command:")) == 0;
        status = n2v_settings_set(m->text, names[i], runs ? "space" : text, error);
    }
    return status;
}

/* Reads the text as the model's text was read. */
static n2v_status take_settings(measurement *m, n2v_error *error)
{
    n2v_settings *recorded = NULL;
    const char *name, *value, *weights;
    n2v_status status;

    if (!n2v_vectors_record(m->vectors, 0, &name, &value))
        return fail_part(m, error);
    if ((status = n2v_vectors_settings(m->vectors, m->objectives, &recorded, error)) != N2V_OK ||
        (status = check_objective(m, n2v_settings_get(recorded, "objective"), error)) != N2V_OK ||
        (status = take_tokenizer(m, recorded, error)) != N2V_OK)
        goto out;
    status = options_settings(&m->session->options, N2V_FOR_LIKELIHOOD, m->objectives, &m->settings, error);
    if (status == N2V_OK && !(weights = n2v_settings_get(m->settings, "window-weights")))
        weights = n2v_settings_get(recorded, "window-weights");
    if (status == N2V_OK) { /* long lines are shuffled before they are cut */
        m->whole_lines = strcmp(weights, "line") == 0;
        status = n2v_settings_set(m->text, "window-weights", weights, error);
    }
out:
    n2v_settings_destroy(recorded);
    return status;
}

/* The result ------------------------------------------------------------------------------ */

/* A diverged model's numbers may be beyond JSON's: null. */
static void print_number(const char *before, double value)
{
    printf("%s", before);
    print_json_number(stdout, value, 17);
}

static void print_json(const measurement *m)
{
    const n2v_likelihood *l = &m->result;

    printf("{\"objective\": \"%s\", \"window\": %zu, \"whole_lines\": %s, \"subsample\": %.9g", l->objective, l->window,
           m->whole_lines ? "true" : "false", l->subsample);
    printf(", \"pairs\": %" PRIu64 ", \"weight\": %.17g", l->pairs, l->weight);
    print_number(",\n \"exact\": {\"log_likelihood\": ", l->exact);
    print_number(", \"perplexity\": ", exp(-l->exact));
    if (l->normalized) {
        print_number("},\n \"self_normalized\": {\"log_likelihood\": ", l->self_normalized);
        print_number(", \"perplexity\": ", exp(-l->self_normalized));
        printf("}");
    } else {
        printf("},\n \"self_normalized\": null");
    }
    printf(",\n \"log_z\": {\"contexts\": %zu", l->contexts);
    print_number(", \"mean\": ", l->mean);
    print_number(", \"sd\": ", l->sd);
    print_number(", \"mean_absolute\": ", l->mean_absolute);
    printf(",\n  \"quantiles\": [");
    for (size_t i = 0; i < N2V_LIKELIHOOD_QUANTILES; i++) {
        printf("%s[%g", i ? ", " : "", l->levels[i]);
        print_number(", ", l->quantiles[i]);
        printf("]");
    }
    printf("]}}\n");
}

static void print_text(const measurement *m)
{
    const n2v_likelihood *l = &m->result;
    char pairs[PRINT_TEXT], window[PLURAL_TEXT], contexts[PLURAL_TEXT];

    printf("objective        %s\n", l->objective);
    printf("pairs            %s %s %s%s, by weight %.1f\n", print_count(l->pairs, pairs),
           m->whole_lines ? "of whole lines: a sample, those within" : "within", plural(l->window, "word", window),
           m->whole_lines ? " in a random order" : "", l->weight);
    printf("exact            log-likelihood %.4f a pair, perplexity %.2f\n", l->exact, exp(-l->exact));
    if (l->normalized)
        printf("self-normalised  log-likelihood %.4f a pair, perplexity %.2f\n", l->self_normalized,
               exp(-l->self_normalized));
    else
        printf("self-normalised  not defined: %s leaves a constant free for each context\n", l->objective);
    printf("log Z            mean %.4f, standard deviation %.4f, mean absolute value %.4f; %s, by weight\n", l->mean,
           l->sd, l->mean_absolute, plural(l->contexts, "context", contexts));
    printf("                ");
    for (size_t i = 0; i < N2V_LIKELIHOOD_QUANTILES; i++)
        printf(" %g %%: %.4f%s", 100 * l->levels[i], l->quantiles[i], i + 1 < N2V_LIKELIHOOD_QUANTILES ? "," : "\n");
}

/* The result of lines --------------------------------------------------------------------- */

static void print_json_line(const n2v_likelihood_line *line)
{
    printf("{\"line\": %" PRIu64 ", \"source\": ", line->line);
    print_json_string(stdout, line->source, strlen(line->source));
    printf(", \"words\": %" PRIu64 ", \"unknown\": %" PRIu64 ", \"pairs\": %" PRIu64 ", \"weight\": %.17g", line->words,
           line->unknown, line->pairs, line->weight);
    print_number(", \"log_likelihood\": ", line->exact);
    print_number(", \"self_normalized\": ", line->self_normalized);
    puts("}");
}

static void print_line(const measurement *m, const n2v_likelihood_line *line)
{
    if (line->pairs)
        printf("%.6f", line->exact);
    else
        fputs("nan", stdout);
    printf("\t%.9g\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64, line->weight, line->pairs, line->words,
           line->unknown, line->line);
    if (m->several) {
        putchar('\t');
        print_word(stdout, line->source);
    }
    putchar('\n');
}

static int take_line(void *context, const n2v_likelihood_line *line)
{
    measurement *m = context;

    if (m->json)
        print_json_line(line);
    else
        print_line(m, line);
    m->lines++;
    m->measured += line->pairs > 0;
    return ferror(stdout);
}

/* Asked while the text is waited for, too: then what is known is printed. */
static int flush_and_stop(void *context)
{
    const measurement *m = context;

    (void)fflush(stdout);
    return m->session->observer.stop(m->session);
}

static n2v_status measure_lines(measurement *m, n2v_error *error)
{
    const n2v_observer observer = {.size = sizeof observer, .context = m, .stop = flush_and_stop};
    char lines[PLURAL_TEXT];
    const n2v_status status = n2v_likelihood_lines(m->vectors, m->corpus, m->settings, m->objectives, take_line, m,
                                                   &observer, error);

    if (ferror(stdout))
        return N2V_OK; /* main reports it */
    if (status != N2V_OK)
        return status;
    progress_print(&m->session->progress, "%s; %" PRIu64 " with less than two words of the model",
                   plural(m->lines, "line", lines), m->lines - m->measured);
    return reading_warn(m->corpus, &m->session->progress, error);
}

/* The run --------------------------------------------------------------------------------- */

static n2v_status measure_text(measurement *m, n2v_error *error)
{
    cli_progress *progress = &m->session->progress;
    const n2v_observer *observer = &m->session->observer;
    n2v_status status = n2v_corpus_read(m->corpus, observer, error);

    progress_end(progress);
    if (status != N2V_OK || (status = reading_report_known(m->corpus, progress, error)) != N2V_OK)
        return status;
    m->result.size = sizeof m->result;
    status = n2v_likelihood_measure(&m->result, m->vectors, m->corpus, m->settings, m->objectives, observer, error);
    if (status == N2V_OK)
        (m->json ? print_json : print_text)(m);
    return status;
}

static n2v_status measure(measurement *m, bool per_line, const char *const *texts, size_t count, n2v_error *error)
{
    n2v_status status;

    if ((status = n2v_settings_create(&m->text, N2V_FOR_TRAINING, m->objectives, error)) != N2V_OK ||
        (status = n2v_settings_set(m->text, "weighted", m->weighted ? "1" : NULL, error)) != N2V_OK ||
        (status = session_expand(m->session, &texts, &count, error)) != N2V_OK ||
        (status = reading_check(m->text, texts, count, error)) != N2V_OK ||
        (status = n2v_vectors_load(&m->vectors, m->path, &m->session->observer, error)) != N2V_OK ||
        (status = take_settings(m, error)) != N2V_OK ||
        (status = reading_open(&m->corpus, m->text, m->vectors, texts, count, error)) != N2V_OK)
        return status;
    m->several = count > 1;
    return (per_line ? measure_lines : measure_text)(m, error);
}

static n2v_status run(struct cli_session *session, const void *values, const char *const *operands, size_t count,
                      n2v_error *error)
{
    const likelihood_values *v = values;
    measurement m = {.session = session, .path = operands[0], .json = v->json, .weighted = v->weighted};
    n2v_status status = N2V_OK;

    if (strcmp(operands[0], "-") == 0)
        return fail(error, N2V_ERROR_ARGUMENT, "the model cannot come from standard input: name its file");
    session_start(session, v->quiet);
    if (v->plugin)
        status = plugin_load(&m.objectives, v->plugin, NULL, error);
    if (status == N2V_OK)
        status = interrupt_hold(&session->interrupt, error);
    if (status == N2V_OK)
        status = measure(&m, v->per_line, operands + 1, count - 1, error);
    n2v_corpus_destroy(m.corpus);
    n2v_settings_destroy(m.settings);
    n2v_settings_destroy(m.text);
    n2v_vectors_destroy(m.vectors);
    n2v_objectives_destroy(m.objectives);
    return status;
}

const cli_command likelihood_command = {
    .name = "likelihood",
    .summary = "measure the log-likelihood of a text under a model",
    .usage = "[options] MODEL.n2v TEXT...",
    .about = "Measures log P(w|c) of the pairs of a word w and a context c in TEXT, normalised exactly (by a sum over "
             "all words) and by the scores alone, and the distribution of log Z(c), which is 0 for normalised scores. "
             "A context is a word; of a model of cbow it is a window, the mean of its words, and each needs a sum over "
             "all words. The model's objective must define P(w|c). Words that are not in the model are skipped. With "
             "--per-line the most odd lines are the ones of the lowest log-likelihood.",
    .options = options,
    .values_bytes = sizeof(likelihood_values),
    .min_operands = 2,
    .max_operands = SIZE_MAX,
    .operand = "a model and a text are needed: MODEL.n2v TEXT",
    .run = run,
};
