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

/* What was typed that decides what is added. */
typedef struct compat_values {
    const char *output;  /* the path of the vectors */
    uint64_t binary, hs; /* word2vec.c's options, or UNSET_INTEGER */
} compat_values;

/* Adds the program's defaults for what was not typed, and what -hs 1 is here. N2V_ERROR_ARGUMENT: it contradicts another
 * option. */
n2v_status compat_apply(cli_compat *compat, cli_options *options, const compat_values *values, compat_type trained,
                        n2v_error *error);

#endif
