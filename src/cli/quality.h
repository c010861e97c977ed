/* quality.h - what vectors lose when they get fewer dimensions or bits, for people. */
#ifndef N2V_CLI_QUALITY_H
#define N2V_CLI_QUALITY_H

#include "cli/session.h"

/* Whether these settings of an output change directions of vectors: reduce, remove-top, float16, int8. */
bool quality_changes(n2v_settings *settings);

/* Compares the vectors with what was written of them (n2v_output_derived; NULL: they were only rounded), and reports
 * it. pairs (NULL: none) are scored with both; path names their file. */
n2v_status quality_report(cli_session *session, const n2v_vectors *vectors, const n2v_vectors *written,
                          n2v_settings *settings, const n2v_pairs *pairs, const char *path, n2v_error *error);

#endif
