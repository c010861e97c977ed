/* metrics.h - train --metrics: what is measured during a training, a JSON object a line.
 *
 *     {"started": "2026-11-24T14:00:00Z", "output": FILE, "vocabulary": words, "words_total": of all epochs,
 *      "parameters": {as the model records them}}
 *     {"seconds": of training, "epoch": from 1, "words": trained on, "words_per_second", "lr", "loss"}
 *     {"seconds", "epoch": that has ended, "words", "heldout_loss", "heldout_pairs", with --validate "validation":
 *      the rank correlation, "validation_pairs": that it comes from}
 *     {"end": "done" | "interrupted" | "failed", "seconds", "words", "words_per_second": of the whole training,
 *      "last_epoch_loss", "steps_clipped": the share of clipped steps}
 *
 * The first line is written when the text is read, the last one at the end of the run. A line of the second kind is
 * written each 500th of the training, at least every 10 seconds, and after the end of an epoch; its words/s and loss
 * (the mean per positive pair) are of the time since the line before. What is not finite is null.
 *
 * The file appears with its first line; until then an older one stays. Lines are whole, and stay after a failure. */
#ifndef N2V_CLI_METRICS_H
#define N2V_CLI_METRICS_H

#include <stdbool.h>

#include "cli/fail.h"

typedef struct cli_metrics {
    n2v_output *file; /* NULL: no metrics are wanted */
    bool begun;
    uint64_t lines; /* written so far */
    n2v_status status; /* of the writing; after a failure nothing more is written */
    n2v_error error;
    uint64_t words; /* at the last line of training, and the time then */
    double seconds;
    double loss; /* the sum since then, over so many pairs */
    uint64_t pairs;
    bool due;          /* a line, as soon as there is news */
    n2v_progress last; /* the latest */
} cli_metrics;

/* The first line. Without metrics these do nothing. */
n2v_status metrics_begin(cli_metrics *metrics, const n2v_trainer *trainer, const char *output, n2v_error *error);

/* The same for a training that is resumed: the first `lines` lines of the file at path, which belong to what was
 * trained before, and
 *     {"resumed": time, "seconds", "words"}
 * Without them it begins as metrics_begin. */
n2v_status metrics_resume(cli_metrics *metrics, const n2v_trainer *trainer, const char *output, const char *path,
                          uint64_t lines, n2v_error *error);

/* Writes what is not written yet, to the disk: the training pauses, and may go on from here later. */
void metrics_pause(cli_metrics *metrics);

/* A failure stays in metrics: training goes on. */
void metrics_progress(cli_metrics *metrics, const n2v_progress *now);
void metrics_epoch(cli_metrics *metrics, const n2v_epoch *epoch, const n2v_pairs_score *validation);

/* The last line of a run with this status (trained: what the training ended with; NULL: it did not reach its end), and
 * the end of the file. Returns the status, or, of a run that was done, the metrics' own failure. */
n2v_status metrics_close(cli_metrics *metrics, n2v_status status, const n2v_trainer_info *trained, n2v_error *error);

#endif
