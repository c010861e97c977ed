/* registry.h - the library's objectives, a row each, in the order of the documentation. */
#ifndef N2V_OBJECTIVES_REGISTRY_H
#define N2V_OBJECTIVES_REGISTRY_H

#include "objectives/objective.h"

#define OBJECTIVES(row)                                                                                                \
    row(sgns) row(nce) row(infonce) row(contrastive) row(triplet) row(lifted) row(npair) row(softmax) row(softnn)      \
        row(debiased) row(hardneg) row(siglip) row(alignuniform) row(dcl) row(ranking) row(spectral) row(qwem)         \
        row(gbce) row(supcon) row(milnce) row(hs)

#define OBJECTIVE_DECLARATION(name) extern const n2v_objective objective_##name;
OBJECTIVES(OBJECTIVE_DECLARATION)
#undef OBJECTIVE_DECLARATION

/* Their names; NULL after the last. */
extern const char *const objective_names[];

#endif
