/* examples.h - from a block of ids to training examples: subsampling, windows, noise draws.
 *
 * Every random choice comes from streams named by (seed, epoch, block), so that the examples of a block do not depend
 * on the thread that makes them. This is the state that layouts share. */
#ifndef N2V_TRAIN_EXAMPLES_H
#define N2V_TRAIN_EXAMPLES_H

#include "corpus/huffman.h"
#include "noise/stream.h"
#include "noise/subsample.h"
#include "noise/window.h"
#include "train/id_table.h"
#include "train/layout.h"

struct ExamplesOptions {
    const Layout *layout;
    const Noise *noise;
    const Subsample *subsample;
    size_t words;             /* in the vocabulary */
    WindowWeights weights;    /* of contexts, by distance */
    float noise_weight;       /* what a noise word counts that is drawn once */
    size_t window, num_noise; /* each at least 1; a batch has num_noise + 1 pairs */
    size_t sharing;           /* windows or inputs that share noise words */
    bool weigh_bags;          /* by their numbers of contexts, outside of batches */
    bool mask_same_word;      /* in batches: mask the other columns that are a row's own word */
    const Huffman *tree;      /* of the layout tree; NULL in others, and where only sizes are needed */
    bool tree_and_noise;      /* its tiles have words as outputs, too: nodes are the rows after those of all words */
    uint64_t seed;
};

/* Positions from .. to - 1 of the kept words. */
typedef struct Positions {
    size_t from, to;
} Positions;
typedef Positions Sentence;

struct Examples {
    ExamplesOptions options;
    Random windows;
    NoiseStream noise;
    IdTable seen; /* the noise words of an example; without places for few words */
    Id *kept;     /* of the block, ends of sentences marked */
    size_t kept_count, position;
    float contexts;    /* of a window, on average */
    double share;      /* of the block, a position's */
    Sentence sentence; /* of the position */
    Example ring[2];   /* the current example and the next one */
    unsigned turn;
    void *state; /* the layout's own */
};

n2v_status examples_create(Examples **examples, const ExamplesOptions *options, n2v_error *error);
void examples_destroy(Examples *examples); /* accepts NULL */

/* The epoch that names the streams of held-out blocks: their examples are always the same. */
#define HELDOUT_EPOCH SIZE_MAX

/* Begins a block: subsamples it. index is the block's. */
void examples_start(Examples *examples, const Block *block, size_t epoch, size_t index);

/* The next example, or NULL at the end of the block. It is valid until the call after the next one, because the worker
 * prefetches the rows of the example after the current one. */
static inline const Example *examples_next(Examples *examples)
{
    return examples->options.layout->next(examples);
}

/* For layouts ----------------------------------------------------------------------------- */

/* The sentence that begins at position from. */
Sentence next_sentence(const Examples *examples, size_t from);

/* The contexts of a window, on average. */
static inline double window_contexts(const ExamplesOptions *options)
{
    return 2 * window_side(options->weights, options->window, options->window);
}

/* Draws the window around position: the contexts and the position itself. */
static inline Positions draw_window(Examples *examples, const Sentence *sentence, size_t position)
{
    const size_t reach = window_reach(examples->options.weights, examples->options.window, &examples->windows);

    return (Positions){position - sentence->from > reach ? position - reach : sentence->from,
                       sentence->to - position > reach ? position + reach + 1 : sentence->to};
}

/* What a bag of so many contexts counts. In skip-gram a window has a pair for each context; the mean over bags is 1. */
static inline float bag_weight(const Examples *examples, size_t contexts)
{
    return examples->options.weigh_bags ? (float)contexts / examples->contexts : 1;
}

/* Draws the noise words of an example, its first outputs. */
void take_noise(Examples *examples, Example *example);

#endif
