/* vectors_handle.h - what a program's n2v_vectors points to. */
#ifndef N2V_API_VECTORS_HANDLE_H
#define N2V_API_VECTORS_HANDLE_H

#include "model/formats/source.h"
#include "model/model.h"
#include "nce2vec.h"
#include "phrases/word_joiner.h"

struct n2v_vectors {
    const Model *model; /* a trainer's, or own */
    Model own;          /* of a file; all zero: none */
    bool owned;         /* n2v_vectors_destroy frees it; a trainer's handle is a part of the trainer */
    const char *format, *format_summary; /* of the file; NULL: none */
    char *words_file;   /* the second file that it had; NULL: none */
    WordJoiner *phrases; /* of the text; NULL: none */
    BadRows skipped;    /* of the file */
    Record notes;       /* of the client that saved it as a checkpoint */
};

/* Takes the phrases that the model has, if any. Damaged ones are none. path is for messages. */
n2v_status vectors_take_phrases(n2v_vectors *vectors, const char *path, n2v_error *error);

#endif
