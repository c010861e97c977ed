/* unite.h - one vocabulary of the texts of all ranks, and what was met in all of them. */
#ifndef N2V_CORPUS_UNITE_H
#define N2V_CORPUS_UNITE_H

#include "corpus/check.h"
#include "ranks/ranks.h"

/* Each rank has counted its own text. Afterwards all vocabularies have the words that reach min_count in all texts
 * together, with these counts; other words of this rank's text keep their ids and have the count 0. *types: the
 * distinct words of all texts; *highest: the count of the most frequent one. The first `stay` words, the same on all
 * ranks, have their counts below min_count, too. unit: in which the counts are so far, 1 or that of weights; afterwards
 * they are whole occurrences. */
n2v_status unite_vocabulary(Vocabulary *vocabulary, uint64_t unit, size_t stay, uint64_t min_count, uint64_t *types,
                            uint64_t *highest, Ranks *ranks, n2v_error *error);

/* Of the words and their counts, the same on all machines. */
uint64_t unite_hash(const Vocabulary *vocabulary);

/* Words of a given vocabulary that any rank has seen are seen. */
n2v_status unite_seen(unsigned char *seen, size_t words, Ranks *ranks, n2v_error *error);

/* The counts of all texts. Seconds are this rank's. */
n2v_status unite_facts(CorpusFacts *facts, CorpusReport *report, Ranks *ranks, n2v_error *error);

#endif
