#include "train/rounds/combine.h"

#include <stdlib.h>
#include <string.h>

#define PREFETCH_ROWS ((size_t)4) /* ahead */

/* A copy of a row; of the same row the next one is that of a later overlay. */
typedef struct CombineLink {
    const float *copy;
    uint32_t row, next; /* next: 1 + its link; 0: none */
} CombineLink;

static size_t part_of(size_t row)
{
    return row % COMBINE_PARTS;
}

n2v_status sorted_fill(Sorted *sorted, const Overlay *overlay, n2v_error *error)
{
    size_t at[COMBINE_PARTS];
    n2v_status status;

    if ((status = array_grow((void **)&sorted->copies, &sorted->room, overlay->count, sizeof *sorted->copies,
                             "the changes of a round", error)) != N2V_OK)
        return status;
    memset(sorted->starts, 0, sizeof sorted->starts);
    for (size_t copy = 0; copy < overlay->count; copy++)
        sorted->starts[part_of(overlay->rows[copy]) + 1]++;
    for (size_t part = 0; part < COMBINE_PARTS; part++) {
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

n2v_status combiner_create(Combiner *combiner, const Model *model, size_t overlays, n2v_error *error)
{
    const size_t rows = model_rows(model) / COMBINE_PARTS + 1;

    combiner->head_count = rows;
    combiner->heads = array_create_zero(rows, sizeof *combiner->heads);
    combiner->copies = array_create(overlays, sizeof *combiner->copies);
    combiner->room = array_create(model->stride, sizeof *combiner->room);
    combiner->order = array_create(rows, sizeof *combiner->order);
    return combiner->heads && combiner->copies && combiner->room && combiner->order
               ? N2V_OK
               : fail_memory(error, rows * sizeof *combiner->heads, "a round");
}

void combiner_free(Combiner *combiner)
{
    free(combiner->heads);
    free(combiner->links);
    free(combiner->copies);
    free(combiner->room);
    free(combiner->order);
    *combiner = (Combiner){.heads = NULL};
}

/* A list for each row that was touched, in the order of the overlays; *count links in all. */
static n2v_status link_copies(Combiner *c, const Overlay *const *overlays, const Sorted *const *sorted, size_t count,
                              size_t part, size_t *links, n2v_error *error)
{
    size_t total = 0;
    n2v_status status;

    for (size_t v = 0; v < count; v++)
        total += sorted[v]->starts[part + 1] - sorted[v]->starts[part];
    if ((status = array_grow((void **)&c->links, &c->link_room, total, sizeof *c->links, "the changes of a round",
                             error)) != N2V_OK)
        return status;
    total = 0;
    for (size_t v = count; v-- > 0;)
        for (size_t i = sorted[v]->starts[part]; i < sorted[v]->starts[part + 1]; i++) {
            const uint32_t copy = sorted[v]->copies[i], row = overlays[v]->rows[copy];
            uint32_t *head = &c->heads[row / COMBINE_PARTS];
            c->links[total++] = (CombineLink){overlay_copy(overlays[v], copy), row, *head};
            *head = (uint32_t)total;
        }
    *links = total;
    return N2V_OK;
}

static void prefetch_row(const float *row, size_t floats)
{
    for (size_t i = 0; i < floats; i += ROW_FLOATS)
        __builtin_prefetch(row + i);
}

/* The copies of a row, and the row itself, which lie anywhere in memory. */
static void prefetch_copies(const Combiner *c, const Model *model, uint32_t head)
{
    prefetch_row(model_row(model, c->links[head - 1].row), model->stride);
    for (uint32_t at = head; at; at = c->links[at - 1].next)
        prefetch_row(c->links[at - 1].copy, model->stride);
}

static void combine_row(const Combiner *c, const CombineOptions *o, uint32_t head)
{
    const uint32_t number = c->links[head - 1].row;
    const size_t stride = o->model->stride;
    float *row = model_row(o->model, number);
    size_t count = 0;

    for (uint32_t at = head; at; at = c->links[at - 1].next)
        c->copies[count++] = c->links[at - 1].copy;
    o->rule->combine(row, c->copies, count, stride, o->memory ? o->memory + number * stride : NULL, c->room);
    if (o->unit_rows)
        o->kernels->normalize(&row, 1, stride);
}

/* The lists of all rows that were touched, in c->order; the heads are free again. Returns their number. */
static size_t take_lists(Combiner *c, size_t links)
{
    size_t count = 0;

    for (size_t at = links; at-- > 0;) { /* the first overlays last: their rows are next to each other */
        uint32_t *head = &c->heads[c->links[at].row / COMBINE_PARTS];
        if (*head)
            c->order[count++] = *head;
        *head = 0;
    }
    return count;
}

n2v_status combine_part(Combiner *c, const CombineOptions *o, const Overlay *const *overlays,
                        const Sorted *const *sorted, size_t count, size_t part, n2v_error *error)
{
    size_t links, lists;
    const n2v_status status = link_copies(c, overlays, sorted, count, part, &links, error);

    if (status != N2V_OK)
        return status;
    lists = take_lists(c, links);
    for (size_t i = 0; i < lists; i++) {
        if (i + PREFETCH_ROWS < lists)
            prefetch_copies(c, o->model, c->order[i + PREFETCH_ROWS]);
        combine_row(c, o, c->order[i]);
    }
    return N2V_OK;
}

n2v_status combine_shared_bias(const CombineOptions *o, const Overlay *const *overlays, size_t count,
                               float *memory, n2v_error *error)
{
    float row[ROW_FLOATS] = {atomic_load_explicit(&o->model->shared_bias, memory_order_relaxed)};
    float room[ROW_FLOATS], *copies = array_create_zero(count, ROW_FLOATS * sizeof *copies);
    const float **places = array_create(count, sizeof *places);
    n2v_status status = copies && places ? N2V_OK : fail_memory(error, count * sizeof row, "a round");

    for (size_t v = 0; status == N2V_OK && v < count; v++) {
        places[v] = copies + v * ROW_FLOATS;
        copies[v * ROW_FLOATS] = atomic_load_explicit(&overlays[v]->shared_bias, memory_order_relaxed);
    }
    if (status == N2V_OK) {
        o->rule->combine(row, places, count, ROW_FLOATS, memory, room);
        atomic_store_explicit(&o->model->shared_bias, *row, memory_order_relaxed);
    }
    free(places);
    free(copies);
    return status;
}
