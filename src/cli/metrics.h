/* metrics.h - train --metrics: what is measured, a JSON object a line, written while it is measured.
 *
 *     {"started": "2026-11-24T14:00:00Z", "output": FILE, "vocabulary": words, "words_total": of all epochs,
 *      "parameters": {as the model records them}}
 *     {"seconds": since training began, "epoch": from 1, "words": trained on, "words_per_second", "lr", "loss"}
 *     {"seconds", "epoch": that has ended, "words", "heldout_loss", "heldout_pairs"}
 *     {"end": "done" | "interrupted" | "failed", "seconds", "words", "words_per_second": of the whole training,
 *      "last_epoch_loss"}
 *
 * The first line comes when the text is read, the last one when all is over. The second kind comes
 * each 500th of the training, at least every 10 seconds, and after a held-out loss; its words/s and
 * loss (the mean per positive pair) are of the time since the one before. What is no number is null.
 *
 * The file appears with its first line, and what stood there before is there until then; lines are
 * whole, and stay whatever comes. */
#ifndef N2V_CLI_METRICS_H
#define N2V_CLI_METRICS_H

#include "cli/record.h"
#include "io/writer.h"

typedef struct cli_metrics {
    Writer *writer; /* NULL: no metrics are wanted */
    bool begun;
    n2v_status status; /* of the writing; after a failure nothing more is written */
    n2v_error error;
    uint64_t words; /* at the last line of training, and the time then */
    double seconds;
    double loss; /* summed since then, over so many pairs */
    uint64_t pairs;
    bool due;      /* a line, whenever there is news */
    Progress last; /* that was told */
} cli_metrics;

/* N2V_ERROR_ARGUMENT when the file cannot be written. */
n2v_status metrics_open(cli_metrics *metrics, const char *path, const Stop *stop, n2v_error *error);

/* The first line. Without metrics these do nothing. */
n2v_status metrics_begin(cli_metrics *metrics, const run_record *record, const char *output, const Model *model,
                         uint64_t words_total, n2v_error *error);

/* A failure stays in metrics: training goes on. */
void metrics_progress(cli_metrics *metrics, const Progress *now);
void metrics_heldout(cli_metrics *metrics, const Heldout *heldout);

/* The last line of a run that came to this status, and the end of the metrics: they are freed.
 * Returns the status, or, of a run that was done, the metrics' own failure. */
n2v_status metrics_close(cli_metrics *metrics, n2v_status status, const TrainReport *report, n2v_error *error);

#endif
