/* watch.h - train --validate, --save-every, --patience: what is done after each epoch, while the trainer is paused. */
#ifndef N2V_CLI_WATCH_H
#define N2V_CLI_WATCH_H

#include "cli/files.h"
#include "cli/session.h"

typedef struct cli_watch_options {
    const char *validate;          /* a file of word pairs; NULL: none */
    uint64_t save_every, patience; /* epochs; UNSET_INTEGER: not */
} cli_watch_options;

/* What a resumed training must know. */
typedef struct cli_watch_state {
    double best;      /* the best score so far: the validation, or else the held-out loss */
    uint64_t epoch;   /* that had it; 0: none yet. Its vectors are in the output file */
    uint64_t without; /* epochs since then without a better one */
} cli_watch_state;

typedef struct cli_watch {
    cli_session *session;
    const cli_watch_options *options;
    const char *output;     /* its path */
    n2v_settings *settings; /* of the output */
    n2v_pairs *pairs;       /* NULL: none */
    bool heldout;           /* sentences are held out */
    cli_watch_state state;
    bool stopped;      /* patience has ended the training */
    n2v_status status; /* of the first file that was not written; the training goes on */
    n2v_error error;
} cli_watch;

/* Checks the options and reads the pairs. output and settings are kept by reference. heldout: sentences are held
 * out. */
n2v_status watch_open(cli_watch *watch, cli_session *session, const cli_watch_options *options, const char *output,
                      n2v_settings *settings, bool heldout, n2v_error *error);
void watch_close(cli_watch *watch); /* accepts one that was not opened, all zero */

/* Refuses the names of vectors after an epoch, up to this one, that are other files of the run. */
n2v_status watch_check_files(const cli_watch *watch, uint64_t epochs, const cli_files *files, n2v_error *error);

/* Whether the training must pause after each epoch. */
bool watch_pauses(const cli_watch *watch);

/* Before the training: refuses pairs of which too few are known. */
n2v_status watch_begin(const cli_watch *watch, const n2v_vectors *vectors, n2v_error *error);

/* After session->ended, with the trainer paused: validates, reports, writes vectors, sets `stopped`, and notes the
 * state in the trainer for its checkpoints. */
n2v_status watch_epoch(cli_watch *watch, n2v_trainer *trainer, n2v_error *error);

/* Takes the state from the notes of a checkpoint, if it is of the same score and its best vectors are in this output,
 * which is still there. */
void watch_restore(cli_watch *watch, const n2v_vectors *checkpoint);

/* Whether the output file has the vectors of the best epoch, so that the last ones must not replace them. */
bool watch_keeps(const cli_watch *watch);

/* After the training: says which epoch the output file has. Returns the failure of a file that was not written. */
n2v_status watch_end(cli_watch *watch, n2v_error *error);

#endif
