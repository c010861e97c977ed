/* layout.h - how the words of a block become tiles: the interface of a layout, and the list of layouts.
 *
 * A layout makes examples from a block (sizes, create, destroy, start, next), and knows where the scores of an example
 * are in memory (prefetch, forward, backward). One layout, with its variant for bags, is one file and a row in
 * layouts/registry.c; nothing else depends on the layout in use. */
#ifndef N2V_TRAIN_LAYOUT_H
#define N2V_TRAIN_LAYOUT_H

#include "train/example.h"
#include "train/input_model.h"

typedef struct Examples Examples; /* examples.h */
typedef struct TileStep TileStep; /* tile.h */

typedef struct ExamplesOptions ExamplesOptions;

/* How often tiles have the row of a word for each time that the word is in the text, after subsampling: as an input, as
 * an output. */
typedef struct Touches {
    double input, output;
    double noise;     /* noise words that are drawn for each word of the text */
    bool all_outputs; /* each word of the text has a tile with the rows of all words */
    double path;      /* tiles with the nodes on a word's path, for each time that the word is in the text */
} Touches;

typedef struct Layout {
    const char *name;
    bool draws_noise;   /* negatives are drawn from the noise distribution */
    bool text_is_noise; /* negatives are words of the text, so that Q is the text after subsampling */
    bool masks;         /* examples have a mask */

    /* Output matrices, one after the other, each with a row for each word. Optional: one. */
    size_t (*matrices)(const ExamplesOptions *options);

    ExampleSizes (*sizes)(const ExamplesOptions *options);
    Touches (*touches)(const ExamplesOptions *options);

    /* The layout's own state. Optional, the three together. start begins a block, after subsampling. */
    n2v_status (*create)(Examples *examples, n2v_error *error);
    void (*destroy)(Examples *examples);
    void (*start)(Examples *examples);

    /* Sets what is the same in all examples. Optional. */
    void (*prepare)(Example *example, const ExampleSizes *sizes);

    /* The next example with at least one row, or NULL at the end of the block. */
    const Example *(*next)(Examples *examples);

    /* Adds the rows of the model that the example needs and the example before it did not need
     * (tile_prefetch_inputs, tile_prefetch_outputs). Optional. */
    void (*prefetch)(TileStep *step, const Example *example);

    /* Computes the scores of the columns and of the positives, and gathers the positives' log noise. */
    void (*forward)(TileStep *step, const Example *example);

    /* Updates the rows of the model from the gradients of the scores, each multiplied by factor. */
    void (*backward)(TileStep *step, const Example *example, float factor);
} Layout;

/* The largest number of windows in an example of the layout windows. */
#define MAX_WINDOWS 8

/* The layout of a model for an objective with these N2V_NEEDS_... flags; sharing: consecutive words that share noise
 * words; parts: an input is made of many rows, so that a word should be one once for its whole window. NULL: the model
 * has none for this objective. */
const Layout *layout_choose(uint32_t needs, size_t sharing, InputModel model, bool parts);

extern const Layout layout_windows;   /* a few consecutive windows share noise words; rows are the contexts */
extern const Layout layout_inputs;    /* many inputs share noise words; rows are the inputs, each with its window */
extern const Layout layout_bags;      /* as inputs, but rows are windows without their center words, which are the */
                                      /* positives */
extern const Layout layout_positions; /* many inputs against the words at one position of their windows */
extern const Layout layout_batches;   /* pairs from different sentences, each the others' negatives */
extern const Layout layout_bag_batches; /* the same, but rows are windows without their center words */
extern const Layout layout_all_words; /* a window against the whole vocabulary */
extern const Layout layout_bag_all_words; /* the same, with its contexts as one row */
extern const Layout layout_tree;      /* a few consecutive windows against the paths of their center words in a tree */
extern const Layout layout_bag_tree;  /* one window, with its contexts as one row, against the path of its center */
                                      /* word */

#endif
