/* group_training.h - a training by ranks that are threads of this process. */
#ifndef N2V_TESTS_GROUP_TRAINING_H
#define N2V_TESTS_GROUP_TRAINING_H

#include "thread_ranks.h"
#include "training.h"

/* What each rank has, does, and ends with. */
typedef struct group_training {
    thread_ranks group;
    training_text *text;          /* that all have, with its vocabulary */
    Blocks *own[MAX_RANKS];       /* NULL: the text of all */
    Blocks *own_heldout[MAX_RANKS];
    TrainOptions options[MAX_RANKS];
    Model *checkpoint;            /* to begin with; NULL: none */
    n2v_until until;
    uint64_t words, other_words;  /* other_words: more, for the last rank */
    const n2v_observer *observers[MAX_RANKS];
    Trainer *trainers[MAX_RANKS];
    n2v_status statuses[MAX_RANKS];
    n2v_error errors[MAX_RANKS];
} group_training;

TrainOptions step_options(size_t index);

group_training new_training(training_text *text, size_t ranks, const TrainOptions *options);

void free_training(group_training *t);

void run_all_ranks(group_training *t);

void require_success(const group_training *t);

/* All ranks have the same model and the same sums. */
void require_same(const group_training *t);

/* Each word and pair of the text was trained on once an epoch, and the loss is that of one process, about. */
void require_as_one(const group_training *t, const Trainer *one);

/* Shares of the blocks that a rank gets of 10. */
void split_blocks(const Blocks *all, Blocks **own, size_t ranks, const size_t *tenths);

#endif
