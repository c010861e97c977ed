/* compat.h - command lines of word2vec.c, word2phrase, wang2vec and fastText.
 *
 * A command line with -train is word2vec.c's, wang2vec's or, of phrases, word2phrase's; one with -input and -output is
 * fastText's (--train and --input are spellings of nce2vec). It keeps the tokenizer, the loss and the defaults of its
 * program, except the number of threads, which is that of all cores: it decides about the time alone. */
#ifndef N2V_CLI_COMPAT_H
#define N2V_CLI_COMPAT_H

#include "cli/options.h"
#include "cli/progress.h"

#define COMPAT_BYTES 512

typedef struct cli_compat {
    bool applies;            /* false: a command line of nce2vec */
    char text[COMPAT_BYTES]; /* for the user: whose command line it is, and what was added to it */
    n2v_settings *preset;    /* what the preset word2vec gives */
    char values[8][24];      /* of it, those that were added */
    size_t value_count;
    char *model, *vectors;   /* the names of fastText's files; NULL: of none */
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

/* fastText's -loss, up to NULL. */
extern const char *const compat_losses[];

/* What was typed that decides what is added. */
typedef struct compat_values {
    const char *output;  /* the path of the vectors */
    uint64_t binary, hs; /* word2vec.c's options, or UNSET_INTEGER */
    size_t loss;         /* of compat_losses, where -loss was typed */
} compat_values;

/* Adds the program's defaults for what was not typed, and what -hs 1 and -loss are here. N2V_ERROR_ARGUMENT: it
 * contradicts another option. */
n2v_status compat_apply(cli_compat *compat, cli_options *options, const compat_values *values, compat_type trained,
                        n2v_error *error);

/* After compat_apply: fastText adds .bin and .vec to the name of its output, which becomes the options output and
 * save-text. A name whose ending chooses a format is that of the only file. */
n2v_status compat_output(cli_compat *compat, cli_options *options, void *values, const char *output, n2v_error *error);

/* word2phrase's command line of phrases. */
n2v_status compat_phrases(cli_compat *compat, cli_options *options, n2v_error *error);

/* Prints what was added, and which options have no effect. */
void compat_report(const cli_compat *compat, const cli_options *options, cli_progress *progress);

void compat_free(cli_compat *compat);

#endif
