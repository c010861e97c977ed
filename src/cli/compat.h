/* compat.h - command lines of word2vec.c and fastText.
 *
 * A command line with -train is word2vec.c's, one with -input and -output is fastText's (--train and --input are
 * spellings of nce2vec). It keeps the tokenizer, the loss and the defaults of its program, except the number of
 * threads, which is that of all cores: it decides about the time alone. */
#ifndef N2V_CLI_COMPAT_H
#define N2V_CLI_COMPAT_H

#include "cli/options.h"

#define COMPAT_BYTES 512

typedef struct cli_compat {
    bool applies;            /* false: a command line of nce2vec */
    char text[COMPAT_BYTES]; /* for the user: whose command line it is, and what was added to it */
} cli_compat;

/* Adds the program's defaults for what was not typed. output is the path of the vectors; cbow and binary are the values
 * of word2vec.c's options, or UNSET_INTEGER. N2V_ERROR_ARGUMENT: the program would train another model. */
n2v_status compat_apply(cli_compat *compat, cli_options *options, const char *output, uint64_t cbow, uint64_t binary,
                        n2v_error *error);

/* fastText's line begins with what to train: skips "skipgram" among the inputs. N2V_ERROR_ARGUMENT: another model. */
n2v_status compat_skip_mode(const cli_options *options, const char *const **inputs, size_t *count, n2v_error *error);

#endif
