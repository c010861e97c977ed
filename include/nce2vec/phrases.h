/* nce2vec/phrases.h - phrases: words that are joined to one. A part of nce2vec.h, which includes it. */
#ifndef NCE2VEC_PHRASES_H
#define NCE2VEC_PHRASES_H

#include "output.h"

#ifdef __cplusplus
extern "C" {
#endif

struct n2v_corpus; /* of corpus.h, which includes this file */

/* Pairs of words that belong together, such as "new york", and of those and words, in several passes. A word that is
 * inside of a phrase is a connector: "bank of america". Safe to use from many threads. */
typedef struct n2v_phrases n2v_phrases;

/* Finds the phrases of a corpus, which was read with all of its words: min-count 1, nothing held out, no vocabulary
 * given, without the setting phrases, which does all of this and joins. settings are N2V_FOR_PHRASES (NULL: defaults).
 * observer->stop and joining are called. N2V_ERROR_ARGUMENT: the corpus has skipped words, or settings contradict each
 * other. Memory: up to 90 bytes for each of max-pairs. */
N2V_API n2v_status n2v_phrases_find(n2v_phrases **phrases, const struct n2v_corpus *corpus,
                                    const n2v_settings *settings, const n2v_observer *observer,
                                    n2v_error *error);

/* Loads a table that n2v_output_phrases has written. N2V_ERROR_ARGUMENT: no such file. N2V_ERROR_FORMAT, with the line:
 * it is another file, or malformed. */
N2V_API n2v_status n2v_phrases_load(n2v_phrases **phrases, const char *path, const n2v_observer *observer,
                                    n2v_error *error);
N2V_API void n2v_phrases_destroy(n2v_phrases *phrases);

typedef struct n2v_phrases_info {
    size_t size; /* in: sizeof(n2v_phrases_info) */
    size_t phrases, passes;
    const char *delimiter; /* between the words of a joined phrase */
    const char *tokenizer; /* of the text that they were found in; command: of a program, which is not recorded */
    const char *letter_case, *normal_form; /* the settings case and normal-form of that text */
} n2v_phrases_info;

N2V_API n2v_status n2v_phrases_describe(const n2v_phrases *phrases, n2v_phrases_info *info, n2v_error *error);

typedef struct n2v_phrases_pass {
    size_t size; /* in: sizeof(n2v_phrases_pass) */
    size_t phrases;
    /* Of phrases that were found; 0 after loading. */
    uint64_t tokens;    /* of the text as the passes before have joined it */
    uint64_t pairs;     /* different ones that were counted to the end */
    uint64_t dropped;   /* rare pairs that were dropped because there were max-pairs, again each time they came back */
    uint64_t max_error; /* the count of no pair is too low by more; of one without a count, too */
    uint64_t overlong;  /* phrases that were skipped because they have more than 1024 bytes */
} n2v_phrases_pass;

/* What a pass found, from 0. */
N2V_API n2v_status n2v_phrases_describe_pass(const n2v_phrases *phrases, size_t pass, n2v_phrases_pass *info,
                                             n2v_error *error);

typedef struct n2v_phrase {
    size_t size;      /* in: sizeof(n2v_phrase) */
    const char *text; /* its tokens with a space between two, such as "new_york city"; lives as long as the phrases */
    size_t pass;      /* from 0 */
    uint64_t count;
    double score;
} n2v_phrase;

/* Phrases are in the order of their passes; in each of them the highest score comes first. */
N2V_API n2v_status n2v_phrases_at(const n2v_phrases *phrases, size_t index, n2v_phrase *phrase, n2v_error *error);

/* Writes the table: a line with tokenizer and delimiter, then for each pass a line `# pass N` and lines
 * `phrase<TAB>count<TAB>score`. */
N2V_API n2v_status n2v_output_phrases(n2v_output *output, const n2v_phrases *phrases, n2v_error *error);

/* Writes the text of a corpus with its phrases joined: a line for each sentence, a space between two tokens. The corpus
 * was read as for n2v_phrases_find; the phrases may come from another one. *tokens and *joined (may be NULL): what was
 * written, and how often a pair became one token. stop and joining of the output's observer are called. */
N2V_API n2v_status n2v_output_joined(n2v_output *output, const struct n2v_corpus *corpus,
                                     const n2v_phrases *phrases, uint64_t *tokens, uint64_t *joined,
                                     n2v_error *error);

#ifdef __cplusplus
}
#endif
#endif
