/* normalizer.h - a text in a Unicode normalization form, and in lower case. */
#ifndef N2V_CORPUS_NORMALIZER_H
#define N2V_CORPUS_NORMALIZER_H

#include "corpus/stage.h"
#include "corpus/tokenizer_options.h"

/* Normalizes, then lower-cases: one character for each, as the tokenizer words does. letter_case: not CASE_OWN.
 * Malformed UTF-8 stays. Memory is constant: of a base character with more than a few dozen marks, groups of them are
 * normalized. */
n2v_status normalizer_create(Stage *stage, LetterCase letter_case, NormalForm form, n2v_error *error);

#endif
