/* guess.h - what a text looks like, by its beginning: another encoding than UTF-8, a script without spaces, markup.
 *
 * A false alarm is worse than none: ordinary text, ids and source code must give none. Where signs are few, there is no
 * guess. */
#ifndef N2V_CORPUS_GUESS_H
#define N2V_CORPUS_GUESS_H

#include <stdbool.h>
#include <stddef.h>

#define GUESS_KEY_BYTES 32

typedef struct Guess {
    const char *what; /* "GB18030"; "Chinese"; "HTML" */
    size_t at;        /* the byte of the first sign */
    char key[GUESS_KEY_BYTES]; /* of JSON: the name of the longest text in a line; else "" */
} Guess;

/* The name that iconv has for it. Most characters that are not ASCII are malformed as UTF-8, and of this encoding. */
bool guess_encoding(Guess *guess, const unsigned char *bytes, size_t count);

/* The language: many characters of a script without spaces, in runs that are longer than words. */
bool guess_unspaced(Guess *guess, const unsigned char *bytes, size_t count);

/* HTML, XML, "text in <doc> tags" or JSON. The bytes are the begin of a file. */
bool guess_markup(Guess *guess, const unsigned char *bytes, size_t count);

#endif
