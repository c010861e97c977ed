#include "train/rounds/changes.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "train/rounds/lanes.h"

#define PREFETCH_CHANGES ((size_t)8)  /* ahead */
#define PART_ROWS        ((size_t)16) /* neighbours of one part: those whose places share a cache line */
#define LANES_AT_ONCE    (ROW_FLOATS / LANES)

/* Shares ---------------------------------------------------------------------------------- */

static size_t part_of(size_t row)
{
    return row / PART_ROWS % CHANGE_PARTS;
}

n2v_status share_sort(Share *share, n2v_error *error)
{
    const Overlay *overlay = &share->overlay;
    size_t at[CHANGE_PARTS];
    n2v_status status;

    if ((status = array_grow((void **)&share->copies, &share->room, overlay->count, sizeof *share->copies,
                             "the changes of a round", error)) != N2V_OK)
        return status;
    memset(share->starts, 0, sizeof share->starts);
    for (size_t copy = 0; copy < overlay->count; copy++)
        share->starts[part_of(overlay->rows[copy]) + 1]++;
    for (size_t part = 0; part < CHANGE_PARTS; part++) {
        share->starts[part + 1] += share->starts[part];
        at[part] = share->starts[part];
    }
    for (size_t copy = 0; copy < overlay->count; copy++)
        share->copies[at[part_of(overlay->rows[copy])]++] = (uint32_t)copy;
    return N2V_OK;
}

void share_free(Share *share)
{
    overlay_free(&share->overlay);
    free(share->copies);
    *share = (Share){.copies = NULL};
}

/* Changes --------------------------------------------------------------------------------- */

n2v_status changes_create(Changes *c, Model *model, const Kernels *kernels, const Rule *rule, bool unit_rows,
                          n2v_error *error)
{
    *c = (Changes){.model = model, .kernels = kernels, .rule = rule, .unit_rows = unit_rows};
    c->memory_floats = rule->memory ? model_rows(model) * model_widest(model) + ROW_FLOATS : 0;
    if (c->memory_floats && !(c->memory = floats_create(c->memory_floats)))
        return fail_memory(error, c->memory_floats * sizeof(float), "the memory of the rounds");
    return N2V_OK;
}

void changes_free(Changes *c)
{
    floats_destroy(c->memory, c->memory_floats);
    free(c->changes);
    *c = (Changes){.model = NULL};
}

n2v_status change_scratch_create(ChangeScratch *scratch, const Model *model, n2v_error *error)
{
    const size_t rows = model_rows(model);

    if (!scratch->places && !(scratch->places = array_create_zero(rows, sizeof *scratch->places)))
        return fail_memory(error, rows * sizeof *scratch->places, "a round");
    scratch->floats = model_widest(model);
    if (!scratch->sum && !(scratch->sum = floats_create(scratch->floats)))
        return fail_memory(error, scratch->floats * sizeof(float), "a round");
    return N2V_OK;
}

void change_scratch_free(ChangeScratch *scratch)
{
    free(scratch->places);
    floats_destroy(scratch->sum, scratch->floats);
    *scratch = (ChangeScratch){.places = NULL};
}

n2v_status changes_take(Changes *c, const Share *shares, size_t count, n2v_error *error)
{
    c->shares = shares;
    c->share_count = count;
    for (size_t part = 0; part < CHANGE_PARTS; part++) {
        c->starts[part + 1] = c->starts[part];
        for (size_t s = 0; s < count; s++)
            c->starts[part + 1] += shares[s].starts[part + 1] - shares[s].starts[part];
    }
    return array_grow((void **)&c->changes, &c->room, c->starts[CHANGE_PARTS], sizeof *c->changes,
                      "the changes of a round", error);
}

/* How much the share has added to the accumulator of a row. */
static float accumulated(const Changes *c, const Share *share, uint32_t copy)
{
    const _Atomic float *accumulators = share->overlay.accumulators;

    return !accumulators ? 0 : atomic_load_explicit(&accumulators[copy], memory_order_relaxed) -
                                   model_accumulator(c->model, share->overlay.rows[copy]);
}

/* Orders a part's changes by row, and those of a row by share. The place of a row is then the end of its changes. */
static void order(const Changes *c, size_t part, Change *changes, uint32_t *places)
{
    size_t rows = 0;
    uint32_t at = 0;

    for (const Share *share = c->shares; share < c->shares + c->share_count; share++)
        for (size_t i = share->starts[part]; i < share->starts[part + 1]; i++) {
            const uint32_t row = share->overlay.rows[share->copies[i]];
            if (!places[row]++)
                changes[rows++].row = row; /* a list of the rows, which the changes replace below */
        }
    for (size_t k = 0; k < rows; k++) {
        uint32_t *place = &places[changes[k].row];
        const uint32_t count = *place;
        *place = at;
        at += count;
    }
    for (const Share *share = c->shares; share < c->shares + c->share_count; share++)
        for (size_t i = share->starts[part]; i < share->starts[part + 1]; i++) {
            const uint32_t copy = share->copies[i], row = share->overlay.rows[copy];
            changes[places[row]++] = (Change){overlay_copy(&share->overlay, copy), row, accumulated(c, share, copy)};
        }
}

