#include "train/tile.h"

#include <stdlib.h>

struct n2v_tile_step {
    n2v_tile_options options;
    unsigned needs;
    float **x, **y;            /* the rows in the model */
    float *memory;             /* all of the following */
    size_t memory_floats;
    float *cells;              /* rows x outputs: scores, then coefficients of the update */
    float *scores, *positives; /* the same as the objective sees them */
    float *gradient, *positive_gradient;
    float *log_noise, *positive_log_noise;
    float *x_scale, *y_scale;
    float *update_scratch, *objective_scratch;
};

/* Gives each buffer its place, on cache lines; without memory it only counts the floats. */
static size_t lay_out(n2v_tile_step *step, float *memory)
{
    const size_t rows = step->options.max_rows, outputs = step->options.max_outputs, cells = rows * outputs;
    const n2v_objective *objective = step->options.objective;
    const struct {
        float **place;
        size_t floats;
    } buffers[] = {
        {&step->cells, cells},
        {&step->scores, cells},
        {&step->positives, cells},
        {&step->gradient, cells},
        {&step->positive_gradient, cells},
        {&step->log_noise, outputs},
        {&step->positive_log_noise, cells},
        {&step->x_scale, rows},
        {&step->y_scale, outputs},
        {&step->update_scratch, N2V_UPDATE_SCRATCH(rows)},
        {&step->objective_scratch, objective->scratch ? objective->scratch(rows, outputs, cells) : 0},
    };
    size_t used = 0;

    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) {
        if (memory)
            *buffers[i].place = memory + used;
        used += n2v_row_stride(buffers[i].floats);
    }
    return used;
}

n2v_status n2v_tile_create(n2v_tile_step **step, const n2v_tile_options *options, n2v_error *error)
{
    n2v_tile_step *created = n2v_array_zero(1, sizeof *created);

    *step = NULL;
    if (!created)
        return n2v_fail_memory(error, sizeof *created, "a tile");
    created->options = *options;
    created->needs = options->objective->needs(options->parameters);
    created->x = n2v_array(options->max_rows, sizeof *created->x);
    created->y = n2v_array(options->max_outputs, sizeof *created->y);
    created->memory_floats = lay_out(created, NULL);
    created->memory = n2v_floats(created->memory_floats);
    if (!created->x || !created->y || !created->memory) {
        const size_t floats = created->memory_floats;
        n2v_tile_destroy(created);
        return n2v_fail_memory(error, floats * sizeof(float), "a tile");
    }
    (void)lay_out(created, created->memory);
    *step = created;
    return N2V_OK;
}

void n2v_tile_destroy(n2v_tile_step *step)
{
    if (!step)
        return;
    free(step->x);
    free(step->y);
    n2v_floats_free(step->memory, step->memory_floats);
    free(step);
}

static void prefetch_row(const float *row, size_t stride)
{
    for (size_t c = 0; c < stride; c += N2V_ROW_FLOATS)
        __builtin_prefetch(row + c, 1);
}

void n2v_tile_prefetch(const n2v_tile_step *step, const n2v_example *example)
{
    const n2v_model *model = step->options.model;

    for (size_t j = 0; j < example->outputs; j++)
        prefetch_row(model->output + example->output_ids[j] * model->stride, model->stride);
    /* The other rows of a window were in the windows before. */
    prefetch_row(model->input + example->inputs[example->rows - 1] * model->stride, model->stride);
}

/* Hands the scores to the objective: positives and noise words apart. */
static void split(n2v_tile_step *step, const n2v_example *example)
{
    const size_t outputs = example->outputs, n = example->negatives;
    const float *log_noise = step->options.log_noise;

    for (size_t i = 0; i < example->rows; i++) {
        const float *cells = step->cells + i * outputs;
        for (uint32_t p = example->first[i]; p < example->first[i + 1]; p++)
            step->positives[p] = cells[example->positive[p]];
        for (size_t j = 0; j < n; j++)
            step->scores[i * n + j] = cells[example->negative[j]];
    }
    if (!log_noise)
        return;
    for (size_t j = 0; j < n; j++)
        step->log_noise[j] = log_noise[example->output_ids[example->negative[j]]];
    for (size_t p = 0; p < example->positives; p++)
        step->positive_log_noise[p] = log_noise[example->output_ids[example->positive[p]]];
}

