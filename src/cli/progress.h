/* progress.h - progress on standard error: one line that is redrawn, a line every few seconds, or JSON. */
#ifndef N2V_CLI_PROGRESS_H
#define N2V_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/fail.h"
#include "cli/time_left.h"

/* What is printed while the work goes on. In the order of progress_styles. */
typedef enum cli_progress_style {
    PROGRESS_BAR,   /* one line that is redrawn */
    PROGRESS_LINES, /* a line at each tenth */
    PROGRESS_JSON,  /* a JSON object a line; messages, too */
    PROGRESS_NONE   /* warnings alone */
} cli_progress_style;

extern const char *const progress_styles[]; /* NULL after the last */

typedef struct cli_progress {
    FILE *out;
    bool quiet; /* not even warnings */
    cli_progress_style style;
    bool no_figures; /* of training: they are logged on standard output */
    bool drawn;      /* a bar is on the terminal's line */
    double last;     /* seconds at the last line */
    unsigned tenths; /* of the work, at the last line */
    bool joining;    /* phrases have been found or joined */
    size_t pass;     /* of that, the latest */
    size_t epoch;    /* of the training, for the message of an interrupt; 0: not begun */
    size_t epochs;
    double share;
    double loss;       /* the last one known */
    double heldout;    /* the same of the held-out sentences */
    double validation; /* the last one */
    cli_time_left left; /* of reading, of a pass over phrases, then of training */
} cli_progress;

/* With a bar on a terminal, else with lines. */
cli_progress progress_start(FILE *out, bool quiet);

void progress_reading(cli_progress *progress, const n2v_reading *reading);
void progress_joining(cli_progress *progress, const n2v_joining *joining);
void progress_training(cli_progress *progress, const n2v_progress *now);

/* The held-out loss and the validation (NULL: none) of an epoch. */
void progress_epoch(cli_progress *progress, const n2v_epoch *epoch, const n2v_pairs_score *validation);

/* A line of its own: removes the bar first. Nothing when quiet; without progress only what begins with "warning: ". */
void progress_print(cli_progress *progress, const char *format, ...) PRINTF_LIKE(2, 3);
void progress_end(cli_progress *progress); /* removes the bar */

#endif
