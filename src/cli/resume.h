/* resume.h - train --resume: what a checkpoint knows of the command that saved it. */
#ifndef N2V_CLI_RESUME_H
#define N2V_CLI_RESUME_H

#include "cli/options.h"

typedef struct cli_resume {
    n2v_vectors *checkpoint; /* until the trainer has it */
    char **texts; /* values of options and names of inputs: the checkpoint's, kept */
    size_t count, inputs; /* of all, and of those that are inputs, which come first */
    const char *metrics;    /* the file of the log; NULL: there was none */
    uint64_t metrics_lines; /* of it, that belong to the checkpoint */
    uint64_t words;         /* trained so far */
} cli_resume;

/* Reads the checkpoint, and sets the options that it has and that were not typed. */
n2v_status resume_open(cli_resume *resume, const char *path, const n2v_observer *observer, cli_options *options,
                       void *values, n2v_error *error);

void resume_free(cli_resume *resume); /* accepts an all-zero struct */

#endif
