#include "phrases/options.h"

#include <string.h>

#include "base/number.h"
#include "base/path.h"
#include "base/word.h"
#include "corpus/sources.h"

/* Of each scorer. */
static const char *const thresholds[] = {"100", "10", "0.5"};

/* Articles, prepositions and conjunctions: those that gensim's ENGLISH_CONNECTOR_WORDS has. */
static const char *const english[] = {"a",  "an", "and", "at",  "by", "for",  "from",    "in",
                                      "of", "on", "or",  "the", "to", "with", "without", NULL};

static size_t scorer_of(const Settings *settings)
{
    const size_t scorer = settings_choice(settings, "scorer");
    return scorer == NO_CHOICE ? SCORER_WORD2PHRASE : scorer;
}

const char *phrase_settings_text(const Settings *settings, const char *name)
{
    const char *text = settings_text(settings, name);
    return text || strcmp(name, "threshold") != 0 ? text : thresholds[scorer_of(settings)];
}

/* Connectors ------------------------------------------------------------------------------ */

static n2v_status add_words(void *context, const Tokens *tokens, n2v_error *error)
{
    Id ids[BATCH_TOKENS];
    return vocabulary_add_spans(context, tokens->text, tokens->spans, tokens->count, ids, error);
}

static n2v_status read_connectors(Vocabulary *words, const char *path, const Stop *stop, n2v_error *error)
{
    const TextSource source = {.kind = SOURCE_FILE, .path = path};
    const SourcesOptions options = {.tokenizer = TOKENIZER_SPACE, .stop = stop ? *stop : (Stop){NULL, NULL}};
    SourcesCounts counts;
    n2v_status status;

    if (path_is_standard(path))
        return error_set(error, N2V_ERROR_ARGUMENT, SETTING("connectors") " -: a file is needed, not standard input");
    if ((status = text_source_check(&source, error)) != N2V_OK ||
        (status = sources_read(&source, 1, &options, add_words, words, &counts, error)) != N2V_OK)
        return status;
    if (!vocabulary_size(words))
        return error_set(error, N2V_ERROR_DATA, "%s: no connector words; give words with white space between them",
                         path);
    return N2V_OK;
}

static n2v_status take_connectors(PhraseOptions *options, const char *text, const Stop *stop, n2v_error *error)
{
    n2v_status status = N2V_OK;

    if (!text || strcmp(text, "none") == 0)
        return N2V_OK;
    if (!(options->connectors = vocabulary_create()))
        return fail_memory(error, 0, "the connectors");
    if (strcmp(text, "english") != 0)
        return read_connectors(options->connectors, text, stop, error);
    for (size_t i = 0; english[i] && status == N2V_OK; i++)
        status = vocabulary_add(options->connectors, english[i], strlen(english[i]), 1, NULL, error);
    return status;
}

/* All options ----------------------------------------------------------------------------- */

static n2v_status take_delimiter(PhraseOptions *options, const char *text, n2v_error *error)
{
    const char *fault = word_fault(text, strlen(text));

    if (fault)
        return error_set(error, N2V_ERROR_ARGUMENT, SETTING("delimiter") ": '%s' %s", text, fault);
    if (strlen(text) >= sizeof options->delimiter)
        return error_set(error, N2V_ERROR_ARGUMENT, SETTING("delimiter") ": '%s' has more than %d bytes", text,
                         DELIMITER_BYTES - 1);
    memcpy(options->delimiter, text, strlen(text) + 1);
    return N2V_OK;
}

static n2v_status check_threshold(const PhraseOptions *options, n2v_error *error)
{
    const double threshold = options->threshold;

    if (options->scorer == SCORER_NPMI && threshold > 1)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("threshold") ": %s is above 1, the highest score of " SETTING("scorer") " npmi",
                         NUMBER_SHOWN(threshold));
    if (options->scorer != SCORER_NPMI && threshold <= 0)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("threshold") ": %s is not above 0, which this " SETTING("scorer") " needs",
                         NUMBER_SHOWN(threshold));
    return N2V_OK;
}

n2v_status phrase_options_take(PhraseOptions *options, const Settings *settings, const Stop *stop, n2v_error *error)
{
    const char *delimiter = settings_text(settings, "delimiter");
    n2v_status status;

    *options = (PhraseOptions){
        .scorer = (Scorer)scorer_of(settings),
        .min_count = settings_integer(settings, "min-count", 5),
        .passes = (size_t)settings_integer(settings, "passes", 1),
        .max_pairs = (size_t)settings_integer(settings, "max-pairs", 40000000),
    };
    (void)number_read(phrase_settings_text(settings, "threshold"), &options->threshold); /* it was checked */
    if ((status = take_delimiter(options, delimiter ? delimiter : "_", error)) != N2V_OK ||
        (status = check_threshold(options, error)) != N2V_OK)
        return status;
    if ((status = take_connectors(options, settings_text(settings, "connectors"), stop, error)) != N2V_OK)
        phrase_options_free(options);
    return status;
}

void phrase_options_free(PhraseOptions *options)
{
    vocabulary_destroy(options->connectors);
    options->connectors = NULL;
}
