/* lookup.h - the words of queries in a vocabulary: looked up, composed of subwords, or reported with close spellings
 * where they have no vector. */
#ifndef N2V_CLI_LOOKUP_H
#define N2V_CLI_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include <stdio.h>

#include "cli/fail.h"

typedef struct cli_vocabulary {
    const n2v_vectors *vectors;
    const char *path;   /* of their file */
    const char *lacking; /* why a word has no vector, ends the sentence that it is not in the vocabulary; NULL: it is */
                         /* enough */
} cli_vocabulary;

typedef struct cli_word {
    const char *text; /* in a line or an argument */
    size_t bytes;
    uint32_t id;    /* N2V_NO_ID: not in the vocabulary */
    bool tokenized; /* what was found or composed is the word that the model's tokenizer makes of the text */
    const float *composed; /* borrowed: the vector of a word that is not in the vocabulary; NULL: it has none */
} cli_word;

/* The word as it is, else as the model's tokenizer writes it. room: dim floats, for the vector of a word that is not in
 * the vocabulary; NULL: such a word has none. N2V_ERROR_MEMORY. */
n2v_status lookup_word(cli_word *word, const cli_vocabulary *vocabulary, const char *text, size_t bytes, float *room,
                       n2v_error *error);

bool lookup_has_vector(const cli_word *word);
const float *lookup_vector(const cli_vocabulary *vocabulary, const cli_word *word); /* NULL: it has none */

/* Prints a word as it was looked up: for people, or as a JSON string. */
void lookup_print_word(const cli_vocabulary *vocabulary, const cli_word *word, bool json, FILE *out);

/* The word of an id as a JSON string. */
void lookup_print_json(const cli_vocabulary *vocabulary, uint32_t id);

/* "nce2vec: line 3: " on standard error; line 0: without it. */
void lookup_begin_message(uint64_t line);

/* Reports a word that has no vector, with close spellings: a line on standard error. */
void lookup_report(const cli_vocabulary *vocabulary, const cli_word *word, uint64_t line);

/* The same as a JSON list of those of the words that have no vector. */
void lookup_report_json(const cli_vocabulary *vocabulary, const cli_word *words, size_t count);

#endif
