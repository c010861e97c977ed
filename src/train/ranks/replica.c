#include "train/ranks/replica.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"
#include "train/overlay.h"

#define SLICE ((size_t)32768) /* rows that are combined at once at a pause, which bounds the messages */

n2v_status replica_create(Replica *r, const ReplicaOptions *options, n2v_error *error)
{
    const size_t rows = model_rows(options->model), stride = options->model->stride;
    CombineOptions combine;
    n2v_status status;

    *r = (Replica){.options = *options};
    r->rows = floats_create(rows * stride + stride);
    r->memory_floats = options->rule->memory ? rows * stride + ROW_FLOATS : 0;
    r->memory = r->memory_floats ? floats_create(r->memory_floats) : NULL;
    r->touched = array_create_zero(rows, 1);
    if (!r->rows || !r->touched || (r->memory_floats && !r->memory)) {
        replica_free(r);
        return fail_memory(error, rows * stride * sizeof(float), "the common model of all ranks");
    }
    r->base = (Model){.words = options->model->words,
                      .dim = options->model->dim,
                      .stride = stride,
                      .has_bias = options->model->has_bias,
                      .input = r->rows,
                      .output = r->rows + options->model->words * stride};
    r->change = r->rows + rows * stride;
    combine = (CombineOptions){.ranks = options->ranks,
                               .rule = options->rule,
                               .base = &r->base,
                               .model = options->model,
                               .kernels = options->kernels,
                               .memory = r->memory,
                               .memory_floats = r->memory_floats,
                               .unit_rows = options->unit_rows,
                               .lists = options->ranks->count};
    if ((status = turns_plan(&r->turns, &options->turns, error)) != N2V_OK ||
        (status = combine_create(&r->combine, &combine, error)) != N2V_OK)
        replica_free(r);
    return status;
}

void replica_free(Replica *r)
{
    const Model *base = &r->base;

    if (r->combine.lists)
        combine_free(&r->combine);
    floats_destroy(r->rows, model_rows(base) * base->stride + base->stride);
    floats_destroy(r->memory, r->memory_floats);
    free(r->touched);
    *r = (Replica){.rows = NULL};
}

void replica_restart(Replica *r)
{
    const Model *model = r->options.model;
    const size_t floats = model->words * model->stride;

    memcpy(r->base.input, model->input, floats * sizeof(float));
    memcpy(r->base.output, model->output, floats * sizeof(float));
    atomic_store(&r->base.shared_bias, atomic_load(&model->shared_bias));
    memset((void *)r->touched, 0, model_rows(model));
}

/* Combining ------------------------------------------------------------------------------- */

/* The difference to the base of a row that threads may be changing. False: there is none. */
RACES static bool difference(const Replica *r, size_t row)
{
    const size_t floats = combine_width(&r->combine);
    const float *now = model_row(r->options.model, row), *base = model_row(&r->base, row);
    bool differs = false;

    for (size_t i = 0; i < floats; i++) {
        r->change[i] = now[i] - base[i];
        differs |= r->change[i] != 0;
    }
    return differs;
}

static n2v_status add_bias(Replica *r, unsigned bits, n2v_error *error)
{
    const float now = atomic_load_explicit(&r->options.model->shared_bias, memory_order_relaxed);
    const float base = atomic_load_explicit(&r->base.shared_bias, memory_order_relaxed);

    if (now == base)
        return N2V_OK;
    memset(r->change, 0, r->base.stride * sizeof *r->change);
    r->change[0] = now - base;
    return combine_add(&r->combine, 0, (uint32_t)model_rows(&r->base), r->change, bits, error);
}

static n2v_status add_touched(Replica *r, size_t from, size_t to, unsigned bits, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t row = from; row < to && status == N2V_OK; row++) {
        if (!atomic_load_explicit(&r->touched[row], memory_order_relaxed))
            continue;
        atomic_store_explicit(&r->touched[row], 0, memory_order_relaxed); /* first: a thread may touch it again */
        if (difference(r, row))
            status = combine_add(&r->combine, 0, (uint32_t)row, r->change, bits, error);
    }
    return status;
}

n2v_status replica_combine(Replica *r, uint64_t step, n2v_error *error)
{
    const size_t words = r->base.words;
    const unsigned bits = r->options.bits;
    size_t inputs, outputs;
    n2v_status status;

    turns_at(&r->turns, step, &inputs, &outputs);
    if ((status = add_touched(r, 0, inputs, bits, error)) != N2V_OK ||
        (status = add_touched(r, words, words + outputs, bits, error)) != N2V_OK ||
        (status = add_bias(r, bits, error)) != N2V_OK)
        return status;
    return combine_all(&r->combine, bits, error);
}

n2v_status replica_combine_all(Replica *r, n2v_error *error)
{
    const size_t rows = model_rows(&r->base), floats = r->base.words * r->base.stride;
    n2v_status status = N2V_OK;

    for (size_t from = 0; from < rows && status == N2V_OK; from += SLICE) {
        for (size_t row = from; row < rows && row < from + SLICE && status == N2V_OK; row++)
            if (difference(r, row))
                status = combine_add(&r->combine, 0, (uint32_t)row, r->change, 32, error);
        if (status == N2V_OK && from + SLICE >= rows)
            status = add_bias(r, 32, error);
        if (status == N2V_OK)
            status = combine_all(&r->combine, 32, error);
    }
    if (status != N2V_OK)
        return status;
    memcpy(r->options.model->input, r->base.input, floats * sizeof(float));
    memcpy(r->options.model->output, r->base.output, floats * sizeof(float));
    atomic_store(&r->options.model->shared_bias, atomic_load(&r->base.shared_bias));
    memset((void *)r->touched, 0, rows);
    return N2V_OK;
}
