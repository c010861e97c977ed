/* overlay.h - the rows of a model that a virtual worker has changed: copied when they are first touched, so that the
 * model itself stays as it was at the beginning of the round. */
#ifndef N2V_TRAIN_OVERLAY_H
#define N2V_TRAIN_OVERLAY_H

#include <stdatomic.h>

#include "model/model.h"

#define OVERLAY_CHUNK ((size_t)8192) /* rows that are allocated at once */

typedef struct Overlay {
    const Model *model;
    float **chunks; /* the copies, OVERLAY_CHUNK each */
    size_t chunk_count, chunk_room;
    uint32_t *rows; /* of each copy, its row of the model */
    size_t count, row_room;
    _Atomic float *accumulators; /* of each copy, the optimizer's; NULL: it has none */
    size_t accumulator_room;
    uint32_t *places; /* of each row of the model, 1 + its copy; 0: none. A thread's, borrowed while it trains */
    _Atomic float shared_bias, bias_accumulator;
} Overlay;

/* Begins a round: no row is copied. places are all 0. */
void overlay_begin(Overlay *overlay, const Model *model, uint32_t *places);

/* Room for so many rows more. */
n2v_status overlay_reserve_more(Overlay *overlay, size_t rows, n2v_error *error);

/* Gives the places back, all 0. */
void overlay_end(Overlay *overlay);
void overlay_free(Overlay *overlay); /* accepts an all-zero struct */

static inline n2v_status overlay_reserve(Overlay *overlay, size_t rows, n2v_error *error)
{
    return overlay->chunk_count * OVERLAY_CHUNK - overlay->count >= rows ? N2V_OK
                                                                         : overlay_reserve_more(overlay, rows, error);
}

static inline float *overlay_copy(const Overlay *overlay, size_t copy)
{
    return overlay->chunks[copy / OVERLAY_CHUNK] + copy % OVERLAY_CHUNK * model_widest(overlay->model);
}

/* Copies the row, unless it is frozen; there is room. */
float *overlay_add(Overlay *overlay, size_t row);

/* The row as the virtual worker has it. There is room for it. */
static inline float *overlay_row(Overlay *overlay, size_t row)
{
    const uint32_t place = overlay->places[row];
    return place ? overlay_copy(overlay, place - 1) : overlay_add(overlay, row);
}

/* The same to read only: the model's row as long as it is not copied. */
static inline const float *overlay_peek(const Overlay *overlay, size_t row)
{
    const uint32_t place = overlay->places[row];
    return place ? overlay_copy(overlay, place - 1) : model_row(overlay->model, row);
}

/* The accumulator of a row that is copied. */
static inline _Atomic float *overlay_accumulator(const Overlay *overlay, size_t row)
{
    return overlay->accumulators + overlay->places[row] - 1;
}

#endif
