/* ranks.h - a command that several processes run together: rank 0 reads options of outputs, prints and writes. */
#ifndef N2V_CLI_RANKS_H
#define N2V_CLI_RANKS_H

#include <stdbool.h>

#include "cli/interrupt.h"

typedef struct cli_ranks {
    n2v_ranks *ranks; /* NULL: the command runs in one process */
    const char **dealt; /* the inputs of this rank; NULL: none were dealt out */
    size_t count;
} cli_ranks;

static inline bool ranks_first(const cli_ranks *ranks)
{
    return n2v_ranks_number(ranks->ranks) == 0;
}

/* Chooses this rank's inputs: the first input is of rank 0, the second of rank 1, and so on in turn. They are
 * kept by reference. */
n2v_status ranks_deal(cli_ranks *ranks, const char *const *inputs, size_t count, n2v_error *error);

/* Whether any rank says so: all of them decide the same. */
n2v_status ranks_any(const cli_ranks *ranks, bool *value, n2v_error *error);

/* What a signal to one rank has decided becomes the decision of all. */
n2v_status ranks_interrupt(const cli_ranks *ranks, cli_interrupt *interrupt, n2v_error *error);

/* At the end of the command. One that has failed alone ends all processes. */
void ranks_end(cli_ranks *ranks, n2v_status status, int code);

/* Whether this process reports an error: of one that all have, rank 0. */
bool ranks_report(const cli_ranks *ranks);

#endif
