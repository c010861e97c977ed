/* nce2vec/vectors.h - words and their vectors. A part of nce2vec.h, which includes it. */
#ifndef NCE2VEC_VECTORS_H
#define NCE2VEC_VECTORS_H

#include "observer.h"
#include "settings.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Words and their vectors: from a file, or those of a trainer. Immutable, and safe to use from many threads. */
typedef struct n2v_vectors n2v_vectors;

#define N2V_NO_ID UINT32_MAX /* no word */

typedef enum n2v_matrix {
    N2V_INPUT, /* the words' vectors as inputs: the ones that all files have */
    N2V_OUTPUT /* the words' vectors as outputs; only whole models have them */
} n2v_matrix;

typedef struct n2v_vectors_info {
    size_t size; /* in: sizeof(n2v_vectors_info) */
    size_t words, dim;
    uint64_t tokens;     /* the sum of the words' counts; 0: the file has no counts */
    int has_output;      /* 1: there are output vectors */
    int has_output_bias; /* 1: there is a bias for each word */
    const char *format;  /* of the file they were loaded from; NULL: they come from a trainer, or from arrays */
    const char *words_file; /* the path of its second file, which has the words; NULL: there is none */
    int has_state;       /* 1: it is a checkpoint, from which a training can go on */
    const char *damaged; /* names of sections of a .n2v file that are damaged, and that vectors do not need, such as */
                         /* "STAT": the file was read without them; NULL: none */
    const char *subwords; /* "fasttext" or "floret": words that are not among `words` have vectors, too; NULL: they */
                          /* have none */
    size_t shortest_ngram, longest_ngram; /* in characters; 0 without subwords */
    size_t buckets, used_buckets;         /* that n-grams are hashed to, and those with a vector; 0 without subwords */
    uint64_t skipped;          /* malformed rows of the file, by the setting skip-bad */
    const char *first_skipped; /* what is wrong with the first of them, with its file and line; NULL: none */
    const char *format_summary; /* what the format is, in a line; NULL: they come from a trainer */
} n2v_vectors_info;

/* Loads a file in any of the formats, recognized by content; "-" is standard input. observer->stop is asked.
 * N2V_ERROR_ARGUMENT: no such file. N2V_ERROR_FORMAT, with the line or byte: it is malformed. */
N2V_API n2v_status n2v_vectors_load(n2v_vectors **vectors, const char *path, const n2v_observer *observer,
                                    n2v_error *error);

/* The same with settings (N2V_FOR_LOADING; NULL: defaults): skip-bad skips malformed rows of text, glove and binary
 * files, and those of npz and gensim whose words are not words here. N2V_ERROR_FORMAT, also then: no row can be read,
 * or the file is truncated. */
N2V_API n2v_status n2v_vectors_load_with(n2v_vectors **vectors, const char *path, const n2v_settings *settings,
                                         const n2v_observer *observer, n2v_error *error);

/* As n2v_vectors_load, from memory, which is only read during the call. name names it in errors (NULL: "the memory").
 * N2V_ERROR_ARGUMENT: a format whose words are in a second file. */
N2V_API n2v_status n2v_vectors_load_memory(n2v_vectors **vectors, const void *bytes, size_t count, const char *name,
                                           const n2v_observer *observer, n2v_error *error);

/* Vectors from arrays, which are copied: count different words, NUL-terminated, and their rows of dim floats, stride
 * floats apart. counts: how often each is in the text, or NULL. They are input vectors, as of a file of text.
 * N2V_ERROR_ARGUMENT: an array is NULL or empty, a text is no word, or a word appears twice. N2V_ERROR_NUMERIC: a
 * number is not finite. */
N2V_API n2v_status n2v_vectors_create(n2v_vectors **vectors, const char *const *words, const uint64_t *counts,
                                      size_t count, const float *rows, size_t dim, size_t stride, n2v_error *error);
N2V_API void n2v_vectors_destroy(n2v_vectors *vectors);

N2V_API n2v_status n2v_vectors_describe(const n2v_vectors *vectors, n2v_vectors_info *info, n2v_error *error);

/* The word of an id from 0 to words - 1, NUL-terminated, and *bytes (may be NULL) its length; NULL for other ids.
 * Ids follow the order of the file; of a trainer, falling counts. */
