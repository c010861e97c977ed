/* encoder.h - from the input words of an example to the rows x that are scored.
 *
 * An input is a list of (row, weight) of the model. With one row of weight 1 the kernels work on the model in place;
 * otherwise inputs are gathered into a buffer, and their gradient is scattered back with the same weights. */
#ifndef N2V_TRAIN_ENCODER_H
#define N2V_TRAIN_ENCODER_H

#include "train/example.h"
#include "train/layout.h"

typedef struct Encoder {
    const char *name;
    size_t (*vectors)(size_t window); /* side by side in the row of an input; NULL: one */
    bool weighs_bags; /* a bag counts as many pairs as it has contexts, outside of batches */
    size_t buffers; /* rows of its own for each row of an example: step->encoded */
    size_t word_buffers; /* the same for each word of the bags, after them */
    void (*gather)(TileStep *step, const Example *example);  /* sets step->x */
    void (*scatter)(TileStep *step, const Example *example); /* after the update of step->x; NULL: x is the model's */

    /* Which input rows an example has: how many, and, once they are gathered, their numbers. NULL, both: its inputs. */
    size_t (*count)(const TileStep *step, const Example *example);
    const uint32_t *(*rows)(const TileStep *step, const Example *example, size_t *count);
} Encoder;

/* The learning rate of a bag's rows, in that of outputs. The gradient of a row is a fraction of an output's, and many
 * windows average the row with others. */
#define CONTEXT_RATE 3.0F

/* What the row of a whole word has of the change of its vector, as against its n-grams, which have the rest. With equal
 * changes of all parts words that look alike become too similar. */
#define WHOLE_WORD_SHARE 0.15F

extern const Encoder encoder_one_row; /* skip-gram: the word's own row */
extern const Encoder encoder_mean;    /* CBOW: the mean of the rows of a bag; each gets its share of the gradient */
extern const Encoder encoder_mean_whole; /* the same, but each gets all of the gradient, as in word2vec */
extern const Encoder encoder_side_by_side; /* CWindow: the rows of a window, each at its place */
extern const Encoder encoder_unit_mean; /* the mean scaled to length 1, of rows of length 1 */
extern const Encoder encoder_parts;       /* subwords: the mean of the parts of the word; of a bag the mean of these */
                                          /* means */
extern const Encoder encoder_parts_whole; /* the same, where each word of a bag gets all of the gradient */

#endif
