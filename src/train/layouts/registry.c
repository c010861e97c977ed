/* registry.c - which layout an objective is trained in. */
#include "nce2vec/objective.h"
#include "train/layout.h"

const Layout *layout_choose(uint32_t needs, size_t sharing)
{
    if (needs & N2V_NEEDS_ALL_WORDS)
        return &layout_all_words;
    if (needs & N2V_NEEDS_IN_BATCH)
        return &layout_batches;
    return sharing > MAX_WINDOWS ? &layout_inputs : &layout_windows;
}
