/* session.h - what main and the commands share: the options as they were typed, signals, progress, metrics, and the
 * observer of long calls, which checks for signals and updates progress and metrics. */
#ifndef N2V_CLI_SESSION_H
#define N2V_CLI_SESSION_H

#include "cli/checkpoint.h"
#include "cli/interrupt.h"
#include "cli/metrics.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/ranks.h"

typedef struct cli_session {
    cli_options options;
    cli_ranks ranks;
    cli_interrupt interrupt;
    cli_progress progress;
    cli_metrics metrics;
    cli_checkpoint checkpoint; /* of train */
    n2v_inputs *inputs; /* of session_expand */
    n2v_observer observer; /* its context is the session */
    n2v_observer training; /* of the trainer: it also reports, and stops when a checkpoint is due */
    n2v_epoch ended;       /* the latest epoch that has ended */
} cli_session;

/* Replaces the inputs of a command by the files that they name, which live as long as the session. */
n2v_status session_expand(cli_session *session, const char *const **inputs, size_t *count, n2v_error *error);

/* Sets progress and observer up. */
void session_start(cli_session *session, bool quiet);

/* Sets the trainer's observer up; epochs: it also notes the ends of epochs in `ended`. */
void session_observe_training(cli_session *session, bool epochs);

/* Reports the epoch that has ended, with its validation (NULL: none). */
void session_report_epoch(cli_session *session, const n2v_pairs_score *validation);

/* Loads vectors as the command's options say; observer may be NULL. Warns of rows that were skipped. */
n2v_status session_load_vectors(cli_session *session, const char *path, const n2v_observer *observer,
                                n2v_vectors **vectors, n2v_error *error);

/* Warns when the ending of an output's path says no format. */
void session_warn_ending(cli_session *session, const char *path, const n2v_output *output);

/* "wrote FILE: 60 words x 100 dimensions, text"; settings and format are those of the output. */
n2v_status session_print_written(cli_session *session, const char *path, const n2v_vectors *vectors,
                                 n2v_settings *settings, const char *format, n2v_error *error);

#endif
