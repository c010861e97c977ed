/* checkpoint.h - when train saves its state, and where. */
#ifndef N2V_CLI_CHECKPOINT_H
#define N2V_CLI_CHECKPOINT_H

#include <stdbool.h>

#include "cli/interrupt.h"
#include "cli/metrics.h"
#include "cli/options.h"
#include "cli/progress.h"

typedef struct cli_checkpoint {
    const char *path;      /* --checkpoint; NULL: it was not given */
    char *beside;          /* where a long training that is interrupted is saved without it; NULL: nowhere */
    bool is_worth;         /* long enough for that, or saved before */
    double interval;       /* seconds between two checkpoints; 0: no limit */
    size_t every;          /* epochs between two; 0: no limit */
    double last;           /* the time of the last one */
    uint64_t words, saved_words; /* trained on, and of these before the last one */
    bool saved;            /* the latest attempt succeeded */
} cli_checkpoint;

#define CHECKPOINT_EVERY "10" /* minutes */

/* Reads --checkpoint-every: MINUTES, or N followed by "epochs". */
n2v_status checkpoint_every(cli_checkpoint *checkpoint, const char *text, n2v_error *error);

/* Refuses a path that cannot be written, or that is no regular file, before the work. */
n2v_status checkpoint_check(const char *path, n2v_error *error);

/* Where a training is saved that is interrupted without --checkpoint: beside its output, if that is a regular file. */
n2v_status checkpoint_beside(cli_checkpoint *checkpoint, const char *output, n2v_error *error);
void checkpoint_free(cli_checkpoint *checkpoint);

/* The training begins: the first interval, too. */
void checkpoint_begin(cli_checkpoint *checkpoint);

/* Announces, once it is known that the training is long, that an interrupt saves it. */
void checkpoint_progress(cli_checkpoint *checkpoint, cli_progress *progress, const n2v_progress *now);

/* Whether the training is to pause, so that it can be saved. */
bool checkpoint_is_due(const cli_checkpoint *checkpoint, const cli_interrupt *interrupt);

/* The same at the end of an epoch. */
bool checkpoint_is_due_at(const cli_checkpoint *checkpoint, size_t epoch);

/* Saves the paused trainer and the options that a resumed training keeps. A failure is reported, and the training goes
 * on; a success is reported where it was requested (SIGUSR1). */
void checkpoint_save(cli_checkpoint *checkpoint, n2v_trainer *trainer, const cli_options *options,
                     cli_metrics *metrics, cli_progress *progress, bool requested);

/* Saves a training that ends before its end. *path is where, or NULL: nowhere. */
n2v_status checkpoint_save_last(cli_checkpoint *checkpoint, n2v_trainer *trainer, const cli_options *options,
                                cli_metrics *metrics, cli_progress *progress, const char **path, n2v_error *error);

#endif
