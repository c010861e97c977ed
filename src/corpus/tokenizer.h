/* tokenizer.h - bytes of text in any pieces -> tokens, in small batches.
 *
 * words: runs of letters and digits (Unicode categories L and N), with the combining
 *   marks that follow a letter, lower-cased; apostrophes (' and U+2019, written ')
 *   between two of them. Everything else, also malformed UTF-8, separates.
 * space: runs of bytes between white space or control characters; malformed UTF-8
 *   becomes U+FFFD.
 * Both: a line feed, and the end of a file, end a sentence. A byte-order mark at a
 * file's start is skipped. Malformed sequences and tokens over N2V_MAX_TOKEN_BYTES,
 * which are left out, are counted. Memory is constant, whatever the text. */
#ifndef N2V_CORPUS_TOKENIZER_H
#define N2V_CORPUS_TOKENIZER_H

#include "corpus/vocabulary.h"

typedef enum n2v_tokenizer_kind {
    N2V_TOKENIZER_WORDS, /* lower-cased runs of Unicode letters and digits, inner apostrophes */
    N2V_TOKENIZER_SPACE  /* runs of bytes between white space */
} n2v_tokenizer_kind;

/* One batch stays in the first-level cache until its words are looked up. */
#define N2V_BATCH_TOKENS ((size_t)1024)

typedef struct n2v_tokens {
    const char *text;      /* N2V_SPAN_PADDING bytes can be read after its last token */
    const n2v_span *spans; /* a span of length 0 ends a sentence; sentences are never empty */
    size_t count;          /* at most N2V_BATCH_TOKENS */
} n2v_tokens;

typedef struct n2v_tokenizer_counts {
    uint64_t lines, tokens, invalid_utf8, overlong;
} n2v_tokenizer_counts;

typedef struct n2v_tokenizer n2v_tokenizer;

/* NULL when out of memory. */
n2v_tokenizer *n2v_tokenizer_create(n2v_tokenizer_kind kind);
void n2v_tokenizer_destroy(n2v_tokenizer *tokenizer); /* accepts NULL */

/* Takes some of the bytes and says how many; call again with the others. What the
 * bytes complete is in tokens, valid until the next call; it may be nothing. */
size_t n2v_tokenizer_feed(n2v_tokenizer *tokenizer, const unsigned char *bytes, size_t count, n2v_tokens *tokens);

/* The end of a file: ends its last token and sentence. The next feed begins a file. */
void n2v_tokenizer_end(n2v_tokenizer *tokenizer, n2v_tokens *tokens);

n2v_tokenizer_counts n2v_tokenizer_count(const n2v_tokenizer *tokenizer);

#endif
