#include "cli/ranks.h"

#include <stdlib.h>

#include "cli/fail.h"

n2v_status ranks_deal(cli_ranks *r, const char *const *inputs, size_t count, n2v_error *error)
{
    const size_t of = n2v_ranks_count(r->ranks);

    r->dealt = calloc(count / of + 1, sizeof *r->dealt);
    if (!r->dealt)
        return fail_memory(error, (count / of + 1) * sizeof *r->dealt, "the inputs");
    for (size_t i = n2v_ranks_number(r->ranks); i < count; i += of)
        r->dealt[r->count++] = inputs[i];
    return N2V_OK;
}

/* Deciding -------------------------------------------------------------------------------- */

n2v_status ranks_any(const cli_ranks *r, bool *value, n2v_error *error)
{
    uint64_t number = *value;
    const n2v_status status = n2v_ranks_largest(r->ranks, &number, error);

    *value = number;
    return status;
}

n2v_status ranks_interrupt(const cli_ranks *r, cli_interrupt *interrupt, n2v_error *error)
{
    uint64_t number = (uint64_t)interrupt->number;
    const n2v_status status = n2v_ranks_largest(r->ranks, &number, error);

    if (status != N2V_OK)
        return status;
    interrupt->number = (int)number;
    return ranks_any(r, &interrupt->save, error);
}

bool ranks_report(const cli_ranks *r)
{
    return ranks_first(r) || !n2v_ranks_failed(r->ranks);
}

void ranks_end(cli_ranks *r, n2v_status status, int code)
{
    if (status != N2V_OK && !n2v_ranks_failed(r->ranks) && n2v_ranks_count(r->ranks) > 1)
        n2v_ranks_abort(r->ranks, code); /* the others wait for this one */
    n2v_ranks_close(r->ranks);
    free(r->dealt);
    *r = (cli_ranks){.ranks = NULL};
}
