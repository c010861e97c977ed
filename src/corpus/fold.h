/* fold.h - words in lower case, one character for each, as the tokenizer `words` writes them. */
#ifndef N2V_CORPUS_FOLD_H
#define N2V_CORPUS_FOLD_H

#include <stddef.h>
#include <stdint.h>

uint32_t fold_character(uint32_t code);

/* Writes the word in lower case and returns its bytes, at most 2 * bytes: a lower-case letter can need one byte more.
 * Malformed UTF-8 stays. */
size_t fold_word(const char *word, size_t bytes, char *folded);

#endif
