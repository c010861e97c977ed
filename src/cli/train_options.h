/* train_options.h - the options of nce2vec train. */
#ifndef N2V_CLI_TRAIN_OPTIONS_H
#define N2V_CLI_TRAIN_OPTIONS_H

#include "cli/text_input.h"

typedef struct train_settings {
    text_settings text;
    const char *output, *metrics, *save_vocab, *read_vocab, *heldout, *objective;
    size_t format, vectors;
    uint64_t dim, window, noise, noise_sharing, epochs, threads, seed;
    size_t precision;
    bool dry_run;
    double noise_power, subsample, init, lr;
    uint64_t binary, cbow, hs, classes, debug; /* of word2vec.c */
} train_settings;

extern const cli_option train_options[];

#endif
