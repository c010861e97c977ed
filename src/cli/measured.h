/* measured.h - what is measured during a training, as members of a JSON object: for --metrics and --progress json. */
#ifndef N2V_CLI_MEASURED_H
#define N2V_CLI_MEASURED_H

#include <stdio.h>

#include "nce2vec.h"

/* ,"name":value; null when it is not finite. */
void measured_number(FILE *out, const char *name, double value);

/* "seconds", "epoch", "words", "words_per_second", "lr", "loss". */
void measured_training(FILE *out, const n2v_progress *now, double words_per_second, double loss);

/* "seconds", "epoch", "words", "heldout_loss", "heldout_pairs", and with a validation (NULL: none) "validation",
 * "validation_pairs". */
void measured_epoch(FILE *out, const n2v_epoch *epoch, const n2v_pairs_score *validation);

#endif
