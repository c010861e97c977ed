/* tokenizer_json.h - the words of a model as a tokenizer of Hugging Face's library `tokenizers`. */
#ifndef N2V_MODEL_FORMATS_TOKENIZER_JSON_H
#define N2V_MODEL_FORMATS_TOKENIZER_JSON_H

#include "model/formats/loader.h"
#include "model/select.h"

#define UNKNOWN_TOKEN "[UNK]"

/* Ids of the file beyond those of the words: 1 for UNKNOWN_TOKEN, the last, unless it is a word. */
size_t tokenizer_json_more(const Selection *selection);

n2v_status tokenizer_json_write(const Selection *selection, Writer *writer, n2v_error *error);

/* Takes the words of any tokenizer that has a dictionary of them (WordLevel, WordPiece, BPE), in the order of their
 * ids, without the last one where that is its unknown token. */
n2v_status tokenizer_json_read(Vocabulary *vocabulary, Source *source, n2v_error *error);

#endif
