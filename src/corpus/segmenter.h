/* segmenter.h - a text cut into words by Unicode's rules (UAX 29), with dictionaries for scripts without spaces.
 *
 * The words of a line come out with a space between two; line feeds stay; everything else is removed, also malformed
 * UTF-8. Words are segments with a letter, digit, kana or ideograph. Memory is constant, whatever the text: one without
 * line feeds and punctuation is cut at a boundary near the end of what fits. */
#ifndef N2V_CORPUS_SEGMENTER_H
#define N2V_CORPUS_SEGMENTER_H

#include "corpus/stage.h"

n2v_status segmenter_create(Stage *stage, n2v_error *error);

/* N2V_ERROR_ARGUMENT: this build has no ICU. */
n2v_status segmenter_check(n2v_error *error);

/* The tokenizers of this build. */
const char *segmenter_tokenizers(void);

#endif
