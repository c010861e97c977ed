/* ranks.c - the public functions of processes that train one model together. */
#include "ranks/ranks.h"

#include <stdlib.h>

#include "api/ranks_handle.h"
#include "api/settings_handle.h"
#include "base/machine.h"
#include "base/memory.h"
#include "train/train_settings.h"

n2v_status n2v_ranks_open(n2v_ranks **ranks, n2v_error *error)
{
    n2v_status status;

    if (!ranks)
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_ranks_open: ranks is NULL");
    *ranks = array_create_zero(1, sizeof **ranks);
    if (!*ranks)
        return fail_memory(error, sizeof **ranks, "the ranks");
    if ((status = ranks_open(&(*ranks)->ranks, error)) != N2V_OK) {
        n2v_ranks_close(*ranks);
        *ranks = NULL;
    }
    return status;
}

void n2v_ranks_close(n2v_ranks *ranks)
{
    if (!ranks)
        return;
    ranks_close(&ranks->ranks);
    free(ranks);
}

size_t n2v_ranks_number(const n2v_ranks *ranks)
{
    return ranks ? ranks->ranks.number : 0;
}

size_t n2v_ranks_count(const n2v_ranks *ranks)
{
    return ranks ? ranks->ranks.count : 1;
}

size_t n2v_ranks_threads(const n2v_ranks *ranks)
{
    const size_t allowed = (size_t)machine_cores(), online = (size_t)machine_cores_online();
    const size_t share = ranks ? online / ranks->ranks.on_host : allowed;

    return share < 1 ? 1 : share < allowed ? share : allowed;
}

uint64_t n2v_ranks_sent(const n2v_ranks *ranks)
{
    return ranks ? ranks->ranks.sent : 0;
}

n2v_status n2v_ranks_agree(n2v_ranks *ranks, n2v_status status, n2v_error *error)
{
    return ranks_agree(ranks_of(ranks), status, error);
}

int n2v_ranks_failed(const n2v_ranks *ranks)
{
    return ranks && ranks->ranks.failed;
}

n2v_status n2v_ranks_largest(n2v_ranks *ranks, uint64_t *number, n2v_error *error)
{
    if (!number)
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_ranks_largest: number is NULL");
    return ranks_largest(ranks_of(ranks), number, error);
}

n2v_status n2v_settings_check_ranks(const n2v_settings *settings, const n2v_ranks *ranks, int own, n2v_error *error)
{
    const Settings *values;
    const n2v_status status = settings_of(settings, N2V_FOR_TRAINING, &values, error);

    return status == N2V_OK ? train_settings_check_ranks(values, n2v_ranks_count(ranks), own, error) : status;
}

void n2v_ranks_abort(n2v_ranks *ranks, int code)
{
    if (ranks && ranks->ranks.way)
        ranks->ranks.way->abort(ranks->ranks.context, code);
}
