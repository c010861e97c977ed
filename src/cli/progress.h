/* progress.h - how far the work is, on standard error: one line that is redrawn on
 * a terminal, now and then a line elsewhere, nothing when quiet. */
#ifndef N2V_CLI_PROGRESS_H
#define N2V_CLI_PROGRESS_H

#include <stdio.h>

#include "corpus/corpus.h"
#include "train/trainer.h"

typedef struct cli_progress {
    FILE *out;
    bool quiet, terminal;
    bool no_figures; /* of training: they go to standard output */
    bool drawn;      /* a bar stands on the terminal's line */
    double last;     /* seconds at the last line */
    unsigned tenths; /* of the work, at the last line */
    size_t epochs;
    size_t epoch; /* where training is, for whoever is interrupted; 0: not begun */
    double share;
    double loss;    /* the last one known */
    double heldout; /* the same of the held-out sentences */
} cli_progress;

cli_progress progress_start(FILE *out, bool quiet);
void progress_reading(void *context, const n2v_reading *reading);
void progress_training(void *context, const Progress *now);
void progress_heldout(void *context, const Heldout *heldout); /* a line for each epoch */

/* A line of its own: removes the bar first. Nothing when quiet. */
void progress_say(cli_progress *progress, const char *format, ...) PRINTF_LIKE(2, 3);
void progress_end(cli_progress *progress); /* removes the bar */

/* 1234567 as "1,234,567", 4612345.0 as "4.61 M", 75.2 seconds as "1:15". Returns text. */
#define PROGRESS_TEXT 32
const char *progress_count(uint64_t count, char text[PROGRESS_TEXT]);
const char *progress_rate(double rate, char text[PROGRESS_TEXT]);
const char *progress_time(double seconds, char text[PROGRESS_TEXT]);

#endif
