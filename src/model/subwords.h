/* subwords.h - the parts of words: rows of a model whose mean is the vector of a word.
 *
 * A model with subwords has input rows for the vectors of its words, then for its parts: with fasttext the own row of
 * each word, then, with both kinds, a row for each bucket in use. A bucket is in use when a word of the vocabulary has
 * an n-gram there; memory grows with the text, not with the number of buckets. */
#ifndef N2V_MODEL_SUBWORDS_H
#define N2V_MODEL_SUBWORDS_H

#include "corpus/vocabulary.h"
#include "model/ngrams.h"

typedef struct Subwords Subwords;

/* The parts of all words of a vocabulary, which is not kept. Buckets get their rows in the order in which the words
 * have them, so that frequent ones are neighbors. */
n2v_status subwords_create(Subwords **subwords, const Vocabulary *vocabulary, const SubwordOptions *options,
                           n2v_error *error);

/* The same with given buckets in use, in the order of their rows. N2V_ERROR_FORMAT: a bucket is too large or comes
 * twice, or a word has a bucket that is not among them. */
n2v_status subwords_create_with(Subwords **subwords, const Vocabulary *vocabulary, const SubwordOptions *options,
                                const uint32_t *buckets, size_t count, n2v_error *error);
size_t subwords_bytes(const Subwords *subwords); /* of memory */
void subwords_destroy(Subwords *subwords); /* accepts NULL */

/* "fasttext", "floret"; NULL: none. */
const char *subwords_name(SubwordKind kind);

const SubwordOptions *subwords_options(const Subwords *subwords);
size_t subwords_parts(const Subwords *subwords);   /* rows: own rows and buckets in use */
size_t subwords_buckets(const Subwords *subwords); /* in use: the last of the parts */
uint32_t subwords_bucket(const Subwords *subwords, size_t index); /* the bucket of the index-th of their rows */
size_t subwords_whole(const Subwords *subwords);   /* so many of a word's rows, the first, are of no n-gram: of the */
                                                   /* word */
size_t subwords_longest(const Subwords *subwords); /* the most rows that a word has */

/* The input rows, by number, whose mean is the vector of a word; those of the whole word
 * first. There is at least one; a row may come again. */
const uint32_t *subwords_of_word(const Subwords *subwords, Id id, size_t *count);

/* All zero: empty. */
typedef struct PartList {
    uint32_t *rows; /* owned */
    size_t count, capacity;
    size_t all; /* n-grams, those without a row included: what the sum is divided by */
    NgramList ngrams;
} PartList;

/* Replaces the list by the parts of a word that is not in the vocabulary. */
n2v_status subwords_of_text(const Subwords *subwords, const char *word, size_t bytes, PartList *list, n2v_error *error);
void part_list_free(PartList *list);

/* As bytes of a file, malloc'ed, and back. N2V_ERROR_FORMAT, in a sentence about "the table of subwords": malformed. */
n2v_status subwords_write(const Subwords *subwords, char **bytes, size_t *count, n2v_error *error);
n2v_status subwords_read(Subwords **subwords, const Vocabulary *vocabulary, const char *bytes, size_t count,
                         n2v_error *error);

#endif
