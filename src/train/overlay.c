#include "train/overlay.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void overlay_begin(Overlay *overlay, const Model *model, uint32_t *places)
{
    overlay->model = model;
    overlay->places = places;
    overlay->count = 0;
    atomic_store_explicit(&overlay->shared_bias, atomic_load_explicit(&model->shared_bias, memory_order_relaxed),
                          memory_order_relaxed);
    atomic_store_explicit(&overlay->bias_accumulator, model_accumulator(model, model_rows(model)),
                          memory_order_relaxed);
}

n2v_status overlay_reserve_more(Overlay *overlay, size_t rows, n2v_error *error)
{
    const size_t chunks = (overlay->count + rows + OVERLAY_CHUNK - 1) / OVERLAY_CHUNK;
    const size_t floats = OVERLAY_CHUNK * model_widest(overlay->model);
    n2v_status status;

    if ((status = array_grow((void **)&overlay->chunks, &overlay->chunk_room, chunks, sizeof *overlay->chunks,
                             "the changes of a round", error)) != N2V_OK ||
        (status = array_grow((void **)&overlay->rows, &overlay->row_room, chunks * OVERLAY_CHUNK,
                             sizeof *overlay->rows, "the changes of a round", error)) != N2V_OK)
        return status;
    if (overlay->model->accumulators &&
        (status = array_grow((void **)&overlay->accumulators, &overlay->accumulator_room, chunks * OVERLAY_CHUNK,
                             sizeof *overlay->accumulators, "the changes of a round", error)) != N2V_OK)
        return status;
    for (; overlay->chunk_count < chunks; overlay->chunk_count++)
        if (!(overlay->chunks[overlay->chunk_count] = floats_create(floats)))
            return fail_memory(error, floats * sizeof(float), "the changes of a round");
    return N2V_OK;
}

float *overlay_add(Overlay *overlay, size_t row)
{
    const float *rates = overlay->model->rates;
    size_t copy;
    float *floats;

    if (rates && rates[row] == 0) /* it is only read (stand_ins.h) */
        return model_row(overlay->model, row);
    copy = overlay->count++;
    floats = overlay_copy(overlay, copy);
    overlay->rows[copy] = (uint32_t)row;
    overlay->places[row] = (uint32_t)copy + 1;
    if (overlay->accumulators)
        atomic_store_explicit(&overlay->accumulators[copy], model_accumulator(overlay->model, row),
                              memory_order_relaxed);
    memcpy(floats, model_row(overlay->model, row), model_row_floats(overlay->model, row) * sizeof *floats);
    return floats;
}

void overlay_end(Overlay *overlay)
{
    for (size_t copy = 0; overlay->places && copy < overlay->count; copy++)
        overlay->places[overlay->rows[copy]] = 0;
    overlay->places = NULL;
}

void overlay_free(Overlay *overlay)
{
    for (size_t i = 0; i < overlay->chunk_count; i++)
        floats_destroy(overlay->chunks[i], OVERLAY_CHUNK * model_widest(overlay->model));
    free(overlay->chunks);
    free(overlay->rows);
    free((void *)overlay->accumulators);
    *overlay = (Overlay){.model = NULL};
}
