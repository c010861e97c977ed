/* likelihood.c - nce2vec likelihood: how probable a model finds a text. */
#include "query/likelihood.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cli/commands.h"
#include "base/machine.h"
#include "cli/text_input.h"
#include "io/reader.h"
#include "model/formats/format.h"

typedef struct likelihood_settings {
    uint64_t window, threads, seed;
    double subsample;
    bool json, quiet;
} likelihood_settings;

static const cli_option options[] = {
    {.name = "window",
     .kind = OPTION_INTEGER,
     .value = "N",
     .note = "the model's",
     .least = 1,
     .most = 1000,
     .offset = offsetof(likelihood_settings, window),
     .section = "Options",
     .help = "pairs are words at most N apart; one at distance d weighs (N + 1 - d) / N, as the dynamic window of "
             "training draws it on average"},
    {.name = "subsample",
     .kind = OPTION_REAL,
     .value = "T",
     .fallback = "0",
     .high = 1,
     .offset = offsetof(likelihood_settings, subsample),
     .help = "skip occurrences of words more frequent than T at random, as training does; 0: none. A model estimates "
             "P of the text as training thinned it"},
    {.name = "seed",
     .kind = OPTION_INTEGER,
     .value = "N",
     .fallback = "1",
     .most = UINT64_MAX - 1,
     .offset = offsetof(likelihood_settings, seed),
     .help = "names the random numbers of the subsampling"},
    {.name = "threads",
     .kind = OPTION_INTEGER,
     .value = "N",
     .note = "all cores",
     .least = 1,
     .most = 1024,
     .offset = offsetof(likelihood_settings, threads),
     .help = "worker threads; the result is the same with any number"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = offsetof(likelihood_settings, json),
     .help = "print one JSON object"},
    {.name = "quiet",
     .aliases = "q",
     .kind = OPTION_FLAG,
     .offset = offsetof(likelihood_settings, quiet),
     .help = "no progress and no report of the reading, only errors"},
    {.name = NULL},
};

/* The parameters of the run --------------------------------------------------------------- */

typedef struct trained {
    LikelihoodOptions options; /* as far as the model tells them */
    float parameters[N2V_MAX_PARAMETERS];
    size_t tokenizer;
} trained;

static n2v_status fail_parameter(const char *path, const char *name, n2v_error *error)
{
    return error_set(error, N2V_ERROR_FORMAT, "%s: the model's parameters have no valid '%s'", path, name);
}

/* The value of a parameter as a string; false when it is not there or too long. */
static bool take_text(const Model *model, const char *name, char *text, size_t room)
{
    const char *value = record_find(&model->record, name);

    return value && (size_t)snprintf(text, room, "%s", value) < room;
}

static bool take_number(const Model *model, const char *name, double low, double high, double *number)
{
    char text[64], *end;

    if (!take_text(model, name, text, sizeof text))
        return false;
    *number = strtod(text, &end);
    return end != text && !*end && *number >= low && *number <= high;
}

/* NAME:param=value,... as --objective has it. */
static n2v_status take_objective(trained *t, const Model *model, const char *path, n2v_error *error)
{
    char text[1024], name[64], value[64], field[128];
    const n2v_objective *objective;
    size_t used;

    if (!take_text(model, "objective", name, sizeof name))
        return fail_parameter(path, "objective", error);
    used = (size_t)snprintf(text, sizeof text, "%s", name);
    objective = objective_find(NULL, name);
    for (size_t i = 0; objective && i < objective_parameters(objective); i++) {
        (void)snprintf(field, sizeof field, "objective.%s", objective->parameters[i].name);
        if (take_text(model, field, value, sizeof value) && used < sizeof text)
            used += (size_t)snprintf(text + used, sizeof text - used, "%c%s=%s", strchr(text, ':') ? ',' : ':',
                                     objective->parameters[i].name, value);
    }
    return objective_parse(NULL, text, &t->options.objective, t->parameters, error);
}

static n2v_status take_parameters(trained *t, const Model *model, const char *path, n2v_error *error)
{
    double noise, window;
    char tokenizer[64];
    n2v_status status;

    if (!model->output || !model->record.count)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "%s is not a whole model: likelihood needs output vectors and the run's parameters, a .n2v "
                         "file of 'nce2vec train'",
                         path);
    if ((status = take_objective(t, model, path, error)))
        return status;
    if (!take_number(model, "noise", 1, 1e9, &noise))
        return fail_parameter(path, "noise", error);
    if (!take_number(model, "window", 1, 1e6, &window))
        return fail_parameter(path, "window", error);
    if (!take_number(model, "noise-power", 0, 100, &t->options.noise_power))
        return fail_parameter(path, "noise-power", error);
    if (!take_number(model, "subsample", 0, 1, &t->options.trained_subsample))
        return fail_parameter(path, "subsample", error);
    t->options.noise = (size_t)noise;
    t->options.window = (size_t)window;
    if (!take_text(model, "tokenizer", tokenizer, sizeof tokenizer))
        return fail_parameter(path, "tokenizer", error);
    for (t->tokenizer = 0; text_tokenizer(t->tokenizer); t->tokenizer++)
        if (strcmp(text_tokenizer(t->tokenizer), tokenizer) == 0)
            return N2V_OK;
    return fail_parameter(path, "tokenizer", error);
}

