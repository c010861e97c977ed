/* line_weight.h - the weight at the beginning of each line of a file, and the bytes that follow it. */
#ifndef N2V_CORPUS_LINE_WEIGHT_H
#define N2V_CORPUS_LINE_WEIGHT_H

#include <stdbool.h>

#include "base/status.h"
#include "base/word.h"

/* Set name, the others to zero. */
typedef struct LineWeight {
    const char *name; /* of the file, in messages */
    float weight;     /* of the line under way, once it is read */
    uint64_t lines;   /* that have ended */
    size_t used;      /* bytes of the field */
    bool read;        /* the field has ended */
    bool tokens;      /* something follows it */
    char field[MAX_TOKEN_BYTES];
} LineWeight;

/* Cuts the bytes that come next: *skipped are of the weight of a line, *rest follow it, up to the end of the line or of
 * the bytes. Both may be 0, but not together. N2V_ERROR_DATA, with the line: what begins it is no weight, or nothing
 * follows the weight. Lines without a byte but white space are fine. */
n2v_status line_weight_cut(LineWeight *line, const unsigned char *bytes, size_t count, size_t *skipped, size_t *rest,
                           n2v_error *error);

/* The end of the file: the same errors. */
n2v_status line_weight_end(const LineWeight *line, n2v_error *error);

#endif
