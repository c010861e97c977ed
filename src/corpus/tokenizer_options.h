/* tokenizer_options.h - what is asked of the words of a text: tokenizer, letter case, Unicode normalization form. */
#ifndef N2V_CORPUS_TOKENIZER_OPTIONS_H
#define N2V_CORPUS_TOKENIZER_OPTIONS_H

#include <stdbool.h>

#include "base/status.h"

typedef enum TokenizerKind {
    TOKENIZER_WORDS,   /* runs of Unicode letters and digits, inner apostrophes */
    TOKENIZER_SPACE,   /* runs of bytes between white space */
    TOKENIZER_UNICODE, /* words by Unicode's boundaries and ICU's dictionaries */
    TOKENIZER_COMMAND  /* what a program prints, between white space */
} TokenizerKind;

typedef enum LetterCase {
    CASE_OWN, /* the tokenizer's: words and unicode lower, the others keep */
    CASE_KEEP,
    CASE_LOWER,
    CASE_LOWER_TR /* Turkish and Azerbaijani: I becomes a dotless i */
} LetterCase;

typedef enum NormalForm { FORM_NONE, FORM_NFC, FORM_NFKC } NormalForm;

/* All zero: the tokenizer words. */
typedef struct TokenizerOptions {
    TokenizerKind kind;
    LetterCase letter_case;
    NormalForm form;
    const char *command; /* of TOKENIZER_COMMAND; NULL: the text is what it prints */
} TokenizerOptions;

/* From the values of the settings tokenizer, case and normal-form; NULL: the default. command points into tokenizer.
 * N2V_ERROR_FORMAT: a value that is not known. */
n2v_status tokenizer_options_read(TokenizerOptions *options, const char *tokenizer, const char *letter_case,
                                  const char *form, n2v_error *error);

/* Whether both make the same words of a text: of commands, those of one name. */
bool tokenizer_options_same(const TokenizerOptions *a, const TokenizerOptions *b);

/* N2V_ERROR_ARGUMENT: this build does not have the tokenizer. */
n2v_status tokenizer_options_check(const TokenizerOptions *options, n2v_error *error);

/* Never CASE_OWN. */
LetterCase tokenizer_options_case(const TokenizerOptions *options);

/* As the settings have them; a command without its program is "command". */
const char *tokenizer_kind_name(TokenizerKind kind);
const char *tokenizer_case_name(const TokenizerOptions *options);
const char *tokenizer_form_name(const TokenizerOptions *options);

/* From these names; "command" too. */
n2v_status tokenizer_options_named(TokenizerOptions *options, const char *kind, const char *letter_case,
                                   const char *form, n2v_error *error);

#endif
