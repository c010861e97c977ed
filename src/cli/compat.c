#include "cli/compat.h"

#include <stdlib.h>
#include <string.h>

typedef struct addition {
    const char *setting, *given;
    const char *value;   /* NULL: that of the preset word2vec */
    bool with_objective; /* only where no objective was typed: others have defaults of their own */
} addition;

/* Where the programs' defaults differ from the settings' own. */
static const addition of_word2vec[] = {
    {"tokenizer", "--tokenizer", NULL, false},
    {"objective", "--objective", NULL, true},
    {"noise", "--noise", NULL, true},
    {"lr", "--lr", NULL, true},
    {"subsample", "--subsample", NULL, false},
    {NULL, NULL, NULL, false},
};
/* Before these. */
static const addition of_cbow[] = {
    {"model", "--model", "cbow", false},
    {"window", "--window", NULL, false},
    {"cbow-gradient", "--cbow-gradient", NULL, true},
    {"lr", "--lr", NULL, true},
    {NULL, NULL, NULL, false},
};
static const addition of_skipgram[] = {{NULL, NULL, NULL, false}};
/* wang2vec's structured models have windows of one width. */
static const addition of_cwindow[] = {
    {"model", "--model", "cwindow", false},
    {"window-weights", "--window-weights", "flat", false},
    {NULL, NULL, NULL, false},
};
static const addition of_structured[] = {
    {"model", "--model", "structured-skipgram", false},
    {"window-weights", "--window-weights", "flat", false},
    {NULL, NULL, NULL, false},
};
static const addition *const of_type[] = {of_cbow, of_skipgram, of_cwindow, of_structured};
static const addition of_fasttext[] = {
    {"tokenizer", "--tokenizer", "space", false},
    {"objective", "--objective", "sgns", true},
    {"noise", "--noise", "5", true},
    {"lr", "--lr", "0.05", true},
    {NULL, NULL, NULL, false},
};

/* By their number. fastText's hs has no negative sampling beside it. */
const char *const compat_losses[] = {"ns", "hs", "softmax", NULL};
static const addition of_loss[] = {
    {"objective", "--objective", "sgns", false},
    {"objective", "--objective", "hs", false},
    {"objective", "--objective", "softmax", false},
};

/* fastText's options that train accepts, and why they decide nothing. */
static const struct {
    const char *name, *why;
} unused[] = {
    {"wordNgrams", "it is for classification, also in fastText"},
    {"lrUpdateRate", "the learning rate falls in steps of its own"},
    {"minCountLabel", "no word is a label"},
    {"label", "words that begin with it are words like others"},
    {"saveOutput", "models have the output vectors; 'nce2vec convert MODEL FILE --vectors output' writes them"},
    {"cutoff", "it is for quantize, also in fastText"},
    {"dsub", "it is for quantize, also in fastText"},
    {"retrain", "it is for quantize, also in fastText"},
    {"qnorm", "it is for quantize, also in fastText"},
    {"qout", "it is for quantize, also in fastText"},
};

static const addition hs_alone = {"objective", "--objective", "hs", false};
static const addition hs_and_sgns = {"objective", "--objective", "hs:sgns=1", false};

static bool is_spelled(const cli_options *options, const char *name, const char *spelling)
{
    const cli_typed *typed = options_typed(options, name);
    return typed && typed->bytes == strlen(spelling) && memcmp(typed->given, spelling, typed->bytes) == 0;
}

static bool is_fasttext(const cli_options *options)
{
    return is_spelled(options, "train", "-input") && is_spelled(options, "output", "-output");
}

/* Also before a .gz. */
static bool has_ending(const char *path, const char *ending, size_t bytes)
{
    size_t length = strlen(path);

    if (length >= 3 && strcmp(path + length - 3, ".gz") == 0)
        length -= 3;
    return length >= bytes && memcmp(path + length - bytes, ending, bytes) == 0;
}

/* Whether the path's ending chooses a format; others: one that word2vec.c does not write. */
static bool chooses_format(const char *path, bool others)
{
    n2v_format_info format = {.size = sizeof format};

    for (size_t i = 0; n2v_format_describe(i, &format, NULL) == N2V_OK; i++) {
        if (others && (strcmp(format.name, "text") == 0 || strcmp(format.name, "binary") == 0))
            continue;
        for (const char *at = format.endings; *at; at += strspn(at, " ")) {
            const size_t bytes = strcspn(at, " ");
            if (has_ending(path, at, bytes))
                return true;
            at += bytes;
        }
    }
    return false;
}

static void note(cli_compat *compat, const char *given, const char *value)
{
    const size_t used = strlen(compat->text);
    (void)snprintf(compat->text + used, sizeof compat->text - used, " %s %s", given, value);
}

