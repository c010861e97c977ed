/* corpus.h - from sources of text to a vocabulary and blocks of ids, in one pass. */
#ifndef N2V_CORPUS_CORPUS_H
#define N2V_CORPUS_CORPUS_H

#include "corpus/blocks.h"
#include "corpus/rewrite.h"
#include "corpus/sources.h"
#include "corpus/start_words.h"
#include "corpus/unseen.h"
#include "corpus/vocabulary.h"
#include "ranks/ranks.h"

typedef struct CorpusOptions {
    TokenizerOptions tokenizer;
    uint64_t min_count;
    size_t max_words;             /* 0: no limit */
    Vocabulary *vocabulary;       /* only its words, its counts: a reference is taken over, also on failure.
                                     NULL: count the text's words */
    bool final_vocabulary;        /* it stays as it is; else min_count and max_words apply to its counts */
    bool drop_unseen;             /* so do not words of it that never occur in the text, unless it is final */
    const StartWords *start;      /* without a given vocabulary: words that the text's are added to; NULL: none */
    size_t memory_limit;          /* bytes of ids kept in memory */
    const char *temporary_folder; /* NULL: TMPDIR, or /tmp */
    bool weighted;                /* the first field of each line is its weight */
    bool scaled;                  /* weights are scaled to a mean of 1: the text is only to be measured */
    bool count_only;              /* no blocks wanted */
    uint64_t limit;               /* files end early once so many tokens are read; 0: no limit */
    double heldout;               /* share of the sentences, below 1, that is kept out of counts and blocks */
    uint64_t seed;                /* with a sentence's number it decides which */
    bool mix_long;                /* the order of words does not count: blocks_mix_long, with the seed */
    const TextRewriter *rewriter; /* makes other words of a text's before they are counted; NULL: they stay */
    Ranks *ranks;                 /* whose texts are one: they read theirs together; NULL: this text is all */
    Stop stop;
    void (*reading)(void *context, const n2v_reading *reading); /* may be NULL */
    void *reading_context;
} CorpusOptions;

/* What was met on the way. */
typedef struct CorpusReport {
    uint64_t bytes, lines, tokens; /* of the text, decompressed */
    uint64_t text_tokens;          /* the same as tokens, but before the rewriter */
    uint64_t types;                /* distinct tokens; with a given vocabulary, its words */
    uint64_t invalid_utf8;         /* malformed sequences replaced or cut at */
    uint64_t overlong;             /* tokens of more than MAX_TOKEN_BYTES, skipped */
    CutTokens cut;                 /* white-space tokens that became several words */
    Finding findings[FINDINGS];    /* what the files look like */
    Unseen unseen;                 /* of a given vocabulary */
    uint64_t words, sentences, heldout_words, heldout_sentences; /* of the blocks */
    uint64_t plain_words;          /* the same as words, but each once whatever the weight of its line */
    bool weighted;
    uint64_t source_bytes, source_bytes_total; /* of the sources as they are: read, and of all; total 0: not known */
    double seconds;
} CorpusReport;

typedef struct Corpus {
    Vocabulary *vocabulary; /* finished */
    Blocks *blocks;         /* finished; NULL when count_only */
    Blocks *heldout;        /* the same of held-out sentences; NULL when there are to be none */
    CorpusReport report;
} Corpus;

/* N2V_ERROR_DATA when there is no token at all, when no word reaches min_count, when
 * a given vocabulary shares no word with the text, or when no sentence is held out that
 * should be; each says what to do. Which sentences are held out depends on nothing but
 * the seed and their numbers in the text; a word that appears only there gets no id. */
n2v_status corpus_read(Corpus *corpus, const TextSource *sources, size_t count, const CorpusOptions *options,
                       n2v_error *error);

/* What was met in sources, however their tokens are used. */
CorpusReport corpus_report(const SourcesCounts *counts);

/* The blocks alone of a text to be measured, with a final vocabulary. Of the options only those of reading count. */
n2v_status corpus_encode(Blocks **blocks, CorpusReport *report, Vocabulary *vocabulary, const TextSource *sources,
                         size_t count, const CorpusOptions *options, n2v_error *error);

void corpus_free(Corpus *corpus); /* frees the contents; accepts an all-zero struct */

#endif
