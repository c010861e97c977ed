/* record.h - what a run of training was: for the model that comes of it, and for its metrics. */
#ifndef N2V_CLI_RECORD_H
#define N2V_CLI_RECORD_H

#include "cli/options.h"
#include "train/trainer.h"

typedef struct run_record {
    const cli_command *command;
    const void *settings; /* of the command, with nothing left open */
    const TrainOptions *options;
    const char *const *inputs;
    size_t count;        /* of them; the names of the first 100 are recorded */
    uint64_t tokens;     /* read */
    const char *kernels; /* the instruction set */
} run_record;

/* Adds to the model's record: enough to do the same again. Names of outputs are left out, so
 * that two equal runs give equal files. */
n2v_status run_record_add(Record *out, const run_record *record, n2v_error *error);

/* The same as a JSON object; "input" is an array. */
void run_record_json(FILE *out, const run_record *record);

#endif
