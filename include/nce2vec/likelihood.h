/* nce2vec/likelihood.h - how probable vectors find a text. A part of nce2vec.h, which includes it. */
#ifndef NCE2VEC_LIKELIHOOD_H
#define NCE2VEC_LIKELIHOOD_H

#include "corpus.h"

#ifdef __cplusplus
extern "C" {
#endif

#define N2V_LIKELIHOOD_QUANTILES 7

/* Means over the pairs of a word w and a context c, weighted as the windows of training weigh them on average. Of a
 * model of cbow a context is the mean of the words of a window. */
typedef struct n2v_likelihood {
    size_t size; /* in: sizeof(n2v_likelihood) */
    const char *objective;
    size_t window;
    double subsample;
    uint64_t pairs;         /* each once, whatever the weight of its line */
    double weight;          /* the sum of the pairs' weights, times those of their lines */
    double exact;           /* mean log P(w|c), normalized by a sum over all words */
    double self_normalized; /* the same as the scores give it; undefined unless `normalized` */
    int normalized;         /* 1: the objective normalizes scores: log Z is near 0 */
    size_t contexts;        /* distinct context words; of cbow all windows */
    double mean, sd, mean_absolute; /* of log Z */
    double levels[N2V_LIKELIHOOD_QUANTILES], quantiles[N2V_LIKELIHOOD_QUANTILES]; /* of log Z */
} n2v_likelihood;

/* How probable vectors find a text. text was read with the vectors' vocabulary (n2v_corpus_create), and with the
 * setting window-weights of their training, so that long lines are shuffled where whole lines are contexts. settings
 * (N2V_FOR_LIKELIHOOD; NULL: defaults). observer->stop is asked. objectives: the set that has the vectors' objective.
 * N2V_ERROR_ARGUMENT: the vectors are not a whole model, or its objective does not define P(w|c). N2V_ERROR_DATA: the
 * text has no pair of known words. N2V_ERROR_NUMERIC: a sum overflows. */
N2V_API n2v_status n2v_likelihood_measure(n2v_likelihood *likelihood, const n2v_vectors *vectors,
                                          const n2v_corpus *text, const n2v_settings *settings,
                                          const n2v_objectives *objectives, const n2v_observer *observer,
                                          n2v_error *error);

/* The likelihood of a line. */
typedef struct n2v_likelihood_line {
    const char *source;  /* its name; valid during the call */
    uint64_t line;       /* the number in the source, from 1; of sentences of the caller's own, the sentence's */
    uint64_t words;      /* of the vocabulary, after subsampling */
    uint64_t unknown;    /* words that are not in the vocabulary */
    uint64_t pairs;      /* 0: the line has no likelihood, because it has less than two words */
    double weight, exact, self_normalized; /* as in n2v_likelihood; NaN, but for the weight, without pairs */
} n2v_likelihood_line;

/* Takes the next line, in the thread that called; not 0: give up. The structure grows at the end with later
 * libraries. */
typedef int (*n2v_take_line)(void *context, const n2v_likelihood_line *line);

/* How probable vectors find each line of a text, in the order of the lines, also of empty ones. text was created with
 * the vectors and has its sources, but is not read before: it is read here, and can only be destroyed afterwards. Lines
 * are measured and handed to take while the text is read, with memory for some of them (and the longest line). The sums
 * of weight * exact over the lines and over the text are the same, but for rounding, unless subsampling or
 * window-weights line draw at random: then both are samples. observer->stop and reading are called. The errors of
 * n2v_likelihood_measure, and of reading; N2V_ERROR_INTERRUPTED: take gave up. */
N2V_API n2v_status n2v_likelihood_lines(const n2v_vectors *vectors, n2v_corpus *text, const n2v_settings *settings,
                                        const n2v_objectives *objectives, n2v_take_line take, void *context,
                                        const n2v_observer *observer, n2v_error *error);

#ifdef __cplusplus
}
#endif
#endif
