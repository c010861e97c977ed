#include "train/rounds/changes.h"

#include <stdlib.h>
#include <string.h>

#include "train/rounds/lanes.h"

#define PREFETCH_ROWS ((size_t)4) /* ahead */

static size_t part_of(size_t row)
{
    return row % CHANGE_PARTS;
}

n2v_status sorted_fill(Sorted *sorted, const Overlay *overlay, n2v_error *error)
{
    size_t at[CHANGE_PARTS];
    n2v_status status;

    if ((status = array_grow((void **)&sorted->copies, &sorted->room, overlay->count, sizeof *sorted->copies,
                             "the changes of a round", error)) != N2V_OK)
        return status;
    memset(sorted->starts, 0, sizeof sorted->starts);
    for (size_t copy = 0; copy < overlay->count; copy++)
        sorted->starts[part_of(overlay->rows[copy]) + 1]++;
    for (size_t part = 0; part < CHANGE_PARTS; part++) {
        sorted->starts[part + 1] += sorted->starts[part];
        at[part] = sorted->starts[part];
    }
    for (size_t copy = 0; copy < overlay->count; copy++)
        sorted->copies[at[part_of(overlay->rows[copy])]++] = (uint32_t)copy;
    return N2V_OK;
}

void sorted_free(Sorted *sorted)
{
    free(sorted->copies);
    *sorted = (Sorted){.copies = NULL};
}

n2v_status changes_create(Changes *c, Model *model, const Kernels *kernels, const Rule *rule, bool unit_rows,
                          n2v_error *error)
{
    const size_t rows = model_rows(model);

    *c = (Changes){.model = model, .kernels = kernels, .rule = rule, .unit_rows = unit_rows};
    c->places = array_create_zero(rows, sizeof *c->places);
    if (!c->places)
        return fail_memory(error, rows * sizeof *c->places, "the rounds");
    c->memory_floats = rule->memory ? rows * model->stride + ROW_FLOATS : 0;
    if (c->memory_floats && !(c->memory = floats_create(c->memory_floats)))
        return fail_memory(error, c->memory_floats * sizeof(float), "the memory of the rounds");
    return N2V_OK;
}

void changes_free(Changes *c)
{
    for (size_t p = 0; p < CHANGE_PARTS; p++) {
        ChangePart *part = &c->parts[p];
        for (size_t i = 0; i < part->chunks; i++)
            floats_destroy(part->sums[i], OVERLAY_CHUNK * c->model->stride);
        free(part->sums);
        free(part->rows);
    }
    floats_destroy(c->memory, c->memory_floats);
    free(c->places);
    *c = (Changes){.model = NULL};
}

/* Adding -------------------------------------------------------------------------------- */

static float *sum_at(const Changes *c, const ChangePart *part, size_t place)
{
    return part->sums[place / OVERLAY_CHUNK] + place % OVERLAY_CHUNK * c->model->stride;
}

static n2v_status reserve(const Changes *c, ChangePart *part, size_t more, n2v_error *error)
{
    const size_t rows = part->count + more, chunks = (rows + OVERLAY_CHUNK - 1) / OVERLAY_CHUNK;
    const size_t floats = OVERLAY_CHUNK * c->model->stride;
    n2v_status status;

    if ((status = array_grow((void **)&part->rows, &part->row_room, rows, sizeof *part->rows,
                             "the changes of a round", error)) != N2V_OK ||
        (status = array_grow((void **)&part->sums, &part->chunk_room, chunks, sizeof *part->sums,
                             "the changes of a round", error)) != N2V_OK)
        return status;
    for (; part->chunks < chunks; part->chunks++)
        if (!(part->sums[part->chunks] = floats_create(floats)))
            return fail_memory(error, floats * sizeof(float), "the changes of a round");
    return N2V_OK;
}

static void prefetch_row(const float *row, size_t floats)
{
    for (size_t i = 0; i < floats; i += ROW_FLOATS)
        __builtin_prefetch(row + i);
}

/* What adding the copy of a row needs. */
static void prefetch(const Changes *c, const ChangePart *part, const Overlay *overlay, uint32_t copy)
{
    const uint32_t row = overlay->rows[copy], place = c->places[row];

    prefetch_row(overlay_copy(overlay, copy), c->model->stride);
    prefetch_row(model_row(c->model, row), c->model->stride);
    if (place)
        prefetch_row(sum_at(c, part, place - 1), c->model->stride);
}

static void add_row(Changes *c, ChangePart *part, uint32_t row, const float *copy)
{
    const float *old = model_row(c->model, row);
    ChangedRow *changed;
    float *sum;

    if (!c->places[row]) {
        part->rows[part->count] = (ChangedRow){.row = row};
        memset(sum_at(c, part, part->count), 0, c->model->stride * sizeof *sum);
        c->places[row] = (uint32_t)++part->count;
    }
    changed = &part->rows[c->places[row] - 1];
    sum = sum_at(c, part, c->places[row] - 1);
    changed->squares += lanes_add_change(sum, copy, old, c->model->stride);
    changed->count++;
}

n2v_status changes_add(Changes *c, const Overlay *overlay, const Sorted *sorted, size_t p, n2v_error *error)
{
    const size_t from = sorted->starts[p], to = sorted->starts[p + 1];
    ChangePart *part = &c->parts[p];
    const n2v_status status = reserve(c, part, to - from, error);

    if (status != N2V_OK)
        return status;
    for (size_t i = from; i < to; i++) {
        const uint32_t copy = sorted->copies[i];
        if (i + PREFETCH_ROWS < to)
            prefetch(c, part, overlay, sorted->copies[i + PREFETCH_ROWS]);
        add_row(c, part, overlay->rows[copy], overlay_copy(overlay, copy));
    }
    return N2V_OK;
}

void changes_clear(Changes *c)
{
    for (size_t p = 0; p < CHANGE_PARTS; p++) {
        for (size_t i = 0; i < c->parts[p].count; i++)
            c->places[c->parts[p].rows[i].row] = 0;
        c->parts[p].count = 0;
    }
}

/* Applying ------------------------------------------------------------------------------ */

void changes_apply(Changes *c, size_t p)
{
    const size_t stride = c->model->stride;
    ChangePart *part = &c->parts[p];

    for (size_t i = 0; i < part->count; i++) {
        const ChangedRow *changed = &part->rows[i];
        float *row = model_row(c->model, changed->row);
        if (i + PREFETCH_ROWS < part->count)
            prefetch_row(model_row(c->model, part->rows[i + PREFETCH_ROWS].row), stride);
        c->rule->combine(row, sum_at(c, part, i), changed->squares, changed->count, stride,
                         c->memory ? c->memory + changed->row * stride : NULL);
        if (c->unit_rows)
            c->kernels->normalize(&row, 1, stride);
        c->places[changed->row] = 0;
    }
    part->count = 0;
}

void changes_apply_shared_bias(const Changes *c, const float *biases, size_t count)
{
    float row[ROW_FLOATS] = {atomic_load_explicit(&c->model->shared_bias, memory_order_relaxed)};
    float sum[ROW_FLOATS] = {0};
    double squares = 0;

    for (size_t v = 0; v < count; v++) {
        const float change = biases[v] - row[0];
        sum[0] += change;
        squares += (double)(change * change);
    }
    c->rule->combine(row, sum, squares, count, ROW_FLOATS, c->memory ? c->memory + c->memory_floats - ROW_FLOATS : NULL);
    atomic_store_explicit(&c->model->shared_bias, row[0], memory_order_relaxed);
}
