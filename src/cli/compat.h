/* compat.h - command lines of word2vec.c, wang2vec and fastText.
 *
 * A command line with -train is word2vec.c's or wang2vec's, one with -input and -output is fastText's (--train and --input are
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

/* What a command line trains, by the number of wang2vec's option -type. */
typedef enum compat_type {
    COMPAT_CBOW,
    COMPAT_SKIPGRAM,
    COMPAT_CWINDOW,
    COMPAT_STRUCTURED
} compat_type;

/* What a command line of word2vec.c, wang2vec or fastText trains: cbow and type are the values of their options, or
 * UNSET_INTEGER. fastText's line begins with what to train: skips it among the inputs. N2V_ERROR_ARGUMENT: it is not
 * supported, or both are given. */
n2v_status compat_model(const cli_options *options, uint64_t cbow, uint64_t type, const char *const **inputs,
                        size_t *count, compat_type *trained, n2v_error *error);

/* Adds the program's defaults for what was not typed. output is the path of the vectors; binary is the value of
 * word2vec.c's option, or UNSET_INTEGER. */
void compat_apply(cli_compat *compat, cli_options *options, const char *output, compat_type trained,
                  uint64_t binary);

#endif
