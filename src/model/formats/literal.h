/* literal.h - the headers of .npy (a dictionary in Python's spelling) and .safetensors (JSON), token by token. */
#ifndef N2V_MODEL_FORMATS_LITERAL_H
#define N2V_MODEL_FORMATS_LITERAL_H

#include "model/formats/source.h"

/* A token is its own character, as '{', or one of these. */
enum {
    LITERAL_END = 0, /* of the header */
    LITERAL_STRING = 'S',
    LITERAL_NUMBER = 'N', /* digits alone */
    LITERAL_NAME = 'A'    /* letters alone, as True */
};

typedef struct Literal {
    Source *source;  /* borrowed */
    uint64_t end;    /* of the header, in bytes of the source */
    char quote;      /* the character around strings; '\'': a comma may follow the last item, too */
    int byte, token; /* taken already, and to be read once more; -1: none */
    char *text;      /* of the last string or name: NUL-terminated, no NUL inside */
    size_t bytes, capacity;
    uint64_t number; /* the last one */
} Literal;

/* The header is the source's next bytes of them. */
Literal literal_open(Source *source, uint64_t bytes, char quote);
void literal_close(Literal *literal);

/* The next token must be this one; with it come text or number. N2V_ERROR_FORMAT with the byte. */
n2v_status literal_expect(Literal *literal, int token, n2v_error *error);

/* The next token, of any kind. */
n2v_status literal_any(Literal *literal, int *token, n2v_error *error);

/* *there: the list or dictionary has an item of this index. Takes the comma before it, or the end of all items. */
n2v_status literal_item(Literal *literal, size_t index, int end, bool *there, n2v_error *error);

/* The next item of a dictionary: its key, and the colon. *there: as above. */
n2v_status literal_key(Literal *literal, size_t index, bool *there, n2v_error *error);

#endif
