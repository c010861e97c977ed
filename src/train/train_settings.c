#include "train/train_settings.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/machine.h"
#include "settings/files.h"
#include "train/learning_rate.h"
#include "train/worker.h"

/* Why a setting changes nothing with an objective that has these needs; NULL: it does. */
static const char *why_no_effect(uint32_t needs, const char *name)
{
    const uint32_t tree = needs & N2V_NEEDS_TREE_AND_NOISE ? 0 : N2V_NEEDS_TREE; /* without noise words */
    const uint32_t none = N2V_NEEDS_ALL_WORDS | tree, no_draws = none | N2V_NEEDS_IN_BATCH;
    const char *of_noise = needs & none ? "draws no noise words" : "takes the other pairs of a batch as noise";
    const struct {
        uint32_t needs;
        const char *name, *why;
    } rules[] = {{N2V_NEEDS_UNIT_ROWS, "init", "keeps all vectors at length 1"},
                 {N2V_NEEDS_UNIT_ROWS, "weight-decay", "keeps all vectors at length 1"},
                 {no_draws, "noise-power", of_noise},
                 {no_draws, "noise-sharing", of_noise},
                 {no_draws, "noise-draws", of_noise},
                 {N2V_NEEDS_SIDES, "noise-draws", "compares noise words with each other"},
                 {N2V_NEEDS_TREE, "noise-sharing", "takes one window at a time"},
                 {none, "noise", of_noise}};

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (needs & rules[i].needs && strcmp(rules[i].name, name) == 0)
            return rules[i].why;
    return NULL;
}

bool train_settings_have_effect(const n2v_objective *objective, const float *parameters, const char *name)
{
    return !why_no_effect(objective_needs(objective, parameters), name);
}

static n2v_status check_model(const Settings *settings, const TrainOptions *options, n2v_error *error)
{
    const uint32_t needs = objective_needs(options->objective, options->parameters);

    if (options->model != MODEL_CBOW && settings_given(settings, "cbow-gradient"))
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("cbow-gradient") " has no effect without " SETTING("model") " cbow: leave it out");
    if (options->whole_gradient && needs & N2V_NEEDS_UNIT_ROWS)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("cbow-gradient") " word2vec has no effect with " SETTING("objective")
                         " %s, which keeps all vectors at length 1: leave it out",
                         settings_text(settings, "objective"));
    if (options->weights == WINDOW_LINE &&
        (options->model == MODEL_STRUCTURED_SKIPGRAM || options->model == MODEL_CWINDOW))
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("model") " %s learns from positions in the window, and " SETTING("window-weights")
                         " line has none: choose one of the other weights",
                         settings_text(settings, "model"));
    if (trainer_encoder(options) && layout_choose(needs, options->noise_sharing, options->model, false))
        return N2V_OK;
    return error_set(error, N2V_ERROR_ARGUMENT,
                     SETTING("model") " %s goes with objectives that draw noise words, not with %s, which %s: choose "
                                      "another "
                     SETTING("objective"),
                     settings_text(settings, "model"), settings_text(settings, "objective"),
                     needs & N2V_NEEDS_ALL_WORDS  ? "sums over all words"
                     : needs & N2V_NEEDS_IN_BATCH ? "compares the pairs of a batch"
                                                  : "keeps all vectors at length 1");
}

/* Settings of subwords, and whether the kind has them. */
static bool of_subwords(const char *name, SubwordKind kind, bool *applies)
{
    static const char *const both[] = {"minn", "maxn", "buckets"}, *const floret[] = {"hash-count", "hash-seed"};
    bool found = false;

    for (size_t i = 0; i < sizeof both / sizeof *both && !found; i++)
        if ((found = strcmp(name, both[i]) == 0))
            *applies = kind != SUBWORDS_NONE;
    for (size_t i = 0; i < sizeof floret / sizeof *floret && !found; i++)
        if ((found = strcmp(name, floret[i]) == 0))
            *applies = kind == SUBWORDS_FLORET;
    return found;
}

