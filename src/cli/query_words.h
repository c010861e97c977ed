/* query_words.h - the words of queries: found in the vocabulary, as they are or as the model's tokenizer writes them, or
 * composed of subwords. */
#ifndef N2V_CLI_QUERY_WORDS_H
#define N2V_CLI_QUERY_WORDS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cli/fail.h"

#define QUERY_WORD_BYTES ((size_t)1024)

typedef struct query_word {
    const char *text; /* in a line or an argument */
    size_t bytes;
    uint32_t id;     /* N2V_NO_ID: it is not in the vocabulary */
    bool tokenized;  /* it was found, or composed, as the model's tokenizer writes it */
    float *composed; /* borrowed: its vector, where it is not in the vocabulary; NULL: it has none */
} query_word;

/* What the model's tokenizer makes of a text. */
typedef struct query_reading {
    char text[QUERY_WORD_BYTES + 1]; /* words with a space between two, "" without a tokenizer */
    size_t bytes, words;
    bool differs; /* from the text itself */
} query_reading;

query_reading query_read(const n2v_vectors *vectors, const char *text, size_t bytes);

/* Finds a word. room: dim floats for its vector, which it keeps where it is composed; NULL: words of the vocabulary
 * alone. N2V_ERROR_MEMORY. */
n2v_status query_word_find(query_word *word, const n2v_vectors *vectors, const char *text, size_t bytes, float *room,
                           n2v_error *error);

bool query_word_has_vector(const query_word *word);
const float *query_word_vector(const query_word *word, const n2v_vectors *vectors); /* NULL: it has none */

/* The word as it was looked up: for people, and as a JSON string. */
void query_word_print(const query_word *word, const n2v_vectors *vectors, FILE *out);
void query_word_print_json(const query_word *word, const n2v_vectors *vectors);

#endif