/* Turns the gradient into the coefficients of the update: one a pair of rows. */
static void join(n2v_tile_step *step, const n2v_example *example, float factor)
{
    const size_t outputs = example->outputs, n = example->negatives;

    for (size_t i = 0; i < example->rows; i++) {
        float *cells = step->cells + i * outputs;
        for (size_t j = 0; j < outputs; j++)
            cells[j] = 0;
        for (uint32_t p = example->first[i]; p < example->first[i + 1]; p++)
            cells[example->positive[p]] += factor * step->positive_gradient[p];
        for (size_t j = 0; j < n; j++)
            cells[example->negative[j]] += factor * step->gradient[i * n + j];
    }
}

/* |x - y|^2: x_i <- x_i - lr 2 (sum_j g_ij) x_i + lr 2 sum_j g_ij y_j; the coefficients have lr 2 in them. */
static void squared_scales(n2v_tile_step *step, const n2v_example *example)
{
    const size_t outputs = example->outputs;

    for (size_t j = 0; j < outputs; j++)
        step->y_scale[j] = 1;
    for (size_t i = 0; i < example->rows; i++) {
        step->x_scale[i] = 1;
        for (size_t j = 0; j < outputs; j++) {
            step->x_scale[i] -= step->cells[i * outputs + j];
            step->y_scale[j] -= step->cells[i * outputs + j];
        }
    }
}

void n2v_tile_train(n2v_tile_step *step, const n2v_example *example, float learning_rate, double *loss)
{
    const n2v_tile_options *options = &step->options;
    const n2v_kernels *kernels = options->kernels;
    const n2v_model *model = options->model;
    const bool dot = options->objective->geometry == N2V_DOT, bias = step->needs & N2V_NEEDS_OUTPUT_BIAS;
    const size_t rows = example->rows, outputs = example->outputs;
    const n2v_tile tile = {
        .m = rows,
        .n = example->negatives,
        .scores = step->scores,
        .log_noise = options->log_noise ? step->log_noise : NULL,
        .multiplicity = example->repeated ? example->multiplicity : NULL,
        .first = example->first,
        .positive_scores = step->positives,
        .positive_log_noise = options->log_noise ? step->positive_log_noise : NULL,
    };

    for (size_t i = 0; i < rows; i++)
        step->x[i] = model->input + example->inputs[i] * model->stride;
    for (size_t j = 0; j < outputs; j++)
        step->y[j] = model->output + example->output_ids[j] * model->stride;
    (dot ? kernels->dot : kernels->sqdist)((const float *const *)step->x, rows, (const float *const *)step->y, outputs,
                                           model->stride, step->cells);
    if (bias)
        kernels->add_bias(step->cells, rows, model->output_bias, example->output_ids, outputs);
    split(step, example);
    options->objective->loss_grad(&tile, options->parameters, &kernels->math,
                                  (n2v_tile_gradient){step->gradient, step->positive_gradient},
                                  step->objective_scratch, loss);
    join(step, example, dot ? -learning_rate : 2 * learning_rate);
    if (bias)
        kernels->update_bias(model->output_bias, example->output_ids, outputs, step->cells, rows);
    if (!dot)
        squared_scales(step, example);
    kernels->update(step->x, dot ? NULL : step->x_scale, rows, step->y, dot ? NULL : step->y_scale, outputs,
                    model->stride, step->cells, step->update_scratch);
    if (step->needs & N2V_NEEDS_UNIT_ROWS) {
        kernels->normalize(step->x, rows, model->stride);
        kernels->normalize(step->y, outputs, model->stride);
    }
}