/* fastText's way to ask for no subwords. */
static bool is_zero_length(const Settings *settings, const char *name)
{
    return (strcmp(name, "minn") == 0 || strcmp(name, "maxn") == 0) && !settings_integer(settings, name, 0);
}

static n2v_status check_subwords(const Settings *settings, const TrainOptions *options, n2v_error *error)
{
    const SubwordOptions *subwords = &options->subwords;
    const Setting *setting;
    bool applies;

    for (size_t i = 0; (setting = setting_at(N2V_FOR_TRAINING, i)); i++)
        if (settings_given(settings, setting->name) && of_subwords(setting->name, subwords->kind, &applies) &&
            !applies && !is_zero_length(settings, setting->name))
            return error_set(error, N2V_ERROR_ARGUMENT,
                             "\1%s\2 has no effect without " SETTING("subwords") " %s: leave it out", setting->name,
                             subwords->kind == SUBWORDS_NONE ? "fasttext or floret" : "floret");
    if (subwords->kind == SUBWORDS_NONE)
        return N2V_OK;
    if (options->model != MODEL_SKIPGRAM && options->model != MODEL_CBOW)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("subwords") " %s goes with " SETTING("model") " skipgram and cbow, not with %s",
                         settings_text(settings, "subwords"), settings_text(settings, "model"));
    if (subwords->minn > subwords->maxn)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("minn") " %" PRIu32 " is above " SETTING("maxn") " %" PRIu32
                         ": there would be no n-grams; lower the one or raise the other",
                         subwords->minn, subwords->maxn);
    if (!subwords->minn)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("minn") " 0: an n-gram has at least 1 character; for no n-grams set " SETTING(
                             "subwords") " none");
    return N2V_OK;
}

static n2v_status check_end_rate(const Settings *settings, const TrainOptions *options, n2v_error *error)
{
    if (!settings_given(settings, "end-lr"))
        return N2V_OK;
    if (options->schedule == SCHEDULE_CONSTANT)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("end-lr") " has no effect with " SETTING("schedule") " constant: leave it out");
    if (options->end_rate > options->learning_rate)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("end-lr") " %s is above " SETTING("lr") " %s, but the learning rate falls: lower it",
                         NUMBER_SHOWN(options->end_rate), NUMBER_SHOWN(options->learning_rate));
    return N2V_OK;
}

/* What applies only where changes are combined. */
static const struct {
    const char *name;
    bool rounds, ranks; /* with deterministic; with several ranks that are not */
} combining[] = {
    {"virtual-workers", true, false}, {"round", true, true},      {"combine", true, true},
    {"sync-bits", false, true},       {"staleness", false, true},
};

bool train_settings_apply(const Settings *settings, const char *name, size_t ranks)
{
    const bool rounds = settings_flag(settings, "deterministic");

    for (size_t i = 0; i < sizeof combining / sizeof *combining; i++)
        if (strcmp(combining[i].name, name) == 0)
            return rounds ? combining[i].rounds : ranks > 1 && combining[i].ranks;
    bool applies;
    if (of_subwords(name, (SubwordKind)settings_choice(settings, "subwords"), &applies))
        return applies;
    if (strncmp(name, "phrase-", strlen("phrase-")) == 0)
        return phrases_is_scorer(settings_text(settings, "phrases"), NULL);
    if (strcmp(name, "vocabulary") == 0)
        return settings_text(settings, "start");
    return strcmp(name, "cbow-gradient") != 0 || settings_choice(settings, "model") == MODEL_CBOW;
}

