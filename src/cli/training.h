/* training.h - what a training of the command line has, from its options to its files. */
#ifndef N2V_CLI_TRAINING_H
#define N2V_CLI_TRAINING_H

#include "cli/compat.h"
#include "cli/resume.h"
#include "cli/session.h"
#include "cli/train_options.h"
#include "cli/watch.h"

typedef struct training {
    cli_session *session;
    train_values *values;
    const char *const *inputs;
    size_t count;
    char *objective; /* a plug-in's, by its name; NULL: as typed */
    char *plugin;    /* the file that it came from; NULL: none */
    cli_resume resume;
    cli_compat compat;
    n2v_objectives *objectives;
    n2v_settings *settings, *output_settings;
    n2v_corpus *corpus;
    n2v_trainer *trainer;
    n2v_output *vectors, *words, *text;
    cli_watch watch;
    bool pauses;          /* after each epoch */
    n2v_trainer_info end; /* what the training ended with */
    bool trained;         /* to its end */
} training;

/* Settings, checks and open files: all that can fail before any work. */
n2v_status training_prepare(training *t, n2v_error *error);

#endif