/* The answer ------------------------------------------------------------------------------ */

/* A diverged model's numbers may be beyond JSON's: null. */
static void print_number(const char *before, double value)
{
    printf("%s", before);
    json_number(stdout, value, 17);
}

static void print_json(const Likelihood *l, const LikelihoodOptions *o)
{
    printf("{\"objective\": \"%s\", \"window\": %zu, \"subsample\": %.9g, \"pairs\": %" PRIu64 ", \"weight\": %.17g",
           o->objective->name, o->window, o->subsample, l->pairs, l->weight);
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
    for (size_t i = 0; i < LIKELIHOOD_QUANTILES; i++) {
        printf("%s[%g", i ? ", " : "", likelihood_levels[i]);
        print_number(", ", l->quantiles[i]);
        printf("]");
    }
    printf("]}}\n");
}

static void print_text(const Likelihood *l, const LikelihoodOptions *o)
{
    char pairs[PROGRESS_TEXT], contexts[PROGRESS_TEXT];

    printf("objective        %s\n", o->objective->name);
    printf("pairs            %s within %zu words, by weight %.1f\n", progress_count(l->pairs, pairs), o->window,
           l->weight);
    printf("exact            log-likelihood %.4f a pair, perplexity %.2f\n", l->exact, exp(-l->exact));
    if (l->normalized)
        printf("self-normalised  log-likelihood %.4f a pair, perplexity %.2f\n", l->self_normalized,
               exp(-l->self_normalized));
    else
        printf("self-normalised  not defined: %s leaves a constant free for each context\n", o->objective->name);
    printf("log Z            mean %.4f, standard deviation %.4f, mean absolute value %.4f; %s contexts, by weight\n",
           l->mean, l->sd, l->mean_absolute, progress_count(l->contexts, contexts));
    printf("                ");
    for (size_t i = 0; i < LIKELIHOOD_QUANTILES; i++)
        printf(" %g %%: %.4f%s", 100 * likelihood_levels[i], l->quantiles[i],
               i + 1 < LIKELIHOOD_QUANTILES ? "," : "\n");
}

static n2v_status run(struct cli_session *session, const void *settings, const char *const *operands, size_t count,
                      n2v_error *error)
{
    const likelihood_settings *s = settings;
    cli_progress progress = progress_start(stderr, s->quiet);
    trained t = {.tokenizer = 0};
    Likelihood likelihood;
    Blocks *blocks = NULL;
    Model model = {0};
    n2v_status status;

    t.options.stop = interrupt_stop(&session->interrupt);
    if (strcmp(operands[0], "-") == 0)
        return error_set(error, N2V_ERROR_ARGUMENT, "the model cannot come from standard input: name its file");
    if ((status = reader_check(operands[0], error)) || (status = text_check_inputs(operands + 1, count - 1, error)) ||
        (status = interrupt_hold(&session->interrupt, error)) ||
        (status = format_read(&model, operands[0], &t.options.stop, error)) ||
        (status = take_parameters(&t, &model, operands[0], error)))
        goto out;
    t.options.parameters = t.parameters;
    if (s->window != UNSET_INTEGER)
        t.options.window = (size_t)s->window;
    t.options.subsample = s->subsample;
    t.options.seed = s->seed;
    t.options.threads = (size_t)(s->threads == UNSET_INTEGER ? machine_cores() : s->threads);
    if ((status = kernels_choose(PRECISION_AUTO, NULL, &t.options.kernels, error)) ||
        (status = likelihood_check(&model, &t.options, error)) ||
        (status = text_encode(&blocks, "text", operands + 1, count - 1, t.tokenizer, model.vocabulary, session,
                              &progress, error)) ||
        (status = likelihood_measure(&likelihood, &model, blocks, &t.options, error)))
        goto out;
    if (s->json)
        print_json(&likelihood, &t.options);
    else
        print_text(&likelihood, &t.options);
out:
    progress_end(&progress);
    blocks_destroy(blocks);
    model_free(&model);
    return status;
}

const cli_command likelihood_command = {
    .name = "likelihood",
    .summary = "measure the log-likelihood of a text under a model",
    .usage = "[options] MODEL.n2v TEXT...",
    .about = "For each pair of a word w and a context c in TEXT: the model's log P(w|c), exactly normalised (with "
             "the sum over all words) and as the scores give it themselves, and the distribution of log Z(c), which "
             "is 0 where they are normalised. For objectives whose scores define P(w|c). Words that the model does "
             "not know are left out.",
    .options = options,
    .settings_bytes = sizeof(likelihood_settings),
    .least_operands = 2,
    .most_operands = SIZE_MAX,
    .operand = "a model and a text are needed: MODEL.n2v TEXT",
    .run = run,
};
