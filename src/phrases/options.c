#include "phrases/options.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/path.h"
#include "base/word.h"
#include "corpus/sources.h"
#include "settings/files.h"

/* Of each scorer. */
static const char *const thresholds[] = {"100", "10", "0.5"};

/* Articles, prepositions and conjunctions: those that gensim's ENGLISH_CONNECTOR_WORDS has. */
static const char *const english[] = {"a",  "an", "and", "at",  "by", "for",  "from",    "in",
                                      "of", "on", "or",  "the", "to", "with", "without", NULL};

#define TRAINING_PREFIX "phrase-"

/* The name that a setting of phrases has in these settings. */
static const char *name_in(const Settings *settings, const char *name)
{
    char full[64];

    if (!settings || settings_purpose(settings) != N2V_FOR_TRAINING)
        return name;
    if (strcmp(name, "scorer") == 0)
        return "phrases";
    (void)snprintf(full, sizeof full, TRAINING_PREFIX "%s", name);
    return setting_find(N2V_FOR_TRAINING, full)->name;
}

static size_t scorer_of(const Settings *settings)
{
    size_t scorer = SCORER_WORD2PHRASE;
    (void)phrases_is_scorer(settings_text(settings, name_in(settings, "scorer")), &scorer);
    return scorer;
}

const char *phrase_settings_text(const Settings *settings, const char *name)
{
    const char *text = settings_text(settings, name);
    return text || strcmp(name, name_in(settings, "threshold")) != 0 ? text : thresholds[scorer_of(settings)];
}

/* Connectors ------------------------------------------------------------------------------ */

static n2v_status add_words(void *context, const Tokens *tokens, n2v_error *error)
{
    Id ids[BATCH_TOKENS];
    return vocabulary_add_spans(context, tokens->text, tokens->spans, tokens->count, 1, ids, error);
}

static n2v_status read_connectors(Vocabulary *words, const char *name, const char *path, const Stop *stop,
                                  n2v_error *error)
{
    const TextSource source = {.kind = SOURCE_FILE, .path = path};
    SourcesOptions options = {.tokenizer = {.kind = TOKENIZER_SPACE}};
    SourcesCounts counts;
    n2v_status status;

    if (stop)
        options.stop = *stop;
    if (path_is_standard(path))
        return error_set(error, N2V_ERROR_ARGUMENT, "\1%s\2 -: a file is needed, not standard input", name);
    if ((status = text_source_check(&source, error)) != N2V_OK ||
        (status = sources_read(&source, 1, &options, add_words, words, &counts, error)) != N2V_OK)
        return status;
    if (!vocabulary_size(words))
        return error_set(error, N2V_ERROR_DATA, "%s: no connector words; give words with white space between them",
                         path);
    return N2V_OK;
}

static n2v_status take_connectors(PhraseOptions *options, const Settings *settings, const Stop *stop, n2v_error *error)
{
    const char *name = name_in(settings, "connectors"), *text = settings_text(settings, name);
    n2v_status status = N2V_OK;

    if (!text || strcmp(text, "none") == 0)
        return N2V_OK;
    if (!(options->connectors = vocabulary_create()))
        return fail_memory(error, 0, "the connectors");
    if (strcmp(text, "english") != 0)
        return read_connectors(options->connectors, name, text, stop, error);
    for (size_t i = 0; english[i] && status == N2V_OK; i++)
        status = vocabulary_add(options->connectors, english[i], strlen(english[i]), 1, NULL, error);
    return status;
}

/* All options ----------------------------------------------------------------------------- */

static n2v_status take_delimiter(PhraseOptions *options, const Settings *settings, n2v_error *error)
{
    const char *name = name_in(settings, "delimiter"), *given = settings_text(settings, name);
    const char *text = given ? given : "_", *fault = word_fault(text, strlen(text));

    if (fault)
        return error_set(error, N2V_ERROR_ARGUMENT, "\1%s\2: '%s' %s", name, text, fault);
    if (strlen(text) >= sizeof options->delimiter)
        return error_set(error, N2V_ERROR_ARGUMENT, "\1%s\2: '%s' has more than %d bytes", name, text,
                         DELIMITER_BYTES - 1);
    memcpy(options->delimiter, text, strlen(text) + 1);
    return N2V_OK;
}

static n2v_status check_threshold(const PhraseOptions *options, const Settings *settings, n2v_error *error)
{
    const char *name = name_in(settings, "threshold"), *scorer = name_in(settings, "scorer");
    const double threshold = options->threshold;

    if (options->scorer == SCORER_NPMI && threshold > 1)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "\1%s\2: %s is above 1, the highest score of \1%s\2 npmi", name, NUMBER_SHOWN(threshold),
                         scorer);
    if (options->scorer != SCORER_NPMI && threshold <= 0)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "\1%s\2: %s is not above 0, which this \1%s\2 needs", name, NUMBER_SHOWN(threshold), scorer);
    return N2V_OK;
}

n2v_status phrase_options_take(PhraseOptions *options, const Settings *settings, const Stop *stop, n2v_error *error)
{
    n2v_status status;

    *options = (PhraseOptions){
        .scorer = (Scorer)scorer_of(settings),
        .min_count = settings_integer(settings, name_in(settings, "min-count"), 5),
        .passes = (size_t)settings_integer(settings, name_in(settings, "passes"), 1),
        .max_pairs = (size_t)settings_integer(settings, name_in(settings, "max-pairs"), 40000000),
    };
    /* It was checked. */
    (void)number_read(phrase_settings_text(settings, name_in(settings, "threshold")), &options->threshold);
    if ((status = take_delimiter(options, settings, error)) != N2V_OK ||
        (status = check_threshold(options, settings, error)) != N2V_OK)
        return status;
    if ((status = take_connectors(options, settings, stop, error)) != N2V_OK)
        phrase_options_free(options);
    return status;
}

void phrase_options_free(PhraseOptions *options)
{
    vocabulary_destroy(options->connectors);
    options->connectors = NULL;
}

n2v_status phrase_settings_check(const Settings *training, n2v_error *error)
{
    const char *phrases = settings_text(training, "phrases");
    PhraseOptions options;
    const Setting *setting;
    n2v_status status;

    if (phrases_is_scorer(phrases, NULL)) {
        if ((status = phrase_options_take(&options, training, NULL, error)) == N2V_OK)
            phrase_options_free(&options);
        return status;
    }
    for (size_t i = 0; (setting = setting_at(N2V_FOR_TRAINING, i)); i++) {
        if (strncmp(setting->name, TRAINING_PREFIX, strlen(TRAINING_PREFIX)) != 0 ||
            !settings_given(training, setting->name))
            continue;
        if (phrases)
            return error_set(error, N2V_ERROR_ARGUMENT,
                             "\1%s\2 has no effect with " SETTING("phrases") " %s: the phrases are those of the file, "
                             "found already", setting->name, phrases);
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "\1%s\2 has no effect without " SETTING("phrases") ": leave it out, or set " SETTING("phrases")
                         " to word2phrase, gensim or npmi", setting->name);
    }
    return N2V_OK;
}
