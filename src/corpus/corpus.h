/* corpus.h - from files of text to a vocabulary and blocks of ids, in one pass. */
#ifndef N2V_CORPUS_CORPUS_H
#define N2V_CORPUS_CORPUS_H

#include "corpus/blocks.h"
#include "corpus/tokenizer.h"
#include "corpus/vocabulary.h"

/* How far the reading is; called a few times a second, from the calling thread. */
typedef struct n2v_reading {
    uint64_t tokens;
    uint64_t bytes, bytes_total; /* of the files as they are; total 0: not known */
    double seconds;
} n2v_reading;

typedef struct n2v_corpus_options {
    n2v_tokenizer_kind tokenizer;
    uint64_t min_count;
    size_t max_words;             /* 0: no limit */
    n2v_vocabulary *vocabulary;   /* read, not finished: only its words, its counts; taken over, also on
                                     failure. NULL: count the text's words */
    size_t memory_limit;          /* bytes of ids kept in memory */
    const char *temporary_folder; /* NULL: TMPDIR, or /tmp */
    bool count_only;              /* no blocks wanted */
    double heldout;               /* share of the sentences, below 1, that is kept out of counts and blocks */
    uint64_t seed;                /* with a sentence's number it decides which */
    n2v_stop stop;
    void (*reading)(void *context, const n2v_reading *reading); /* may be NULL */
    void *reading_context;
} n2v_corpus_options;

/* What was met on the way, to be reported. */
typedef struct n2v_corpus_report {
    uint64_t bytes, lines, tokens; /* of the text, inflated */
    uint64_t types;                /* distinct tokens; with a given vocabulary, its words */
    uint64_t invalid_utf8;         /* malformed sequences replaced or cut at */
    uint64_t overlong;             /* tokens of more than N2V_MAX_TOKEN_BYTES, left out */
    double seconds;
} n2v_corpus_report;

typedef struct n2v_corpus {
    n2v_vocabulary *vocabulary; /* finished */
    n2v_blocks *blocks;         /* finished; NULL when count_only */
    n2v_blocks *heldout;        /* the same of the sentences kept out; NULL when there are to be none */
    n2v_corpus_report report;
} n2v_corpus;

/* N2V_ERROR_DATA when there is no token at all, when no word reaches min_count, when
 * a given vocabulary shares no word with the text, or when no sentence is kept out that
 * should be; each names what to do. Which sentences are kept out depends on nothing but
 * the seed and their numbers in the text; a word that stands only there gets no id. */
n2v_status n2v_corpus_read(n2v_corpus *corpus, const char *const *paths, size_t count,
                           const n2v_corpus_options *options, n2v_error *error);

/* The same with a finished vocabulary, which stays as it is: words that are not in it
 * are left out. Of the options only those of reading count. */
n2v_status n2v_corpus_encode(n2v_blocks **blocks, n2v_corpus_report *report, const n2v_vocabulary *vocabulary,
                             const char *const *paths, size_t count, const n2v_corpus_options *options,
                             n2v_error *error);

void n2v_corpus_free(n2v_corpus *corpus); /* frees the contents; accepts an all-zero struct */

#endif
