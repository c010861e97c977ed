/* rate_list.h - the files of the settings freeze and lr-of: words, and factors of their learning rates. */
#ifndef N2V_API_RATE_LIST_H
#define N2V_API_RATE_LIST_H

#include "corpus/vocabulary.h"

/* All zero: empty. */
typedef struct RateList {
    Vocabulary *words;  /* owned, in the order of the file; NULL: none */
    float (*factors)[2]; /* of each: of its input, of its output */
    size_t room;
} RateList;

/* A line is a word; with_factors: and a factor, or two. N2V_ERROR_FORMAT, with the line: malformed, or a word twice. */
n2v_status rate_list_read(RateList *list, const char *path, bool with_factors, n2v_error *error);
void rate_list_free(RateList *list);

#endif
