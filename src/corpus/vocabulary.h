/* vocabulary.h - words, their counts and their ids: by count, then by bytes.
 *
 * Ids run from 0 (the most frequent) to words - 1. Words are valid UTF-8
 * without white space or control characters, 1 to N2V_MAX_TOKEN_BYTES long. */
#ifndef N2V_CORPUS_VOCABULARY_H
#define N2V_CORPUS_VOCABULARY_H

#include "base/status.h"
#include "io/writer.h"

typedef uint32_t n2v_id;

#define N2V_NO_ID           UINT32_MAX
#define N2V_MAX_WORDS       ((size_t)INT32_MAX) /* the top bit of an id marks a sentence's end */
#define N2V_MAX_TOKEN_BYTES 1024

typedef struct n2v_vocabulary n2v_vocabulary;

/* A word in a longer text of which N2V_SPAN_PADDING bytes can be read after it. */
typedef struct n2v_span {
    uint32_t begin, length;
} n2v_span;

#define N2V_SPAN_PADDING 8

/* An empty vocabulary to which words are added in any order (ids are provisional
 * until n2v_vocabulary_finish). NULL when out of memory. */
n2v_vocabulary *n2v_vocabulary_create(void);
void n2v_vocabulary_destroy(n2v_vocabulary *vocabulary); /* accepts NULL */

/* Adds count occurrences of a word and gives its id in order of first addition. */
n2v_status n2v_vocabulary_add(n2v_vocabulary *vocabulary, const char *word, size_t bytes, uint64_t count, n2v_id *id,
                              n2v_error *error);

/* The same for many words at once, one occurrence each: the fast way, which asks
 * for all places in the table before it looks at the first. A span of length 0
 * gives N2V_NO_ID. On failure nothing is added. */
n2v_status n2v_vocabulary_add_spans(n2v_vocabulary *vocabulary, const char *text, const n2v_span *spans, size_t count,
                                    n2v_id *ids, n2v_error *error);
void n2v_vocabulary_find_spans(const n2v_vocabulary *vocabulary, const char *text, const n2v_span *spans, size_t count,
                               n2v_id *ids);

/* Drops words below min_count, then all but the max_words most frequent (0: no
 * limit), and renumbers by count, then bytes. map, which may be NULL, receives a
 * malloc'ed array from provisional id to final id, or N2V_NO_ID for the dropped. */
n2v_status n2v_vocabulary_finish(n2v_vocabulary *vocabulary, uint64_t min_count, size_t max_words, n2v_id **map,
                                 n2v_error *error);

size_t n2v_vocabulary_size(const n2v_vocabulary *vocabulary);
uint64_t n2v_vocabulary_total(const n2v_vocabulary *vocabulary); /* sum of the counts */
uint64_t n2v_vocabulary_count(const n2v_vocabulary *vocabulary, n2v_id id);

/* NUL-terminated, owned by the vocabulary, valid until words are added or it is
 * finished; *bytes (may be NULL) is its length. */
const char *n2v_vocabulary_word(const n2v_vocabulary *vocabulary, n2v_id id, size_t *bytes);

/* N2V_NO_ID when the word is not there. */
n2v_id n2v_vocabulary_find(const n2v_vocabulary *vocabulary, const char *word, size_t bytes);

/* `word<TAB>count` lines, in order of id. */
n2v_status n2v_vocabulary_write(const n2v_vocabulary *vocabulary, n2v_writer *writer, n2v_error *error);

/* Reads `word<TAB>count` or `word count` lines, gzipped or not. A malformed line, a
 * duplicate word, an empty file: N2V_ERROR_FORMAT with the line's number. The
 * result is not finished: call n2v_vocabulary_finish for the final order. stop may be NULL. */
n2v_status n2v_vocabulary_read(n2v_vocabulary **vocabulary, const char *path, const n2v_stop *stop, n2v_error *error);

#endif
