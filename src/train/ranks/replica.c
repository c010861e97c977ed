#include "train/ranks/replica.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"
#include "train/overlay.h"

#define SLICE ((size_t)65536) /* rows that are combined at once */

/* Of all rows, and a row for each part. */
static size_t floats_of(const Model *model)
{
    return model->input_rows * model->stride + (model->output_rows + COMBINE_PARTS) * model->output_stride;
}

n2v_status replica_create(Replica *r, const ReplicaOptions *options, n2v_error *error)
{
    const size_t rows = model_rows(options->model), widest = model_widest(options->model);
    const ExamplesOptions *examples = options->turns.examples;
    CombineOptions combine;
    n2v_status status;

    *r = (Replica){.options = *options};
    r->matrices = examples->layout->matrices ? examples->layout->matrices(examples) : 1;
    r->rows = floats_create(floats_of(options->model));
    r->memory_floats = options->rule->memory ? rows * widest + ROW_FLOATS : 0;
    r->memory = r->memory_floats ? floats_create(r->memory_floats) : NULL;
    r->touched = array_create_zero(rows, 1);
    if (!r->rows || !r->touched || (r->memory_floats && !r->memory)) {
        replica_free(r);
        return fail_memory(error, floats_of(options->model) * sizeof(float), "the common model of all ranks");
    }
    r->base = (Model){.words = options->model->words,
                      .dim = options->model->dim,
                      .input_rows = options->model->input_rows,
                      .output_rows = options->model->output_rows,
                      .stride = options->model->stride,
                      .output_stride = options->model->output_stride,
                      .has_bias = options->model->has_bias,
                      .subwords = options->model->subwords,
                      .input = r->rows,
                      .output = r->rows + options->model->input_rows * options->model->stride};
    r->change = r->base.output + r->base.output_rows * widest;
    combine = (CombineOptions){.ranks = options->ranks,
                               .rule = options->rule,
                               .base = &r->base,
                               .model = options->model,
                               .marks = r->touched,
                               .kernels = options->kernels,
                               .memory = r->memory,
                               .memory_floats = r->memory_floats,
                               .unit_rows = options->unit_rows,
                               .lists = options->ranks->count,
                               .threads = options->threads};
    if ((status = turns_plan(&r->turns, &options->turns, error)) != N2V_OK ||
        (status = combine_create(&r->combine, &combine, error)) != N2V_OK)
        replica_free(r);
    return status;
}

void replica_free(Replica *r)
{
    const Model *base = &r->base;

    combine_free(&r->combine);
    turns_free(&r->turns);
    floats_destroy(r->rows, floats_of(base));
    floats_destroy(r->memory, r->memory_floats);
    free(r->touched);
    *r = (Replica){.rows = NULL};
}

static void copy_rows(Model *to, const Model *from)
{
    memcpy(to->input, from->input, from->input_rows * from->stride * sizeof(float));
    memcpy(to->output, from->output, from->output_rows * from->output_stride * sizeof(float));
}

void replica_restart(Replica *r)
{
    const Model *model = r->options.model;
    copy_rows(&r->base, model);
    atomic_store(&r->base.shared_bias, atomic_load(&model->shared_bias));
    memset((void *)r->touched, 0, model_rows(model));
}

/* Combining ------------------------------------------------------------------------------- */

/* The difference to the base of a row that threads may be changing. False: there is none. */
RACES static bool difference(const Replica *r, size_t row, float *change)
{
    const size_t floats = combine_width(&r->combine);
    const float *now = model_row(r->options.model, row), *base = model_row(&r->base, row);
    bool differs = false;

    for (size_t i = 0; i < floats; i++) {
        change[i] = now[i] - base[i];
        differs |= change[i] != 0;
    }
    return differs;
}