static void add(cli_compat *compat, cli_options *options, n2v_purpose purpose, const addition *added)
{
    if (options_value(options, added->setting))
        return;
    options_add(options, purpose, added->setting, added->given, added->value);
    note(compat, added->given, added->value);
}

static void begin(cli_compat *compat, const char *program)
{
    compat->applies = true;
    (void)snprintf(compat->text, sizeof compat->text, "%s's command line, with its defaults:", program);
}

/* A copy of the preset's value, which lives as long as compat; a setting that it does not give has its default. */
static const char *preset_value(cli_compat *compat, const char *setting)
{
    char *copy = compat->values[compat->value_count];
    const char *value = n2v_settings_get(compat->preset, setting);

    (void)snprintf(copy, sizeof compat->values[0], "%s", value ? value : "");
    compat->value_count++;
    return copy;
}

/* The settings of the preset word2vec with this model. */
static n2v_status open_preset(cli_compat *compat, compat_type trained, n2v_error *error)
{
    n2v_status status = n2v_settings_create(&compat->preset, N2V_FOR_TRAINING, NULL, error);

    if (status == N2V_OK)
        status = n2v_settings_set(compat->preset, "preset", "word2vec", error);
    if (status == N2V_OK && trained == COMPAT_CBOW)
        status = n2v_settings_set(compat->preset, "model", "cbow", error);
    return status;
}

static void add_all(cli_compat *compat, cli_options *options, bool has_objective, const addition *additions)
{
    const char *objective = options_value(options, "objective");
    const bool no_noise = objective && (strcmp(objective, "hs") == 0 || strcmp(objective, "softmax") == 0);

    for (const addition *a = additions; a->setting; a++) {
        addition added = *a;
        if ((a->with_objective && has_objective) || (no_noise && strcmp(a->setting, "noise") == 0))
            continue;
        if (!added.value && !options_value(options, a->setting))
            added.value = preset_value(compat, a->setting);
        add(compat, options, N2V_FOR_TRAINING, &added);
    }
}

/* -hs 1: with negative sampling, as word2vec.c adds the two, unless no noise words are wanted. */
static n2v_status add_hs(cli_compat *compat, cli_options *options, n2v_error *error)
{
    const char *noise = options_value(options, "noise");
    const bool none = noise ? strcmp(noise, "0") == 0 : !compat->applies;

    if (options_value(options, "objective"))
        return fail(error, N2V_ERROR_ARGUMENT,
                    "-hs 1 chooses the objective hs, and --objective is given, too: leave one of them out");
    if (noise && none)
        options_forget(options, "noise");
    add(compat, options, N2V_FOR_TRAINING, none ? &hs_alone : &hs_and_sgns);
    return N2V_OK;
}

/* -loss. fastText ignores -neg where the loss has no noise words. */
static n2v_status add_loss(cli_compat *compat, cli_options *options, size_t loss, n2v_error *error)
{
    if (options_value(options, "objective"))
        return fail(error, N2V_ERROR_ARGUMENT,
                    "-loss chooses the objective %s, and --objective is given, too: leave one of them out",
                    of_loss[loss].value);
    if (loss)
        options_forget(options, "noise");
    add(compat, options, N2V_FOR_TRAINING, &of_loss[loss]);
    return N2V_OK;
}

/* fastText's words have n-grams unless -maxn 0 is given, which leaves nothing to -minn and -bucket. */
static void add_subwords(cli_compat *compat, cli_options *options)
{
    static const addition subwords = {"subwords", "--subwords", "fasttext", false};
    const char *maxn = options_value(options, "maxn");

    if (!maxn || strcmp(maxn, "0") != 0) {
        add(compat, options, N2V_FOR_TRAINING, &subwords);
        return;
    }
    options_forget(options, "minn");
    options_forget(options, "maxn");
    options_forget(options, "buckets");
}

n2v_status compat_apply(cli_compat *compat, cli_options *options, const compat_values *values, compat_type trained,
                        n2v_error *error)
{
    static const addition text = {"format", "--format", "text", false};
    const bool has_objective = options_value(options, "objective") != NULL;
    n2v_status status;

    *compat = (cli_compat){.applies = false};
    if ((status = open_preset(compat, trained, error)) != N2V_OK)
        return status;
    if (is_spelled(options, "train", "-train"))
        begin(compat, options_typed(options, "type") ? "wang2vec" : "word2vec.c");
    else if (is_fasttext(options))
        begin(compat, "fastText");
    if (values->hs == 1 && (status = add_hs(compat, options, error)) != N2V_OK)
        return status;
    if (options_typed(options, "loss") && (status = add_loss(compat, options, values->loss, error)) != N2V_OK)
        return status;
    if (is_spelled(options, "train", "-train")) {
        add_all(compat, options, has_objective, of_type[trained]);
        add_all(compat, options, has_objective, of_word2vec);
        if (values->binary == UNSET_INTEGER && !chooses_format(values->output, true))
            add(compat, options, N2V_FOR_OUTPUT, &text);
    } else if (is_fasttext(options)) {
        add_all(compat, options, has_objective, of_type[trained]);
        add_all(compat, options, has_objective, of_fasttext);
        add_subwords(compat, options);
    } else if (trained != COMPAT_SKIPGRAM && !options_value(options, "model")) {
        options_add(options, N2V_FOR_TRAINING, "model", trained == COMPAT_CBOW ? "--cbow" : "--type",
                    of_type[trained]->value);
    }
    return N2V_OK;
}