n2v_status train_settings_check_resumed(const Settings *settings, size_t ranks, bool own, n2v_error *error)
{
    if (ranks > 1 && optimizer_at(settings_choice(settings, "optimizer"))->accumulates)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("optimizer") " %s trains in one process: processes send each other the changes of "
                         "rows, but not what the optimizer keeps for each row; use sgd, or one process with "
                         "more " SETTING("threads"),
                         optimizer_at(settings_choice(settings, "optimizer"))->name);
    if (settings_choice(settings, "model") == MODEL_CWINDOW && ranks > 1)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("model") " cwindow needs one process: the rows of its outputs are longer than those "
                         "that processes exchange");
    if (settings_flag(settings, "deterministic") && own && ranks > 1)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("deterministic") " needs the whole text on every rank: give all ranks the same text");
    if (phrases_is_scorer(settings_text(settings, "phrases"), NULL) && own && ranks > 1)
        return phrases_fail_part(settings_text(settings, "phrases"), error);
    return N2V_OK;
}

n2v_status train_settings_check_ranks(const Settings *settings, size_t ranks, bool own, n2v_error *error)
{
    const bool rounds = settings_flag(settings, "deterministic");
    const n2v_status status = train_settings_check_resumed(settings, ranks, own, error);

    if (status != N2V_OK)
        return status;
    for (size_t i = 0; i < sizeof combining / sizeof *combining; i++) {
        const char *name = combining[i].name;
        if (!settings_given(settings, name) || train_settings_apply(settings, name, ranks))
            continue;
        if (!combining[i].ranks)
            return error_set(error, N2V_ERROR_ARGUMENT,
                             "\1%s\2 has no effect without " SETTING("deterministic") ": leave it out", name);
        if (rounds)
            return error_set(error, N2V_ERROR_ARGUMENT,
                             "\1%s\2 has no effect with " SETTING("deterministic") ": leave it out", name);
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "\1%s\2 has no effect %s%sin one process: leave it out", name,
                         combining[i].rounds ? "without " : "", combining[i].rounds ? "deterministic, " : "");
    }
    return N2V_OK;
}

/* A step leaves a vector at 1 - lr * weight-decay of its length. */
static n2v_status check_decay(const TrainOptions *options, n2v_error *error)
{
    if (options->learning_rate * options->weight_decay < 1)
        return N2V_OK;
    return error_set(error, N2V_ERROR_ARGUMENT,
                     SETTING("weight-decay") " %s times " SETTING("lr") " %s is not below 1: one step would set a "
                     "vector to 0 or beyond; lower one of them",
                     NUMBER_SHOWN(options->weight_decay), NUMBER_SHOWN(options->learning_rate));
}

/* The words of a training that starts from vectors. */
static n2v_status check_start(const Settings *settings, n2v_error *error)
{
    const size_t from = settings_choice(settings, "vocabulary");
    const char *name = settings_text(settings, "vocabulary");

    if (!settings_text(settings, "start"))
        return !settings_given(settings, "vocabulary")
                   ? N2V_OK
                   : error_set(error, N2V_ERROR_ARGUMENT,
                               SETTING("vocabulary") " has no effect without " SETTING("start") ": leave it out");
    if (from == VOCABULARY_NEW)
        return N2V_OK;
    if (settings_text(settings, "read-vocab"))
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("read-vocab") " and " SETTING("vocabulary") " %s both give the words: leave one of "
                                               "them out",
                         name);
    if (from == VOCABULARY_OLD && settings_given(settings, "min-count"))
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("min-count") " has no effect with " SETTING("vocabulary") " old: leave it out");
    if (settings_given(settings, "max-vocab"))
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("max-vocab") " would drop words of the file to start from, and " SETTING("vocabulary")
                         " %s keeps them: leave one of them out", name);
    return N2V_OK;
}

