/* options.h - how phrases are found, from the settings. */
#ifndef N2V_PHRASES_OPTIONS_H
#define N2V_PHRASES_OPTIONS_H

#include "corpus/vocabulary.h"
#include "phrases/table.h"
#include "settings/settings.h"

/* In the order of CHOICES_SCORER. */
typedef enum Scorer { SCORER_WORD2PHRASE, SCORER_GENSIM, SCORER_NPMI } Scorer;

typedef struct PhraseOptions {
    Scorer scorer;
    uint64_t min_count;
    double threshold;
    size_t passes, max_pairs;
    char delimiter[DELIMITER_BYTES];
    Vocabulary *connectors; /* NULL: none */
} PhraseOptions;

/* The options; a file of connectors is read. settings are for phrases, or for training, where `phrases` is a scorer and
 * the others have `phrase-` before their names. NULL: defaults. N2V_ERROR_ARGUMENT: settings contradict each other. */
n2v_status phrase_options_take(PhraseOptions *options, const Settings *settings, const Stop *stop, n2v_error *error);
void phrase_options_free(PhraseOptions *options); /* frees the contents; accepts an all-zero struct */

/* The value of a setting as text, also where the default depends on others; NULL: it has none. name as in the settings:
 * threshold or phrase-threshold. */
const char *phrase_settings_text(const Settings *settings, const char *name);

/* Refuses settings for training that have no effect because no phrases are found, or that contradict each other. */
n2v_status phrase_settings_check(const Settings *training, n2v_error *error);

#endif
