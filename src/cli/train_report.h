/* train_report.h - what nce2vec train prints before and after the training. */
#ifndef N2V_CLI_TRAIN_REPORT_H
#define N2V_CLI_TRAIN_REPORT_H

#include "cli/progress.h"

/* "training nce: 100 dimensions, window 5, ..." */
void train_report_plan(cli_progress *progress, n2v_settings *settings);

/* What the training ended with, and warnings. */
n2v_status train_report_result(cli_progress *progress, n2v_settings *settings, const n2v_objectives *objectives,
                               const n2v_trainer_info *end, n2v_error *error);

#endif
