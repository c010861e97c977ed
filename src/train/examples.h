/* examples.h - from a block of ids to training examples: subsampling, windows, noise draws.
 *
 * Every random choice comes from streams named by (seed, epoch, block), so the
 * examples of a block do not depend on the thread that makes them. */
#ifndef N2V_TRAIN_EXAMPLES_H
#define N2V_TRAIN_EXAMPLES_H

#include "corpus/blocks.h"
#include "noise/noise.h"
#include "noise/subsample.h"

/* The ids of one tile: rows of input words against columns of output words. */
typedef struct n2v_example {
    size_t rows, outputs, negatives, positives;
    n2v_id *inputs;      /* rows: the input words */
    n2v_id *output_ids;  /* outputs: the output words, each once */
    uint32_t *negative;  /* negatives: which output each noise word is */
    float *multiplicity; /* negatives: how often it was drawn */
    bool repeated;       /* some multiplicity is above 1 */
    uint32_t *first;     /* rows + 1: row i's positives are first[i] to first[i + 1] - 1 */
    uint32_t *positive;  /* positives: which output each is */
    size_t position;     /* of the centre word among the kept words of the block */
} n2v_example;

typedef struct n2v_examples n2v_examples;

typedef struct n2v_examples_options {
    const n2v_noise *noise;
    const n2v_subsample *subsample;
    size_t window, num_noise; /* each at least 1 */
    uint64_t seed;
} n2v_examples_options;

n2v_status n2v_examples_create(n2v_examples **examples, const n2v_examples_options *options, n2v_error *error);
void n2v_examples_destroy(n2v_examples *examples); /* accepts NULL */

/* The sizes that no example exceeds. */
size_t n2v_examples_max_rows(const n2v_examples *examples);
size_t n2v_examples_max_outputs(const n2v_examples *examples);

/* Subsamples a block; returns the number of words kept. index is the block's. */
size_t n2v_examples_start(n2v_examples *examples, const n2v_block *block, size_t epoch, size_t index);

/* The next example with at least one row, or NULL at the end of the block. It
 * stays valid until the call after the next: the engine looks one ahead. */
const n2v_example *n2v_examples_next(n2v_examples *examples);

#endif