/* Refuses what was set but would change nothing. */
static n2v_status check_effect(const Settings *settings, const TrainOptions *options, n2v_error *error)
{
    const uint32_t needs = objective_needs(options->objective, options->parameters);
    const Setting *setting;
    n2v_status status;

    if (settings_flag(settings, "drop-unseen") && !settings_text(settings, "read-vocab") &&
        settings_choice(settings, "vocabulary") == VOCABULARY_NEW)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("drop-unseen") " has no effect without " SETTING("read-vocab") ": leave it out");
    if (settings_flag(settings, "weighted") && settings_text(settings, "phrases"))
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("phrases") " does not go with " SETTING("weighted") ": join the phrases of the text "
                         "first, then add the weights");
    if ((status = check_start(settings, error)) != N2V_OK ||
        (status = check_model(settings, options, error)) != N2V_OK ||
        (status = check_subwords(settings, options, error)) != N2V_OK ||
        (status = check_end_rate(settings, options, error)) != N2V_OK ||
        (status = check_decay(options, error)) != N2V_OK)
        return status;
    for (size_t i = 0; (setting = setting_at(N2V_FOR_TRAINING, i)); i++) {
        const char *why = why_no_effect(needs, setting->name);
        if (why && settings_given(settings, setting->name))
            return error_set(error, N2V_ERROR_ARGUMENT,
                             "\1%s\2 has no effect with " SETTING("objective") " %s, which %s: leave it out",
                             setting->name, settings_text(settings, "objective"), why);
    }
    return N2V_OK;
}

/* Times the objective's learning rate. Outputs of one position are in fewer pairs. */
static const double model_rates[] = {
    [MODEL_SKIPGRAM] = 1, [MODEL_CBOW] = 2.5, [MODEL_STRUCTURED_SKIPGRAM] = 2.5, [MODEL_CWINDOW] = 2};

/* What differs between objectives, for this model. A bag is one pair where skip-gram has one for each of its contexts,
 * about window + 1, each with noise words: it takes more noise words and a higher rate. Of distances steps are clipped:
 * there neither helps. Noise words are drawn in eights, as many as a kernel takes at once. */
typedef struct defaults {
    double rate;
    size_t window, noise, draws, sharing;
} defaults;

SubwordOptions train_settings_subwords(const Settings *settings)
{
    SubwordOptions options = {.kind = (SubwordKind)settings_choice(settings, "subwords")};

    if (options.kind == SUBWORDS_NONE)
        return options;
    options.minn = (uint32_t)settings_integer(settings, "minn", 0);
    options.maxn = (uint32_t)settings_integer(settings, "maxn", 0);
    options.buckets = (uint32_t)settings_integer(settings, "buckets", 0);
    if (options.kind == SUBWORDS_FLORET) {
        options.hash_count = (uint32_t)settings_integer(settings, "hash-count", 0);
        options.seed = (uint32_t)settings_integer(settings, "hash-seed", 0);
    }
    return options;
}

static defaults defaults_of(const TrainOptions *options)
{
    const n2v_objective *objective = options->objective;
    const uint32_t needs = objective_needs(objective, options->parameters);
    const bool dot = objective->geometry == N2V_DOT;
    const uint32_t without_draws = N2V_NEEDS_IN_BATCH | N2V_NEEDS_ALL_WORDS | N2V_NEEDS_SIDES | N2V_NEEDS_TREE;
    defaults d = {objective_learning_rate(objective, options->parameters), 5, objective->noise, 1,
                  objective->noise_sharing};

    if (dot && !options->whole_gradient)
        d.rate *= model_rates[options->model];
    if (options->optimizer->default_rate > 0)
        d.rate = options->optimizer->default_rate;
    if (dot && with_subwords(options) && options->model == MODEL_SKIPGRAM && !(needs & without_draws)) {
        d.draws = 10;
        d.sharing = 4;
        d.rate *= 2;
    }
    if (options->model != MODEL_CBOW)
        return d;
    d.window = 8;
    if (dot && !(needs & (N2V_NEEDS_IN_BATCH | N2V_NEEDS_ALL_WORDS))) {
        d.noise = (6 * d.noise + 7) / 8 * 8;
        d.sharing = 8;
    }
    return d;
}

