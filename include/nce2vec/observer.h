/* nce2vec/observer.h - watching and stopping long calls. A part of nce2vec.h, which includes it. */
#ifndef NCE2VEC_OBSERVER_H
#define NCE2VEC_OBSERVER_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How far the reading of a text is. */
typedef struct n2v_reading {
    uint64_t tokens;
    uint64_t bytes, bytes_total; /* of the files as they are on disk, of sentences their tokens; total 0: not known */
    double seconds;
} n2v_reading;

/* How far finding or joining phrases is. */
typedef struct n2v_joining {
    size_t pass; /* that looks for phrases, from 1; 0: the text is joined */
    uint64_t words, words_total;
    double seconds; /* of this pass */
} n2v_joining;

/* How far a training is. */
typedef struct n2v_progress {
    uint64_t words, words_total; /* trained on, and of all epochs; before subsampling */
    size_t epoch, epochs;        /* the latest that has begun, from 1; of how many */
    double loss;                 /* mean per positive pair since the last call; NaN: none yet */
    uint64_t pairs;              /* in that mean: a sample */
    double learning_rate;        /* now */
    double seconds;              /* of training */
} n2v_progress;

/* What an epoch ended with. */
typedef struct n2v_epoch {
    size_t epoch, epochs;   /* the one that has ended, from 1; of how many */
    uint64_t words;         /* trained on since the first epoch */
    double loss;            /* mean per positive pair of the epoch, on a sample; NaN: it had no pair */
    uint64_t heldout_pairs; /* 0: nothing is held out, or it has no pair of words */
    double heldout_loss;    /* mean per positive pair of the held-out sentences; NaN without pairs */
    double seconds;         /* of training */
} n2v_epoch;

/* Functions that a long call calls from the thread that called it, a few times a second; each may be NULL. The
 * structures that they get grow at the end with later libraries. */
typedef struct n2v_observer {
    size_t size; /* sizeof(n2v_observer) */
    void *context;
    int (*stop)(void *context); /* not 0: end the call with N2V_ERROR_INTERRUPTED */
    void (*reading)(void *context, const n2v_reading *reading);
    void (*progress)(void *context, const n2v_progress *progress);
    void (*epoch)(void *context, const n2v_epoch *epoch); /* the trainer is paused: its vectors may be read */
    void (*joining)(void *context, const n2v_joining *joining);
} n2v_observer;

#ifdef __cplusplus
}
#endif
#endif
