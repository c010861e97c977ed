/* likelihood_lines.h - the likelihood of each line of a text, in the order of the lines, with memory for some of them.
 *
 * A line is measured as a sentence of likelihood.h is, so that its sums do not depend on other lines. What is random
 * about it (subsampling, the order of words with WINDOW_LINE) is named by the seed and its number. */
#ifndef N2V_QUERY_LIKELIHOOD_LINES_H
#define N2V_QUERY_LIKELIHOOD_LINES_H

#include "nce2vec.h"
#include "query/likelihood.h"

typedef struct LikelihoodLines LikelihoodLines;

/* Takes the lines that are measured. */
typedef struct LikelihoodTake {
    n2v_take_line take;
    void *context;
} LikelihoodTake;

/* Keeps model and options by reference. The errors of log_probability_create. */
n2v_status likelihood_lines_create(LikelihoodLines **lines, const Model *model, const LikelihoodOptions *options,
                                   const LikelihoodTake *take, n2v_error *error);
void likelihood_lines_destroy(LikelihoodLines *lines); /* accepts NULL */

/* Adds a line: its source (kept by reference), its number and its unknown words are in *line; ids are those of its
 * other words, without marks, and may be changed. */
n2v_status likelihood_lines_add(LikelihoodLines *lines, const n2v_likelihood_line *line, Id *ids, size_t count,
                                n2v_error *error);

/* Whether enough lines are there to be measured together. */
bool likelihood_lines_full(const LikelihoodLines *lines);

/* Measures the lines that were added and hands them to take. N2V_ERROR_INTERRUPTED: it gave up, or a stop was asked
 * for. N2V_ERROR_NUMERIC: a sum overflows. */
n2v_status likelihood_lines_measure(LikelihoodLines *lines, n2v_error *error);

/* N2V_ERROR_DATA: no line had a pair of words. */
n2v_status likelihood_lines_end(const LikelihoodLines *lines, n2v_error *error);

#endif
