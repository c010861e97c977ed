#include "cli/measured.h"

#include <inttypes.h>

#include "cli/print.h"

void measured_number(FILE *out, const char *name, double value)
{
    fprintf(out, ",\"%s\":", name);
    print_json_number(out, value, 9);
}

void measured_training(FILE *out, const n2v_progress *now, double words_per_second, double loss)
{
    fprintf(out, "\"seconds\":%.3f,\"epoch\":%zu,\"words\":%" PRIu64, now->seconds, now->epoch, now->words);
    measured_number(out, "words_per_second", words_per_second);
    measured_number(out, "lr", now->learning_rate);
    measured_number(out, "loss", loss);
}

void measured_epoch(FILE *out, const n2v_epoch *epoch, const n2v_pairs_score *validation)
{
    fprintf(out, "\"seconds\":%.3f,\"epoch\":%zu,\"words\":%" PRIu64, epoch->seconds, epoch->epoch, epoch->words);
    measured_number(out, "heldout_loss", epoch->heldout_loss);
    fprintf(out, ",\"heldout_pairs\":%" PRIu64, epoch->heldout_pairs);
    if (!validation)
        return;
    measured_number(out, "validation", validation->spearman);
    fprintf(out, ",\"validation_pairs\":%zu", validation->found);
}
