/* token_stream.h - bytes of text in any pieces -> tokens, as the options ask: the text goes through stages
 * (segmenter.h, normalizer.h), then tokenizer.h makes tokens of it. The program of a command is text_input.h's. */
#ifndef N2V_CORPUS_TOKEN_STREAM_H
#define N2V_CORPUS_TOKEN_STREAM_H

#include "corpus/tokenizer.h"
#include "corpus/tokenizer_options.h"

typedef struct TokenStream TokenStream;

/* Takes a batch of tokens. Sentences go over the borders of batches. */
typedef n2v_status (*TakeTokens)(void *context, const Tokens *tokens, n2v_error *error);

n2v_status token_stream_create(TokenStream **stream, const TokenizerOptions *options, n2v_error *error);
void token_stream_destroy(TokenStream *stream); /* accepts NULL */

/* Hands what the bytes complete to take. */
n2v_status token_stream_feed(TokenStream *stream, const unsigned char *bytes, size_t count, TakeTokens take,
                             void *context, n2v_error *error);

/* After a line feed: hands over what stages still hold of the text before it. */
n2v_status token_stream_flush(TokenStream *stream, TakeTokens take, void *context, n2v_error *error);

/* The end of a file: ends its last token and sentence. The next feed begins a file. */
n2v_status token_stream_end(TokenStream *stream, TakeTokens take, void *context, n2v_error *error);

/* Of all files. */
TokenizerCounts token_stream_count(const TokenStream *stream);
const CutTokens *token_stream_cut(const TokenStream *stream);

#endif
