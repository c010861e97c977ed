/* word.h - which bytes are a word. The same rule holds for words of files, of vocabularies and of the caller. */
#ifndef N2V_BASE_WORD_H
#define N2V_BASE_WORD_H

#include <stddef.h>

#define MAX_TOKEN_BYTES 1024

/* NULL for a word: 1 to MAX_TOKEN_BYTES bytes of valid UTF-8, without white space (in the sense of Unicode) and
 * control characters. Else what is wrong, to follow "the word ...": "is empty". */
const char *word_fault(const char *word, size_t bytes);

/* Writes a word into text for a message, as far as there is room (display_text). Returns text. */
const char *word_printable(const char *word, size_t bytes, char *text, size_t room);

#endif
