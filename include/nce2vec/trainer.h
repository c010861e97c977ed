/* nce2vec/trainer.h - trainings, and their checkpoints. A part of nce2vec.h, which includes it. */
#ifndef NCE2VEC_TRAINER_H
#define NCE2VEC_TRAINER_H

#include "corpus.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A training: its state can be held at any block of sentences. */
typedef struct n2v_trainer n2v_trainer;

/* Sets the model up: random vectors, or those of the file of the setting start; and learning rates of words, by freeze
 * and lr-of. settings (N2V_FOR_TRAINING) are copied, corpus is kept by reference; both belong together.
 * N2V_ERROR_ARGUMENT: the corpus was read with other values of the text's settings (N2V_STAGE_TEXT), or of the seed
 * where it chose the held-out sentences. N2V_ERROR_DATA: no sentence has two words, so there is no pair to learn from.
 * N2V_ERROR_MEMORY. */
N2V_API n2v_status n2v_trainer_create(n2v_trainer **trainer, const n2v_settings *settings, const n2v_corpus *corpus,
                                      n2v_error *error);
N2V_API void n2v_trainer_destroy(n2v_trainer *trainer);

/* Takes the vectors of the words that both have from other vectors of the same dimensions; the rest stay random. Input
 * vectors, with subwords all parts, and where `from` has them output vectors and biases; of the objective hs the nodes
 * of the tree, where `from` has the same words with the same counts. *found (may be NULL): how many words. Before the
 * first run, or while the trainer is paused. N2V_ERROR_ARGUMENT: other dimensions, or the training has subwords and
 * `from` has none of the same settings. N2V_ERROR_DATA: no word is in both. */
N2V_API n2v_status n2v_trainer_start(n2v_trainer *trainer, const n2v_vectors *from, size_t *found, n2v_error *error);

/* The same from memory: count rows of dim floats, stride floats apart, become the vectors of the words from id first
 * on. Biases stay. N2V_ERROR_NUMERIC, and nothing has changed: a number is not finite. N2V_ERROR_ARGUMENT: the inputs
 * are made of subwords, or the outputs are not those of words. */
N2V_API n2v_status n2v_trainer_set_rows(n2v_trainer *trainer, n2v_matrix matrix, uint32_t first, size_t count,
                                        const float *rows, size_t stride, n2v_error *error);

/* Sets factors of the learning rate, for the input or the output vectors of count words from id first on: 0 freezes a
 * vector, of which then not one bit changes; bias included, for outputs. What several words share has one factor: a
 * part of subwords the smallest of its words' factors; the shared bias, and the nodes of a tree, 1, or 0 once the
 * outputs of all words have 0. Checkpoints have the factors. Several ranks set the same ones. Before the first run, or
 * while the trainer is paused. N2V_ERROR_ARGUMENT: a factor is negative or not finite; or the outputs are nodes of a
 * tree (hs), and these are not all words with one factor. */
N2V_API n2v_status n2v_trainer_set_rates(n2v_trainer *trainer, n2v_matrix matrix, uint32_t first, size_t count,
                                         const float *factors, n2v_error *error);

typedef enum n2v_until {
    N2V_TO_END,       /* of the last epoch */
    N2V_TO_EPOCH_END, /* of the epoch that the training is in */
    N2V_TO_WORDS      /* so many words have been trained on since the beginning, rounded up to a block */
} n2v_until;

/* Trains until then, in the threads that the settings say, and pauses. observer's functions are called. One thread
 * gives the same bytes with any pauses, on the same kernel set.
 * N2V_ERROR_INTERRUPTED: stopped by observer->stop or n2v_trainer_stop; every thread has finished its block, the
 * trainer is paused, and may run on. N2V_ERROR_NUMERIC: a loss or a parameter is not finite. N2V_ERROR_DATA:
 * subsampling left no pair of words in all epochs, so the vectors are still random. After both the trainer cannot go
 * on: later runs return the same status. N2V_ERROR_MEMORY: a thread or its buffers; the trainer is paused, and may run
 * on. N2V_ERROR_IO: the text's temporary file; with one thread the trainer may run on. N2V_ERROR_ARGUMENT: the training
 * is at its end, or the trainer runs already (an observer's functions cannot run it again, nor destroy it). Several
 * ranks run to the same point (else N2V_ERROR_ARGUMENT), and pause together: a stop of one stops all, at the end of a
 * round. After a failure other than N2V_ERROR_INTERRUPTED and N2V_ERROR_ARGUMENT they cannot go on. */
N2V_API n2v_status n2v_trainer_run(n2v_trainer *trainer, n2v_until until, uint64_t words, const n2v_observer *observer,
                                   n2v_error *error);

/* Asks a run to pause; from any thread, also from a callback or a signal handler. A trainer that does not run stops
 * at the beginning of its next run; so does one that reaches the end of its run just then: no request is lost. */
N2V_API void n2v_trainer_stop(n2v_trainer *trainer);

