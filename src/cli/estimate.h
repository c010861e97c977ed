/* estimate.h - train --dry-run: what a training will need, from the beginning of its text. */
#ifndef N2V_CLI_ESTIMATE_H
#define N2V_CLI_ESTIMATE_H

#include "cli/session.h"

/* Reads the beginning of the inputs, trains on it for a moment, and prints words, vocabulary, memory, and the time of
 * reading and of training what is left; `trained` words are done already in the checkpoint (NULL: there is none). */
n2v_status estimate_report(cli_session *session, n2v_settings *settings, const n2v_objectives *objectives,
                           const char *const *inputs, size_t count, const n2v_vectors *checkpoint, uint64_t trained,
                           n2v_error *error);

/* ---- The arithmetic ------------------------------------------------------- */

/* How many different words a text has: after so many tokens, and after about half of them. */
typedef struct cli_growth {
    double tokens, types;
    double half_tokens, half_types;
} cli_growth;

/* By how much the number of words grows from growth->tokens to `tokens`: Heaps' law, types ~ tokens^b, with the b of
 * the second half. The words that occur at least so many times grow with the same b. */
double estimate_growth(const cli_growth *growth, double tokens);

/* A part in percent: 99 at most, as it is not the whole. */
double estimate_percent(double part, double whole);

/* Rounded to two digits, for what is an estimate. */
double estimate_rounded(double value);

#endif
