/* gradient_check.h - checks an objective's gradient against finite differences of its loss, on random tiles. */
#ifndef N2V_CLI_GRADIENT_CHECK_H
#define N2V_CLI_GRADIENT_CHECK_H

#include "nce2vec.h"

#define GRADIENT_CASES 11

typedef struct gradient_case {
    const char *name;
    size_t tiles;      /* 0: the case is not one of this objective */
    double worst;      /* the largest error of a gradient, relative to the largest number of its kind in the tile */
    char problem[600]; /* what failed first; "": nothing */
} gradient_case;

typedef struct gradient_report {
    gradient_case cases[GRADIENT_CASES];
    size_t failed; /* of them */
} gradient_report;

/* Checks the objective of this name, without parameters. A failure of the objective is in the report; an error is one
 * of the library: an unknown name, no memory, an unknown kernel set. */
n2v_status gradient_check(const n2v_objectives *objectives, const char *name, gradient_report *report,
                          n2v_error *error);

#endif
