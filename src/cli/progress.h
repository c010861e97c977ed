/* progress.h - progress on standard error: one line that is redrawn on a terminal, a line every few seconds elsewhere,
 * nothing when quiet. */
#ifndef N2V_CLI_PROGRESS_H
#define N2V_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/fail.h"

typedef struct cli_progress {
    FILE *out;
    bool quiet, terminal;
    bool no_figures; /* of training: they are logged on standard output */
    bool drawn;      /* a bar is on the terminal's line */
    double last;     /* seconds at the last line */
    unsigned tenths; /* of the work, at the last line */
    size_t epoch;    /* of the training, for the message of an interrupt; 0: not begun */
    size_t epochs;
    double share;
    double loss;    /* the last one known */
    double heldout; /* the same of the held-out sentences */
} cli_progress;

cli_progress progress_start(FILE *out, bool quiet);
void progress_reading(cli_progress *progress, const n2v_reading *reading);
void progress_training(cli_progress *progress, const n2v_progress *now);
void progress_epoch(cli_progress *progress, const n2v_epoch *epoch); /* prints its held-out loss */

/* A line of its own: removes the bar first. Nothing when quiet. */
void progress_print(cli_progress *progress, const char *format, ...) PRINTF_LIKE(2, 3);
void progress_end(cli_progress *progress); /* removes the bar */

#endif
