/* registry.c - which layout an objective is trained in. */
#include "nce2vec/objective.h"
#include "train/layout.h"

const Layout *layout_choose(uint32_t needs, size_t sharing, bool bags, bool parts)
{
    if (needs & N2V_NEEDS_TREE)
        return bags ? &layout_bag_tree : &layout_tree;
    if (needs & N2V_NEEDS_ALL_WORDS)
        return bags ? &layout_bag_all_words : &layout_all_words;
    if (needs & N2V_NEEDS_IN_BATCH)
        return bags ? &layout_bag_batches : &layout_batches;
    return bags ? &layout_bags : parts || sharing > MAX_WINDOWS ? &layout_inputs : &layout_windows;
}