static n2v_status fill(const Settings *settings, const n2v_objectives *objectives, TrainOptions *options,
                       n2v_error *error)
{
    const char *text = settings_text(settings, "objective");
    const n2v_objective *objective;
    defaults usual;
    n2v_status status;

    *options = (TrainOptions){.objective = NULL};
    if ((status = objective_parse(objectives, text, &objective, options->parameters, error)) != N2V_OK)
        return status;
    options->objective = objective;
    options->dim = (size_t)settings_integer(settings, "dim", 0);
    options->model = (InputModel)settings_choice(settings, "model");
    options->whole_gradient = settings_choice(settings, "cbow-gradient") == 1;
    options->subwords = train_settings_subwords(settings);
    options->optimizer = optimizer_at(settings_choice(settings, "optimizer"));
    usual = defaults_of(options);
    options->window = (size_t)settings_integer(settings, "window", usual.window);
    options->weights = (WindowWeights)settings_choice(settings, "window-weights");
    options->noise = (size_t)settings_integer(settings, "noise", usual.noise);
    options->noise_draws = (size_t)settings_integer(settings, "noise-draws", usual.draws);
    options->noise_sharing = (size_t)settings_integer(settings, "noise-sharing", usual.sharing);
    options->noise_power = settings_real(settings, "noise-power", 0);
    options->subsample = settings_real(settings, "subsample", 0);
    options->epochs = (size_t)settings_integer(settings, "epochs", 0);
    options->init = settings_real(settings, "init", objective->init);
    options->weight_decay = settings_real(settings, "weight-decay", 0);
    options->learning_rate = settings_real(settings, "lr", usual.rate);
    options->schedule = (Schedule)settings_choice(settings, "schedule");
    options->warmup = settings_real(settings, "warmup", 0);
    options->end_rate = settings_real(settings, "end-lr", 0);
    options->threads = (size_t)settings_integer(settings, "threads", machine_cores());
    options->seed = settings_integer(settings, "seed", 0);
    options->precision = (Precision)settings_choice(settings, "precision");
    options->deterministic = settings_flag(settings, "deterministic");
    options->virtual_workers = (size_t)settings_integer(settings, "virtual-workers", 0);
    options->round_words = (size_t)settings_integer(settings, "round", 0);
    options->rule = rule_at(settings_choice(settings, "combine"));
    options->sync_bits = 32U >> settings_choice(settings, "sync-bits"); /* 32, 16, 8 */
    options->staleness = (size_t)settings_integer(settings, "staleness", 0);
    return N2V_OK;
}

n2v_status train_settings_resolve(const Settings *settings, const n2v_objectives *objectives, TrainOptions *options,
                                  n2v_error *error)
{
    const char *kernels = setting_find(N2V_FOR_TRAINING, "kernels")->choices[settings_choice(settings, "kernels")];
    n2v_status status;

    if ((status = fill(settings, objectives, options, error)) != N2V_OK ||
        (status = check_effect(settings, options, error)) != N2V_OK)
        return status;
    return kernels_choose(options->precision, kernels, &options->kernels, error);
}

const char *train_settings_text(const Settings *settings, const n2v_objectives *objectives, const char *name,
                                char room[NUMBER_BYTES])
{
    const Setting *setting = setting_find(N2V_FOR_TRAINING, name);
    TrainOptions o;

    if (!setting || settings_text(settings, name) || fill(settings, objectives, &o, NULL) != N2V_OK)
        return settings_text(settings, name);

    const struct {
        const char *name;
        uint64_t value;
    } integers[] = {{"window", o.window},
                    {"noise", o.noise},
                    {"noise-draws", o.noise_draws},
                    {"noise-sharing", o.noise_sharing},
                    {"threads", o.threads}};
    const struct {
        const char *name;
        double value;
    } reals[] = {{"init", o.init}, {"lr", o.learning_rate}};

    if (strcmp(setting->name, "end-lr") == 0)
        return o.schedule == SCHEDULE_CONSTANT ? NULL : number_text(learning_rate_end(&o), room);
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++)
        if (strcmp(integers[i].name, setting->name) == 0) {
            (void)snprintf(room, NUMBER_BYTES, "%" PRIu64, integers[i].value);
            return room;
        }
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++)
        if (strcmp(reals[i].name, setting->name) == 0)
            return number_text(reals[i].value, room);
    return NULL;
}
