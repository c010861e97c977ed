/* check.h - whether what was read can be used, and if not, what to do. */
#ifndef N2V_CORPUS_CHECK_H
#define N2V_CORPUS_CHECK_H

#include "corpus/corpus.h"

typedef struct CorpusFacts {
    const TextSource *sources;
    size_t source_count;
    const CorpusOptions *options;
    const Corpus *corpus;
    uint64_t highest_count; /* of a word, before pruning */
    uint64_t known;         /* words of the text that a given vocabulary has */
    uint64_t weightless;    /* tokens of lines of weight 0 */
    uint64_t sentences;     /* of which a share is held out */
} CorpusFacts;

/* N2V_ERROR_DATA as corpus_read says. */
n2v_status corpus_check(const CorpusFacts *facts, n2v_error *error);

#endif
