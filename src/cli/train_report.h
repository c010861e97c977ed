/* train_report.h - what nce2vec train prints before and after the training. */
#ifndef N2V_CLI_TRAIN_REPORT_H
#define N2V_CLI_TRAIN_REPORT_H

#include "cli/progress.h"

/* "training nce: 100 dimensions, window 5, ...", how the learning rate was chosen, and a warning when the training
 * will be slow. words: of the vocabulary; 0: not known yet. */
n2v_status train_report_plan(cli_progress *progress, n2v_settings *settings, const n2v_objectives *objectives,
                             size_t words, n2v_error *error);

/* The result of the training, and warnings. */
n2v_status train_report_result(cli_progress *progress, n2v_settings *settings, const n2v_objectives *objectives,
                               const n2v_trainer_info *end, n2v_error *error);

/* What this rank has sent while all ranks trained on so many words. Nothing for one rank. */
void train_report_sent(cli_progress *progress, size_t ranks, uint64_t bytes, uint64_t words);

#endif