N2V_API const char *n2v_vectors_word(const n2v_vectors *vectors, uint32_t id, size_t *bytes);
N2V_API uint64_t n2v_vectors_count(const n2v_vectors *vectors, uint32_t id); /* in the text; 0: not known */

/* The id of a word of so many bytes, or N2V_NO_ID. */
N2V_API uint32_t n2v_vectors_find(const n2v_vectors *vectors, const char *word, size_t bytes);

/* The words that the vectors' tokenizer makes of a text, as in their training: "B13X-0_0" may be "b13x 0 0", and where
 * phrases were joined "New York" may be "new_york". Writes them into words with a space between two: at most room bytes
 * with the NUL. *needed (may be NULL) is how many bytes the whole needs without it, *count (may be NULL) how many words
 * there are. Letter case and normal form are those of the training; where its tokenizer was a program, which is never
 * run here, words are what is between white space. N2V_ERROR_DATA: the vectors have no record of a tokenizer; whole
 * models have one. */
N2V_API n2v_status n2v_vectors_tokenize(const n2v_vectors *vectors, const char *text, size_t bytes, char *words,
                                        size_t room, size_t *needed, size_t *count, n2v_error *error);

/* The ids of words spelled like this one, the nearest and then the most frequent first; at most max, and at most 8.
 * Returns their number. */
N2V_API size_t n2v_vectors_suggest(const n2v_vectors *vectors, const char *word, size_t bytes, size_t max,
                                   uint32_t *ids);

/* The rows of a matrix without a copy: row i is `dim` floats at view + i * *stride. NULL when there is no such
 * matrix. Of a trainer's vectors: valid while the trainer is paused. */
N2V_API const float *n2v_vectors_view(const n2v_vectors *vectors, n2v_matrix matrix, size_t *stride);

/* The input vector of any word into vector, dim floats: that of the vocabulary, else, with subwords, the mean of the
 * word's n-grams. *known (may be NULL) becomes 1 for a word of the vocabulary, else 0.
 * N2V_ERROR_DATA: the word is not in the vocabulary, and the vectors have no subwords, or none of its n-grams.
 * N2V_ERROR_ARGUMENT: the word is empty, or has more than 1024 bytes. */
N2V_API n2v_status n2v_vectors_compose(const n2v_vectors *vectors, const char *word, size_t bytes, float *vector,
                                       int *known, n2v_error *error);

/* The cosine of two vectors of dim floats, such as composed ones; 0 where one is zero, NaN where one is NULL. */
N2V_API double n2v_vectors_cosine(const n2v_vectors *vectors, const float *a, const float *b);

/* The bias of a word's output, the shared bias included; 0 without biases. */
N2V_API float n2v_vectors_bias(const n2v_vectors *vectors, uint32_t id);

/* The cosine of two words' input vectors; 0 where one is zero. NaN for an id out of range. */
N2V_API double n2v_vectors_similarity(const n2v_vectors *vectors, uint32_t a, uint32_t b);

/* What the vectors were made with: entry `index`, a name and its value. 0 beyond the last. A name may come again
 * (the names of several inputs). The strings live as long as the vectors. */
N2V_API int n2v_vectors_record(const n2v_vectors *vectors, size_t index, const char **name, const char **value);

/* The settings that the record has: what a training of the same kind needs. N2V_ERROR_FORMAT when there is no record
 * or one of its values is not valid. A tokenizer may be a program, which reading a text with these settings runs. */
N2V_API n2v_status n2v_vectors_settings(const n2v_vectors *vectors, const n2v_objectives *objectives,
                                        n2v_settings **settings, n2v_error *error);

typedef struct n2v_norms {
    size_t size; /* in: sizeof(n2v_norms) */
    double min, median, mean, max; /* Euclidean lengths */
    uint32_t shortest, longest;    /* the words they belong to; of equal ones the first */
    size_t zeros;                  /* vectors of length 0 */
} n2v_norms;

/* The lengths of the vectors of a matrix. N2V_ERROR_ARGUMENT: there is no such matrix. N2V_ERROR_MEMORY. */
N2V_API n2v_status n2v_vectors_norms(const n2v_vectors *vectors, n2v_matrix matrix, n2v_norms *norms,
                                     n2v_error *error);

#ifdef __cplusplus
}
#endif
#endif