/* Whatever the rule makes of the changes of the row: each share's gradients count. */
static void accumulate(const Changes *c, const Change *changes, size_t count)
{
    _Atomic float *accumulator = c->model->accumulators + changes->row;
    float sum = atomic_load_explicit(accumulator, memory_order_relaxed);

    for (size_t i = 0; i < count; i++)
        sum += changes[i].accumulated;
    atomic_store_explicit(accumulator, sum, memory_order_relaxed);
}

/* A compiler may drop the call of a function that only prefetches, but not what it has inlined. */
#define PREFETCH static inline __attribute__((always_inline)) void

PREFETCH prefetch_row(const float *row, size_t floats)
{
    for (size_t i = 0; i < floats; i += ROW_FLOATS)
        __builtin_prefetch(row + i);
}

PREFETCH prefetch(const Changes *c, const Change *change)
{
    const size_t floats = model_row_floats(c->model, change->row);

    prefetch_row(change->copy, floats);
    if (change[-1].row != change->row)
        prefetch_row(model_row(c->model, change->row), floats);
}

double changes_sum(const Change *changes, size_t count, const float *row, size_t floats, float *sum)
{
    Lanes squares[LANES_AT_ONCE] = {{0}};

    for (size_t at = 0; at < floats; at += LANES_AT_ONCE * LANES) {
        Lanes total[LANES_AT_ONCE] = {{0}};
        for (size_t i = 0; i < count; i++)
            for (size_t k = 0; k < LANES_AT_ONCE; k++) {
                const size_t here = at + k * LANES;
                const Lanes change = *const_lanes_at(changes[i].copy, here) - *const_lanes_at(row, here);
                total[k] += change;
                squares[k] += change * change;
            }
        for (size_t k = 0; k < LANES_AT_ONCE; k++)
            *lanes_at(sum, at + k * LANES) = total[k];
    }
    for (size_t k = 1; k < LANES_AT_ONCE; k++)
        squares[0] += squares[k];
    return lanes_sum(&squares[0]);
}

void changes_apply(const Changes *c, size_t part, ChangeScratch *scratch)
{
    const size_t widest = model_widest(c->model), count = c->starts[part + 1] - c->starts[part];
    Change *changes = c->changes + c->starts[part];
    double squares;

    order(c, part, changes, scratch->places);
    for (size_t from = 0, to; from < count; from = to) {
        const uint32_t index = changes[from].row;
        const size_t floats = model_row_floats(c->model, index);
        float *row = model_row(c->model, index);
        to = scratch->places[index];
        scratch->places[index] = 0;
        for (size_t i = from; i < to && i + PREFETCH_CHANGES < count; i++)
            prefetch(c, changes + i + PREFETCH_CHANGES);
        squares = changes_sum(changes + from, to - from, row, floats, scratch->sum);
        c->rule->combine(row, scratch->sum, squares, to - from, floats, c->memory ? c->memory + index * widest : NULL);
        if (c->model->accumulators)
            accumulate(c, changes + from, to - from);
        if (c->unit_rows && !model_is_part(c->model, index))
            c->kernels->normalize(&row, 1, floats);
    }
}

static void accumulate_bias(const Changes *c)
{
    _Atomic float *accumulator = c->model->accumulators + model_rows(c->model);
    const float before = atomic_load_explicit(accumulator, memory_order_relaxed);
    float sum = before;

    for (size_t s = 0; s < c->share_count; s++)
        sum += atomic_load_explicit(&c->shares[s].overlay.bias_accumulator, memory_order_relaxed) - before;
    atomic_store_explicit(accumulator, sum, memory_order_relaxed);
}

void changes_apply_shared_bias(const Changes *c)
{
    float row[ROW_FLOATS] = {atomic_load_explicit(&c->model->shared_bias, memory_order_relaxed)};
    float sum[ROW_FLOATS] = {0};
    float squares = 0; /* as in changes_sum, to the bit: among ranks the bias is a row */

    if (model_bias_is_frozen(c->model))
        return;
    for (size_t s = 0; s < c->share_count; s++) {
        const float change = atomic_load_explicit(&c->shares[s].overlay.shared_bias, memory_order_relaxed) - row[0];
        sum[0] += change;
        squares += change * change;
    }
    c->rule->combine(row, sum, (double)squares, c->share_count, ROW_FLOATS,
                     c->memory ? c->memory + c->memory_floats - ROW_FLOATS : NULL);
    atomic_store_explicit(&c->model->shared_bias, row[0], memory_order_relaxed);
    if (c->model->accumulators)
        accumulate_bias(c);
}
