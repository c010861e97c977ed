#include "cli/compat.h"

#include <string.h>

typedef struct addition {
    const char *setting, *given, *value;
    bool with_objective; /* only where no objective was typed: others have defaults of their own */
} addition;

/* Where the programs' defaults differ from the settings' own. */
static const addition of_word2vec[] = {
    {"tokenizer", "--tokenizer", "space", false},
    {"objective", "--objective", "sgns", true},
    {"noise", "--noise", "5", true},
    {"lr", "--lr", "0.025", true},
    {"subsample", "--subsample", "1e-3", false},
    {NULL, NULL, NULL, false},
};
/* Before these. */
static const addition of_cbow[] = {
    {"model", "--model", "cbow", false},
    {"window", "--window", "5", false},
    {"cbow-gradient", "--cbow-gradient", "word2vec", true},
    {"lr", "--lr", "0.05", true},
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

/* Whether the path's ending chooses a format that word2vec.c does not write. */
static bool is_other_format(const char *path)
{
    n2v_format_info format = {.size = sizeof format};

    for (size_t i = 0; n2v_format_describe(i, &format, NULL) == N2V_OK; i++) {
        if (strcmp(format.name, "text") == 0 || strcmp(format.name, "binary") == 0)
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

static void add(cli_compat *compat, cli_options *options, n2v_purpose purpose, const addition *added)
{
    const size_t used = strlen(compat->text);

    if (options_value(options, added->setting))
        return;
    options_add(options, purpose, added->setting, added->given, added->value);
    (void)snprintf(compat->text + used, sizeof compat->text - used, " %s %s", added->given, added->value);
}

static void begin(cli_compat *compat, const char *program)
{
    compat->applies = true;
    (void)snprintf(compat->text, sizeof compat->text, "%s's command line, with its defaults:", program);
}

static void add_all(cli_compat *compat, cli_options *options, bool has_objective, const addition *additions)
{
    const char *objective = options_value(options, "objective");
    const bool no_noise = objective && strcmp(objective, hs_alone.value) == 0;

    for (const addition *a = additions; a->setting; a++)
        if ((!a->with_objective || !has_objective) && !(no_noise && strcmp(a->setting, "noise") == 0))
            add(compat, options, N2V_FOR_TRAINING, a);
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

n2v_status compat_apply(cli_compat *compat, cli_options *options, const compat_values *values, compat_type trained,
                        n2v_error *error)
{
    static const addition text = {"format", "--format", "text", false};
    static const addition subwords = {"subwords", "--subwords", "fasttext", false};
    const char *maxn = options_value(options, "maxn");
    const bool has_objective = options_value(options, "objective") != NULL;
    n2v_status status;

    *compat = (cli_compat){.applies = false};
    if (is_spelled(options, "train", "-train"))
        begin(compat, options_typed(options, "type") ? "wang2vec" : "word2vec.c");
    else if (is_fasttext(options))
        begin(compat, "fastText");
    if (values->hs == 1 && (status = add_hs(compat, options, error)) != N2V_OK)
        return status;
    if (is_spelled(options, "train", "-train")) {
        add_all(compat, options, has_objective, of_type[trained]);
        add_all(compat, options, has_objective, of_word2vec);
        if (values->binary == UNSET_INTEGER && !is_other_format(values->output))
            add(compat, options, N2V_FOR_OUTPUT, &text);
    } else if (is_fasttext(options)) {
        add_all(compat, options, has_objective, of_type[trained]);
        add_all(compat, options, has_objective, of_fasttext);
        if (!maxn || strcmp(maxn, "0") != 0)
            add(compat, options, N2V_FOR_TRAINING, &subwords);
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
    return is_spelled(options, "train", "-train") && (!model || strcmp(model, "cbow") == 0) ? COMPAT_CBOW : COMPAT_SKIPGRAM;
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
