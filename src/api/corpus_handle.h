/* corpus_handle.h - what a program's n2v_corpus points to. */
#ifndef N2V_API_CORPUS_HANDLE_H
#define N2V_API_CORPUS_HANDLE_H

#include <stdatomic.h>

#include "api/ranks_handle.h"
#include "corpus/corpus.h"
#include "phrases/options.h"
#include "nce2vec.h"
#include "settings/settings.h"

/* The file of the setting start. */
typedef struct CorpusStart {
    _Atomic(n2v_vectors *) vectors; /* until a trainer takes them; NULL: not loaded, or taken */
    StartWords words;               /* held */
} CorpusStart;

struct n2v_corpus {
    /* What the settings and the vectors say. */
    Settings *settings; /* a copy of all of them */
    TokenizerOptions tokenizer;
    uint64_t min_count, seed;
    size_t max_words;     /* 0: no limit */
    uint64_t limit;       /* tokens; 0: no limit */
    bool drop_unseen;
    double heldout_share; /* 0: none */
    char *heldout_path;   /* NULL: none */
    char *read_vocab;     /* NULL: none */
    Vocabulary *given;    /* of vectors, held; NULL: none */
    CorpusStart *start;   /* NULL: none */
    n2v_phrases *phrases; /* to join; empty until they are found; NULL: none */
    bool finds_phrases;   /* in the text */
    PhraseOptions phrase_options;

    n2v_ranks *ranks; /* that read and train together; NULL: this process is alone */
    bool own;         /* each of them has a text of its own */

    /* In the order of addition. Of a file the name is its path, as it was given. */
    TextSource *sources;
    const char **names; /* the handle's own */
    size_t source_count, source_room, name_room;

    /* What reading made; NULL and zero before, and after a reading that failed. */
    bool was_read; /* reading was tried: there is no second time */
    Vocabulary *vocabulary;
    Blocks *blocks;  /* NULL: only counted */
    Blocks *heldout; /* NULL: nothing is held out */
    CorpusReport report;
    char *all_names; /* the names of the sources, of all ranks where each has a text of its own; NUL after each */
    size_t all_bytes, all_sources;
    char cut_result[4 * CUT_EXAMPLE_BYTES]; /* the words of report.cut.example */
    uint64_t heldout_unknown;
    uint64_t joined; /* pairs that became one token */
    size_t start_words; /* of the vocabulary, that the vectors to start from have */
};

/* What the corpus will join: what the setting phrases and the vectors (NULL: none) have. */
n2v_status corpus_take_phrases(n2v_corpus *corpus, const Settings *values, const n2v_vectors *vectors,
                               n2v_error *error);
void corpus_free_phrases(n2v_corpus *corpus);

/* Of the files: n2v_corpus_describe_warning describes them. */
size_t corpus_count_warnings(const n2v_corpus *corpus);

/* The settings start, freeze and lr-of: refuses files that cannot be read. Without effect where vectors were given:
 * they are a checkpoint, which has what the training started from. */
n2v_status corpus_take_start(n2v_corpus *corpus, const Settings *values, n2v_error *error);
void corpus_free_start(n2v_corpus *corpus);

/* Loads the vectors to start from, refuses those that do not go with the settings, and takes their words and
 * phrases. */
n2v_status corpus_load_start(n2v_corpus *corpus, CorpusOptions *options, const n2v_observer *observer,
                             n2v_error *error);

/* After reading. N2V_ERROR_DATA: no word of the text is one of theirs. */
n2v_status corpus_check_start(n2v_corpus *corpus, n2v_error *error);

/* The vocabulary is theirs, with their counts. */
bool corpus_has_start_counts(const n2v_corpus *corpus);

/* Of their words and inputs; 0: there are none. */
uint64_t corpus_start_hash(const n2v_corpus *corpus);

/* The vectors to start from, which become the caller's. */
n2v_status corpus_start_vectors(const n2v_corpus *corpus, n2v_vectors **vectors, n2v_error *error);

/* Refuses to find phrases in a part of the text. */
n2v_status corpus_check_phrases(const n2v_corpus *corpus, n2v_error *error);

/* Of the phrases that are joined; the same on all machines, and 0 before they are found. */
n2v_status corpus_phrases_hash(const n2v_corpus *corpus, uint64_t *hash, n2v_error *error);

/* Refuses settings for training that would record the text as read in another way than it was. */
n2v_status corpus_check_settings(const n2v_corpus *corpus, const Settings *values, n2v_error *error);

#endif
