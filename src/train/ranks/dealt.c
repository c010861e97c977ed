#include "train/ranks/dealt.h"

#include <stdlib.h>
#include <string.h>

n2v_status dealt_create(Dealt *d, const Changes *changes, Ranks *ranks, size_t virtual_workers, size_t threads,
                        bool has_bias, n2v_error *error)
{
    const CombineOptions options = {.ranks = ranks,
                                    .rule = changes->rule,
                                    .base = changes->model,
                                    .kernels = changes->kernels,
                                    .memory = changes->memory,
                                    .memory_floats = changes->memory_floats,
                                    .unit_rows = changes->unit_rows,
                                    .lists = virtual_workers,
                                    .threads = threads};

    *d = (Dealt){.first = combine_first_list(&options, ranks->number),
                 .last = combine_first_list(&options, ranks->number + 1),
                 .has_bias = has_bias};
    return combine_create(&d->combine, &options, error);
}

void dealt_free(Dealt *d)
{
    combine_free(&d->combine);
    free(d->order);
    *d = (Dealt){.order = NULL};
}

static int compare(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static n2v_status add_bias(Dealt *d, size_t l, float bias, float *change, n2v_error *error)
{
    Model *model = d->combine.options.base;

    memset(change, 0, model->stride * sizeof *change);
    change[0] = bias - atomic_load_explicit(&model->shared_bias, memory_order_relaxed);
    return combine_add(&d->combine, l, (uint32_t)model_rows(model), change, 32, error);
}

/* What a virtual worker has changed, as a list. */
static n2v_status add_share(Dealt *d, size_t l, const Share *share, float *change, n2v_error *error)
{
    const Overlay *overlay = &share->overlay;
    const size_t width = combine_width(&d->combine);
    n2v_status status = array_grow((void **)&d->order, &d->room, overlay->count, sizeof *d->order,
                                   "the changes of a round", error);

    if (status != N2V_OK)
        return status;
    for (size_t copy = 0; copy < overlay->count; copy++)
        d->order[copy] = (uint64_t)overlay->rows[copy] << 32 | copy;
    if (overlay->count)
        qsort(d->order, overlay->count, sizeof *d->order, compare);
    for (size_t i = 0; i < overlay->count && status == N2V_OK; i++) {
        const uint32_t row = (uint32_t)(d->order[i] >> 32);
        const float *copy = overlay_copy(overlay, (uint32_t)d->order[i]), *old = model_row(overlay->model, row);
        for (size_t k = 0; k < width; k++)
            change[k] = copy[k] - old[k];
        status = combine_add(&d->combine, l, row, change, 32, error);
    }
    if (status != N2V_OK || !d->has_bias || model_bias_is_frozen(d->combine.options.base))
        return status;
    return add_bias(d, l, atomic_load_explicit(&overlay->shared_bias, memory_order_relaxed), change, error);
}

static n2v_status combine(Dealt *d, const Share *shares, n2v_error *error)
{
    float *change = floats_create(d->combine.options.base->stride);
    n2v_status status = N2V_OK;

    if (!change)
        return fail_memory(error, d->combine.options.base->stride * sizeof *change, "a row");
    for (size_t v = d->first; v < d->last && status == N2V_OK; v++)
        status = add_share(d, v - d->first, &shares[v], change, error);
    floats_destroy(change, d->combine.options.base->stride);
    return status == N2V_OK ? combine_all(&d->combine, 32, error) : status;
}

/* What each rank says before a round is combined, and what its virtual workers have done. */
static n2v_status exchange(Dealt *d, Outcome *done, bool failed, bool stop, n2v_error *error)
{
    Ranks *ranks = d->combine.options.ranks;
    const unsigned char own[2] = {failed, stop};
    unsigned char *flags = array_create(ranks->count, sizeof own), *all = NULL;
    size_t *sizes = array_create(ranks->count, sizeof *sizes), bytes = 0;
    n2v_status status;

    if (!flags || !sizes) {
        status = fail_memory(error, ranks->count * sizeof *sizes, "the round of all ranks");
        goto out;
    }
    if ((status = ranks_gather(ranks, own, sizeof own, flags, error)) != N2V_OK ||
        (status = ranks_gather_any(ranks, done + d->first, (d->last - d->first) * sizeof *done, &all, sizes, error)) !=
            N2V_OK)
        goto out;
    d->failed = d->stop = false;
    for (size_t r = 0; r < ranks->count; r++) {
        d->failed |= flags[2 * r] != 0;
        d->stop |= flags[2 * r + 1] != 0;
        bytes += sizes[r];
    }
    memcpy(done, all, bytes);
out:
    free(all);
    free(flags);
    free(sizes);
    return status;
}

n2v_status dealt_combine(Dealt *d, const Share *shares, Outcome *done, bool failed, bool stop, n2v_error *error)
{
    n2v_status status = exchange(d, done, failed, stop, error);

    if (status == N2V_OK && !d->failed)
        status = combine(d, shares, error);
    d->broken = status != N2V_OK;
    return status;
}

n2v_status dealt_end(Dealt *d, n2v_status status, n2v_error *error)
{
    if (d->broken || (status = ranks_agree(d->combine.options.ranks, status, error)) != N2V_OK)
        return status;
    status = combine_gather_memory(&d->combine, error);
    d->broken = status != N2V_OK;
    return status;
}
