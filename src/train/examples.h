/* examples.h - from a block of ids to training examples: subsampling, windows, noise draws.
 *
 * Every random choice comes from streams named by (seed, epoch, block), so the
 * examples of a block do not depend on the thread that makes them. */
#ifndef N2V_TRAIN_EXAMPLES_H
#define N2V_TRAIN_EXAMPLES_H

#include "corpus/blocks.h"
#include "noise/noise.h"
#include "noise/subsample.h"

/* Windows that an example of the shape windows has at most. */
#define MOST_WINDOWS 8

/* What stands against a positive. */
typedef enum Shape {
    SHAPE_WINDOWS,  /* noise words drawn from Q, shared by a few windows in a row: rows are the */
                    /* contexts, each with the centre words for positives whose windows it is in */
    SHAPE_INPUTS,   /* noise words drawn from Q, shared by many inputs: rows are the inputs, */
                    /* each with its window for positives */
    SHAPE_BATCH,    /* the other pairs of a batch, each from another sentence */
    SHAPE_ALL_WORDS /* the vocabulary; rows and positives as in a single window */
} Shape;

/* The ids of one tile: rows of input words against columns of output words. Which output
 * (a row of the model) a column is, and where the positives are, depends on the shape:
 *     windows     column j is output j; then the centre words that are no columns; each output once
 *     inputs      column j is output j; then every positive, row by row; an output may stand twice
 *     batch       column j is row j's one positive, output positive[j]; each output once
 *     all words   column j is output j, each once
 * mask marks the columns that are no negatives of a row: in a batch and of all words. */
typedef struct Example {
    Shape shape;
    size_t rows, outputs, negatives, positives;
    Id *inputs;          /* rows: the input words */
    Id *output_ids;      /* outputs: the output words */
    unsigned char *mask; /* rows x negatives; batch and all words, else NULL */
    float *multiplicity; /* negatives: how often it was drawn */
    bool repeated;       /* some multiplicity is above 1 */
    bool overlap;        /* a centre word is a noise word, too, or that of two windows; windows only */
    uint8_t *members;    /* rows: which windows the row is in; where nothing overlaps, bit w is for that */
                         /* whose centre word is output negatives + w; windows only */
    uint32_t *first;     /* rows + 1: row i's positives are first[i] to first[i + 1] - 1 */
    uint32_t *row;       /* positives: the row of each */
    uint32_t *positive;  /* positives: which output each is */
    double done;         /* share of the block that lies before this example */
} Example;

typedef struct Examples Examples;

typedef struct ExamplesOptions {
    const Noise *noise;
    const Subsample *subsample;
    Shape shape;
    size_t words;             /* in the vocabulary */
    size_t window, num_noise; /* each at least 1; a batch has num_noise + 1 pairs */
    size_t sharing;           /* that share noise words: windows or inputs; in these two shapes only */
    bool other_classes;       /* mask the columns that are a row's own word; shape batch only */
    uint64_t seed;
} ExamplesOptions;

n2v_status examples_create(Examples **examples, const ExamplesOptions *options, n2v_error *error);
void examples_destroy(Examples *examples); /* accepts NULL */

/* The sizes that no example exceeds. */
typedef struct ExampleSizes {
    size_t rows, outputs, negatives, positives;
} ExampleSizes;
ExampleSizes examples_sizes(const ExamplesOptions *options);

/* The epoch that names the streams of held-out blocks: their examples are always the same. */
#define HELDOUT_EPOCH SIZE_MAX

/* Subsamples a block. index is the block's. */
void examples_start(Examples *examples, const Block *block, size_t epoch, size_t index);

/* The next example with at least one row, or NULL at the end of the block. It
 * stays valid until the call after the next: the engine looks one ahead. */
const Example *examples_next(Examples *examples);

#endif
