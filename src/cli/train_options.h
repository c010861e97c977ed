/* train_options.h - the options of train, beside the settings of the library. */
#ifndef N2V_CLI_TRAIN_OPTIONS_H
#define N2V_CLI_TRAIN_OPTIONS_H

#include "cli/options.h"
#include "cli/watch.h"

typedef struct train_values {
    const char *output, *metrics, *save_vocab, *save_text, *plugin;
    const char *checkpoint, *checkpoint_every, *resume;
    cli_watch_options watch;
    size_t progress;
    bool dry_run, quiet, shard, window_fixed;
    uint64_t binary, cbow, hs, classes, debug; /* of word2vec.c */
    uint64_t type, cap;                        /* of wang2vec */
    size_t loss;                               /* of fastText: compat_loss */
    const char *unused;                        /* the value of an option without effect */
    size_t unused_choice;
    bool unused_flag;
} train_values;

extern const cli_option train_options[]; /* up to the first without a name */

#endif
