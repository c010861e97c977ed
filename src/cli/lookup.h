/* lookup.h - the words of queries in a vocabulary: looked up, and reported with close spellings where they are not in
 * it. */
#ifndef N2V_CLI_LOOKUP_H
#define N2V_CLI_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "nce2vec.h"

typedef struct cli_vocabulary {
    const n2v_vectors *vectors;
    const char *path; /* of their file */
} cli_vocabulary;

typedef struct cli_word {
    const char *text; /* in a line or an argument */
    size_t bytes;
    uint32_t id;    /* N2V_NO_ID: not in the vocabulary */
    bool tokenized; /* id is that of the word that the model's tokenizer makes of the text */
} cli_word;

/* The word as it is, else as the model's tokenizer writes it. */
cli_word lookup_word(const cli_vocabulary *vocabulary, const char *text, size_t bytes);

/* The word of an id as a JSON string. */
void lookup_print_json(const cli_vocabulary *vocabulary, uint32_t id);

/* "nce2vec: line 3: " on standard error; line 0: without it. */
void lookup_begin_message(uint64_t line);

/* Reports a word that is not in the vocabulary, with close spellings: a line on standard error. */
void lookup_report(const cli_vocabulary *vocabulary, const cli_word *word, uint64_t line);

/* The same as a JSON list of those of the words that are not in the vocabulary. */
void lookup_report_json(const cli_vocabulary *vocabulary, const cli_word *words, size_t count);

#endif