static n2v_status add_bias(Replica *r, unsigned bits, n2v_error *error)
{
    const float now = atomic_load_explicit(&r->options.model->shared_bias, memory_order_relaxed);
    const float base = atomic_load_explicit(&r->base.shared_bias, memory_order_relaxed);

    if (now == base)
        return N2V_OK;
    memset(r->change, 0, model_widest(&r->base) * sizeof *r->change);
    r->change[0] = now - base;
    return combine_add(&r->combine, 0, (uint32_t)model_rows(&r->base), r->change, bits, error);
}

/* Whether a row is to be sent: it has changed, or at a pause was rounded. A thread that changes it afterwards marks it
 * again. The exchange comes before the row is read, so that no mark of a change that was not seen is taken away. */
static bool take_mark(Replica *r, size_t row, bool exact)
{
    const unsigned char mark = atomic_load_explicit(&r->touched[row], memory_order_relaxed);

    if (mark != ROW_CHANGED && !(exact && mark == ROW_ROUNDED))
        return false;
    (void)atomic_exchange(&r->touched[row], r->options.bits == 32 ? ROW_SAME : ROW_ROUNDED);
    return true;
}

/* Some of the rows whose turn it is, from one to before another; `outputs` of them in each matrix. */
typedef struct Slice {
    Replica *replica;
    TurnRows rows;
    size_t matrices, from, to;
    unsigned bits;
    bool exact;
} Slice;

/* The number of a row, counted over those whose turn it is. */
static size_t row_at(const Slice *slice, size_t i)
{
    const Model *base = &slice->replica->base;
    const TurnRows *rows = &slice->rows;

    if (i < rows->inputs)
        return i;
    i -= rows->inputs;
    if (i < rows->outputs * slice->matrices)
        return base->input_rows + i / rows->outputs * base->words + i % rows->outputs;
    i -= rows->outputs * slice->matrices;
    return i < rows->more_outputs ? base->input_rows + slice->matrices * base->words + i
                                  : slice->replica->turns.part_rows[i - rows->more_outputs];
}

static n2v_status add_part(void *context, size_t part, n2v_error *error)
{
    const Slice *slice = context;
    Replica *r = slice->replica;
    float *change = r->change + part * model_widest(&r->base);
    n2v_status status = N2V_OK;

    for (size_t i = slice->from; i < slice->to && status == N2V_OK; i++) {
        const size_t row = row_at(slice, i);
        if (combine_part(&r->combine, row) == part && take_mark(r, row, slice->exact) && difference(r, row, change))
            status = combine_add(&r->combine, 0, (uint32_t)row, change, slice->bits, error);
    }
    return status;
}

/* Slices bound the messages. */
static n2v_status combine_rows(Replica *r, TurnRows turn, size_t matrices, unsigned bits, bool exact, n2v_error *error)
{
    const size_t rows = turn.inputs + turn.outputs * matrices + turn.more_outputs + turn.parts;
    Slice slice = {r, turn, matrices, 0, 0, bits, exact};
    n2v_status status;

    do {
        slice.to = rows - slice.from < SLICE ? rows : slice.from + SLICE;
        if ((status = combine_in_parts(&r->combine, add_part, &slice, slice.to - slice.from, error)) != N2V_OK ||
            (slice.to == rows && (status = add_bias(r, bits, error)) != N2V_OK) ||
            (status = combine_all(&r->combine, bits, error)) != N2V_OK)
            return status;
        slice.from = slice.to;
    } while (slice.from < rows);
    return N2V_OK;
}

n2v_status replica_combine(Replica *r, uint64_t step, n2v_error *error)
{
    return combine_rows(r, turns_at(&r->turns, step), r->matrices, r->options.bits, false, error);
}

n2v_status replica_combine_all(Replica *r, n2v_error *error)
{
    const TurnRows all = {r->base.input_rows, r->base.output_rows, 0, 0};
    const n2v_status status = combine_rows(r, all, 1, 32, true, error);

    if (status != N2V_OK)
        return status;
    copy_rows(r->options.model, &r->base);
    atomic_store(&r->options.model->shared_bias, atomic_load(&r->base.shared_bias));
    memset((void *)r->touched, 0, model_rows(&r->base));
    return N2V_OK;
}
