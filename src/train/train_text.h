/* train_text.h - the text of a training: of one process, or of all ranks together. */
#ifndef N2V_TRAIN_TRAIN_TEXT_H
#define N2V_TRAIN_TRAIN_TEXT_H

#include "corpus/blocks.h"
#include "corpus/fingerprint.h"
#include "ranks/ranks.h"

/* The text of a training. Of several ranks each has all blocks, or blocks of its own. */
typedef struct TrainText {
    const Blocks *blocks, *heldout; /* by reference; heldout NULL: nothing is held out */
    Ranks *ranks;                   /* by reference; NULL: this process is alone */
    bool own_blocks, own_heldout;   /* of this rank alone */

    /* train_text_measure sets these: of all ranks together, and the number that the first own block has among them. */
    uint64_t words_of_all;
    size_t blocks_of_all, heldout_of_all, first_block;
    size_t threads_before, threads_of_all; /* of the ranks before this one; of all ranks */
    Fingerprint own_text, own_heldout_text; /* of all ranks; without hashes: who has which sentences may change */
} TrainText;

/* A loss, summed over a sample of tiles or over all tiles. */
typedef struct LossSum {
    double loss;
    uint64_t pairs;
} LossSum;

/* Of all ranks together: how large the text and the threads of all of them are. */
n2v_status train_text_measure(TrainText *text, size_t threads, n2v_error *error);

/* Of the text and of the held-out text. Reads all blocks. */
n2v_status train_text_fingerprints(const TrainText *text, Fingerprint *trained, Fingerprint *heldout, n2v_error *error);

/* N2V_ERROR_DATA: no sentence has two words. */
n2v_status train_text_check_pairs(const TrainText *text, n2v_error *error);

/* What a rank asks of a run. */
typedef struct RunRequest {
    uint64_t until, words;    /* as in trainer_run; words 0 unless they are the goal */
    uint64_t failed, watched; /* a status, with which the training cannot go on; an observer wants the ends of epochs */
} RunRequest;

/* Of all ranks together: failed and watched become those of any rank. N2V_ERROR_ARGUMENT: the goals differ. */
n2v_status train_text_agree(const TrainText *text, RunRequest *request, n2v_error *error);

/* The first block, counted over all epochs, before which so many words are trained on. */
uint64_t train_text_block_after(const TrainText *text, uint64_t words, size_t epochs);

/* Of this rank's own blocks, the first one that is behind a block of an epoch of all ranks: as far in its text. */
size_t train_text_own_block(const TrainText *text, uint64_t in_epoch);

/* Of all ranks together, with texts of their own: where a checkpoint's training goes on. That is its block, where the
 * ranks have the same texts as then; else *block, which is about as far. *words becomes what is before it, and *saved
 * 0. */
n2v_status train_text_place(const TrainText *text, uint64_t *saved, uint64_t *block, uint64_t *words, n2v_error *error);

/* Of all ranks together: the sum of the losses of all blocks, of which this rank has so many, in their order. */
n2v_status train_text_sum(const TrainText *text, const LossSum *losses, size_t count, LossSum *sum, n2v_error *error);

#endif
