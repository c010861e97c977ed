/* reading.h - reading a text, and the report on it. */
#ifndef N2V_CLI_READING_H
#define N2V_CLI_READING_H

#include "cli/progress.h"

#define READING_NO_INPUT "no input is given: name a file of text, or - for standard input"

/* A corpus with these files as its sources. vectors (NULL: none) gives the vocabulary. */
n2v_status reading_open(n2v_corpus **corpus, const n2v_settings *settings, const n2v_vectors *vectors,
                        const char *const *inputs, size_t count, n2v_error *error);

/* Refuses files that cannot be read, before other work. */
n2v_status reading_check(const n2v_settings *settings, const char *const *inputs, size_t count, n2v_error *error);

/* Whether a setting `heldout` is a share of the sentences; else it names a file. */
bool reading_is_share(const char *heldout);

/* Reports what was read and counted; heldout is the setting (NULL: none). */
n2v_status reading_report(const n2v_corpus *corpus, const char *heldout, cli_progress *progress, n2v_error *error);

/* Reports what each pass found; option is the one that bounds the pairs. */
n2v_status reading_report_phrases(const n2v_phrases *phrases, const char *option, cli_progress *progress,
                                  n2v_error *error);

/* Warns of what the text looks like, and of words that are malformed or too long; the reports do this, too. */
n2v_status reading_warn(const n2v_corpus *corpus, cli_progress *progress, n2v_error *error);

/* Reports what was read with a given vocabulary. */
n2v_status reading_report_known(const n2v_corpus *corpus, cli_progress *progress, n2v_error *error);

#endif
