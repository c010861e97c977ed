/* segmenter_none.c - a build without ICU has no segmenter. */
#include "corpus/segmenter.h"

n2v_status segmenter_check(n2v_error *error)
{
    return error_set(error, N2V_ERROR_ARGUMENT,
                     SETTING("tokenizer") " unicode: this build has no ICU, which finds the words; install ICU's "
                     "headers (libicu-dev on Debian, libicu-devel on Fedora) and build nce2vec again, or let a program "
                     "find the words: " SETTING("tokenizer") " command:PROGRAM");
}

n2v_status segmenter_create(Stage *stage, n2v_error *error)
{
    (void)stage;
    return segmenter_check(error);
}

const char *segmenter_tokenizers(void)
{
    return "words, space, command:PROGRAM; not unicode, which needs ICU";
}
