/* vocabulary.h - words, their counts and their ids: by count, then by bytes.
 *
 * Ids run from 0 (the most frequent) to words - 1. base/word.h says what a word is. */
#ifndef N2V_CORPUS_VOCABULARY_H
#define N2V_CORPUS_VOCABULARY_H

#include "base/status.h"
#include "base/word.h"
#include "io/writer.h"

typedef uint32_t Id;

#define NO_ID     UINT32_MAX
#define MAX_WORDS ((size_t)INT32_MAX) /* the top bit of an id marks a sentence's end */

typedef struct Vocabulary Vocabulary;

/* A word in a longer text of which SPAN_PADDING bytes can be read after it. */
typedef struct Span {
    uint32_t begin, length;
} Span;

#define SPAN_PADDING 8

/* An empty vocabulary to which words are added in any order (ids are provisional
 * until vocabulary_finish). NULL when out of memory. */
Vocabulary *vocabulary_create(void);

/* References: create gives the first, hold one more (and returns the vocabulary), destroy gives one back; the last one
 * frees it. A vocabulary is not changed any more once several hold it. From any thread. destroy accepts NULL. */
Vocabulary *vocabulary_hold(Vocabulary *vocabulary);
void vocabulary_destroy(Vocabulary *vocabulary);

/* Adds count occurrences of a word and gives its id in order of first addition. */
n2v_status vocabulary_add(Vocabulary *vocabulary, const char *word, size_t bytes, uint64_t count, Id *id,
                          n2v_error *error);

/* The same for many words at once, so many occurrences each: the fast way, which asks
 * for all places in the table before it looks at the first. A span of length 0
 * gives NO_ID. On failure nothing is added. */
n2v_status vocabulary_add_spans(Vocabulary *vocabulary, const char *text, const Span *spans, size_t count,
                                uint64_t times, Id *ids, n2v_error *error);
void vocabulary_find_spans(const Vocabulary *vocabulary, const char *text, const Span *spans, size_t count, Id *ids);

/* Divides all counts by the unit and rounds them; those above 0 stay at least 1. */
void vocabulary_scale_counts(Vocabulary *vocabulary, uint64_t unit);

/* All counts become 0; the words keep their ids. */
uint64_t vocabulary_highest(const Vocabulary *vocabulary); /* the largest count; 0 without words */
void vocabulary_clear_counts(Vocabulary *vocabulary);

/* Drops words below min_count, and those whose byte in keep (NULL: all are kept) is zero, then all but the max_words
 * most frequent (0: no limit), and renumbers by count, then bytes. map, which may be NULL, receives a
 * malloc'ed array from provisional id to final id, or NO_ID for the dropped. */
n2v_status vocabulary_finish(Vocabulary *vocabulary, uint64_t min_count, size_t max_words, const unsigned char *keep,
                             Id **map, n2v_error *error);

/* About the bytes that so many words take. */
uint64_t vocabulary_bytes(uint64_t words);

size_t vocabulary_size(const Vocabulary *vocabulary);
uint64_t vocabulary_total(const Vocabulary *vocabulary); /* sum of the counts */
uint64_t vocabulary_count(const Vocabulary *vocabulary, Id id);

/* NUL-terminated, owned by the vocabulary, valid until words are added or it is
 * finished; *bytes (may be NULL) is its length. */
const char *vocabulary_word(const Vocabulary *vocabulary, Id id, size_t *bytes);

/* NO_ID when the word is not there. */
Id vocabulary_find(const Vocabulary *vocabulary, const char *word, size_t bytes);

/* `word<TAB>count` lines, in order of id. */
n2v_status vocabulary_write(const Vocabulary *vocabulary, Writer *writer, n2v_error *error);

/* Reads `word<TAB>count` or `word count` lines, gzipped or not; a byte-order mark before the first is skipped. The word
 * </s>, with any count, is word2vec.c's name of the sentence's end and is skipped. A malformed line, a
 * duplicate word, an empty file: N2V_ERROR_FORMAT with the line's number. The result is not finished: call
 * vocabulary_finish for the final order. stop may be NULL. */
n2v_status vocabulary_read(Vocabulary **vocabulary, const char *path, const Stop *stop, n2v_error *error);

#endif
