/* example.h - the ids of one tile: input words as rows against output words as columns.
 *
 * Outputs are rows of the model; columns are what the objective sees. Noise words come first among the outputs, then
 * the positives that are not among them. Which output a column is, and which column a positive is, differs between
 * layouts and is data of the example, so that its users need not know the layout. */
#ifndef N2V_TRAIN_EXAMPLE_H
#define N2V_TRAIN_EXAMPLE_H

#include "corpus/blocks.h"

typedef struct Example {
    size_t rows, outputs, negatives, positives;
    size_t pairs; /* of an input and a word that it predicts; 0: as many as positives */
    Id *inputs;          /* the input words, of one row after the other */
    uint32_t *bag;       /* rows + 1: row i's inputs are bag[i] to bag[i + 1] - 1; NULL: row i has input i alone */
    uint32_t *place;     /* of each input of a bag: its place in the window, 0 to 2 window - 1, without the center */
    float *weight;       /* rows: what a bag counts, where a layout weighs bags; NULL: there are none */
    Id *output_ids;      /* outputs: the rows of the output words */
    Id first_output;     /* the row of word 0: each position may have a matrix of its own */
    unsigned char *mask; /* rows x negatives, non-zero: the column is not a negative of the row; NULL: none is */
    float *multiplicity; /* negatives: how often it counts */
    bool is_weighted;    /* some multiplicity is not 1 */
    uint32_t *first;     /* rows + 1: row i's positives are first[i] to first[i + 1] - 1 */
    uint32_t *row;       /* positives: the row of each */
    uint32_t *positive;  /* positives: which output each is */
    double done;         /* the share of the block before this example */

    const uint32_t *output_of_column;   /* negatives: which output column j is; NULL: output j */
    const uint32_t *column_of_positive; /* positives: which column each is; NULL: they are no columns */

    /* Of the layout windows alone. */
    bool overlap;     /* a center word is a noise word, too, or the center of two windows */
    uint8_t *members; /* rows: which windows the row is in; without overlap, bit w is the window whose center word is */
                      /* output negatives + w */
} Example;

/* The sizes that no example exceeds. */
typedef struct ExampleSizes {
    size_t rows, outputs, negatives, positives;
    size_t cells; /* of the matrix that the layout scores in one piece and then splits; 0: none */
    size_t inputs; /* of all rows, where they are bags; 0: one a row */
} ExampleSizes;

static inline size_t example_pairs(const Example *example)
{
    return example->pairs ? example->pairs : example->positives;
}

/* The input words of an example. */
static inline size_t example_inputs(const Example *example)
{
    return example->bag ? example->bag[example->rows] : example->rows;
}

#endif
