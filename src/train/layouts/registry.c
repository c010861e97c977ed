/* registry.c - which layout an objective is trained in. */
#include "nce2vec/objective.h"
#include "train/layout.h"

/* With noise words that few words share, or many; with the other pairs of a batch, all words, and the nodes of a tree
 * as negatives. */
static const struct {
    const Layout *few, *many, *batch, *all_words, *tree;
} layouts[] = {
    [MODEL_SKIPGRAM] = {&layout_windows, &layout_inputs, &layout_batches, &layout_all_words, &layout_tree},
    [MODEL_CBOW] = {&layout_bags, &layout_bags, &layout_bag_batches, &layout_bag_all_words, &layout_bag_tree},
    [MODEL_STRUCTURED_SKIPGRAM] = {&layout_positions, &layout_positions, NULL, NULL, NULL},
    [MODEL_CWINDOW] = {&layout_bags, &layout_bags, NULL, NULL, NULL},
};

const Layout *layout_choose(uint32_t needs, size_t sharing, InputModel model, bool parts)
{
    if (needs & N2V_NEEDS_TREE)
        return layouts[model].tree;
    if (needs & N2V_NEEDS_ALL_WORDS)
        return layouts[model].all_words;
    if (needs & N2V_NEEDS_IN_BATCH)
        return layouts[model].batch;
    return parts || sharing > MAX_WINDOWS ? layouts[model].many : layouts[model].few;
}
