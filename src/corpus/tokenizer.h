/* tokenizer.h - bytes of text in any pieces -> tokens, in small batches: the last step of token_stream.h.
 *
 * words: runs of letters and digits (Unicode categories L and N), with the combining
 *   marks that follow a letter, lower-cased or as they are; apostrophes (written ') between two of
 *   them, and what else spells a word: characters.h says which. Everything else, also
 *   malformed UTF-8, separates.
 * space: runs of bytes between white space or control characters; malformed UTF-8
 *   becomes U+FFFD.
 * Both: a line feed, and the end of a file, end a sentence. A byte-order mark at a
 * file's start is skipped. Malformed sequences and tokens over MAX_TOKEN_BYTES,
 * which are left out, are counted. Memory is constant, whatever the text. */
#ifndef N2V_CORPUS_TOKENIZER_H
#define N2V_CORPUS_TOKENIZER_H

#include "corpus/vocabulary.h"

/* One batch stays in the first-level cache until its words are looked up. */
#define BATCH_TOKENS ((size_t)1024)

#define CUT_EXAMPLE_BYTES 41

typedef struct Tokens {
    const char *text;  /* SPAN_PADDING bytes can be read after its last token */
    const Span *spans; /* a span of length 0 ends a sentence; sentences are never empty */
    size_t count;      /* at most BATCH_TOKENS */
    float weight;      /* of the line, set by who reads weighted lines */
} Tokens;

/* What words makes of tokens between white space that have ASCII punctuation between letters or digits. */
typedef struct CutTokens {
    uint64_t tokens;      /* such as new_york: they became several words */
    uint64_t words;       /* that they became */
    uint64_t underscores; /* of the tokens, those with an underscore after a word */
    char example[CUT_EXAMPLE_BYTES]; /* a short one, if possible with an underscore, without punctuation around it,
                                        NUL-terminated; "": none */
} CutTokens;

typedef struct TokenizerCounts {
    uint64_t lines, tokens, invalid_utf8, overlong;
} TokenizerCounts;

typedef struct Tokenizer Tokenizer;

/* words, in lower case or as they are, or else space. NULL when out of memory. */
Tokenizer *tokenizer_create(bool words, bool keeps_case);
void tokenizer_destroy(Tokenizer *tokenizer); /* accepts NULL */

/* Takes some of the bytes and says how many; call again with the others. What the
 * bytes complete is in tokens, valid until the next call; it may be nothing. */
size_t tokenizer_feed(Tokenizer *tokenizer, const unsigned char *bytes, size_t count, Tokens *tokens);

/* The end of a file: ends its last token and sentence. The next feed begins a file. */
void tokenizer_end(Tokenizer *tokenizer, Tokens *tokens);

TokenizerCounts tokenizer_count(const Tokenizer *tokenizer);

/* Of all files. */
const CutTokens *tokenizer_cut(const Tokenizer *tokenizer);

#endif
