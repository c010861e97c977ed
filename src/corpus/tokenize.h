/* tokenize.h - the words of a short text in memory. */
#ifndef N2V_CORPUS_TOKENIZE_H
#define N2V_CORPUS_TOKENIZE_H

#include "corpus/token_stream.h"

/* Words with a space between two. */
typedef struct WordList {
    char *text; /* room bytes: as many as fit, with a NUL; room may be 0 */
    size_t room;
    size_t needed; /* bytes of all words and spaces */
    size_t words;
} WordList;

/* Adds a word at the end. */
void word_list_add(WordList *list, const char *word, size_t bytes);

/* Set text and room. Sentence ends are not kept. Runs no program: with a command, the text is what it prints. */
n2v_status tokenize(const TokenizerOptions *options, const char *text, size_t bytes, WordList *list, n2v_error *error);

#endif
