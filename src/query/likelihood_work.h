/* likelihood_work.h - what the measurements of a likelihood share: the text after subsampling, tasks in threads, log Z.
 *
 * likelihood_pairs.c and likelihood_bags.c fill the contexts and the sums, likelihood.c draws the conclusion.
 * likelihood_lines.c has the same of each line of a text. */
#ifndef N2V_QUERY_LIKELIHOOD_WORK_H
#define N2V_QUERY_LIKELIHOOD_WORK_H

#include <pthread.h>
#include <stdatomic.h>

#include "noise/subsample.h"
#include "query/likelihood.h"

/* The sums of a part of the text; score and log_z by weight. */
typedef struct LikelihoodSum {
    uint64_t pairs;
    double weight, score;
    double log_z; /* of lines alone: the whole text has its contexts */
} LikelihoodSum;

/* What words are predicted from, the sum of the weights of its pairs, and its log Z. */
typedef struct LikelihoodContext {
    Id id;       /* the context word; of a bag, its center word */
    float score; /* of a bag: that of the center word */
    double weight, log_z;
} LikelihoodContext;

/* A thread's own. */
typedef struct LikelihoodScratch {
    Id *buffer, *kept;    /* a block */
    float *kept_weights;  /* of the sentences of kept */
    const float *weights; /* of the sentences of the block that was read last; NULL: the text has none */
    const float **x, **y; /* x has room for the words of a window, too */
    float *scores;
    float *means; /* PART_ROWS rows; NULL: no bags */
} LikelihoodScratch;

typedef struct LikelihoodWork LikelihoodWork;
typedef n2v_status LikelihoodTask(LikelihoodWork *m, LikelihoodScratch *s, size_t index, n2v_error *error);

struct LikelihoodWork {
    const Model *model;
    const Blocks *blocks;
    const LikelihoodOptions *options;
    Subsample *subsample;
    LogProbability log_probability;
    LikelihoodContext *contexts;
    size_t context_count;
    LikelihoodSum *sums;
    size_t sum_count;
    void *state; /* of bags, of lines */

    /* One round of tasks. */
    LikelihoodTask *task;
    size_t tasks;
    atomic_size_t next;
    pthread_t caller;      /* the thread that checks for a stop request */
    pthread_mutex_t mutex; /* guards error */
    n2v_error error;
};

n2v_status likelihood_scratch_create(LikelihoodScratch *s, const LikelihoodWork *m, n2v_error *error);
void likelihood_scratch_free(LikelihoodScratch *s, const LikelihoodWork *m);

/* Threads take the tasks 0 to tasks - 1 in turn; each task has its own place for its result. */
n2v_status likelihood_run_tasks(LikelihoodWork *m, size_t tasks, LikelihoodTask *task, n2v_error *error);

/* A block after subsampling. */
n2v_status likelihood_read_block(const LikelihoodWork *m, LikelihoodScratch *s, size_t index, const Id **ids,
                                 size_t *count, n2v_error *error);

/* The weight of a sentence of the block that was read last, by its number there. */
static inline double likelihood_line_weight(const LikelihoodScratch *s, size_t sentence)
{
    return s->weights ? (double)s->weights[sentence] : 1;
}

/* The end of the sentence that starts at from. */
static inline size_t likelihood_sentence_end(const Id *ids, size_t from)
{
    while (!(ids[from++] & SENTENCE_END))
        ;
    return from;
}

/* log Z of up to PART_ROWS contexts, whose input rows are s->x. */
n2v_status likelihood_log_z(const LikelihoodWork *m, LikelihoodScratch *s, LikelihoodContext *contexts, size_t rows,
                            n2v_error *error);

/* Fill contexts, empty where the text has none, and sums: of skip-gram, of CBOW. */
n2v_status likelihood_pairs(LikelihoodWork *m, n2v_error *error);
n2v_status likelihood_bags(LikelihoodWork *m, n2v_error *error);

/* Skip-gram, for parts of a text: a task that measures log Z of up to PART_ROWS of m->contexts, and the sums of the
 * pairs of the sentence from..to - 1. log_z: by id; NULL: not wanted. */
LikelihoodTask likelihood_context_task;
void likelihood_add_pairs(const LikelihoodWork *m, LikelihoodScratch *s, const Id *ids, size_t from, size_t to,
                          const double *log_z, LikelihoodSum *sum);

/* The bags of CBOW in some sentences, one after the other. Set ids, count and the window; the rest begins with 0. */
typedef struct LikelihoodBags {
    const Id *ids;
    size_t count, window;
    WindowWeights weights;
    size_t from, to; /* the sentence */
    size_t center, reach;
    const float *line_weights; /* of the sentences; NULL: they have none */
    size_t sentences;          /* that have begun */
} LikelihoodBags;

/* Moves on by one bag; false at the end. */
bool likelihood_next_bag(LikelihoodBags *bags);

/* Measures the next bags, at most `most`, which is at most PART_ROWS; *count: how many there were. centers: the places
 * of their center words; NULL: not wanted. */
n2v_status likelihood_take_bags(const LikelihoodWork *m, LikelihoodScratch *s, LikelihoodBags *bags, size_t most,
                                LikelihoodContext *contexts, size_t *centers, size_t *count, n2v_error *error);

/* What likelihood_measure begins and ends with. */
n2v_status likelihood_work_create(LikelihoodWork *m, n2v_error *error);
void likelihood_work_free(LikelihoodWork *m);

n2v_status likelihood_fail_empty(n2v_error *error);    /* a text without a pair */
n2v_status likelihood_fail_infinite(n2v_error *error);

#endif
