/* stage.h - a step that makes other text of a text, in pieces of any size. */
#ifndef N2V_CORPUS_STAGE_H
#define N2V_CORPUS_STAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Valid until the next call. */
typedef struct Piece {
    const unsigned char *bytes;
    size_t count;
} Piece;

typedef struct Stage {
    /* Takes some of the bytes, *taken; call again with the others. *out may be empty. */
    n2v_status (*feed)(void *state, const unsigned char *bytes, size_t count, size_t *taken, Piece *out,
                       n2v_error *error);

    /* The end of a file, or of a line: call it until it gives an empty piece. */
    n2v_status (*end)(void *state, Piece *out, n2v_error *error);
    uint64_t (*malformed)(const void *state); /* sequences that it removed */
    void (*destroy)(void *state);
    void *state;
} Stage;

#endif
