/* training.h - what the tests of training share: texts as blocks of ids, options, trainers, and models compared. */
#ifndef N2V_TESTS_TRAINING_H
#define N2V_TESTS_TRAINING_H

#include "base/random.h"
#include "test.h"
#include "train/trainer.h"

/* Texts ----------------------------------------------------------------------------------- */

#define MAX_TEXT_WORDS ((size_t)20000)

/* A text as ids, with its vocabulary. */
typedef struct training_text {
    size_t words;                      /* in the vocabulary */
    uint64_t counts[MAX_TEXT_WORDS];   /* by id */
    Vocabulary *vocabulary;
    Blocks *blocks, *heldout; /* heldout NULL: nothing is held out */
} training_text;

Blocks *new_blocks(void);
void append_ids(Blocks *blocks, const Id *ids, size_t count);
void finish_blocks(Blocks *blocks);

/* An empty text of so many words. Fill blocks and counts, then finish it. */
training_text *new_text(size_t words);

/* Finishes the blocks and makes the vocabulary: "w00000", ... with the counts. */
void finish_text(training_text *text);
void free_text(training_text *text); /* accepts NULL */

/* Sentences of one length; the ids run through the words. */
training_text *regular_text(size_t sentences, size_t length, size_t words);

/* Sentences of random lengths and words, in several blocks of unequal sizes, and others held out. The numbers of
 * neighbors are near each other. Each word occurs. */
training_text *blocks_of_random_text(size_t blocks, size_t words);

/* Training -------------------------------------------------------------------------------- */

/* Registered objectives in order; NULL beyond the last. */
const n2v_objective *registered_objective(size_t index);

/* For loops over all of them. Sanitizers take nce, softmax, dcl and milnce: all layouts, biases, rows of length 1. */
enum { FIRST_OBJECTIVE = SANITIZED ? 1 : 0, OBJECTIVE_STEP = SANITIZED ? 6 : 1 };

/* "NAME" or "NAME:parameter=value" with a window of 1, 10 noise words, 6 epochs, 64 dimensions. */
TrainOptions training_options(const char *objective, size_t threads);

/* The defaults of a registered objective with a window of 3, 2 epochs. */
TrainOptions default_options(size_t index, size_t threads);

/* The best kernel set that rounds no number to 16 bits. */
const Kernels *full_precision(void);

/* Rows are neither bounded by distances nor kept at length 1. */
bool has_free_products(const TrainOptions *options);

Trainer *new_trainer(const training_text *text, const TrainOptions *options);

/* A trainer that has come to its end. */
Trainer *trained(const training_text *text, const TrainOptions *options);

/* The mean loss of the last epoch. */
double last_loss(const Trainer *trainer);

/* Models ---------------------------------------------------------------------------------- */

/* The score of an input and an output word by the dot product, biases included. */
double dot_score(const Model *model, size_t input, size_t output);

/* Whether all parameters are the same, to the bit. */
bool same_parameters(const Model *a, const Model *b);

/* Requires that all parameters are finite, and floats beyond them 0. */
void check_parameters(const Model *model, const char *name);

/* A copy of the parameters, without the vocabulary. */
Model copy_parameters(const Model *model);
void free_copy(Model *copy);

#endif
