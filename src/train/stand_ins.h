/* stand_ins.h - rows with a learning rate of their own (Model.rates).
 *
 * A step changes a copy of such a row in its place: whatever the encoder, the layout, the optimizer and weight decay do
 * to it. At the end of the step the row changes by the copy's change times the row's factor. A frozen row, of factor 0,
 * is only read. */
#ifndef N2V_TRAIN_STAND_INS_H
#define N2V_TRAIN_STAND_INS_H

#include <stdatomic.h>

#include "base/status.h"

typedef struct TileStep TileStep; /* tile.h */
typedef struct Example Example;   /* example.h */

typedef struct StandIn {
    float **place;    /* in the lists of the step */
    float *row;       /* of the model, which it replaces during the step */
    const float *before;
    float *after;     /* the copy that the step changes */
    size_t floats;
    float factor;
    bool normalize;   /* the row has length 1 */
} StandIn;

/* A worker's buffers. */
typedef struct StandIns {
    StandIn *rows; /* of the step */
    size_t count;
    float *memory;
    size_t floats;
    _Atomic float bias, *bias_of; /* the copy of the shared bias; NULL: it has no copy */
    float bias_before;
    _Atomic float spare; /* in place of the optimizer's number of a frozen row */
} StandIns;

/* For a model with rates. */
n2v_status stand_ins_create(StandIns **stand_ins, const TileStep *step, n2v_error *error);
void stand_ins_destroy(StandIns *stand_ins); /* accepts NULL */

/* Before the step changes rows, and after it has. */
void stand_ins_begin(TileStep *step, const Example *example);
void stand_ins_end(TileStep *step, const Example *example);

#endif