/* Of word2vec.c's line CBOW is the default. */
static compat_type default_type(const cli_options *options)
{
    const char *model = options_value(options, "model");
    return is_spelled(options, "train", "-train") && (!model || strcmp(model, "cbow") == 0) ? COMPAT_CBOW
                                                                                            : COMPAT_SKIPGRAM;
}

n2v_status compat_model(const cli_options *options, uint64_t cbow, uint64_t type, const char *const **inputs,
                        size_t *count, compat_type *trained, n2v_error *error)
{
    if (cbow != UNSET_INTEGER && type != UNSET_INTEGER)
        return fail(error, N2V_ERROR_ARGUMENT, "-cbow and -type both name the model: give one of them");
    *trained = type != UNSET_INTEGER   ? (compat_type)type
               : cbow != UNSET_INTEGER ? (cbow ? COMPAT_CBOW : COMPAT_SKIPGRAM)
                                       : default_type(options);
    if (*count < 2 || !is_fasttext(options))
        return N2V_OK;
    if (strcmp(**inputs, "supervised") == 0)
        return fail(error, N2V_ERROR_ARGUMENT, "fastText's supervised is not supported: only skipgram and cbow are");
    *trained = strcmp(**inputs, "cbow") == 0 ? COMPAT_CBOW : COMPAT_SKIPGRAM;
    if (*trained == COMPAT_CBOW || strcmp(**inputs, "skipgram") == 0) {
        ++*inputs;
        --*count;
    }
    return N2V_OK;
}

/* Output, phrases, report ---------------------------------------------------------------- */

static char *with_ending(const char *path, const char *ending)
{
    const size_t bytes = strlen(path) + strlen(ending) + 1;
    char *name = malloc(bytes);

    if (name)
        (void)snprintf(name, bytes, "%s%s", path, ending);
    return name;
}

n2v_status compat_output(cli_compat *compat, cli_options *options, void *values, const char *output, n2v_error *error)
{
    static const addition model = {"format", "--format", "fasttext", false};
    static const addition binary = {"format", "--format", "binary", false};
    const char *subwords = options_value(options, "subwords");
    const bool has_subwords = subwords && strcmp(subwords, "fasttext") == 0;
    n2v_status status;

    if (!is_fasttext(options) || options_value(options, "format") || strcmp(output, "-") == 0 ||
        chooses_format(output, false))
        return N2V_OK;
    compat->model = with_ending(output, ".bin");
    compat->vectors = with_ending(output, ".vec");
    if (!compat->model || !compat->vectors)
        return fail_memory(error, strlen(output) + 5, "the names of the output");
    add(compat, options, N2V_FOR_OUTPUT, has_subwords ? &model : &binary);
    note(compat, "--output", compat->model);
    if ((status = options_retype(options, values, "output", compat->model, error)) != N2V_OK ||
        options_typed(options, "save-text") || options_typed(options, "patience"))
        return status;
    note(compat, "--save-text", compat->vectors);
    return options_restore(options, values, "--save-text", compat->vectors, error);
}

n2v_status compat_phrases(cli_compat *compat, cli_options *options, n2v_error *error)
{
    static const addition tokenizer[] = {{"tokenizer", "--tokenizer", NULL, false}, {NULL, NULL, NULL, false}};
    n2v_status status;

    if (!is_spelled(options, "train", "-train"))
        return N2V_OK;
    begin(compat, "word2phrase");
    if ((status = open_preset(compat, COMPAT_SKIPGRAM, error)) == N2V_OK)
        add_all(compat, options, false, tokenizer);
    return status;
}

void compat_report(const cli_compat *compat, const cli_options *options, cli_progress *progress)
{
    if (compat->applies)
        progress_print(progress, "%s", compat->text);
    for (size_t i = 0; i < sizeof unused / sizeof *unused; i++) {
        const cli_typed *typed = options_typed(options, unused[i].name);
        if (typed)
            progress_print(progress, "%.*s has no effect: %s", (int)typed->bytes, typed->given, unused[i].why);
    }
}

void compat_free(cli_compat *compat)
{
    n2v_settings_destroy(compat->preset);
    free(compat->model);
    free(compat->vectors);
}
