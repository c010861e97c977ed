#include "train/stand_ins.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "train/tile.h"

/* The most rows that an example has. */
static size_t most_rows(const TileStep *step)
{
    const ExampleSizes *sizes = &step->options.sizes;
    const Subwords *subwords = step->options.model->subwords;
    const size_t inputs = sizes->inputs ? sizes->inputs : sizes->rows;

    return inputs * (subwords ? subwords_longest(subwords) : 1) + sizes->outputs;
}

n2v_status stand_ins_create(StandIns **stand_ins, const TileStep *step, n2v_error *error)
{
    StandIns *created = array_create_zero(1, sizeof *created);
    const size_t rows = most_rows(step);

    *stand_ins = NULL;
    if (!created)
        return fail_memory(error, sizeof *created, "rows with learning rates of their own");
    created->floats = 2 * rows * model_widest(step->options.model);
    created->rows = array_create(rows, sizeof *created->rows);
    created->memory = floats_create(created->floats);
    if (!created->rows || !created->memory) {
        const size_t bytes = created->floats * sizeof(float);
        stand_ins_destroy(created);
        return fail_memory(error, bytes, "rows with learning rates of their own");
    }
    *stand_ins = created;
    return N2V_OK;
}

void stand_ins_destroy(StandIns *s)
{
    if (!s)
        return;
    free(s->rows);
    floats_destroy(s->memory, s->floats);
    free(s);
}

/* number: the row's in the model. */
static void copy_row(TileStep *step, float **place, size_t number)
{
    const Model *model = step->options.model;
    const float factor = model->rates[number];
    StandIns *s = step->stand_ins;
    float *before = s->memory + 2 * s->count * model_widest(model), *after = before + model_widest(model);
    const size_t floats = model_row_floats(model, number);

    if (factor == 1)
        return;
    step->options.kernels->gather((const float *const *)place, 1, 1, floats, before);
    memcpy(after, before, floats * sizeof *after);
    s->rows[s->count++] = (StandIn){.place = place,
                                    .row = *place,
                                    .before = before,
                                    .after = after,
                                    .floats = floats,
                                    .factor = factor,
                                    .normalize = step->needs & N2V_NEEDS_UNIT_ROWS && !model_is_part(model, number)};
    *place = after;
}

static void copy_bias(TileStep *step)
{
    StandIns *s = step->stand_ins;

    s->bias_of = NULL;
    if (!(step->needs & N2V_NEEDS_SHARED_BIAS) || step->options.model->rates[model_rows(step->options.model)] == 1)
        return;
    s->bias_of = step->shared_bias;
    s->bias_before = atomic_load_explicit(step->shared_bias, memory_order_relaxed);
    atomic_store_explicit(&s->bias, s->bias_before, memory_order_relaxed);
    step->shared_bias = &s->bias;
}

void stand_ins_begin(TileStep *step, const Example *example)
{
    const Model *model = step->options.model;
    float **inputs = step->options.encoder->scatter ? step->bag_rows : step->x;
    size_t count;
    const uint32_t *numbers = tile_input_numbers(step, example, &count);

    step->stand_ins->count = 0;
    atomic_store_explicit(&step->stand_ins->spare, 0, memory_order_relaxed);
    for (size_t i = 0; i < count; i++)
        copy_row(step, &inputs[i], numbers[i]);
    for (size_t j = 0; j < example->outputs; j++)
        copy_row(step, &step->y[j], model->input_rows + example->output_ids[j]);
    tile_set_columns(step, example);
    copy_bias(step);
}

void stand_ins_end(TileStep *step, const Example *example)
{
    const Kernels *kernels = step->options.kernels;
    StandIns *s = step->stand_ins;
    const float of_bias = step->options.model->rates[model_rows(step->options.model)];

    for (StandIn *r = s->rows; r < s->rows + s->count; r++) {
        *r->place = r->row;
        if (r->factor > 0)
            kernels->scatter(&r->row, 1, r->factor, r->after, r->before, r->floats);
        if (r->factor > 0 && r->normalize)
            kernels->normalize(&r->row, 1, r->floats);
    }
    tile_set_columns(step, example);
    if (!s->bias_of)
        return;
    step->shared_bias = s->bias_of;
    if (of_bias > 0)
        atomic_store_explicit(step->shared_bias,
                              atomic_load_explicit(step->shared_bias, memory_order_relaxed) +
                                  of_bias * (atomic_load_explicit(&s->bias, memory_order_relaxed) - s->bias_before),
                              memory_order_relaxed);
}