typedef struct n2v_trainer_info {
    size_t size; /* in: sizeof(n2v_trainer_info) */
    uint64_t words, words_total; /* trained on, and of all epochs; before subsampling */
    uint64_t pairs;              /* positive pairs */
    size_t epoch, epochs;        /* the one that the training is in, from 1; of how many */
    int finished;                /* 1: all epochs are trained */
    double loss;                 /* mean per positive pair of the latest epoch that has any, on a sample; NaN: none */
    double clipped;              /* the share of steps that were clipped because scores had become too large */
    double seconds;              /* of training */
    const char *kernels;         /* the kernel set that computes */
    const char *layout;          /* how examples are laid out: windows, inputs, batches, words */
    size_t vectors, frozen;      /* rows of the model that are trained, of both sides; those with a learning rate of */
                                 /* 0 */
} n2v_trainer_info;

/* While the trainer is paused. */
N2V_API n2v_status n2v_trainer_describe(const n2v_trainer *trainer, n2v_trainer_info *info, n2v_error *error);

/* The vectors as they are: a view, owned by the trainer, valid as long as it is; read while the trainer is paused. */
N2V_API const n2v_vectors *n2v_trainer_vectors(const n2v_trainer *trainer);

/* What a training needs, in bytes. The caller sets the members that are "in"; an initializer such as
 * {.size = sizeof(n2v_memory)} makes the others zero. */
typedef struct n2v_memory {
    size_t size;        /* in: sizeof(n2v_memory) */
    uint64_t text;      /* while the text is read: its distinct words, and ids; pairs of words, to find phrases */
    uint64_t training;  /* afterwards: the vocabulary, ids, the model, distributions, and buffers of all threads */
    uint64_t temporary; /* of the temporary file of ids; 0: they are kept in memory */
    uint64_t sentences; /* in: of a text with weights, which are counted; 0: not known */
    const n2v_vectors *start; /* in: those that the training starts from, or its checkpoint, which are in memory */
                              /* until it begins; NULL: not counted */
} n2v_memory;

/* An estimate, from the sizes of the library's own structures, for a vocabulary of so many words out of `types`
 * distinct ones, and a text of so many tokens. settings are for training. */
N2V_API n2v_status n2v_memory_estimate(n2v_memory *memory, const n2v_settings *settings, size_t vocabulary,
                                       uint64_t types, uint64_t tokens, n2v_error *error);

/* ---- Checkpoints ---------------------------------------------------------- */

/* Saves all that the training has to go on from here, as a .n2v file whatever its ending: the model, which every
 * function of vectors can read; the position and the sums of the training; the fingerprint of its text. The trainer is
 * paused, or calls observer->epoch. The file appears when it is complete, as those of n2v_output do.
 * N2V_ERROR_NUMERIC: a parameter is not finite, and an earlier file at the path is untouched. N2V_ERROR_ARGUMENT: the
 * trainer is running, or the path cannot be written. */
N2V_API n2v_status n2v_trainer_save(n2v_trainer *trainer, const char *path, n2v_error *error);

/* A line of the client's own, kept in the checkpoints of this training and of those that go on from them, such as where
 * its output goes. value NULL: removes it. N2V_ERROR_ARGUMENT: the name has '=', or one of both a control character. */
N2V_API n2v_status n2v_trainer_note(n2v_trainer *trainer, const char *name, const char *value, n2v_error *error);

/* The notes of a checkpoint: entry `index`. 0 beyond the last. The strings live as long as the vectors. */
N2V_API int n2v_vectors_note(const n2v_vectors *vectors, size_t index, const char **name, const char **value);

/* How far the training of a checkpoint is; info->layout is NULL. N2V_ERROR_FORMAT: the vectors have no state of a
 * training, or a damaged one. */
N2V_API n2v_status n2v_checkpoint_describe(const n2v_vectors *checkpoint, n2v_trainer_info *info, n2v_error *error);

/* The settings with which the training of a checkpoint goes on, and its text is read again: those of its record, with
 * what is set in changes (N2V_FOR_TRAINING; NULL: nothing). N2V_ERROR_ARGUMENT, with both values, where a setting that
 * is not changeable (n2v_setting_info) has another value, and for fewer epochs than have begun. The files of
 * "read-vocab" and "heldout" may have other names. The kernel set of the checkpoint is kept where changes has none and
 * this machine has it. A program that was the tokenizer must be in changes, too (N2V_ERROR_ARGUMENT): a file alone
 * starts none. N2V_ERROR_FORMAT: the vectors are no checkpoint, or its record is not valid. */
N2V_API n2v_status n2v_checkpoint_settings(const n2v_vectors *checkpoint, const n2v_settings *changes,
                                           const n2v_objectives *objectives, n2v_settings **settings,
                                           n2v_error *error);

/* A trainer that goes on where the checkpoint was saved. changes as above, or the settings from there: they also have
 * the objectives, of which the checkpoint's is one (NULL: the library's own). corpus is the same text again, read with
 * those settings, and kept by reference; checkpoint may be destroyed. With one thread and the same kernel set it ends
 * with the bytes of a training that was never interrupted; with several it trains on the same samples.
 * More epochs than before stretch the schedule of the learning rate over all of them.
 * N2V_ERROR_ARGUMENT: the text or its vocabulary is another one, with what differs. N2V_ERROR_DATA: a rank has another
 * checkpoint. */
N2V_API n2v_status n2v_trainer_resume(n2v_trainer **trainer, const n2v_vectors *checkpoint,
                                      const n2v_settings *changes, const n2v_corpus *corpus, n2v_error *error);

#ifdef __cplusplus
}
#endif
#endif
